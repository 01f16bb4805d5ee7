"""What Keras's layers are here (https://keras.io/api/layers), one function for each sort."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from workbench.core.values import Shape
from workbench.model.translation.keras_file import Array, KerasLayer
from workbench.model.translation.keras_reader import KerasReader, kind
from workbench.model.translation.margins import LOWEST, same, single

ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("ReLU", {}), "relu6": ("ReLU6", {}), "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}), "elu": ("ELU", {}),
    "selu": ("SELU", {}), "gelu": ("GELU", {}), "swish": ("SiLU", {}), "silu": ("SiLU", {}), "mish": ("Mish", {}),
    "softplus": ("Softplus", {}), "softsign": ("Softsign", {}), "softmax": ("Softmax", {"dim": 1}),
    "log_softmax": ("LogSoftmax", {"dim": 1}), "leaky_relu": ("LeakyReLU", {"negative_slope": 0.2}),
    "exponential": ("Exp", {}), "hard_sigmoid": ("Hardsigmoid", {}), "hard_silu": ("Hardswish", {}),
}  # fmt: skip


def activated(reader: KerasReader, layer: KerasLayer, source: str) -> None:
    """Puts the activation that a layer has inside behind it; `source` is what the layer gives before it."""
    named = layer.config.get("activation")
    if isinstance(named, dict):
        named = named.get("config", {}).get("name") or named.get("class_name")
    if named in (None, "linear"):
        reader.skip(layer, source)
        return
    if named not in ACTIVATIONS or (named == "hard_sigmoid" and reader.file.version[:1] in "12"):
        raise ValueError(f"its activation {named} is none of torch's")
    drawn, settings = ACTIVATIONS[named]
    reader.put(layer, drawn, settings, sources=[source], name=f"{layer.name}_{named}")


def first_channels(layer: KerasLayer) -> None:
    """Refuses a layer whose channels come first.

    Raises:
        ValueError: they do, which Keras's weights for other layers do not tell.
    """
    if layer.config.get("data_format", "channels_last") != "channels_last":
        raise ValueError("its channels come first")


def padded(
    reader: KerasReader, layer: KerasLayer, kernel: Sequence[int], strides: Sequence[int], fill: float = 0.0
) -> tuple[str, Any]:
    """Returns what a window slides over and its padding; Keras pads more behind than before, for which a Pad is put."""
    source, how = layer.sources[0], layer.config.get("padding", "valid")
    if how == "valid":
        return source, 0
    if how != "same":
        raise ValueError(f"its padding is {how}")
    dilations = pairs(layer.config.get("dilation_rate", 1), len(kernel))
    margins = same(reader.value(layer).spatial, kernel, strides, dilations, is_upper=True)
    before, behind = margins[: len(kernel)], margins[len(kernel) :]
    if before == behind:
        return source, single(before)
    padding = [number for pair in zip(reversed(before), reversed(behind), strict=True) for number in pair]
    gives = f"{layer.name}\npadded"
    reader.put(layer, "Pad", {"padding": padding, "value": fill}, name=f"{layer.name}_pad", gives=gives)
    return gives, 0


def pairs(value: Any, axes: int) -> list[int]:
    """Returns a setting with a number for each axis."""
    return [int(each) for each in value] if isinstance(value, list | tuple) else [int(value)] * axes


@kind("InputLayer")
def image(reader: KerasReader, layer: KerasLayer) -> None:
    """InputLayer: samples with their channels first."""
    given = layer.config.get("batch_shape") or layer.config.get("batch_input_shape")
    if not isinstance(given, list) or len(given) < 2:
        raise ValueError("it does not say what size samples have")
    sizes = [int(size) if size is not None else 224 for size in given[1:]]
    reader.add_input(layer, (sizes[-1], *sizes[:-1]))


@kind("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D")
def convolution(reader: KerasReader, layer: KerasLayer) -> None:
    """Convolutions; a depthwise one has a group for each channel."""
    first_channels(layer)
    kernel = layer.weights["kernel"]
    axes = kernel.ndim - 2
    sizes, strides = list(kernel.shape[:axes]), pairs(layer.config.get("strides", 1), axes)
    source, padding = padded(reader, layer, sizes, strides)
    weight = kernel.transpose(axes + 1, axes, *range(axes))
    groups = int(layer.config.get("groups", 1))
    if layer.kind == "DepthwiseConv2D":
        groups = kernel.shape[2]
        weight = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, *sizes)
    settings = {
        "out_channels": weight.shape[0], "kernel_size": single(sizes), "stride": single(strides), "padding": padding,
        "dilation": single(pairs(layer.config.get("dilation_rate", 1), axes)), "groups": groups,
        "bias": "bias" in layer.weights,
    }  # fmt: skip
    gives = f"{layer.name}\nlinear"
    reader.put(layer, f"Conv{axes}d", settings, _with_bias(layer, weight), sources=[source], gives=gives)
    activated(reader, layer, gives)


def _with_bias(layer: KerasLayer, weight: Array) -> dict[str, Array]:
    return {"weight": weight} | ({"bias": layer.weights["bias"]} if "bias" in layer.weights else {})


@kind("SeparableConv2D")
def separable(reader: KerasReader, layer: KerasLayer) -> None:
    """SeparableConv2D, as the two convolutions that it is."""
    first_channels(layer)
    deep, point = layer.weights["depthwise_kernel"], layer.weights["pointwise_kernel"]
    sizes, strides = list(deep.shape[:2]), pairs(layer.config.get("strides", 1), 2)
    source, padding = padded(reader, layer, sizes, strides)
    weight = deep.transpose(2, 3, 0, 1).reshape(-1, 1, *sizes)
    settings = {
        "out_channels": weight.shape[0], "kernel_size": single(sizes), "stride": single(strides), "padding": padding,
        "groups": deep.shape[2], "bias": False,
    }  # fmt: skip
    middle, gives = f"{layer.name}\ndeep", f"{layer.name}\nlinear"
    reader.put(
        layer, "Conv2d", settings, {"weight": weight}, sources=[source], name=f"{layer.name}_depthwise", gives=middle
    )
    settings = {"out_channels": point.shape[3], "kernel_size": 1, "padding": 0, "bias": "bias" in layer.weights}
    reader.put(layer, "Conv2d", settings, _with_bias(layer, point.transpose(3, 2, 0, 1)), sources=[middle], gives=gives)
    activated(reader, layer, gives)


@kind("Conv2DTranspose")
def transposed_convolution(reader: KerasReader, layer: KerasLayer) -> None:
    """Conv2DTranspose; where its margin is odd, the last row and column are cut off."""
    first_channels(layer)
    kernel = layer.weights["kernel"]
    sizes, strides = list(kernel.shape[:2]), pairs(layer.config.get("strides", 1), 2)
    if layer.config.get("output_padding") is not None or pairs(layer.config.get("dilation_rate", 1), 2) != [1, 1]:
        raise ValueError("it is dilated, or has an output padding of its own")
    over = [size - stride for size, stride in zip(sizes, strides, strict=True)]
    is_same = layer.config.get("padding", "valid") == "same"
    if min(over) < 0:
        raise ValueError("its stride is larger than its kernel")
    padding = [each // 2 for each in over] if is_same else [0, 0]
    settings = {
        "out_channels": kernel.shape[2], "kernel_size": single(sizes), "stride": single(strides),
        "padding": single(padding), "output_padding": 0, "bias": "bias" in layer.weights,
    }  # fmt: skip
    gives = f"{layer.name}\nlinear"
    reader.put(layer, "ConvTranspose2d", settings, _with_bias(layer, kernel.transpose(3, 2, 0, 1)), gives=gives)
    odd = [each % 2 if is_same else 0 for each in over]
    if any(odd):
        cut = f"{layer.name}\ncut"
        margins = [0, -odd[1], 0, -odd[0]]
        reader.put(layer, "Pad", {"padding": margins}, sources=[gives], name=f"{layer.name}_cut", gives=cut)
        gives = cut
    activated(reader, layer, gives)


@kind("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D")
def pooling(reader: KerasReader, layer: KerasLayer) -> None:
    """Poolings."""
    first_channels(layer)
    axes, is_max = int(layer.kind[-2]), layer.kind.startswith("Max")
    sizes = pairs(layer.config.get("pool_size", 2), axes)
    strides = pairs(layer.config.get("strides") or sizes, axes)
    source, padding = padded(reader, layer, sizes, strides, LOWEST if is_max else 0.0)
    if not is_max and source != layer.sources[0]:
        raise ValueError("its margins differ from side to side and do not count in the mean")
    settings = {"kernel_size": single(sizes), "stride": single(strides), "padding": padding}
    if not is_max:
        settings["count_include_pad"] = False
    reader.put(layer, f"{'Max' if is_max else 'Avg'}Pool{axes}d", settings, sources=[source])


@kind("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D", "GlobalMaxPooling1D",
      "GlobalMaxPooling2D", "GlobalMaxPooling3D")  # fmt: skip
def global_pooling(reader: KerasReader, layer: KerasLayer) -> None:
    """Global poolings, which give vectors."""
    first_channels(layer)
    named = "Avg" if "Average" in layer.kind else "Max"
    whole = f"{layer.name}\nwhole"
    reader.put(layer, f"Adaptive{named}Pool{layer.kind[-2]}d", {"output_size": 1}, gives=whole)
    if layer.config.get("keepdims"):
        reader.skip(layer, whole)
    else:
        reader.put(layer, "Flatten", {}, sources=[whole], name=f"{layer.name}_flatten")


@kind("BatchNormalization")
def batch_norm(reader: KerasReader, layer: KerasLayer) -> None:
    """BatchNormalization over the channels, with a scale of 1 and an offset of 0 where it has none."""
    value = reader.value(layer)
    axis = layer.config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) else axis
    if axis not in (-1, len(value.shape)):
        raise ValueError(f"it runs over the axis {axis}")
    names = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
    usual: dict[str, Array] = {
        "weight": np.ones(value.channels, np.float32),
        "bias": np.zeros(value.channels, np.float32),
    }
    if not {"moving_mean", "moving_variance"} <= set(layer.weights):
        raise ValueError("its running mean or variance is missing")
    weights: dict[str, Array] = usual | {
        ours: layer.weights[theirs] for ours, theirs in names.items() if theirs in layer.weights
    }
    order = reader.orders.get(layer.sources[0])
    if order is not None:
        weights = {name: numbers[sorted_for(order)] for name, numbers in weights.items()}
    weights["num_batches_tracked"] = np.asarray(0, np.int64)
    momentum = round(1 - float(layer.config.get("momentum", 0.99)), 6)
    settings = {"eps": float(layer.config.get("epsilon", 1e-3)), "momentum": momentum}
    reader.put(layer, f"BatchNorm{max(1, len(value.spatial))}d", settings, weights)
    reader.keep_order(layer)


def sorted_for(order: Shape) -> np.ndarray[Any, Any]:
    """Returns where the values of a map that was flattened with its channels last lie, in the order of torch."""
    channels, *spatial = order
    return np.arange(prod(order)).reshape(*spatial, channels).transpose(-1, *range(len(spatial))).reshape(-1)


@kind("Dense")
def linear(reader: KerasReader, layer: KerasLayer) -> None:
    """Dense."""
    value = reader.value(layer)
    if value.kind != "vector":
        raise ValueError(f"it weighs the channels of a map, {value}")
    weight = layer.weights["kernel"].T
    order = reader.orders.get(layer.sources[0])
    if order is not None:
        weight = weight[:, sorted_for(order)]
    settings = {"out_features": weight.shape[0], "bias": "bias" in layer.weights}
    gives = f"{layer.name}\nlinear"
    reader.put(layer, "Linear", settings, _with_bias(layer, weight), gives=gives)
    activated(reader, layer, gives)


@kind("Flatten")
def flatten(reader: KerasReader, layer: KerasLayer) -> None:
    """Flatten; that the order of the values is another is remembered."""
    value = reader.value(layer)
    if value.kind == "vector":
        reader.skip(layer)
        reader.keep_order(layer)
        return
    reader.put(layer, "Flatten", {})
    if prod(value.spatial) > 1:
        reader.orders[layer.name] = value.shape


@kind("Activation")
def activation(reader: KerasReader, layer: KerasLayer) -> None:
    """Activation by its name."""
    activated(reader, layer, layer.sources[0])
    reader.keep_order(layer)


@kind("ReLU", "LeakyReLU", "ELU", "Softmax", "PReLU")
def named_activation(reader: KerasReader, layer: KerasLayer) -> None:
    """Activations that are layers."""
    config = layer.config
    if layer.kind == "ReLU":
        highest, slope = config.get("max_value"), float(config.get("negative_slope") or 0)
        if config.get("threshold") or (highest not in (None, 6, 6.0)) or (highest and slope):
            raise ValueError("it bends elsewhere than torch's")
        drawn = "ReLU6" if highest else "LeakyReLU" if slope else "ReLU"
        reader.put(layer, drawn, {"negative_slope": slope} if drawn == "LeakyReLU" else {})
    elif layer.kind == "LeakyReLU":
        slope = float(config.get("negative_slope", config.get("alpha", 0.3)))
        reader.put(layer, "LeakyReLU", {"negative_slope": slope})
    elif layer.kind == "ELU":
        reader.put(layer, "ELU", {"alpha": float(config.get("alpha", 1.0))})
    elif layer.kind == "Softmax":
        if config.get("axis", -1) not in (-1, len(reader.value(layer).shape)):
            raise ValueError("it runs over another axis than the channels")
        reader.put(layer, "Softmax", {"dim": 1})
    else:
        alpha = layer.weights["alpha"]
        if alpha.size not in (1, alpha.shape[-1]):
            raise ValueError("it learns a slope for each position")
        reader.put(layer, "PReLU", {"num_parameters": alpha.size}, {"weight": alpha.reshape(-1)})
    reader.keep_order(layer)


@kind("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout")
def dropout(reader: KerasReader, layer: KerasLayer) -> None:
    """Dropouts."""
    drawn = {"Dropout": "Dropout", "AlphaDropout": "AlphaDropout"}.get(layer.kind, f"Dropout{layer.kind[-2]}d")
    reader.put(layer, drawn, {"p": float(layer.config.get("rate", 0.5))})
    reader.keep_order(layer)


@kind("Add", "Multiply", "Subtract", "Maximum", "Average", "Concatenate")
def merge(reader: KerasReader, layer: KerasLayer) -> None:
    """Layers that join branches."""
    orders = {reader.orders.get(name) for name in layer.sources}
    if layer.kind == "Concatenate":
        value = reader.value(layer)
        axis = int(layer.config.get("axis", -1)) % (len(value.shape) + 1)
        if orders != {None}:
            raise ValueError("it joins flattened maps, whose values lie in another order")
        reader.put(layer, "Concat", {"dim": 1 if axis == len(value.shape) else axis + 1})
        return
    if len(orders) > 1:
        raise ValueError("what it joins lies in different orders")
    if layer.kind == "Average":
        gives = f"{layer.name}\nsum"
        reader.put(layer, "Add", {}, gives=gives, name=f"{layer.name}_add")
        reader.put(layer, "Scale", {"factor": 1 / len(layer.sources)}, sources=[gives])
    else:
        reader.put(layer, layer.kind, {})
    reader.keep_order(layer)


@kind("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D")
def margins(reader: KerasReader, layer: KerasLayer) -> None:
    """Paddings and croppings."""
    first_channels(layer)
    crops = layer.kind.startswith("Cropping")
    axes = int(layer.kind[-2])
    given = layer.config["cropping" if crops else "padding"]
    rows = [given] * axes if isinstance(given, int) else [given] if axes == 1 else given
    padding = [number for row in reversed(rows) for number in pairs(row, 2)]
    reader.put(layer, "Pad", {"padding": [-each if crops else each for each in padding]})


@kind("UpSampling1D", "UpSampling2D", "UpSampling3D")
def upsampling(reader: KerasReader, layer: KerasLayer) -> None:
    """Enlargements by a whole factor."""
    first_channels(layer)
    axes = int(layer.kind[-2])
    how = layer.config.get("interpolation", "nearest")
    if how not in ("nearest", "bilinear") or axes != 2:
        raise ValueError(f"it enlarges by {how}")
    reader.put(layer, "Upsample", {"scale_factor": single(pairs(layer.config.get("size", 2), axes)), "mode": how})


@kind("Rescaling")
def rescaling(reader: KerasReader, layer: KerasLayer) -> None:
    """Rescaling by one number, with an offset as a convolution of single channels."""
    scale, offset = layer.config.get("scale", 1.0), layer.config.get("offset", 0.0)
    if not isinstance(scale, int | float) or not isinstance(offset, int | float):
        raise ValueError("it scales channels by different numbers")
    if not offset:
        reader.put(layer, "Scale", {"factor": float(scale)})
        return
    width = reader.value(layer).channels
    settings = {"out_channels": width, "kernel_size": 1, "padding": 0, "groups": width}
    weights = {
        "weight": np.full((width, 1, 1, 1), scale, np.float32),
        "bias": np.full(width, offset, np.float32),
    }
    reader.put(layer, "Conv2d", settings, weights, name=f"{layer.name}_affine")


@kind("Reshape")
def reshape(reader: KerasReader, layer: KerasLayer) -> None:
    """Reshape, where no value comes to lie elsewhere: a vector as the channels of a single pixel."""
    value, target = reader.value(layer), [int(each) for each in layer.config["target_shape"]]
    is_pixel = len(target) > 1 and set(target[:-1]) <= {1} and target[-1] in (-1, value.channels)
    if is_pixel and value.kind == "vector" and reader.orders.get(layer.sources[0]) is None:
        reader.put(layer, "Unflatten", {"dim": 1, "unflattened_size": (value.channels, *target[:-1])})
        return
    raise ValueError(f"it brings {value} to {target}, in an order with the channels last")
