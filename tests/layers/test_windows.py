"""The arithmetic of sliding windows, held to torch over a grid of settings."""

from __future__ import annotations

import math
from itertools import product

import pytest
import torch
from torch import nn

from workbench.core.values import Value
from workbench.layers.conv2d import Conv2d
from workbench.layers.max_pool2d import MaxPool2d
from workbench.layers.spec import ShapeError
from workbench.layers.windows import transposed_reach, transposed_size, window_reach, window_size, window_text


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


def test_reach_of_a_convolution() -> None:
    reach = window_reach((3, 5), (2, 1), (1, 0), (1, 2))
    assert reach.size == (3, 9)
    assert reach.stride == (2, 1)
    assert reach.offset == (0, 4)


def test_reach_of_a_transposed_convolution() -> None:
    reach = transposed_reach((4,), (2,), (1,), (1,))
    assert reach.size == (2,)
    assert reach.stride == (0.5,)
    assert reach.offset == (-0.25,)


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
