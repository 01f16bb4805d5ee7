"""Model files that are damaged or made to harm: nothing is run, nothing stands, and each is a sentence."""

from __future__ import annotations

import contextlib
import io
import json
import random
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.model.unpickling import DEEPEST, tables_in
from workbench.model.weights import read_weights
from workbench.project.format import MOST_NODES
from workbench.project.importing import bring_in

SECONDS = 10
SOURCES = ("tiny_mnist_pool.onnx", "cases/test_Conv2d_groups/model.onnx", "mnist-8.onnx")


def cut(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def flipped(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 4, 40))):
        changed[draw.randrange(min(len(changed), draw.choice((200, len(changed)))))] = draw.randrange(256)
    return bytes(changed)


def doubled(data: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return data[:at] + data[at // 2 :]


def edited(data: bytes, draw: random.Random) -> bytes:
    """A sound file whose network makes no sense."""
    model: Any = onnx.load_model_from_string(data)
    node = draw.choice(model.graph.node)
    what = draw.randrange(6)
    if what == 0:
        node.op_type = draw.choice(("Loop", "If", "Reshape", "Conv", "ConstantOfShape", "Expand", "Gather", ""))
    elif what == 1 and node.attribute:
        attribute = draw.choice(node.attribute)
        attribute.ints[:] = [draw.choice((-1, 0, 1 << 40, 3))] * draw.choice((0, 1, 2, 7))
        attribute.i = draw.choice((-5, 0, 1 << 62))
    elif what == 2 and model.graph.initializer:
        tensor = draw.choice(model.graph.initializer)
        tensor.dims[:] = [draw.choice((0, -1, 1 << 33, 7))] * draw.choice((0, 1, 3))
    elif what == 3:
        model.graph.input[0].type.tensor_type.shape.dim[-1].dim_value = draw.choice((0, -3, 1, 1 << 30))
    elif what == 4:
        del node.input[:]
    else:
        node.input.extend([draw.choice(model.graph.node).output[0]] * 3)
    return bytes(model.SerializeToString())


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (cut, flipped, doubled, edited)


@pytest.mark.parametrize("seed", range(60))
def test_a_mutated_file_is_a_sentence_or_is_read(seed: int, shared_data: Path, tmp_path: Path) -> None:
    draw = random.Random(seed)
    data = (shared_data / "onnx" / SOURCES[seed % len(SOURCES)]).read_bytes()
    path = tmp_path / "net.onnx"
    path.write_bytes(WAYS[seed % len(WAYS)](data, draw))
    begun = time.monotonic()
    with contextlib.suppress(WorkbenchError):
        assert bring_in(str(path)).report()
    assert time.monotonic() - begun < SECONDS
    assert list(tmp_path.iterdir()) == [path], "nothing was written beside it"


def written(folder: Path, nodes: list[Any], tensors: dict[str, np.ndarray[Any, Any]], last: str) -> str:
    """An ONNX file whose input is `x`, of pictures of one channel."""
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 1, 4, 4))],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    (folder / "net.onnx").write_bytes(model.SerializeToString())
    return str(folder / "net.onnx")


def chain(length: int) -> list[Any]:
    return [helper.make_node("Relu", [f"r{at}" if at else "x"], [f"r{at + 1}"]) for at in range(length)]


def test_nodes_in_the_worst_order_are_sorted_at_once(tmp_path: Path) -> None:
    what, started = written(tmp_path, chain(1500)[::-1], {}, "r1500"), time.process_time()
    names = [node.name for node in bring_in(what).project.graph if node.layer == "ReLU"]
    assert len(names) == 1500
    assert time.process_time() - started < SECONDS


def test_a_network_that_no_project_holds_is_refused_before_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=f"a network has at most {MOST_NODES:,} here"):
        bring_in(written(tmp_path, chain(MOST_NODES), {}, f"r{MOST_NODES}"))


def spread(number: int) -> Any:
    return helper.make_node("Add", ["a", "b"], [f"s{number}"])


LONG = np.ones((1 << 14, 1), np.int64)
GROWING: dict[str, tuple[list[Any], dict[str, np.ndarray[Any, Any]]]] = {
    "expand": ([helper.make_node("Expand", ["a", "b"], ["big"])], {"a": np.ones(1), "b": np.array([10**5, 10**5])}),
    "tile": ([helper.make_node("Tile", ["a", "b"], ["big"])], {"a": np.ones(1), "b": np.array([10**10])}),
    "range": (
        [helper.make_node("Range", ["a", "b", "c"], ["big"])],
        {"a": np.array(0.0), "b": np.array(9e5), "c": np.array(1e-5)},
    ),
    "sums": ([spread(number) for number in range(9)], {"a": LONG, "b": LONG.T}),
    "constants": (
        [helper.make_node("ConstantOfShape", ["a"], [f"s{number}"]) for number in range(9)],
        {"a": np.array([1 << 14] * 2)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_numbers_that_grow_while_a_file_is_read_stay_within_bounds(name: str, tmp_path: Path) -> None:
    nodes, tensors = GROWING[name]
    brought = bring_in(written(tmp_path, [*chain(1), *nodes], tensors, "r1"))
    kinds = [each.kind for each in brought.imported.unread]
    assert kinds, "all of them were computed, which takes gigabytes"
    assert set(kinds) == {nodes[0].op_type}


def test_names_of_steps_do_not_reach_the_terminal_as_they_are(tmp_path: Path) -> None:
    told = bring_in(written(tmp_path, [helper.make_node("\x1b[31mOdd", ["x"], ["y"])], {}, "y")).report()
    assert all(line.isprintable() for line in told)
    assert any("<U+001B>[31mOdd" in line for line in told)


def test_weights_that_are_no_numbers_are_refused_in_networks_too(tmp_path: Path) -> None:
    kernel = np.full((2, 1, 3, 3), np.nan, np.float32)
    with pytest.raises(UnreadableError, match=r"net\.onnx: its tensor .* holds NaN or infinity in 18 of 18 places"):
        bring_in(written(tmp_path, [helper.make_node("Conv", ["x", "w"], ["y"])], {"w": kernel}, "y"))


def test_a_table_that_stands_in_billions_of_places_is_looked_into_once() -> None:
    value: dict[str, object] = {"w": torch.zeros(1)}
    for _ in range(DEEPEST):
        value = {f"k{number}": value for number in range(200)}
    assert [place for place, _ in tables_in(value)] == [".".join(["k0"] * DEEPEST)]


def npy(shape: tuple[int, ...], dtype: str) -> bytes:
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    ("data", "is_packed", "reason"),
    [
        (npy((50_000_000,), "<f4") + bytes(200_000_000), True, "its parts claim to be 200,000,"),
        (npy((1 << 46,), "<f4"), False, "its arrays cannot be read as weights"),
        (npy((4,), "|O") + bytes(32), False, "its arrays cannot be read as weights"),
        (npy((4,), "<f4").replace(b"(4,)", b"((((") + bytes(16), False, "its arrays cannot be read as weights"),
    ],
)
def test_arrays_that_lie_about_their_size(data: bytes, is_packed: bool, reason: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.npz", "w", zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED) as archive:
        archive.writestr("w.npy", data)
    with pytest.raises(UnreadableError, match=reason):
        read_weights(tmp_path / "w.npz")


@pytest.mark.parametrize("at", ["method", "flag", "numbers"])
def test_a_damaged_archive_of_arrays(at: str, tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "w.npz", w=np.arange(3000.0))
    data = bytearray((tmp_path / "w.npz").read_bytes())
    central = data.rindex(b"PK\x01\x02")
    if at == "numbers":
        data[60:90] = b"\xff" * 30
    else:
        place = {"method": (8, 10), "flag": (6, 8)}[at]
        data[place[0]] = data[central + place[1]] = {"method": 14, "flag": 1}[at]
    (tmp_path / "w.npz").write_bytes(data)
    with pytest.raises(UnreadableError, match=r"w\.npz: its arrays cannot be read as weights"):
        read_weights(tmp_path / "w.npz")


def keras(path: Path, fill: Callable[[Any], None]) -> str:
    """An `.h5` file with one layer and whatever is put beside its weights."""
    h5py = pytest.importorskip("h5py")
    layers = [{"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 4, 4, 1]}}]
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
        fill(file.create_group("model_weights"))
    return str(path)


def test_tensors_of_keras_that_claim_more_than_the_file_are_refused(tmp_path: Path) -> None:
    what = keras(tmp_path / "net.h5", lambda group: group.create_dataset("huge", (1 << 40,), "f4", chunks=(1 << 20,)))
    with pytest.raises(UnreadableError, match="far more than the file"):
        bring_in(what)


def test_groups_that_hold_themselves_are_entered_once(tmp_path: Path) -> None:
    def loops(group: Any) -> None:
        for number in range(8):
            group[f"again{number}"] = group

    started = time.process_time()
    bring_in(keras(tmp_path / "net.h5", loops))
    assert time.process_time() - started < SECONDS


def test_a_keras_archive_whose_packed_parts_are_damaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps({"layers": list(range(900))}))
    data = bytearray(buffer.getvalue())
    data[60:100] = b"\xff" * 40
    (tmp_path / "net.keras").write_bytes(data)
    with pytest.raises(UnreadableError, match="it is no Keras file, or damaged"):
        bring_in(str(tmp_path / "net.keras"))
