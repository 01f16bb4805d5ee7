"""Arithmetic of sliding windows: output sizes, their explanation, and how far an output sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """How one output position of a layer looks at its input, for each spatial axis (height, width, ...).

    Position `i` at the output sees `size` input positions, the middle one at `i * stride + offset`. A one-element
    tuple serves for every axis.
    """

    size: tuple[float, ...] = (1,)
    stride: tuple[float, ...] = (1,)
    offset: tuple[float, ...] = (0,)


Axes = tuple[int, ...]


def window_reach(kernel: Axes, stride: Axes, padding: Axes, dilation: Axes) -> Reach:
    """The reach of a convolution or pooling."""
    spans = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return Reach(
        tuple(span + 1 for span in spans),
        tuple(stride),
        tuple(span / 2 - p for span, p in zip(spans, padding, strict=True)),
    )


def transposed_reach(kernel: Axes, stride: Axes, padding: Axes, dilation: Axes) -> Reach:
    """The reach of a transposed convolution: up to ceil(window / stride) inputs meet in one output."""
    spans = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return Reach(
        tuple(-(-(span + 1) // s) for span, s in zip(spans, stride, strict=True)),
        tuple(1 / s for s in stride),
        tuple((p - span / 2) / s for span, s, p in zip(spans, stride, padding, strict=True)),
    )


def window_size(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> int:
    """Output size along one axis: floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1.

    With `ceil` the division rounds up, but the last window must start inside the input or its left padding, as in
    torch's pooling.
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def window_text(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> str:
    """The same with its numbers, for people: `(28 + 2·1 − 3)/1 + 1 = 28`."""
    span = f"{dilation}·({kernel} − 1) − 1" if dilation > 1 else str(kernel)
    share = f"({size} + 2·{padding} − {span})/{stride}"
    result = window_size(size, kernel, stride, padding, dilation, ceil=ceil)
    if not ceil:
        return f"{share} + 1 = {result}"
    rounded = -(-(size + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1
    return f"⌈{share}⌉ + 1 = {result}" if result == rounded else f"⌈{share}⌉ + 1 − 1 = {result}"


def transposed_size(size: int, kernel: int, stride: int, padding: int, output_padding: int, dilation: int) -> int:
    """Output size of a transposed convolution along one axis (torch.nn.ConvTranspose2d)."""
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1
