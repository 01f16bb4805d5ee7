"""The arithmetic of sliding windows, held to torch over a grid of settings."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import get_args

import pytest
import torch
from torch import nn

from workbench.core.values import Value
from workbench.layers import windows
from workbench.layers.conv2d import Conv2d
from workbench.layers.max_pool2d import MaxPool2d
from workbench.layers.spec import ShapeError
from workbench.layers.windows import (
    Margin,
    Sliding,
    Spread,
    enlarged,
    sliding,
    spread,
    transposed_size,
    window_size,
    window_text,
)

MARGINS: tuple[Margin, ...] = get_args(Margin)


def torchs_size(module: nn.Module, size: int) -> int | None:
    """The output size along one axis, or None if torch refuses."""
    try:
        found = module(torch.empty(1, 1, size, device="meta")).shape[-1]
    except RuntimeError:
        return None
    return found or None


@pytest.mark.parametrize("ceil", [False, True], ids=["floor", "ceil"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_pooling_sizes_are_torchs(kernel: int, ceil: bool) -> None:
    compared = 0
    for size, stride, padding, dilation in product(range(1, 14), (1, 2, 3, 5), range(kernel // 2 + 1), (1, 2)):
        found = window_size(size, kernel, stride, padding, dilation, ceil=ceil)
        module = nn.MaxPool1d(kernel, stride, padding, dilation, ceil_mode=ceil)
        expected = torchs_size(module, size)
        assert (found if found > 0 else None) == expected, (size, stride, padding, dilation)
        compared += expected is not None
    assert compared > 50


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_transposed_sizes_are_torchs(kernel: int) -> None:
    compared = 0
    for size, stride, padding, extra, dilation in product(range(1, 8), (1, 2, 3), (0, 1, 2), (0, 1), (1, 2)):
        if extra >= max(stride, dilation):
            continue
        with torch.device("meta"):
            module = nn.ConvTranspose1d(1, 1, kernel, stride, padding, extra, dilation=dilation)
        expected = torchs_size(module, size)
        found = transposed_size(size, kernel, stride, padding, extra, dilation)
        assert (found if found > 0 else None) == expected, (size, stride, padding, extra, dilation)
        compared += expected is not None
    assert compared > 50


@pytest.mark.parametrize("ceil", [False, True], ids=["floor", "ceil"])
def test_the_explanation_is_right_arithmetic(ceil: bool) -> None:
    signs = str.maketrans({"·": "*", "−": "-", "⌈": "math.ceil(", "⌉": ")"})
    for size, kernel, stride, padding, dilation in product((5, 8, 28), (2, 3), (1, 2, 4), (0, 1), (1, 2)):
        text = window_text(size, kernel, stride, padding, dilation, ceil=ceil)
        left, _, right = text.partition(" = ")
        assert math.floor(eval(left.translate(signs))) == int(right), text
        assert int(right) == window_size(size, kernel, stride, padding, dilation, ceil=ceil)


def test_the_explanation_reads_well() -> None:
    assert window_text(28, 3, 1, 1) == "(28 + 2·1 − 3)/1 + 1 = 28"
    assert Conv2d(kernel_size=(3, 5)).explain(Value((1, 28, 28))) == (
        "(28 + 2·1 − 3)/1 + 1 = 28; (28 + 2·1 − 5)/1 + 1 = 26"
    )
    assert MaxPool2d(kernel_size=3, stride=2, ceil_mode=True).explain(Value((1, 8, 8))) == "⌈(8 + 2·0 − 3)/2⌉ + 1 = 4"
    assert Conv2d(padding="same").explain(Value((1, 8, 8))).startswith("same size")


def test_windows_of_a_convolution() -> None:
    rows, columns = sliding((3, 5), (2, 1), (1, 0), (1, 2))
    assert (rows.step, columns.step) == (2, 1)
    assert rows.seen(4, 4, None) == (7, 9)
    assert columns.seen(4, 6, None) == (4, 14)
    assert rows.seen(0, 0, 9) == (0, 1), "what lies in the margin is not seen"
    assert columns.seen(4, 6, 12) == (4, 11)


def test_a_margin_that_is_no_zeros_shows_what_it_is_filled_with() -> None:
    seen = {margin: Sliding(5, padding=4, margin=margin).seen(0, 0, 9) for margin in MARGINS}
    assert seen == {"zeros": (0, 0), "replicate": (0, 0), "reflect": (0, 4), "circular": (0, 8)}
    assert Sliding(3, padding=3).seen(0, 0, 9) is None


def test_dilated_taps_are_looked_at_one_by_one() -> None:
    assert Sliding(3, padding=2, dilation=3).seen(0, 0, 9) == (1, 4)
    assert Sliding(3, padding=2, dilation=3).seen(0, 3, 9) == (0, 7)


def test_windows_of_a_transposed_convolution() -> None:
    (window,) = spread((4,), (2,), (1,), (1,))
    assert window.step == Fraction(1, 2)
    assert [window.seen(i, i, None) for i in range(4)] == [(-1, 0), (0, 1), (0, 1), (1, 2)]
    assert [Spread(2, 3).seen(i, i, 5) for i in range(4)] == [(0, 0), (0, 0), None, (1, 1)]
    assert [Spread(2, 2, dilation=2).seen(i, i, 5) for i in range(4)] == [(0, 0), None, (0, 1), None]


def test_windows_of_enlargements() -> None:
    assert [enlarged(3, 1).seen(i, i, 4) for i in (0, 2, 3, 11)] == [(0, 0), (0, 0), (1, 1), (3, 3)]
    assert [enlarged(3, 2).seen(i, i, 4) for i in (0, 1, 2, 11)] == [(0, 0), (0, 0), (0, 1), (3, 3)]
    assert enlarged(3, 4).seen(4, 4, 9) == (1, 1), "right on a pixel"
    assert enlarged(3, 4).seen(4, 5, 9) == (0, 3)


@pytest.mark.parametrize("size", [3, 40])
def test_a_wide_window_sees_the_same_by_its_ends_as_by_its_taps(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    window = [Sliding(7, 2, padding=5, margin=margin) for margin in MARGINS]
    by_taps = [each.seen(0, 4, size) for each in window]
    monkeypatch.setattr(windows, "MOST_TAPS", 0)
    assert [each.seen(0, 4, size) for each in window] == by_taps


@pytest.mark.parametrize(
    ("pool", "size"),
    [
        (MaxPool2d(kernel_size=2, stride=2, padding=1, dilation=3, ceil_mode=True), (1, 9)),
        (MaxPool2d(kernel_size=2, stride=1, padding=1, dilation=2), (1, 9)),
        (MaxPool2d(kernel_size=4, stride=8, padding=2, dilation=3, ceil_mode=True), (9, 1)),
    ],
)
def test_a_window_whose_taps_miss_the_image_is_refused(pool: MaxPool2d, size: tuple[int, int]) -> None:
    with pytest.raises(ShapeError, match=r"taps.* all miss 1×"):
        pool.outputs(Value((1, *size)))


def test_dilated_windows_that_hit_the_image_are_taken() -> None:
    """The rule refuses no more than what torch answers with minus infinity."""
    refused = taken = 0
    for kernel, stride, dilation, size, ceil in product((2, 3, 4), (1, 2), (1, 2, 3), range(1, 8), (False, True)):
        pool = MaxPool2d(
            kernel_size=(kernel, 1),
            stride=(stride, 1),
            padding=(kernel // 2, 0),
            dilation=(dilation, 1),
            ceil_mode=ceil,
        )
        try:
            pool.outputs(Value((1, size, 1)))
        except ShapeError as error:
            if "miss" not in str(error):
                continue
            accepted = False
        else:
            accepted = True
        result = pool.module(Value((1, size, 1))).build()(torch.zeros(1, 1, size, 1))
        assert bool(result.isfinite().all()) == accepted, pool
        taken += accepted
        refused += not accepted
    assert taken > 20
    assert refused > 0
