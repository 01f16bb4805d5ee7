"""ONNX files as graphs: real networks with their recorded answers, single operators, and files that are damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from tests.model.imported_answers import answers as all_answers
from workbench.core.errors import UnreadableError
from workbench.model.imports.spec import importer_for
from workbench.model.translation.imported import Imported
from workbench.project.importing import bring_in

CASES = (
    "AvgPool2d", "BatchNorm2d_eval", "Conv1d", "Conv2d", "Conv2d_groups", "Conv2d_padding", "ConvTranspose2d", "Linear",
    "MaxPool2d", "PReLU_2d", "ReLU", "Softmax",
)  # fmt: skip
NETWORKS = {
    "mnist-8": 1e-5, "tiny_mnist_pool": 1e-5, "unsorted_nhwc_mnist_sm": 1e-5, "version-RFB-320_simplified": 1e-4,
    "external/mnist": 1e-4, "super_resolution": 1e-3,
}  # of the largest number; the answers of super_resolution are kept with 16 bits  # fmt: skip


def read(path: Path) -> Imported:
    importer, which = importer_for(str(path))
    return importer.read(which)


def answers(imported: Imported, x: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """What each output gives."""
    return [found.numpy() for found in all_answers(imported, torch.from_numpy(x.copy()).float())]


def difference(found: np.ndarray[Any, Any], expected: np.ndarray[Any, Any]) -> float:
    return float(np.abs(found.reshape(expected.shape) - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("case", CASES)
def test_one_layer_gives_what_was_recorded(case: str, shared_data: Path) -> None:
    folder = shared_data / "onnx" / "cases" / f"test_{case}"
    x, y = (
        numpy_helper.to_array(onnx.load_tensor(str(folder / "test_data_set_0" / f"{name}_0.pb")))
        for name in ("input", "output")
    )
    (found,) = answers(read(folder / "model.onnx"), x)
    assert difference(found, y) < 1e-5


@pytest.mark.parametrize("name", NETWORKS)
def test_a_real_network_gives_what_was_recorded(name: str, shared_data: Path) -> None:
    recorded = np.load(shared_data / "onnx" / f"{name}.expected.npz")
    x = next(recorded[key] for key in recorded if key.startswith("input"))
    x = x.transpose(0, 3, 1, 2) if "nhwc" in name else x
    expected = [recorded[key] for key in recorded if key.startswith("output")]
    found = answers(read(shared_data / "onnx" / f"{name}.onnx"), x)
    assert len(found) == len(expected)
    assert max(map(difference, found, expected)) < NETWORKS[name]


@pytest.mark.parametrize("name", ["bvlc_alexnet", "squeezenet", "zfnet512"])
def test_a_network_whose_weights_are_computed_gives_what_was_recorded(name: str, shared_data: Path) -> None:
    folder = shared_data / "onnx" / "light"
    y = numpy_helper.to_array(onnx.load_tensor(str(folder / f"light_{name}_output_0.pb")))
    (found,) = answers(read(folder / f"light_{name}.onnx"), np.ones((1, 3, 224, 224), np.float32))
    assert difference(found, y) < 1e-4


def model_of(
    nodes: list[Any], tensors: dict[str, np.ndarray[Any, Any]], shape: tuple[Any, ...], *, opset: int = 17
) -> bytes:
    """A file with one input `x` and one output `y`."""
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in tensors.items()],
    )
    data: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString()
    return data


def node(kind: str, *inputs: str, **settings: Any) -> Any:
    return helper.make_node(kind, list(inputs), ["y"], **settings)


KERNEL = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
SINGLE: dict[str, tuple[list[Any], dict[str, np.ndarray[Any, Any]]]] = {
    "asymmetric margins": ([node("Conv", "x", "w", pads=[0, 1, 2, 1])], {"w": KERNEL}),
    "same upper, stride 2": ([node("Conv", "x", "w", auto_pad="SAME_UPPER", strides=[2, 2])], {"w": KERNEL}),
    "same lower, stride 2": ([node("Conv", "x", "w", auto_pad="SAME_LOWER", strides=[2, 2])], {"w": KERNEL}),
    "pool with uneven margins": ([node("MaxPool", "x", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])], {}),
    "mean that leaves out the margin": ([node("AveragePool", "x", kernel_shape=[3, 3], pads=[1, 1, 1, 1])], {}),
    "clip to six": (
        [node("Clip", "x", "low", "high")],
        {"low": np.array(0, np.float32), "high": np.array(6, np.float32)},
    ),
    "clip elsewhere": (
        [node("Clip", "x", "low", "high")],
        {"low": np.array(-0.5, np.float32), "high": np.array(0.25, np.float32)},
    ),
    "global mean": ([node("GlobalAveragePool", "x")], {}),
    "mean over axes": ([node("ReduceMean", "x", axes=[2, 3], keepdims=0)], {}),
    "numbers for each channel": (
        [helper.make_node("Mul", ["x", "s"], ["m"]), node("Sub", "m", "b")],
        {"s": np.array([1, 2, 3], np.float32).reshape(3, 1, 1), "b": np.array([[[[0.5]]]], np.float32)},
    ),
    "one number": ([node("Div", "x", "s")], {"s": np.array(4, np.float32)}),
    "padding": ([node("Pad", "x", "p", "v")], {"p": np.array([0, 0, 1, 2, 0, 0, 3, 0]), "v": np.array(2, np.float32)}),
    "slice": (
        [node("Slice", "x", "a", "b", "c")],
        {"a": np.array([1, 2]), "b": np.array([3, 7]), "c": np.array([1, 3])},
    ),
    "gather": ([node("Gather", "x", "i", axis=1)], {"i": np.array(2)}),
    "transpose": ([node("Transpose", "x", perm=[0, 2, 3, 1])], {}),
    "layer norm": (
        [node("LayerNormalization", "x", "w", "b", axis=2, epsilon=1e-3)],
        {name: np.random.default_rng(4).normal(size=(9, 10)).astype(np.float32) for name in "wb"},
    ),
    "layer norm of one axis": (
        [node("LayerNormalization", "x", "w")],
        {"w": np.random.default_rng(4).normal(size=10).astype(np.float32)},
    ),
    "numbers for all samples": (
        [
            helper.make_node("Shape", ["x"], ["s"]),
            helper.make_node("Gather", ["s", "zero"], ["n"]),
            helper.make_node("Concat", ["n", "rest"], ["to"], axis=0),
            helper.make_node("Expand", ["scale", "to"], ["wide"]),
            node("Mul", "x", "wide"),
        ],
        {
            "zero": np.array([0]),
            "rest": np.array([3, 1, 1]),
            "scale": np.array([1, 2, 3], np.float32).reshape(3, 1, 1),
        },
    ),
    "resize": (
        [node("Resize", "x", "", "s", mode="linear", coordinate_transformation_mode="half_pixel")],
        {"s": np.array([1, 1, 2, 2], np.float32)},
    ),
    "matrix": (
        [helper.make_node("Flatten", ["x"], ["f"]), node("MatMul", "f", "w")],
        {"w": np.random.default_rng(1).normal(size=(3 * 9 * 10, 5)).astype(np.float32)},
    ),
    "shuffled channels": (
        [
            helper.make_node("Shape", ["x"], ["s"]),
            helper.make_node("Gather", ["s", "zero"], ["n"]),
            helper.make_node("Concat", ["n", "rest"], ["to"], axis=0),
            helper.make_node("Reshape", ["x", "to"], ["r"]),
            node("Transpose", "r", perm=[0, 2, 1]),
        ],
        {"zero": np.array([0]), "rest": np.array([9, 30])},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SINGLE)
def test_it_computes_what_onnxruntime_does(case: str, tmp_path: Path) -> None:
    import onnxruntime

    data = model_of(*SINGLE[case], ("n", 3, 9, 10))
    (tmp_path / "net.onnx").write_bytes(data)
    x = np.random.default_rng(2).normal(size=(2, 3, 9, 10)).astype(np.float32)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    expected = session.run(None, {"x": x})[0]
    (found,) = answers(read(tmp_path / "net.onnx"), x)
    assert found.shape == expected.shape
    assert difference(found, expected) < 1e-5


def test_what_is_not_understood_is_kept_and_named(shared_data: Path) -> None:
    found = read(shared_data / "bad" / "unknown_op.onnx")
    assert [(each.kind, each.reason) for each in found.unread] == [
        ("FancyBlend", "no layer of this program computes it")
    ]
    assert "FancyBlend" in {each.layer for each in found.graph}
    assert "Conv2d" in {each.layer for each in found.graph}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is no ONNX file, or damaged"),
        (b"<html><body>404</body></html>", "a web page and not the file itself"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (model_of([node("Relu", "nowhere")], {}, (1, 3)), "Nothing gives its tensor nowhere"),
        (
            model_of([helper.make_node("Relu", ["y"], ["z"]), node("Relu", "z")], {}, (1, 3)),
            "Its nodes feed one another in a circle",
        ),
    ],
)
def test_a_damaged_file_is_a_sentence(data: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(data)
    with pytest.raises(UnreadableError, match=reason):
        read(tmp_path / "net.onnx")


def external(location: str, tmp_path: Path, **more: str) -> Path:
    """A file whose kernel lies elsewhere."""
    model = onnx.load_model_from_string(model_of([node("Conv", "x", "w")], {"w": KERNEL}, (1, 3, 9, 9)))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **more}.items():
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    folder = tmp_path / "folder"
    folder.mkdir(exist_ok=True)
    (folder / "net.onnx").write_bytes(model.SerializeToString())
    return folder / "net.onnx"


def test_numbers_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(KERNEL.tobytes())
    path = external("../secret", tmp_path)
    (path.parent / "link").symlink_to(tmp_path / "secret")
    for location in ("../secret", str(tmp_path / "secret"), "link", "."):
        with pytest.raises(UnreadableError, match="outside the file's folder"):
            read(external(location, tmp_path))


def test_numbers_beside_the_file_are_read_and_counted(tmp_path: Path) -> None:
    path = external("w.bin", tmp_path)
    with pytest.raises(UnreadableError, match=r"w\.bin beside it, which is not there"):
        read(path)
    (path.parent / "w.bin").write_bytes(KERNEL.tobytes())
    (weight,) = read(path).weights.values()
    assert np.array_equal(weight.numpy(), KERNEL)
    (path.parent / "w.bin").write_bytes(KERNEL.tobytes()[:-4])
    with pytest.raises(UnreadableError, match="which has 428"):
        read(path)


def test_a_tensor_that_claims_too_much_is_not_made(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("ConstantOfShape", ["s"], ["w"]),
        node("Conv", "x", "w"),
    ]
    (tmp_path / "net.onnx").write_bytes(model_of(nodes, {"s": np.array([1 << 20, 3, 1 << 10, 1 << 10])}, (1, 3, 9, 9)))
    found = read(tmp_path / "net.onnx")
    assert {each.kind for each in found.unread} >= {"Conv"}


def test_scores_behind_a_softmax_are_compared_before_it(shared_data: Path) -> None:
    graph = bring_in(str(shared_data / "onnx" / "light" / "light_squeezenet.onnx")).project.graph
    loss = next(each for each in graph if each.layer == "CrossEntropyLoss")
    source = graph.nodes[graph.incoming[loss.id]["prediction"].node]
    assert source.layer != "Softmax"
    (output,) = (each for each in graph if each.layer == "Output")
    assert graph.nodes[graph.incoming[output.id]["x"].node].layer == "Softmax"


def test_a_kernel_that_two_nodes_have_is_shared(tmp_path: Path) -> None:
    same = np.random.default_rng(3).normal(size=(3, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["m"], pads=[1, 1, 1, 1]),
        node("Conv", "m", "w", pads=[1, 1, 1, 1]),
    ]
    (tmp_path / "net.onnx").write_bytes(model_of(nodes, {"w": same}, ("n", 3, 9, 9)))
    found = read(tmp_path / "net.onnx")
    first, second = (each for each in found.graph if each.layer == "Conv2d")
    assert second.share_with == first.id
    assert len(found.weights) == 1
