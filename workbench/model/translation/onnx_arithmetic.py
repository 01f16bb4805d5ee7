"""ONNX's operators that compute with tensors and fixed numbers, as layers."""

from __future__ import annotations

import numpy as np

from workbench.core.values import Value
from workbench.model.translation.onnx_file import OnnxNode
from workbench.model.translation.onnx_reader import Array, OnnxReader, operator


@operator("Gemm", "MatMul")
def linear(reader: OnnxReader, node: OnnxNode) -> None:
    """Gemm and MatMul."""
    if node.kind == "MatMul" and all(map(reader.is_tensor, node.inputs)):
        reader.put(node, "MatMul", {}, node.inputs)
        return
    weight = reader.number(node, 1)
    bias = reader.optional(node, 2)
    if weight.ndim != 2 or node.settings.get("transA", 0):
        raise ValueError(f"its matrix has the shape {weight.shape}")
    if not node.settings.get("transB", 0):
        weight = weight.T
    weight = weight * np.float32(node.settings.get("alpha", 1.0))
    settings = {"out_features": weight.shape[0], "bias": bias is not None}
    weights = {"weight": np.ascontiguousarray(weight)}
    if bias is not None:
        scaled = bias * np.float32(node.settings.get("beta", 1.0))
        weights["bias"] = np.broadcast_to(scaled.reshape(-1), (weight.shape[0],)).copy()
    reader.put(node, "Linear", settings, [node.inputs[0]], weights)


@operator("Add", "Sub", "Mul", "Div", "Max", "Sum")
def arithmetic(reader: OnnxReader, node: OnnxNode) -> None:
    """Arithmetic of two or more tensors, or of one and fixed numbers."""
    tensors = [name for name in node.inputs if reader.is_tensor(name)]
    if len(tensors) == len(node.inputs):
        layer = {"Sub": "Subtract", "Mul": "Multiply", "Div": "Divide", "Max": "Maximum"}.get(node.kind, "Add")
        if len(tensors) == 1:
            reader.skip(node, tensors[0])
        else:
            reader.put(node, layer, {}, tensors)
        return
    if (
        len(node.inputs) != 2
        or node.kind in ("Max", "Sum")
        or (node.kind in ("Sub", "Div") and tensors[0] != node.inputs[0])
    ):
        raise ValueError("it computes with fixed numbers in a way that is not understood")
    at = 1 - node.inputs.index(tensors[0])
    number = reader.number(node, at)
    number = -number if node.kind == "Sub" else 1 / number if node.kind == "Div" else number
    if node.kind in ("Add", "Sub"):
        _shifted(reader, node, tensors[0], number)
    else:
        _weighed(reader, node, tensors[0], number)


def _channels(number: Array, value: Value) -> Array:
    """Fixed numbers as one for each channel.

    Raises:
        ValueError: they differ within a channel.
    """
    axes = len(value.shape)
    shape = (1,) * (axes + 1 - number.ndim) + number.shape
    channel = 1 if value.kind in ("map", "vector") else axes
    if number.ndim > axes + 1 or any(size != 1 for at, size in enumerate(shape) if at != channel):
        raise ValueError(f"its fixed numbers have the shape {number.shape}")
    width = value.shape[channel - 1]
    return np.ascontiguousarray(np.broadcast_to(number.reshape(-1), (width,)))


def _shifted(reader: OnnxReader, node: OnnxNode, source: str, number: Array) -> None:
    """Adds fixed numbers: as the offset of the layer before, or of a convolution that does nothing else."""
    offset = _channels(number, reader.value(source))
    if not offset.any():
        reader.skip(node, source)
        return
    before = reader.drawn(source)
    biased = before is not None and before.params.get("bias") is False and not before.share_with
    if biased and reader.only_use(source) is not None:
        reader.set_bias(source, offset)
        reader.skip(node, source)
    else:
        _affine(reader, node, source, np.ones_like(offset), offset)


def _weighed(reader: OnnxReader, node: OnnxNode, source: str, number: Array) -> None:
    """Multiplies by fixed numbers."""
    if number.size == 1:
        reader.put(node, "Scale", {"factor": float(number.reshape(-1)[0])}, [source])
    else:
        _affine(reader, node, source, _channels(number, reader.value(source)), None)


def _affine(reader: OnnxReader, node: OnnxNode, source: str, scale: Array, offset: Array | None) -> None:
    """A 1×1 convolution of each channel by itself: what a fixed scale and offset of each channel is."""
    value = reader.value(source)
    if value.kind != "map":
        raise ValueError("fixed numbers are added to what is no map")
    axes, width = len(value.spatial), value.channels
    settings = {"out_channels": width, "kernel_size": 1, "padding": 0, "groups": width, "bias": offset is not None}
    weights = {"weight": scale.reshape(width, 1, *(1,) * axes).astype(np.float32)}
    if offset is not None:
        weights["bias"] = offset.astype(np.float32)
    reader.put(node, f"Conv{axes}d", settings, [source], weights)


@operator("Pow")
def power(reader: OnnxReader, node: OnnxNode) -> None:
    """Pow by a fixed number."""
    reader.put(node, "Power", {"exponent": float(reader.number(node, 1).reshape(-1)[0])}, [node.inputs[0]])
