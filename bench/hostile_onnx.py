"""ONNX files that are made to harm: weights outside the folder, numbers that grow, sizes that lie, circles."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from hostile_bases import NAMES, Case, arrays, hostile, onnx_model
from onnx import TensorProto, helper

OTHERS = (
    "Loop", "If", "Scan", "Split", "Resize", "Reshape", "Transpose", "LSTM", "ConvTranspose", "Slice", "Gather", "LRN",
    "../x\n",
)  # fmt: skip
CHAIN = 20_000  # nodes of a network that is only long


def small_onnx(case: Case) -> Any:
    """Returns the small network as ONNX, with weights of its own."""
    return onnx_model(arrays(case.dice))


def put_onnx(case: Case, model: Any) -> Path:
    """Writes an ONNX file."""
    return case.put("net.onnx", model.SerializeToString())


@hostile
def onnx_beside(case: Case) -> Path:
    """Weights that lie outside the folder, behind a link, in a folder, in a pipe, or that are shorter than said."""
    model = small_onnx(case)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    (case.folder / "folder").mkdir(exist_ok=True)
    (case.folder / "link").symlink_to(case.secret)
    (case.folder / "circle").symlink_to(case.folder / "circle")
    os.mkfifo(case.folder / "pipe")
    (case.folder / "short").write_bytes(bytes(8))
    places = (
        f"../{case.secret.name}", str(case.secret), "link", "circle", "folder", "pipe", "short", "", "/dev/zero", ".",
        "a\nb\x1b[0m", "folder/../../" + case.secret.name, "gone", "x" * 5000, "a\x00b",
    )  # fmt: skip
    offsets = (None, "0", "-8", "1e3", str(1 << 62))
    rows = {
        "location": case.dice.choice(places),
        "offset": case.dice.choice(offsets),
        "length": case.dice.choice(offsets),
    }
    for key, value in rows.items():
        if value is not None:
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    return put_onnx(case, model)


@hostile
def onnx_tensors(case: Case) -> Path:
    """Tensors whose sizes or types lie."""
    model = small_onnx(case)
    tensor = case.dice.choice(model.graph.initializer)
    what = case.dice.randrange(6)
    if what == 0:
        tensor.dims[:] = case.dice.choice(([1 << 40], [-1, 4], [0], [1 << 31, 1 << 31, 1 << 31], [1] * 200, []))
    elif what == 1:
        tensor.data_type = case.dice.choice((0, 2, 8, 9, 10, 14, 15, 16, 17, 21, 22, 23, 99))
    elif what == 2:
        tensor.raw_data = tensor.raw_data[: case.dice.choice((0, 3, 7))]
    elif what == 3:
        numbers = np.full(tuple(tensor.dims), case.dice.choice((np.nan, np.inf)), np.float32)
        tensor.raw_data = numbers.tobytes()
    elif what == 4:
        tensor.float_data.extend([1.0] * 5)
    else:
        tensor.string_data.append(b"\xff")
        tensor.data_type = 8
    return put_onnx(case, model)


def _many_constants(model: Any) -> list[Any]:
    return [
        helper.make_node("ConstantOfShape", [_put(model, f"s{at}", [1 << 14, 1 << 13])], [f"z{at}"]) for at in range(40)
    ]


def _expanded(model: Any) -> list[Any]:
    return [helper.make_node("Expand", [_put(model, "o", [1]), _put(model, "s", [60_000, 60_000])], ["z"])]


def _tiled(model: Any) -> list[Any]:
    return [helper.make_node("Tile", [_put(model, "o", [1]), _put(model, "s", [1 << 40])], ["z"])]


def _counted(model: Any) -> list[Any]:
    values = {"a": 0.0, "b": 999_999.0, "c": 1e-4}
    model.graph.initializer.extend([helper.make_tensor(name, 1, [], [value]) for name, value in values.items()])
    return [helper.make_node("Range", list(values), ["z"])]


def _doubled(model: Any) -> list[Any]:
    _put(model, "c0", [1] * 64)
    return [helper.make_node("Concat", [f"c{at}", f"c{at}"], [f"c{at + 1}"], axis=0) for at in range(30)]


def _spread(model: Any) -> list[Any]:
    for name, shape in (("p0", [1 << 14, 1]), ("p1", [1, 1 << 14])):
        model.graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, shape, [1] * (1 << 14)))
    return [helper.make_node("Add", ["p0", "p1"], [f"q{at}"]) for at in range(20)]


def _raised(model: Any) -> list[Any]:
    power = helper.make_node("Pow", [_put(model, "o", [9]), _put(model, "s", [1 << 60])], ["z"])
    return [power, *(helper.make_node("Cast", ["z"], [f"y{kind}"], to=kind) for kind in (0, 8, 16, 99))]


def _put(model: Any, name: str, values: list[int]) -> str:
    """Adds whole numbers to a model, and returns their name."""
    model.graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
    return name


BOMBS = (_many_constants, _expanded, _tiled, _counted, _doubled, _spread, _raised)


@hostile
def onnx_bombs(case: Case) -> Path:
    """Numbers that are computed while the file is read, and are far more than the file has."""
    model = small_onnx(case)
    model.graph.node.extend(case.dice.choice(BOMBS)(model))
    return put_onnx(case, model)


@hostile
def onnx_shapes(case: Case) -> Path:
    """Nodes that ask for sizes nobody has."""
    model = small_onnx(case)
    node = case.dice.choice(list(model.graph.node))
    number = case.dice.choice((0, -1, -(1 << 62), 1 << 30, 1 << 40, (1 << 63) - 1))
    what = case.dice.randrange(8)
    if what == 0:
        model.graph.input[0].type.tensor_type.shape.dim[case.dice.randrange(1, 4)].dim_value = number
    elif what == 1:
        node.attribute.append(helper.make_attribute("pads", [number] * 4))
    elif what == 2:
        node.attribute.append(helper.make_attribute("group", number))
    elif what == 3:
        node.attribute.append(helper.make_attribute("kernel_shape", [number] * case.dice.choice((1, 2, 9, 1000))))
    elif what == 4:
        node.op_type = case.dice.choice(OTHERS)
    elif what == 5:
        node.op_type, kept = "Split", list(node.output)
        node.output[:] = [*kept, *(f"part{at}" for at in range(20_000))]
    elif what == 6:
        model.graph.input[0].type.tensor_type.shape.dim.extend(
            [model.graph.input[0].type.tensor_type.shape.dim[1]] * 40
        )
    else:
        node.attribute.append(helper.make_attribute("auto_pad", case.dice.choice(("SAME_UPPER", "x\x1b[0m"))))
        node.attribute.append(helper.make_attribute("strides", [number, number]))
    return put_onnx(case, model)


@hostile
def onnx_graphs(case: Case) -> Path:
    """Graphs that are circles, very long, in a bad order, deeply nested, or of nobody's version."""
    model = small_onnx(case)
    what = case.dice.randrange(7)
    chain = [helper.make_node("Relu", [f"r{at}"], [f"r{at + 1}"]) for at in range(CHAIN)]
    chain[0].input[0] = "scores"
    if what == 0:
        model.graph.node[0].input[0] = "scores"
    elif what == 1:
        model.graph.node.extend(chain)
        model.graph.output[0].name = f"r{CHAIN}"
    elif what == 2:
        model.graph.node.extend(reversed(chain))
        model.graph.output[0].name = f"r{CHAIN}"
    elif what == 3:
        inner = helper.make_graph([], "g", [], [])
        for _ in range(90):
            branch = helper.make_node(
                "If", ["c"], ["d"], then_branch=inner, else_branch=helper.make_graph([], "e", [], [])
            )
            inner = helper.make_graph([branch], "g", [], [])
        model.graph.node.append(helper.make_node("If", ["scores"], ["deep"], then_branch=inner, else_branch=inner))
    elif what == 4:
        del model.opset_import[:]
        model.opset_import.append(helper.make_opsetid("", case.dice.choice((0, -1, 1, 9999, 1 << 40))))
    elif what == 5:
        model.graph.output.extend(
            [helper.make_tensor_value_info(f"o{at}", TensorProto.FLOAT, [1]) for at in range(3000)]
        )
    else:
        del model.graph.input[:]
    return put_onnx(case, model)


@hostile
def onnx_names(case: Case) -> Path:
    """Names of nodes and weights that lead elsewhere or print odd things."""
    model = small_onnx(case)
    for node in model.graph.node:
        node.name = case.dice.choice(NAMES)
    first = model.graph.initializer[0]
    old, first.name = first.name, case.dice.choice(NAMES[:-1]) + ".weight"
    model.graph.node[0].input[1] = first.name if old == "conv.weight" else model.graph.node[0].input[1]
    model.graph.output[0].name = model.graph.node[-1].output[0] = case.dice.choice(NAMES[:-1])
    model.producer_name = case.dice.choice(NAMES)
    return put_onnx(case, model)
