"""ONNX's operators that change shapes, take parts or enlarge, as layers."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from workbench.core.values import Value
from workbench.model.translation.margins import single
from workbench.model.translation.onnx_file import OnnxNode
from workbench.model.translation.onnx_reader import BATCH, OnnxReader, operator


@operator("Identity", "Cast", "CastLike")
def identity(reader: OnnxReader, node: OnnxNode) -> None:
    """What changes nothing here, also of fixed numbers that are to be of a tensor's type."""
    if node.inputs[0] in reader.known:
        reader.known[node.outputs[0]] = reader.known[node.inputs[0]]
    else:
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
