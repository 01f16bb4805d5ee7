"""Each of ONNX's operators that is known, against ONNX Runtime, and each refusal with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import helper

from tests.model.test_import_onnx import answers, difference, model_of, node, read

SHAPE = ("n", 4, 6, 8)
DRAW = np.random.default_rng(5)
Tensors = dict[str, np.ndarray[Any, Any]]
CHANNELS: Tensors = {name: DRAW.uniform(0.5, 1.5, 4).astype(np.float32) for name in ("s", "b", "m", "v")}


def made(kind: str, inputs: list[str], output: str, **settings: Any) -> Any:
    return helper.make_node(kind, inputs, [output], **settings)


def whole(*numbers: int) -> np.ndarray[Any, Any]:
    return np.array(numbers, np.int64)


def real(*shape: int) -> np.ndarray[Any, Any]:
    return DRAW.normal(size=shape).astype(np.float32)


SIMPLE = ("Sigmoid", "Tanh", "Softsign", "Softplus", "HardSwish", "Exp", "Neg", "Relu", "Selu", "Identity")
JOINED = ("Add", "Sub", "Mul", "Div", "Max", "Sum")
MEAN: dict[str, Any] = {"kernel_shape": [2, 2]}
CASES: dict[str, tuple[list[Any], Tensors]] = {
    **{kind: ([node(kind, "x")], {}) for kind in SIMPLE},
    "LeakyRelu": ([node("LeakyRelu", "x", alpha=0.3)], {}),
    "Elu": ([node("Elu", "x", alpha=0.7)], {}),
    "Celu": ([node("Celu", "x", alpha=0.7)], {}),
    "HardSigmoid": ([node("HardSigmoid", "x", alpha=1 / 6, beta=0.5)], {}),
    "PRelu": ([node("PRelu", "x", "p")], {"p": real(4, 1, 1)}),
    "Clip above zero": ([node("Clip", "x", "z")], {"z": np.array(0, np.float32)}),
    "ConvTranspose": (
        [node("ConvTranspose", "x", "w", "c", strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])],
        {"w": real(4, 3, 3, 3), "c": real(3)},
    ),
    "Conv valid": ([node("Conv", "x", "w", auto_pad="VALID", dilations=[2, 1])], {"w": real(3, 4, 2, 3)}),
    "GlobalMaxPool": ([node("GlobalMaxPool", "x")], {}),
    "AveragePool with margin": ([node("AveragePool", "x", **MEAN, pads=[1, 1, 1, 1], count_include_pad=1)], {}),
    "AveragePool uneven": ([node("AveragePool", "x", **MEAN, pads=[0, 0, 1, 1], count_include_pad=1)], {}),
    "BatchNormalization": ([node("BatchNormalization", "x", "s", "b", "m", "v")], CHANNELS),
    "InstanceNormalization": ([node("InstanceNormalization", "x", "s", "b")], CHANNELS),
    "LRN": ([node("LRN", "x", size=3, alpha=0.1, bias=2.0)], {}),
    "LogSoftmax": ([made("Flatten", ["x"], "f"), node("LogSoftmax", "f", axis=1)], {}),
    "Softmax of channels": ([node("Softmax", "x", axis=1)], {}),
    "Dropout": ([node("Dropout", "x", "r")], {"r": np.array(0.3, np.float32)}),
    "flat by Reshape": ([node("Reshape", "x", "t")], {"t": whole(0, -1)}),
    "flat twice": ([made("Flatten", ["x"], "f"), node("Flatten", "f")], {}),
    "the same shape": ([node("Reshape", "x", "t")], {"t": whole(-1, 4, 6, 8)}),
    "other shape": ([node("Reshape", "x", "t")], {"t": whole(0, 2, 2, 48)}),
    "pixel shuffle": (
        [made("Reshape", ["x", "t"], "r"), made("Transpose", ["r"], "p", perm=[0, 1, 4, 2, 5, 3]),
         node("Reshape", "p", "u")],
        {"t": whole(-1, 1, 2, 2, 6, 8), "u": whole(-1, 1, 12, 16)},
    ),
    "channel shuffle": (
        [made("Reshape", ["x", "t"], "r"), made("Transpose", ["r"], "p", perm=[0, 2, 1, 3, 4]),
         node("Reshape", "p", "u")],
        {"t": whole(-1, 2, 2, 6, 8), "u": whole(-1, 4, 6, 8)},
    ),
    "DepthToSpace": ([node("DepthToSpace", "x", blocksize=2, mode="CRD")], {}),
    "no transpose": ([node("Transpose", "x", perm=[0, 1, 2, 3])], {}),
    "Squeeze": (
        [made("ReduceMean", ["x"], "r", axes=[2], keepdims=1), node("Squeeze", "r", "a")], {"a": whole(2)}
    ),
    "Squeeze to a vector": (
        [made("GlobalAveragePool", ["x"], "r"), node("Squeeze", "r", "a")], {"a": whole(2, 3)}
    ),
    "Unsqueeze": ([made("Flatten", ["x"], "f"), node("Unsqueeze", "f", "a")], {"a": whole(2)}),
    "Concat": ([made("Relu", ["x"], "r"), node("Concat", "x", "r", axis=1)], {}),
    "Concat of one": ([node("Concat", "x", axis=1)], {}),
    "Concat of rows": ([made("Relu", ["x"], "r"), node("Concat", "x", "r", axis=-1)], {}),
    "Gemm": (
        [made("Flatten", ["x"], "f"), node("Gemm", "f", "w", "c", transB=1, alpha=0.5, beta=2.0)],
        {"w": real(5, 192), "c": real(5)},
    ),
    "Gemm the other way": ([made("Flatten", ["x"], "f"), node("Gemm", "f", "w")], {"w": real(192, 5)}),
    **{kind: ([made("Sigmoid", ["x"], "r"), node(kind, "x", "r")], {}) for kind in JOINED},
    "an offset that is zero": ([node("Add", "x", "z")], {"z": np.zeros((1, 4, 1, 1), np.float32)}),
    "an offset before the factor": ([node("Mul", "k", "x")], {"k": real(1, 4, 1, 1)}),
    "a bias behind a convolution": (
        [made("Conv", ["x", "w"], "c"), node("Add", "c", "k")], {"w": real(3, 4, 1, 1), "k": real(3, 1, 1)}
    ),
    "a convolution that is used twice": (
        [made("Conv", ["x", "w"], "c"), made("Add", ["c", "k"], "d"), node("Mul", "d", "c")],
        {"w": real(3, 4, 1, 1), "k": real(3, 1, 1)},
    ),
    "ReduceMax": ([node("ReduceMax", "x", axes=[1], keepdims=1)], {}),
    "ReduceSum": ([node("ReduceSum", "x", "a", keepdims=0)], {"a": whole(-1)}),
    "Pow": ([made("Sigmoid", ["x"], "r"), node("Pow", "r", "k")], {"k": np.array(3, np.float32)}),
    "Pad that reflects": ([node("Pad", "x", "p", mode="reflect")], {"p": whole(0, 0, 1, 2, 0, 0, 2, 1)}),
    "Pad that cuts": ([node("Pad", "x", "p")], {"p": whole(0, 0, -1, 0, 0, 0, 0, -2)}),
    "Slice with a step": (
        [node("Slice", "x", "a", "b", "c", "d")],
        {"a": whole(1), "b": whole(-1), "c": whole(3), "d": whole(2)},
    ),
    "Slice of all": ([node("Slice", "x", "a", "b", "c")], {"a": whole(0), "b": whole(99), "c": whole(2)}),
    "Split": (
        [helper.make_node("Split", ["x", "k"], ["p", "q"], axis=1), node("Mul", "p", "q")], {"k": whole(2, 2)}
    ),
    "Resize to a size": (
        [node("Resize", "x", "", "", "z", mode="nearest", coordinate_transformation_mode="asymmetric",
              nearest_mode="floor")],
        {"z": whole(2, 4, 12, 16)},
    ),
    "Resize with corners": (
        [node("Resize", "x", "", "k", mode="linear", coordinate_transformation_mode="align_corners")],
        {"k": np.array([1, 1, 2, 3], np.float32)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_computes_what_onnxruntime_does(case: str, tmp_path: Path) -> None:
    data = model_of(*CASES[case], SHAPE)
    (tmp_path / "net.onnx").write_bytes(data)
    x = np.random.default_rng(6).normal(size=(2, 4, 6, 8)).astype(np.float32)
    expected = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    (found,) = answers(read(tmp_path / "net.onnx"), x)
    assert found.shape == expected.shape
    assert difference(found, expected) < 1e-5


REFUSED: dict[str, tuple[list[Any], Tensors, str]] = {
    "Flatten of samples": ([node("Flatten", "x", axis=2)], {}, "it joins samples"),
    "Reshape of samples": ([node("Reshape", "x", "t")], {"t": whole(-1, 8)}, "which mixes samples"),
    "Transpose of samples": ([node("Transpose", "x", perm=[1, 0, 2, 3])], {}, "moves the samples"),
    "Concat of samples": ([node("Concat", "x", "x", axis=0)], {}, "it joins samples"),
    "Concat of numbers": ([node("Concat", "x", "k", axis=1)], {"k": real(1, 4, 6, 8)}, "it joins fixed numbers"),
    "Pad of samples": ([node("Pad", "x", "p")], {"p": whole(1, 0, 0, 0, 0, 0, 0, 0)}, "it adds samples"),
    "Slice of samples": (
        [node("Slice", "x", "a", "b", "c")], {"a": whole(0), "b": whole(1), "c": whole(0)}, "some samples",
    ),
    "Split of samples": ([helper.make_node("Split", ["x"], ["y", "z"], axis=0, num_outputs=2)], {}, "it parts samples"),
    "Gather of several": ([node("Gather", "x", "i", axis=1)], {"i": whole(0, 2)}, "several places"),
    "ReduceMean of samples": ([node("ReduceMean", "x", axes=[0])], {}, "it runs over samples"),
    "DepthToSpace": ([node("DepthToSpace", "x", blocksize=2)], {}, "orders the channels otherwise"),
    "Resize from corners": (
        [node("Resize", "x", "", "k", mode="linear", coordinate_transformation_mode="asymmetric")],
        {"k": np.array([1, 1, 2, 2], np.float32)}, "counts pixels from their corners",
    ),
    "Resize of channels": (
        [node("Resize", "x", "", "k")], {"k": np.array([1, 2, 2, 2], np.float32)}, "samples or channels",
    ),
    "ConvTranspose to a size": (
        [node("ConvTranspose", "x", "w", output_shape=[12, 16])], {"w": real(4, 3, 3, 3)}, "the size of the output",
    ),
    "ConvTranspose uneven": (
        [node("ConvTranspose", "x", "w", pads=[0, 0, 1, 1])], {"w": real(4, 3, 3, 3)}, "differ from side to side",
    ),
    "AveragePool uneven": ([node("AveragePool", "x", **MEAN, pads=[0, 0, 1, 1])], {}, "do not count in the mean"),
    "HardSigmoid": ([node("HardSigmoid", "x")], {}, "its slope is 0.2"),
    "Selu": ([node("Selu", "x", alpha=2.0)], {}, "constants of its own"),
    "PRelu": ([node("PRelu", "x", "p")], {"p": real(8)}, "8 slopes for 4 channels"),
    "a kernel that is computed": ([made("Relu", ["x"], "w"), node("Conv", "x", "w")], {}, "its input 2 is not fixed"),
    "numbers for each pixel": ([node("Add", "x", "k")], {"k": real(1, 1, 6, 8)}, "its fixed numbers have the shape"),
    "one over": ([node("Div", "k", "x")], {"k": np.array(1, np.float32)}, "in a way that is not understood"),
    "a matrix of three axes": ([node("MatMul", "x", "k")], {"k": real(1, 4, 8, 8)}, "its matrix has the shape"),
    "something behind it": ([helper.make_node("Einsum", ["x"], ["e"], equation="nchw->nc"), node("Flatten", "e")], {},
                            "no layer of this program computes it"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_drawn_says_why(case: str, tmp_path: Path) -> None:
    nodes, tensors, reason = REFUSED[case]
    (tmp_path / "net.onnx").write_bytes(model_of(nodes, tensors, SHAPE))
    found = read(tmp_path / "net.onnx")
    assert reason in found.unread[0].reason
    assert found.unread[0].node in found.graph.by_name


def test_operators_of_old_files(tmp_path: Path) -> None:
    old = [
        made("Clip", ["x"], "c", min=0.0, max=6.0),
        made("Pad", ["c"], "p", pads=[0, 0, 1, 0, 0, 0, 0, 1], value=2.0),
        made("Upsample", ["p", "k"], "u", mode="nearest"),
        made("Slice", ["u"], "s", starts=[1], ends=[3], axes=[1]),
        made("Unsqueeze", ["s"], "v", axes=[4]),
        node("Squeeze", "v", axes=[4]),
    ]
    data = model_of(old, {"k": np.array([1, 1, 2, 2], np.float32)}, SHAPE, opset=9)
    (tmp_path / "net.onnx").write_bytes(data)
    x = np.random.default_rng(7).normal(size=(2, 4, 6, 8)).astype(np.float32) * 5
    expected = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    (found,) = answers(read(tmp_path / "net.onnx"), x)
    assert difference(found, expected) < 1e-6
