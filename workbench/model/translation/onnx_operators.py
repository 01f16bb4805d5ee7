"""ONNX's convolutions, poolings, norms and activations as layers (https://onnx.ai/onnx/operators)."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, prod
from typing import Any

import numpy as np

from workbench.model.translation.margins import LOWEST, same, single
from workbench.model.translation.onnx_file import OnnxNode
from workbench.model.translation.onnx_reader import OnnxReader, operator

PLAIN = {
    "Sigmoid": "Sigmoid", "Tanh": "Tanh", "Softsign": "Softsign", "Softplus": "Softplus",
    "HardSwish": "Hardswish", "Mish": "Mish", "Exp": "Exp", "Log": "Log", "Sqrt": "Sqrt", "Neg": "Neg",
}  # fmt: skip


def margins(reader: OnnxReader, node: OnnxNode, kernel: Sequence[int], fill: float = 0.0) -> tuple[str, Any]:
    """Returns the tensor that a window slides over and its padding, with a Pad node before it where torch needs one.

    Args:
        reader: the reader.
        node: a convolution or pooling.
        kernel: size of its window.
        fill: what the margin is filled with.
    """
    source, axes, settings = node.inputs[0], len(kernel), node.settings
    pads = list(settings.get("pads", [0] * 2 * axes))
    how = settings.get("auto_pad", "NOTSET")
    if how in ("SAME_UPPER", "SAME_LOWER"):
        strides, dilations = settings.get("strides", [1] * axes), settings.get("dilations", [1] * axes)
        pads = same(reader.value(source).spatial, kernel, strides, dilations, is_upper=how == "SAME_UPPER")
    elif how == "VALID":
        pads = [0] * 2 * axes
    before, behind = pads[:axes], pads[axes:]
    if before == behind:
        return source, single(before)
    padding = [number for pair in zip(reversed(before), reversed(behind), strict=True) for number in pair]
    padded = f"{node.outputs[0]}\npadded"
    reader.put(
        node,
        "Pad",
        {"padding": padding, "value": fill},
        [source],
        gives=padded,
        name=f"{reader_path(reader, node)}_pad",
    )
    return padded, 0


def reader_path(reader: OnnxReader, node: OnnxNode) -> str:
    """Returns a name for what belongs to a node."""
    from workbench.layers.spec import REGISTRY

    return reader.path(node, REGISTRY["Identity"]())


@operator("Conv")
def convolution(reader: OnnxReader, node: OnnxNode) -> None:
    """Conv."""
    weight, bias = reader.number(node, 1), reader.optional(node, 2)
    axes = weight.ndim - 2
    source, padding = margins(reader, node, weight.shape[2:])
    settings: dict[str, Any] = {
        "out_channels": weight.shape[0], "kernel_size": single(weight.shape[2:]), "padding": padding,
        "stride": single(node.settings.get("strides", [1] * axes)),
        "dilation": single(node.settings.get("dilations", [1] * axes)), "groups": int(node.settings.get("group", 1)),
        "bias": bias is not None,
    }  # fmt: skip
    weights = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    reader.put(node, f"Conv{axes}d", settings, [source], weights)


@operator("ConvTranspose")
def transposed_convolution(reader: OnnxReader, node: OnnxNode) -> None:
    """ConvTranspose."""
    weight, bias = reader.number(node, 1), reader.optional(node, 2)
    axes, group = weight.ndim - 2, int(node.settings.get("group", 1))
    pads = list(node.settings.get("pads", [0] * 2 * axes))
    if node.settings.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or "output_shape" in node.settings:
        raise ValueError("its margin follows from the size of the output, which torch does not do")
    if pads[:axes] != pads[axes:]:
        raise ValueError(f"its margins {pads} differ from side to side")
    settings: dict[str, Any] = {
        "out_channels": weight.shape[1] * group, "kernel_size": single(weight.shape[2:]),
        "stride": single(node.settings.get("strides", [1] * axes)), "padding": single(pads[:axes]),
        "output_padding": single(node.settings.get("output_padding", [0] * axes)),
        "dilation": single(node.settings.get("dilations", [1] * axes)), "groups": group, "bias": bias is not None,
    }  # fmt: skip
    weights = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    reader.put(node, f"ConvTranspose{axes}d", settings, [node.inputs[0]], weights)


@operator("MaxPool", "AveragePool", "LpPool")
def pooling(reader: OnnxReader, node: OnnxNode) -> None:
    """MaxPool and AveragePool."""
    kernel = node.settings["kernel_shape"]
    axes, is_max = len(kernel), node.kind == "MaxPool"
    counts = bool(node.settings.get("count_include_pad", 0))
    source, padding = margins(reader, node, kernel, LOWEST if is_max else 0.0)
    if node.kind == "LpPool" or (not is_max and source != node.inputs[0] and not counts):
        raise ValueError("its margins differ from side to side and do not count in the mean")
    settings = {
        "kernel_size": single(kernel), "stride": single(node.settings.get("strides", [1] * axes)), "padding": padding,
        "ceil_mode": bool(node.settings.get("ceil_mode", 0)),
    }  # fmt: skip
    if is_max:
        settings["dilation"] = single(node.settings.get("dilations", [1] * axes))
    else:
        settings["count_include_pad"] = counts
    reader.put(node, f"{'Max' if is_max else 'Avg'}Pool{axes}d", settings, [source])


@operator("GlobalAveragePool", "GlobalMaxPool")
def global_pooling(reader: OnnxReader, node: OnnxNode) -> None:
    """GlobalAveragePool and GlobalMaxPool."""
    axes = len(reader.value(node.inputs[0]).spatial)
    kind = "Avg" if node.kind == "GlobalAveragePool" else "Max"
    reader.put(node, f"Adaptive{kind}Pool{axes}d", {"output_size": 1}, [node.inputs[0]])


@operator("BatchNormalization")
def batch_norm(reader: OnnxReader, node: OnnxNode) -> None:
    """BatchNormalization, by its running statistics."""
    names = ("weight", "bias", "running_mean", "running_var")
    weights = {name: reader.number(node, at) for at, name in enumerate(names, start=1)}
    axes = max(1, len(reader.value(node.inputs[0]).spatial))
    settings = {
        "eps": plain(node.settings.get("epsilon", 1e-5)),
        "momentum": plain(1 - node.settings.get("momentum", 0.9)),
    }
    weights["num_batches_tracked"] = np.asarray(0, np.int64)
    reader.put(node, f"BatchNorm{axes}d", settings, [node.inputs[0]], weights)


def plain(number: float) -> float:
    """Returns a number of a file, which has 32 bits, as people write it."""
    return float(f"{number:.6g}")


@operator("InstanceNormalization")
def instance_norm(reader: OnnxReader, node: OnnxNode) -> None:
    """InstanceNormalization."""
    axes = len(reader.value(node.inputs[0]).spatial)
    settings = {"eps": plain(node.settings.get("epsilon", 1e-5)), "affine": True}
    weights = {"weight": reader.number(node, 1), "bias": reader.number(node, 2)}
    reader.put(node, f"InstanceNorm{axes}d", settings, [node.inputs[0]], weights)


@operator("LayerNormalization")
def layer_norm(reader: OnnxReader, node: OnnxNode) -> None:
    """LayerNormalization of the last axes."""
    weight, bias = reader.number(node, 1), reader.optional(node, 2)
    axes = len(reader.value(node.inputs[0]).shape)
    axis = int(node.settings.get("axis", -1)) % (axes + 1)
    if axis == 0 or len(node.outputs) > 1:
        raise ValueError("it normalises over samples, or gives its mean and variance too")
    settings = {
        "eps": plain(node.settings.get("epsilon", 1e-5)), "axes": axes + 1 - axis, "bias": bias is not None,
    }  # fmt: skip
    weights = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    reader.put(node, "LayerNorm", settings, [node.inputs[0]], weights)


@operator("LRN")
def response_norm(reader: OnnxReader, node: OnnxNode) -> None:
    """LRN."""
    given = node.settings
    settings = {
        "size": given["size"], "alpha": plain(given.get("alpha", 1e-4)), "beta": plain(given.get("beta", 0.75)),
        "k": plain(given.get("bias", 1.0)),
    }  # fmt: skip
    reader.put(node, "LocalResponseNorm", settings, [node.inputs[0]])


@operator(*PLAIN)
def function(reader: OnnxReader, node: OnnxNode) -> None:
    """Activations without settings."""
    reader.put(node, PLAIN[node.kind], {}, [node.inputs[0]])


@operator("Relu", "LeakyRelu", "Elu", "Celu", "Gelu", "HardSigmoid", "Selu")
def activation(reader: OnnxReader, node: OnnxNode) -> None:
    """Activations with settings."""
    alpha = plain(node.settings.get("alpha", {"LeakyRelu": 0.01, "HardSigmoid": 0.2}.get(node.kind, 1.0)))
    if node.kind == "HardSigmoid" and (abs(alpha - 1 / 6) > 1e-5 or node.settings.get("beta", 0.5) != 0.5):
        raise ValueError(f"its slope is {alpha:g}, that of torch's is 1/6")
    if node.kind == "Selu" and ("alpha" in node.settings or "gamma" in node.settings):
        raise ValueError("it has constants of its own")
    settings: dict[str, dict[str, Any]] = {
        "LeakyRelu": {"negative_slope": alpha}, "Elu": {"alpha": alpha}, "Celu": {"alpha": alpha},
        "Gelu": {"approximate": node.settings.get("approximate", "none")},
    }  # fmt: skip
    layer = {"Relu": "ReLU", "LeakyRelu": "LeakyReLU", "HardSigmoid": "Hardsigmoid"}.get(node.kind, node.kind.upper())
    reader.put(node, layer, settings.get(node.kind, {}), [node.inputs[0]])


@operator("PRelu")
def prelu(reader: OnnxReader, node: OnnxNode) -> None:
    """PRelu."""
    slope = reader.number(node, 1)
    channels = reader.value(node.inputs[0]).channels
    if slope.size not in (1, channels):
        raise ValueError(f"it has {slope.size} slopes for {channels} channels")
    reader.put(node, "PReLU", {"num_parameters": slope.size}, [node.inputs[0]], {"weight": slope.reshape(-1)})


@operator("Clip")
def clip(reader: OnnxReader, node: OnnxNode) -> None:
    """Clip, by attributes as before opset 11 or by inputs."""
    low, high = (
        float(found) if found is not None else node.settings.get(name, end)
        for found, name, end in (
            (reader.optional(node, 1), "min", -np.inf), (reader.optional(node, 2), "max", np.inf),
        )
    )  # fmt: skip
    if low == 0 and (isinf(high) or high > 1e30):
        reader.put(node, "ReLU", {}, [node.inputs[0]])
    elif (low, high) == (0, 6):
        reader.put(node, "ReLU6", {}, [node.inputs[0]])
    else:
        ends = {"min_val": max(float(low), -1e6), "max_val": min(float(high), 1e6)}
        reader.put(node, "Hardtanh", ends, [node.inputs[0]])


@operator("Softmax", "LogSoftmax")
def softmax(reader: OnnxReader, node: OnnxNode) -> None:
    """Softmax; before opset 13 over all axes from one on."""
    axes = len(reader.value(node.inputs[0]).shape) + 1
    axis = int(node.settings.get("axis", 1 if reader.file.opset < 13 else -1)) % axes
    if reader.file.opset < 13 and axis != axes - 1:
        value = reader.value(node.inputs[0])
        if prod(value.shape[axis:]) != 1:
            raise ValueError("it runs over several axes at once")
    reader.put(
        node,
        node.kind.replace("soft", "Soft") if node.kind == "LogSoftmax" else "Softmax",
        {"dim": axis},
        [node.inputs[0]],
    )


@operator("Dropout")
def dropout(reader: OnnxReader, node: OnnxNode) -> None:
    """Dropout, which does nothing in prediction and is kept for training."""
    ratio = reader.optional(node, 1)
    share = plain(float(ratio) if ratio is not None else node.settings.get("ratio", 0.5))
    reader.put(node, "Dropout", {"p": share}, [node.inputs[0]])
