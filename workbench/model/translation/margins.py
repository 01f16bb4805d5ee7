"""Margins of sliding windows as other programs count them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LOWEST = -1e6  # below the numbers of any map: what a margin is filled with before the largest is taken


def single(numbers: Sequence[int]) -> Any:
    """Returns one number for one axis, else a tuple."""
    plain = tuple(int(each) for each in numbers)
    return plain[0] if len(plain) == 1 or len(set(plain)) == 1 else plain


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
