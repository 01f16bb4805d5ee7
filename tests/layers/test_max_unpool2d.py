"""Unpooling by switches is the exact adjoint of the pooling that made them."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn

from workbench.core.values import Value
from workbench.layers.max_pool2d import MaxPool2d
from workbench.layers.max_unpool2d import MaxUnpool2d
from workbench.layers.spec import ShapeError

POOLS = [
    MaxPool2d(kernel_size=3, stride=2),
    MaxPool2d(kernel_size=3, stride=2, padding=1),
    MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
    MaxPool2d(kernel_size=3, stride=1, padding=1),
    MaxPool2d(kernel_size=2),
    MaxPool2d(kernel_size=(2, 3), stride=(1, 2), dilation=(2, 1)),
]
SIZES = [(8, 8), (9, 7), (11, 10)]


def pooled(pool: MaxPool2d, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, nn.Module]:
    """The maxima, their switches and the unpooling that belongs to them."""
    value = Value(tuple(x.shape[1:]))
    outputs = pool.outputs(value)
    line = pool.module(value)
    module = getattr(nn, line.name.removeprefix("nn."))(
        *line.args, **line.kwargs, **pool.call_kwargs(frozenset({"switches"}))
    )
    y, switches = module(x)
    assert MaxUnpool2d().output(outputs["y"], outputs["switches"]) == value
    return y, switches, MaxUnpool2d().module(outputs["y"], outputs["switches"]).build()


@pytest.mark.parametrize(("pool", "size"), list(product(POOLS, SIZES)))
def test_it_is_the_adjoint_of_pooling_with_those_switches(pool: MaxPool2d, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    y, switches, unpool = pooled(pool, x)
    other, back = torch.randn_like(x), torch.randn_like(y)
    chosen = other.flatten(2).gather(2, switches.flatten(2)).reshape(y.shape)
    unpooled = unpool(back, switches)
    assert unpooled.shape == x.shape
    assert torch.isclose((chosen * back).sum(), (other * unpooled).sum(), rtol=1e-12)


@pytest.mark.parametrize(("pool", "size"), list(product(POOLS, SIZES)))
def test_it_is_the_gradient_of_max_pooling(pool: MaxPool2d, size: tuple[int, int]) -> None:
    torch.manual_seed(1)
    x = torch.randn(2, 3, *size, dtype=torch.float64, requires_grad=True)
    y, switches, unpool = pooled(pool, x)
    back = torch.randn_like(y)
    (gradient,) = torch.autograd.grad(y, x, back)
    assert torch.allclose(unpool(back, switches), gradient, rtol=0, atol=1e-12)


def test_nothing_is_lost_where_windows_share_a_maximum() -> None:
    x = torch.zeros(1, 1, 5, 5)
    x[0, 0, 2, 2] = 1
    y, switches, unpool = pooled(MaxPool2d(kernel_size=3, stride=2), x)
    assert switches.unique().tolist() == [12]
    back = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    assert unpool(back, switches)[0, 0, 2, 2] == 10
    assert unpool(back, switches).sum() == 10
    torchs = nn.MaxUnpool2d(3, 2)(back, switches, output_size=x.shape)
    assert torchs.sum() < 10  # why torch's own does not do
    assert y.shape == back.shape


@pytest.mark.parametrize("size", [(8, 8), (9, 7)])
def test_it_equals_torchs_where_windows_do_not_overlap(size: tuple[int, int]) -> None:
    torch.manual_seed(2)
    x = torch.randn(2, 3, *size)
    y, switches, unpool = pooled(MaxPool2d(kernel_size=2), x)
    assert torch.equal(unpool(y, switches), nn.MaxUnpool2d(2)(y, switches, output_size=x.shape))


def test_switches_of_another_size_are_refused() -> None:
    switches = Value((3, 4, 4), "switches", "int64", unpooled=(3, 8, 8))
    with pytest.raises(ShapeError, match="3×5×4"):
        MaxUnpool2d().output(Value((3, 5, 4)), switches)
