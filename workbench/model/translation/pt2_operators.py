"""What the functions of torch.ops.aten are: modules where they have weights, else functions that layers compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional as F

from workbench.model.translation.pt2_arguments import Arguments
from workbench.model.translation.pt2_file import ExportedStep

WHOLE = 2**62  # a slice that ends there, or further, goes to the end
Made = tuple[nn.Module, dict[str, str], fx.Node]


def _convolution(axes: int, *, transposed: bool = False) -> Callable[[Arguments, ExportedStep], Made]:
    kind = getattr(nn, f"Conv{'Transpose' if transposed else ''}{axes}d")

    def made(on: Arguments, step: ExportedStep) -> Made:
        weight, groups = on.weight(step, "weight"), on.plain(step, "groups", 1)
        into, out = weight.shape[1] * groups, weight.shape[0]
        if transposed:
            into, out = weight.shape[0], weight.shape[1] * groups
        settings = {"stride": 1, "padding": 0, "dilation": 1} | ({"output_padding": 0} if transposed else {})
        given = {key: _spread(on.plain(step, key, usual), axes) for key, usual in settings.items()}
        weights = on.weights(step, weight="weight", bias="bias")
        module = kind(into, out, tuple(weight.shape[2:]), groups=groups, bias="bias" in weights, device="meta", **given)
        return module, weights, on.source(step)

    return made


def _spread(value: Any, axes: int) -> Any:
    return value if isinstance(value, str) or not isinstance(value, tuple) or len(value) == axes else value * axes


def _any_convolution(on: Arguments, step: ExportedStep) -> Made:
    """`aten.convolution`, which is one for all numbers of axes and both directions."""
    axes = on.weight(step, "weight").dim() - 2
    return _convolution(axes, transposed=on.plain(step, "transposed", usual=False))(on, step)


def _linear(on: Arguments, step: ExportedStep) -> Made:
    weight, weights = on.weight(step, "weight"), on.weights(step, weight="weight", bias="bias")
    return nn.Linear(weight.shape[1], weight.shape[0], "bias" in weights, device="meta"), weights, on.source(step)


def _addmm(on: Arguments, step: ExportedStep) -> Made:
    """`bias + x·weightᵀ`, as a linear layer is written once it is taken apart."""
    name = step.arguments["mat2"]["as_tensor"]["name"]
    if name in on.own:
        raise LookupError("the weight is not transposed")
    weight, weights = on.weight(step, "mat2"), on.weights(step, weight="mat2", bias="self")
    return nn.Linear(weight.shape[1], weight.shape[0], device="meta"), weights, on.tensor(step, "mat1")


def _batch_norm(on: Arguments, step: ExportedStep) -> Made:
    kind = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}[len(on.shape(step))]
    keys = {"weight": "weight", "bias": "bias", "running_mean": "running_mean", "running_var": "running_var"}
    weights = on.weights(step, **keys)
    channels = on.shape(step)[1]
    settings = {key: on.plain(step, key, usual) for key, usual in (("eps", 1e-5), ("momentum", 0.1))}
    has_statistics = "running_mean" in weights
    module = kind(channels, affine="weight" in weights, track_running_stats=has_statistics, device="meta", **settings)  # type: ignore[arg-type]
    return module, weights, on.source(step)


def _group_norm(on: Arguments, step: ExportedStep) -> Made:
    weights = on.weights(step, weight="weight", bias="bias")
    groups, eps = on.plain(step, "num_groups", 1), on.plain(step, "eps", 1e-5)
    module = nn.GroupNorm(groups, on.shape(step)[1], eps, "weight" in weights, device="meta")  # type: ignore[arg-type]
    return module, weights, on.source(step)


def _layer_norm(on: Arguments, step: ExportedStep) -> Made:
    weights = on.weights(step, weight="weight", bias="bias")
    shape, eps = on.plain(step, "normalized_shape", ()), on.plain(step, "eps", 1e-5)
    return nn.LayerNorm(shape, eps, "weight" in weights, "bias" in weights, device="meta"), weights, on.source(step)


def _embedding(on: Arguments, step: ExportedStep) -> Made:
    weight = on.weight(step, "weight")
    module = nn.Embedding(weight.shape[0], weight.shape[1], device="meta")
    return module, on.weights(step, weight="weight"), on.tensor(step, "indices")


def _prelu(on: Arguments, step: ExportedStep) -> Made:
    return (
        nn.PReLU(on.weight(step, "weight").numel(), device="meta"),
        on.weights(step, weight="weight"),
        on.source(step),
    )


# What has weights: name of the function in torch.ops.aten → the module that it is.
MODULES: Mapping[str, Callable[[Arguments, ExportedStep], Made]] = {
    **{f"conv{axes}d": _convolution(axes) for axes in (1, 2, 3)},
    **{f"conv_transpose{axes}d": _convolution(axes, transposed=True) for axes in (1, 2, 3)},
    "convolution": _any_convolution,
    "linear": _linear,
    "addmm": _addmm,
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit_no_training": _batch_norm,
    "native_batch_norm": _batch_norm,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "native_layer_norm": _layer_norm,
    "embedding": _embedding,
    "prelu": _prelu,
}
Called = tuple[Callable[..., Any], tuple[tuple[Any, ...], dict[str, Any]]]


def _hardtanh(on: Arguments, step: ExportedStep) -> Called:
    low, high = on.plain(step, "min_val", -1.0), on.plain(step, "max_val", 1.0)
    return _clipped(on, step, low, high)


def _clamp(on: Arguments, step: ExportedStep) -> Called:
    return _clipped(on, step, on.plain(step, "min", None), on.plain(step, "max", None))


def _clipped(on: Arguments, step: ExportedStep, low: Any, high: Any) -> Called:
    if not all(isinstance(each, (int, float)) for each in (low, high)):
        raise ValueError("only one end is cut off")
    if (low, high) == (0, 6):
        return F.relu6, ((on.source(step),), {})
    return F.hardtanh, ((on.source(step),), {"min_val": float(low), "max_val": float(high)})


def _padded(mode: str) -> Callable[[Arguments, ExportedStep], Called]:
    def called(on: Arguments, step: ExportedStep) -> Called:
        more = {"value": on.plain(step, "value", 0.0)} if mode == "constant" else {}
        margin = on.plain(step, "pad" if "pad" in step.arguments else "padding", ())
        return F.pad, ((on.source(step), margin), {"mode": on.plain(step, "mode", mode), **more})

    return called


def _resized(mode: str) -> Callable[[Arguments, ExportedStep], Called]:
    def called(on: Arguments, step: ExportedStep) -> Called:
        size, factors = on.plain(step, "output_size", None), on.plain(step, "scale_factors", None)
        settings = {"size": size} if size is not None else {"scale_factor": factors}
        if mode != "nearest":
            settings["align_corners"] = on.plain(step, "align_corners", usual=False)
        return F.interpolate, ((on.source(step),), {**settings, "mode": mode})

    return called


def _pooled_with_switches(axes: int) -> Callable[[Arguments, ExportedStep], Called]:
    def called(on: Arguments, step: ExportedStep) -> Called:
        keys = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        named = {key: on.plain(step, key, None) for key in keys if key in step.arguments}
        return getattr(F, f"max_pool{axes}d"), ((on.source(step),), named)

    return called


def _adaptive_max(axes: int) -> Callable[[Arguments, ExportedStep], Called]:
    """Of its two results, the values; the places are not asked for by layers."""
    return lambda on, step: (
        getattr(F, f"adaptive_max_pool{axes}d"), ((on.source(step),), {"output_size": on.plain(step, "output_size", 1)})
    )  # fmt: skip


def _sliced(on: Arguments, step: ExportedStep) -> Called:
    """A slice that takes all is the same; another one is told by its bounds."""
    dim, start, end = (on.plain(step, key, usual) for key, usual in (("dim", 0), ("start", None), ("end", None)))
    if on.plain(step, "step", 1) != 1:
        raise ValueError("it takes every other value")
    if (start or 0) == 0 and (end is None or end >= WHOLE):
        return torch.clone, ((on.source(step),), {})
    stop = None if end is None or end >= WHOLE else end
    return torch.ops.aten.slice.Tensor, ((on.source(step), dim, start or 0, stop), {})


def _along(function: Callable[..., Any]) -> Callable[[Arguments, ExportedStep], Called]:
    """A function of an axis, which torch writes with one setting more."""
    return lambda on, step: (function, ((on.source(step),), {"dim": on.plain(step, "dim", -1)}))


# What has no weights and is called otherwise than layers know it.
FUNCTIONS: Mapping[str, Callable[[Arguments, ExportedStep], Called]] = {
    "hardtanh": _hardtanh,
    "clamp": _clamp,
    "pad": _padded("constant"),
    "constant_pad_nd": _padded("constant"),
    **{f"reflection_pad{axes}d": _padded("reflect") for axes in (1, 2, 3)},
    **{f"replication_pad{axes}d": _padded("replicate") for axes in (1, 2, 3)},
    **{f"upsample_nearest{axes}d": _resized("nearest") for axes in (1, 2, 3)},
    "upsample_linear1d": _resized("linear"),
    "upsample_bilinear2d": _resized("bilinear"),
    "upsample_bicubic2d": _resized("bicubic"),
    "upsample_trilinear3d": _resized("trilinear"),
    "max_pool2d_with_indices": _pooled_with_switches(2),
    "max_pool3d_with_indices": _pooled_with_switches(3),
    **{f"adaptive_max_pool{axes}d": _adaptive_max(axes) for axes in (1, 2, 3)},
    "slice": _sliced,
    "_softmax": _along(torch.softmax),
    "_log_softmax": _along(torch.log_softmax),
}
