"""What ONNX's operators are as layers (https://onnx.ai/onnx/operators), one function for each sort."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf, prod
from typing import Any

import numpy as np

from workbench.core.values import Value
from workbench.model.translation.onnx_file import OnnxNode
from workbench.model.translation.onnx_reader import BATCH, Array, OnnxReader, operator

PLAIN = {
    "Sigmoid": "Sigmoid", "Tanh": "Tanh", "Softsign": "Softsign", "Softplus": "Softplus",
    "HardSwish": "Hardswish", "Mish": "Mish", "Exp": "Exp", "Log": "Log", "Sqrt": "Sqrt", "Neg": "Neg",
}  # fmt: skip
LOWEST = -1e6  # below the numbers of any map: what a margin is filled with before the largest is taken


def single(numbers: Sequence[int]) -> Any:
    """Returns one number for one axis, else a tuple."""
    plain = tuple(int(each) for each in numbers)
    return plain[0] if len(plain) == 1 or len(set(plain)) == 1 else plain


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


def same(
    sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int], *, is_upper: bool
) -> list[int]:
    """Returns the margins by which a window of any stride gives size / stride, rounded up: all before, then behind."""
    before, behind = [], []
    for size, taps, stride, dilation in zip(sizes, kernel, strides, dilations, strict=True):
        whole = max(0, (-(-size // stride) - 1) * stride + dilation * (taps - 1) + 1 - size)
        before.append(whole // 2 if is_upper else whole - whole // 2)
        behind.append(whole - before[-1])
    return [*before, *behind]


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


@operator("Identity", "Cast", "CastLike")
def identity(reader: OnnxReader, node: OnnxNode) -> None:
    """What changes nothing here."""
    reader.skip(node, node.inputs[0])


@operator("Shape")
def shape(reader: OnnxReader, node: OnnxNode) -> None:
    """Shape, in which a mark stands for the number of samples."""
    sizes = [BATCH, *reader.value(node.inputs[0]).shape]
    start, end = node.settings.get("start", 0), node.settings.get("end", len(sizes))
    reader.known[node.outputs[0]] = np.asarray(sizes[start:end], np.int64)


@operator("Flatten")
def flatten(reader: OnnxReader, node: OnnxNode) -> None:
    """Flatten."""
    if int(node.settings.get("axis", 1)) != 1:
        raise ValueError("it joins samples")
    _flat(reader, node)


def _flat(reader: OnnxReader, node: OnnxNode, gives: str = "") -> None:
    source = node.inputs[0]
    if source in reader.values and reader.values[source].kind == "vector":
        reader.skip(node, source, gives=gives)
    else:
        reader.put(node, "Flatten", {}, [source], gives=gives)


@operator("Reshape")
def reshape(reader: OnnxReader, node: OnnxNode) -> None:
    """Reshape; the rearrangements that are layers of their own are found."""
    value = reader.value(node.inputs[0])
    sizes = target_of(reader, node, value)
    if sizes == value.shape:
        reader.skip(node, node.inputs[0])
    elif not _shuffled(reader, node, value, sizes):
        if len(sizes) == 1:
            _flat(reader, node)
        else:
            reader.put(node, "Reshape", {"shape": sizes}, [node.inputs[0]])


def target_of(reader: OnnxReader, node: OnnxNode, value: Value) -> tuple[int, ...]:
    """Returns the shape that a Reshape gives, without the batch.

    Raises:
        ValueError: it mixes samples.
    """
    target = [int(each) for each in reader.number(node, 1).reshape(-1)]
    if not node.settings.get("allowzero", 0):
        given = (BATCH, *value.shape)
        target = [given[at] if size == 0 and at < len(given) else size for at, size in enumerate(target)]
    first, rest = target[0], target[1:]
    left = prod(size for size in rest if size != -1)
    if first not in (BATCH, -1, reader.batch) or BATCH in rest or (first == -1 and left != value.elements):
        raise ValueError(f"it brings {value} to {target}, which mixes samples")
    if -1 in rest:
        rest[rest.index(-1)] = value.elements // max(left, 1)
    if prod(rest) != value.elements:
        raise ValueError(f"it brings {value} to {target}, which has another number of values")
    return tuple(rest)


def _shuffled(reader: OnnxReader, node: OnnxNode, value: Value, sizes: tuple[int, ...]) -> bool:
    """Reads a reshape, a transpose and a reshape as the one layer that they are, where they are one."""
    transpose = reader.only_use(node.outputs[0])
    second = reader.only_use(transpose.outputs[0]) if transpose is not None else None
    if transpose is None or second is None or (transpose.kind, second.kind) != ("Transpose", "Reshape"):
        return False
    order = tuple(transpose.settings.get("perm", ()))
    if len(value.shape) != 3 or sizes[-2:] != value.spatial:
        return False
    if order == (0, 1, 4, 2, 5, 3) and len(sizes) == 5 and sizes[1] == sizes[2]:
        layer, settings = "PixelShuffle", {"upscale_factor": sizes[1]}
    elif order == (0, 2, 1, 3, 4) and len(sizes) == 4:
        layer, settings = "ChannelShuffle", {"groups": sizes[0]}
    else:
        return False
    reader.put(node, layer, settings, [node.inputs[0]], gives=second.outputs[0])
    reader.finish(transpose, second)
    return True


@operator("Transpose")
def transpose(reader: OnnxReader, node: OnnxNode) -> None:
    """Transpose."""
    axes = len(reader.value(node.inputs[0]).shape) + 1
    order = tuple(node.settings.get("perm", range(axes - 1, -1, -1)))
    if order[0] != 0:
        raise ValueError(f"the order {order} moves the samples")
    if order == tuple(range(axes)):
        reader.skip(node, node.inputs[0])
    else:
        reader.put(node, "Permute", {"dims": order}, [node.inputs[0]])


@operator("Squeeze", "Unsqueeze")
def squeeze(reader: OnnxReader, node: OnnxNode) -> None:
    """Squeeze and Unsqueeze, as the reshape that they are."""
    value = reader.value(node.inputs[0])
    given = reader.optional(node, 1)
    axes = given.reshape(-1).tolist() if given is not None else list(node.settings.get("axes", ()))
    sizes = [BATCH, *value.shape]
    if node.kind == "Squeeze":
        axes = [axis % len(sizes) for axis in axes] or [at for at, size in enumerate(sizes) if size == 1]
        if any(sizes[axis] != 1 for axis in axes):
            raise ValueError(f"the axes {axes} of {value} have more than one value")
        sizes = [size for at, size in enumerate(sizes) if at not in axes]
    else:
        for axis in sorted(axis % (len(sizes) + len(axes)) for axis in axes):
            sizes.insert(axis, 1)
    if not sizes or sizes[0] != BATCH:
        raise ValueError("it takes the axis of the samples away")
    if tuple(sizes[1:]) == value.shape:
        reader.skip(node, node.inputs[0])
    elif len(sizes) == 2:
        _flat(reader, node)
    else:
        reader.put(node, "Reshape", {"shape": tuple(sizes[1:])}, [node.inputs[0]])


@operator("Concat")
def concat(reader: OnnxReader, node: OnnxNode) -> None:
    """Concat."""
    if not all(map(reader.is_tensor, node.inputs)):
        raise ValueError("it joins fixed numbers to what is computed")
    axes = len(reader.value(node.inputs[0]).shape) + 1
    axis = int(node.settings.get("axis", 1)) % axes
    if axis == 0:
        raise ValueError("it joins samples")
    if len(node.inputs) == 1:
        reader.skip(node, node.inputs[0])
    else:
        reader.put(node, "Concat", {"dim": axis}, node.inputs)


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


@operator("ReduceMean", "ReduceMax", "ReduceSum")
def reduction(reader: OnnxReader, node: OnnxNode) -> None:
    """Means, maxima and sums over axes."""
    value = reader.value(node.inputs[0])
    given = reader.optional(node, 1)
    named = given.reshape(-1).tolist() if given is not None else list(node.settings.get("axes", ()))
    axes = tuple(sorted(axis % (len(value.shape) + 1) for axis in named))
    if not axes or 0 in axes:
        raise ValueError("it runs over samples")
    settings = {"dim": axes, "keepdim": bool(node.settings.get("keepdims", 1))}
    reader.put(node, node.kind.removeprefix("Reduce"), settings, [node.inputs[0]])


@operator("Pad")
def pad(reader: OnnxReader, node: OnnxNode) -> None:
    """Pad."""
    value = reader.value(node.inputs[0])
    given = reader.optional(node, 1)
    pads = given.reshape(-1).tolist() if given is not None else list(node.settings.get("pads", ()))
    number = reader.optional(node, 2)
    fill = float(number.reshape(-1)[0]) if number is not None and number.size else float(node.settings.get("value", 0))
    axes = reader.optional(node, 3)
    whole = len(value.shape) + 1
    if axes is not None:
        spread = [0] * 2 * whole
        for at, axis in enumerate(axes.reshape(-1).tolist()):
            spread[axis % whole], spread[whole + axis % whole] = pads[at], pads[len(pads) // 2 + at]
        pads = spread
    if pads[0] or pads[whole]:
        raise ValueError("it adds samples")
    padding = [number for axis in range(whole - 1, 0, -1) for number in (pads[axis], pads[whole + axis])]
    while len(padding) > 2 and padding[-2:] == [0, 0]:
        padding = padding[:-2]
    modes = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    settings = {"padding": padding, "mode": modes[node.settings.get("mode", "constant")], "value": fill}
    reader.put(node, "Pad", settings, [node.inputs[0]])


@operator("Slice")
def slice_(reader: OnnxReader, node: OnnxNode) -> None:
    """Slice, along one axis after the other."""
    value = reader.value(node.inputs[0])
    found = [reader.optional(node, at) for at in range(1, 5)]
    named = ("starts", "ends", "axes", "steps")
    starts, ends, axes, steps = (
        each.reshape(-1).tolist() if each is not None else list(node.settings.get(name, ()))
        for each, name in zip(found, named, strict=True)
    )
    source = node.inputs[0]
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        axis = (axes[at] if axes else at) % (len(value.shape) + 1)
        size, step = ([BATCH, *value.shape])[axis], steps[at] if steps else 1
        first = max(0, start + size) if start < 0 else min(start, size)
        last = max(0, end + size) if end < 0 else min(end, size)
        if (axis == 0 and (first, last, step) != (0, size, 1)) or step < 1:
            raise ValueError("it takes some samples, or runs backwards")
        if (first, last, step) == (0, size, 1):
            continue
        gives = node.outputs[0] if at == len(starts) - 1 else f"{node.outputs[0]}\n{at}"
        settings = {"dim": axis, "start": first, "stop": last} | ({"step": step} if step != 1 else {})
        reader.put(node, "Slice", settings, [source], gives=gives)
        source = gives
    if source != node.outputs[0]:
        reader.skip(node, source)


@operator("Split")
def split(reader: OnnxReader, node: OnnxNode) -> None:
    """Split, as a slice for each part that is used."""
    value = reader.value(node.inputs[0])
    axis = int(node.settings.get("axis", 0)) % (len(value.shape) + 1)
    given = reader.optional(node, 1)
    parts = given.reshape(-1).tolist() if given is not None else list(node.settings.get("split", ()))
    if axis == 0:
        raise ValueError("it parts samples")
    size, count = value.shape[axis - 1], len(node.outputs)
    each = -(-size // count)
    parts = parts or [each] * (count - 1) + [size - each * (count - 1)]
    start = 0
    for output, length in zip(node.outputs, parts, strict=True):
        settings = {"dim": axis, "start": start, "stop": start + length}
        reader.put(node, "Slice", settings, [node.inputs[0]], gives=output)
        start += length


@operator("Resize", "Upsample")
def resize(reader: OnnxReader, node: OnnxNode) -> None:
    """Resize and Upsample."""
    value = reader.value(node.inputs[0])
    is_old = node.kind == "Upsample" or reader.file.opset < 11
    scales = reader.optional(node, 1 if is_old else 2)
    sizes = None if is_old else reader.optional(node, 3)
    factors = scales.reshape(-1).tolist() if scales is not None and scales.size else node.settings.get("scales", [])
    mode = node.settings.get("mode", "nearest")
    how = node.settings.get("coordinate_transformation_mode", "asymmetric" if is_old else "half_pixel")
    if sizes is not None and sizes.size:
        wanted = tuple(int(each) for each in sizes.reshape(-1))[-len(value.spatial) :]
        factors = [1.0, 1.0, *(new / old for new, old in zip(wanted, value.spatial, strict=True))]
    else:
        wanted = tuple(int(size * factor) for size, factor in zip(value.spatial, factors[2:], strict=True))
    if len(factors) != len(value.shape) + 1 or any(each != 1 for each in factors[:2]):
        raise ValueError("it enlarges samples or channels")
    if mode == "nearest" and how == "half_pixel" and any(factor != int(factor) for factor in factors):
        raise ValueError("it takes the nearest value by other rules than torch")
    if mode != "nearest" and how == "asymmetric":
        raise ValueError("it counts pixels from their corners, which torch does not do")
    modes = {
        "nearest": "nearest",
        "linear": ("linear", "bilinear", "trilinear")[len(value.spatial) - 1],
        "cubic": "bicubic",
    }
    settings: dict[str, Any] = {"size": single(wanted), "scale_factor": None, "mode": modes[mode]}
    if how == "align_corners":
        settings["align_corners"] = True
    reader.put(node, "Interpolate", settings, [node.inputs[0]])


@operator("DepthToSpace", "SpaceToDepth")
def pixel_shuffle(reader: OnnxReader, node: OnnxNode) -> None:
    """DepthToSpace in the order of torch."""
    size = int(node.settings["blocksize"])
    if node.kind == "DepthToSpace" and node.settings.get("mode", "DCR") == "CRD":
        reader.put(node, "PixelShuffle", {"upscale_factor": size}, [node.inputs[0]])
    else:
        raise ValueError("it orders the channels otherwise than torch")


@operator("Pow")
def power(reader: OnnxReader, node: OnnxNode) -> None:
    """Pow by a fixed number."""
    reader.put(node, "Power", {"exponent": float(reader.number(node, 1).reshape(-1)[0])}, [node.inputs[0]])


@operator("Gather")
def gather(reader: OnnxReader, node: OnnxNode) -> None:
    """Gather of one place along an axis."""
    value, place = reader.value(node.inputs[0]), reader.number(node, 1)
    axis = int(node.settings.get("axis", 0)) % (len(value.shape) + 1)
    if place.ndim or axis == 0:
        raise ValueError("it gathers several places, or samples")
    at = int(place) % value.shape[axis - 1]
    part = f"{node.outputs[0]}\npart"
    reader.put(node, "Slice", {"dim": axis, "start": at, "stop": at + 1}, [node.inputs[0]], gives=part)
    sizes = tuple(size for number, size in enumerate(value.shape, start=1) if number != axis)
    reader.put(node, "Reshape", {"shape": sizes}, [part])
