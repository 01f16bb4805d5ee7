"""Unpooling by switches is the exact adjoint of the pooling that made them, along one, two and three axes."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn

from workbench.core.values import Value
from workbench.layers.max_pool1d import MaxPool1d
from workbench.layers.max_pool2d import MaxPool2d
from workbench.layers.max_pool3d import MaxPool3d
from workbench.layers.max_unpool1d import MaxUnpool1d
from workbench.layers.max_unpool2d import MaxUnpool2d
from workbench.layers.max_unpool3d import MaxUnpool3d
from workbench.layers.spec import ShapeError

MaxPool = MaxPool1d | MaxPool2d | MaxPool3d

POOLS = [
    MaxPool2d(kernel_size=3, stride=2),
    MaxPool2d(kernel_size=3, stride=2, padding=1),
    MaxPool2d(kernel_size=3, stride=2, ceil_mode=True),
    MaxPool2d(kernel_size=3, stride=1, padding=1),
    MaxPool2d(kernel_size=2),
    MaxPool2d(kernel_size=(2, 3), stride=(1, 2), dilation=(2, 1)),
]
SIZES = [(8, 8), (9, 7), (11, 10)]
SERIES = [
    MaxPool1d(kernel_size=3, stride=2, padding=1),
    MaxPool1d(kernel_size=3, stride=1, dilation=2),
    MaxPool1d(ceil_mode=True),
]
VOLUMES = [
    MaxPool3d(kernel_size=3, stride=2, padding=1),
    MaxPool3d(kernel_size=(1, 2, 3), stride=(1, 2, 2), dilation=(1, 2, 1)),
    MaxPool3d(ceil_mode=True),
]
CASES: list[tuple[MaxPool, tuple[int, ...]]] = [
    *product(POOLS, SIZES),
    *product(SERIES, [(8,), (11,)]),
    *product(VOLUMES, [(4, 6, 5), (3, 7, 8)]),
]
BACK = {1: MaxUnpool1d(), 2: MaxUnpool2d(), 3: MaxUnpool3d()}


def pooled(pool: MaxPool, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, nn.Module]:
    """The maxima, their switches and the unpooling that belongs to them."""
    value = Value(tuple(x.shape[1:]))
    outputs = pool.outputs(value)
    line = pool.module(value)
    module = getattr(nn, line.name.removeprefix("nn."))(
        *line.args, **line.kwargs, **pool.call_kwargs(frozenset({"switches"}))
    )
    y, switches = module(x)
    back = BACK[pool.axes]
    assert back.output(outputs["y"], outputs["switches"]) == value
    return y, switches, back.module(outputs["y"], outputs["switches"]).build()


@pytest.mark.parametrize(("pool", "size"), CASES)
def test_it_is_the_adjoint_of_pooling_with_those_switches(pool: MaxPool, size: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    y, switches, unpool = pooled(pool, x)
    other, back = torch.randn_like(x), torch.randn_like(y)
    chosen = other.flatten(2).gather(2, switches.flatten(2)).reshape(y.shape)
    unpooled = unpool(back, switches)
    assert unpooled.shape == x.shape
    assert torch.isclose((chosen * back).sum(), (other * unpooled).sum(), rtol=1e-12)


@pytest.mark.parametrize(("pool", "size"), CASES)
def test_it_is_the_gradient_of_max_pooling(pool: MaxPool, size: tuple[int, ...]) -> None:
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


@pytest.mark.parametrize(
    ("pool", "size", "theirs"),
    [
        (MaxPool1d(), (9,), nn.MaxUnpool1d(2)),
        (MaxPool2d(kernel_size=2), (8, 8), nn.MaxUnpool2d(2)),
        (MaxPool2d(kernel_size=2), (9, 7), nn.MaxUnpool2d(2)),
        (MaxPool3d(), (4, 5, 7), nn.MaxUnpool3d(2)),
    ],
    ids=str,
)
def test_it_equals_torchs_where_windows_do_not_overlap(pool: MaxPool, size: tuple[int, ...], theirs: nn.Module) -> None:
    torch.manual_seed(2)
    x = torch.randn(2, 3, *size)
    y, switches, unpool = pooled(pool, x)
    assert torch.equal(unpool(y, switches), theirs(y, switches, output_size=x.shape))
    assert type(BACK[pool.axes]).from_module(theirs) == BACK[pool.axes]


@pytest.mark.parametrize("axes", BACK)
def test_switches_of_another_size_are_refused(axes: int) -> None:
    switches = Value((3, *(4,) * axes), "switches", "int64", unpooled=(3, *(8,) * axes))
    with pytest.raises(ShapeError, match=r"gets 3×5(×4)*, but its switches are for 3(×4)+\."):
        BACK[axes].output(Value((3, 5, *(4,) * (axes - 1))), switches)


def test_a_place_may_come_from_any_window_that_it_was_pooled_in() -> None:
    outputs = MaxPool1d(kernel_size=3, stride=2).outputs(Value((3, 9)))
    windows = MaxUnpool1d().windows(outputs["y"], outputs["switches"])
    assert [[axis.seen(place, place, 4) for place in (0, 1, 2, 8)] for (axis,) in windows] == [
        [(0, 0), (0, 0), (0, 1), (3, 3)]
    ] * 2
