"""The nodes and tensors of an ONNX file, read without trusting it: sizes are checked, and only its folder is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists, read_buffer, resolved
from workbench.model.weight_kinds import not_fetched

LARGEST = 2_000_000_000  # bytes, which is protobuf's own limit
LARGEST_BESIDE = 16_000_000_000
MOST_NODES = 20_000
MOST_FOLDED = 600_000_000  # bytes of numbers that are computed while reading, besides what follows from the file
SMALLEST_NUMBER = 4  # bytes of one that a node gives, by which is reckoned before it is known
MOST_AXES = 64  # of a tensor, as far as NumPy knows them
OLDEST = 7

FOLDED = frozenset(
    """
    Shape Gather Unsqueeze Squeeze Concat Slice Cast Reshape Transpose Add Sub Mul Div Neg Sqrt Floor Ceil Identity
    Size ReduceProd Min Max Mod Range Equal Where Expand Tile Pow Exp Reciprocal Flatten Abs
    """.split()
)  # which are computed while reading where all that comes in is known
BROADCAST = frozenset("Add Sub Mul Div Min Max Mod Equal Where Pow".split())


@dataclass(frozen=True)
class OnnxNode:
    """One node of the file.

    Attributes:
        name: its own name, or "".
        kind: its operator, with its domain where that is not ONNX's own.
        inputs: names of the tensors that come in; "" for one that is left out.
        outputs: names of the tensors that it gives.
        settings: its attributes as plain values.
        proto: as the library has it.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Mapping[str, Any]
    proto: Any


@dataclass(frozen=True)
class OnnxFile:
    """What a file holds.

    Attributes:
        path: of the file.
        opset: version of ONNX's operators.
        producer: what wrote it.
        inputs: name → sizes with the batch; None where one is not fixed.
        outputs: names.
        nodes: each behind those that feed it.
        tensors: the numbers that it holds, by name.
        metadata: its properties.
    """

    path: Path
    opset: int
    producer: str
    inputs: Mapping[str, tuple[int | None, ...]]
    outputs: tuple[str, ...]
    nodes: tuple[OnnxNode, ...]
    tensors: dict[str, np.ndarray[Any, Any]]
    metadata: Mapping[str, str]


def read_onnx(path: Path) -> OnnxFile:
    """Reads an ONNX file.

    Raises:
        UnreadableError: it is damaged or none, too old, or names tensors that are not there or outside its folder.
    """
    data = read_buffer(path, LARGEST)
    if reason := not_fetched(bytes(data[:64])):
        raise UnreadableError(path, reason)
    try:
        model = onnx.load_model_from_string(bytes(data))
    except (DecodeError, ValueError, TypeError, UnicodeDecodeError) as error:
        raise UnreadableError(path, f"it is no ONNX file, or damaged ({printable(type(error).__name__)}).") from None
    opset = next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), 0)
    if not model.graph.node or not model.graph.output:
        raise UnreadableError(path, "it is no ONNX file, or damaged: it has no nodes or no outputs.")
    if len(model.graph.node) > MOST_NODES:
        raise UnreadableError(path, f"it has {len(model.graph.node):,} nodes; at most {MOST_NODES:,} are read.")
    if not _is_text(model):
        raise UnreadableError(path, "its names are no text; the file is damaged.")
    tensors = {each.name: _array(each, path) for each in model.graph.initializer}
    if not tensors and opset == 0:
        raise UnreadableError(path, "it does not say which version of ONNX's operators it uses; it is damaged.")
    inputs = {each.name: _sizes(each) for each in model.graph.input if each.name not in tensors}
    nodes = _sorted([_node(each, path) for each in model.graph.node], {*inputs, *tensors}, path)
    outputs = tuple(each.name for each in model.graph.output)
    metadata = {each.key: each.value for each in model.metadata_props}
    producer = f"{model.producer_name} {model.producer_version}".strip()
    return OnnxFile(path, opset, producer, inputs, outputs, nodes, tensors, metadata)


def fold(
    node: OnnxNode, known: Mapping[str, np.ndarray[Any, Any]], opset: int, most: int
) -> dict[str, np.ndarray[Any, Any]]:
    """Returns what a node gives where all that comes in is known; empty where it is not computed while reading.

    Args:
        node: the node.
        known: tensors by name.
        opset: the version of ONNX's operators.
        most: how many bytes of numbers it may give.
    """
    if node.kind == "Constant":
        return _constant(node)
    if node.kind not in (*FOLDED, "ConstantOfShape") or any(name and name not in known for name in node.inputs):
        return {}
    given = {name: known[name] for name in node.inputs if name}
    from onnx.reference import ReferenceEvaluator

    try:
        if not given or _elements(node, list(given.values())) * SMALLEST_NUMBER > most:
            return {}
        found = ReferenceEvaluator(node.proto, opsets={"": opset}).run(None, given)
    except Exception:  # whatever a damaged node makes the library raise, it is not known then
        return {}
    return dict(zip(node.outputs, map(np.asarray, found), strict=False))


def _elements(node: OnnxNode, given: Sequence[np.ndarray[Any, Any]]) -> float:
    """How many numbers a node gives at most, worked out before they are.

    Raises:
        ValueError: what comes in does not go together.
    """
    first, last = given[0], [abs(int(each)) for each in given[-1].reshape(-1)[:MOST_AXES]]
    match node.kind:
        case "ConstantOfShape":
            return prod(last)
        case "Expand" | "Tile":
            return first.size * prod(last)
        case "Range":
            start, stop, step = (float(each.reshape(-1)[0]) for each in given)
            return abs((stop - start) / step) + 1
        case "Gather":
            axis = int(node.settings.get("axis", 0))
            return int(first.size // max(1, first.shape[axis]) * given[-1].size)
        case "Concat":
            return sum(each.size for each in given) * len(node.inputs)
        case kind if kind in BROADCAST:
            return prod(np.broadcast_shapes(*(each.shape for each in given)))
    return max(each.size for each in given)


def _constant(node: OnnxNode) -> dict[str, np.ndarray[Any, Any]]:
    for name, value in node.settings.items():
        if name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
            dtype = np.float32 if "float" in name else np.int64 if "int" in name else None
            return {node.outputs[0]: np.asarray(value, dtype)}
    return {}


def _is_text(model: Any) -> bool:
    """Whether all names are text; protobuf hands out bytes where they are not."""
    graph = model.graph
    names = [each.name for each in (*graph.node, *graph.initializer, *graph.input, *graph.output)]
    for node in graph.node:
        names += [node.op_type, node.domain, *node.input, *node.output, *(each.name for each in node.attribute)]
    return all(isinstance(name, str) for name in (*names, model.producer_name, model.producer_version))


def _node(proto: Any, path: Path) -> OnnxNode:
    settings: dict[str, Any] = {}
    for attribute in proto.attribute:
        kind = attribute.type
        if kind == onnx.AttributeProto.TENSOR:
            settings[attribute.name] = _array(attribute.t, path)
        elif kind in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
            settings[attribute.name] = None
        else:
            value = onnx.helper.get_attribute_value(attribute)
            settings[attribute.name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    kind = proto.op_type if proto.domain in ("", "ai.onnx") else f"{proto.domain}.{proto.op_type}"
    return OnnxNode(proto.name, kind, tuple(proto.input), tuple(proto.output), settings, proto)


def _sizes(info: Any) -> tuple[int | None, ...]:
    return tuple(each.dim_value or None for each in info.type.tensor_type.shape.dim)


def _array(tensor: Any, path: Path) -> np.ndarray[Any, Any]:
    """The numbers of a tensor, of the file itself or of one in its folder.

    Raises:
        UnreadableError: they are not there, or not as many as its shape needs.
    """
    shape = tuple(tensor.dims)
    if min(shape, default=1) < 0 or prod(shape) * 1 > LARGEST_BESIDE:
        raise UnreadableError(path, f"the shape {shape} is impossible.", field=printable(tensor.name))
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        return _beside(tensor, shape, path)
    try:
        return np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        reason = f"its numbers do not fit its shape {shape} ({printable(type(error).__name__)}); the file is damaged."
        raise UnreadableError(path, reason, field=printable(tensor.name)) from None


def _beside(tensor: Any, shape: tuple[int, ...], path: Path) -> np.ndarray[Any, Any]:
    """The numbers of a tensor that lie in a file of the same folder or below."""
    where = {each.key: each.value for each in tensor.external_data}
    name, folder = where.get("location", ""), resolved(path).parent
    place = resolved(folder / name) if name else folder
    if not name or folder not in place.parents:
        raise UnreadableError(
            path, f"its tensor lies in {printable(name)}, outside the file's folder; such is not read.",
            field=printable(tensor.name),
        )  # fmt: skip
    if not exists(place):
        raise UnreadableError(
            path, f"its weights are in the file {printable(name)} beside it, which is not there; bring it too.",
            field=printable(tensor.name),
        )  # fmt: skip
    try:
        dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type))
        offset, length = int(where.get("offset", 0)), prod(shape) * dtype.itemsize
        claimed = int(where.get("length", length))
    except (KeyError, ValueError, TypeError):
        raise UnreadableError(
            path, "a tensor's place beside the file is damaged.", field=printable(tensor.name)
        ) from None
    data = read_buffer(place, LARGEST_BESIDE)
    if offset < 0 or claimed != length or offset + length > len(data):
        reason = f"its tensor needs {length:,} bytes at {offset:,} of {printable(name)}, which has {len(data):,}."
        raise UnreadableError(path, reason, field=printable(tensor.name))
    return np.frombuffer(data, dtype, prod(shape), offset).reshape(shape)


def _sorted(nodes: list[OnnxNode], known: Iterable[str], path: Path) -> tuple[OnnxNode, ...]:
    """The nodes so that each comes behind those that feed it, in the file's order where that is so already.

    Raises:
        UnreadableError: they feed one another in a circle, or a tensor comes from nowhere.
    """
    have = {*known, ""}
    users: dict[str, list[int]] = {}
    missing = []
    for at, node in enumerate(nodes):
        names = {name for name in node.inputs if name not in have}
        missing.append(len(names))
        for name in names:
            users.setdefault(name, []).append(at)
    ready = [at for at, count in enumerate(missing) if not count]
    found = []
    while ready:
        node = nodes[heappop(ready)]
        found.append(node)
        for name in {*node.outputs} - have:
            have.add(name)
            for user in users.get(name, ()):
                missing[user] -= 1
                if not missing[user]:
                    heappush(ready, user)
    if len(found) < len(nodes):
        made = {name for node in nodes for name in node.outputs}
        lost = next((name for name in users if name not in made), "")
        reason = f"Nothing gives its tensor {printable(lost)}." if lost else "Its nodes feed one another in a circle."
        raise UnreadableError(path, f"{reason} The file is damaged.")
    return tuple(found)
