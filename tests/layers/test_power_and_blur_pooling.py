"""Pooling by a power mean, and blurring before maps are made smaller."""

from __future__ import annotations

from math import comb

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from workbench.core.values import Value
from workbench.layers.blur_pool2d import BlurPool2d
from workbench.layers.lp_pool2d import LPPool2d
from workbench.layers.spec import ShapeError, SuggestParam

MAP = Value((2, 9, 8))


def maps(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("power", [2.0, 4.0])
@pytest.mark.parametrize(("kernel", "stride"), [(2, None), (3, 2), ((2, 3), (1, 2))])
def test_even_powers_give_torchs_numbers(
    power: float, kernel: int | tuple[int, int], stride: int | tuple[int, int] | None, ceil: bool
) -> None:
    theirs = nn.LPPool2d(power, kernel, stride, ceil)
    layer = LPPool2d.from_module(theirs)
    assert layer == LPPool2d(norm_type=power, kernel_size=kernel, stride=stride, ceil_mode=ceil)
    x = maps(2, *MAP.shape)
    made = layer.module(MAP)
    assert made is not None
    torch.testing.assert_close(made.build()(x), theirs(x), rtol=1e-12, atol=0)


@pytest.mark.parametrize("power", [1.0, 1.5, 3.0])
def test_other_powers_are_of_sizes(power: float) -> None:
    x = maps(2, *MAP.shape)
    ours = LPPool2d(norm_type=power).module(MAP).build()
    torch.testing.assert_close(ours(x), nn.LPPool2d(power, 2)(x.abs()), rtol=1e-12, atol=0)
    with pytest.raises(ValueError, match="norm_type is not even cannot be drawn"):
        LPPool2d.from_module(nn.LPPool2d(power, 2))
    assert LPPool2d.from_module(ours) == LPPool2d(norm_type=power)


def test_windows_of_zeros_have_no_gradient() -> None:
    x = torch.zeros(1, 1, 2, 4, requires_grad=True)
    with torch.no_grad():
        x[..., 2:] = torch.tensor([[3.0, 0.0], [0.0, 4.0]])
    y = LPPool2d().module(Value((1, 2, 4))).build()(x)
    assert y.flatten().tolist() == [0, 5]
    y.sum().backward()
    assert x.grad is not None
    torch.testing.assert_close(x.grad[0, 0], torch.tensor([[0, 0, 0.6, 0], [0, 0, 0, 0.8]]))
    (theirs,) = torch.autograd.grad(nn.LPPool2d(2, 2)(x).sum(), x)
    assert torch.equal(x.grad, theirs)


def test_a_window_that_does_not_fit_is_made_smaller() -> None:
    with pytest.raises(ShapeError, match="window of 5×5 does not fit into 2×4×8") as caught:
        LPPool2d(kernel_size=5).output(Value((2, 4, 8)))
    assert caught.value.fixes == (SuggestParam("kernel_size", 4),)
    assert LPPool2d(kernel_size=3, stride=2).explain(MAP) == "(9 + 2·0 − 3)/2 + 1 = 4; (8 + 2·0 − 3)/2 + 1 = 3"


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 7])
def test_blurring_is_a_convolution_of_each_map_with_binomials(kernel: int, stride: int) -> None:
    x = maps(2, *MAP.shape)
    row = torch.tensor([comb(kernel - 1, i) for i in range(kernel)], dtype=torch.float64) / 2 ** (kernel - 1)
    before, behind = (kernel - 1) // 2, kernel // 2
    padded = F.pad(x, (before, behind) * 2, mode="reflect")
    filters = (row[:, None] * row).expand(MAP.channels, 1, kernel, kernel)
    layer = BlurPool2d(kernel_size=kernel, stride=stride)
    y = layer.module(MAP).build()(x)
    torch.testing.assert_close(y, F.conv2d(padded, filters, stride=stride, groups=MAP.channels), rtol=0, atol=1e-12)
    assert tuple(y.shape[1:]) == layer.output(MAP).shape == (2, -(-9 // stride), -(-8 // stride))


def test_a_blur_costs_two_passes_and_has_no_weights() -> None:
    layer = BlurPool2d(kernel_size=5)
    assert layer.macs(MAP) == 5 * 2 * (5 * 8 + 5 * 4)
    module = layer.module(MAP).build()
    assert module.state_dict() == {}
    assert BlurPool2d.from_module(module) == layer
    assert layer.explain(MAP) == "(9 + 2·0 − 1)/2 + 1 = 5; (8 + 2·0 − 1)/2 + 1 = 4"


def test_a_map_smaller_than_the_blur_is_mirrored_over_and_over() -> None:
    y = BlurPool2d(kernel_size=7).module(Value((1, 1, 2))).build()(torch.tensor([[[[1.0, 3.0]]]]))
    torch.testing.assert_close(y, torch.tensor([[[[2.0]]]]))  # of 3 1 3 1 3 1 3, by 1 6 15 20 15 6 1


def test_a_shift_changes_a_blurred_edge_less() -> None:
    """What it is for: an edge between two positions of the stride is not lost."""
    rows = [torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 8, 8)]
    rows[0][..., 4] = rows[1][..., 5] = 1
    blurred = [BlurPool2d().module(Value((1, 8, 8))).build()(each).sum() for each in rows]
    assert blurred[0] == blurred[1] == 2
    assert F.avg_pool2d(rows[0], 1, 2).sum() != F.avg_pool2d(rows[1], 1, 2).sum()
