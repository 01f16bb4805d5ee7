"""3-D max pooling by magnitude and its unpooling, as in Zeiler et al. 2011."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor

from workbench.core.values import Value
from workbench.layers.max_pool3d_switches import MaxPool3dSwitches
from workbench.layers.max_unpool2d import MaxUnpool2d
from workbench.layers.max_unpool3d_switches import MaxUnpool3dSwitches
from workbench.layers.sparse_code2d.module import back_to_their_places, largest_of_blocks
from workbench.layers.spec import ShapeError, SuggestParam

POOLS = [MaxPool3dSwitches(kernel_size=p, maps=q) for p, q in ((2, 2), (3, 2), (2, 1), (1, 3), (3, 6))]
SIZES = [(8, 8), (7, 9), (11, 10)]
every_case = pytest.mark.parametrize(("pool", "size"), list(product(POOLS, SIZES)))


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def pooled(pool: MaxPool3dSwitches, x: Tensor) -> tuple[Tensor, Tensor, torch.nn.Module]:
    """The maxima, their switches and the unpooling that belongs to them, all held to the shape rule."""
    value = Value(tuple(x.shape[1:]))
    outputs = pool.outputs(value)
    call = pool.module(value)
    module = type(call.build())(*call.args, **call.kwargs, **pool.call_kwargs(frozenset({"switches"})))
    y, switches = module(x)
    assert tuple(y.shape[1:]) == outputs["y"].shape == tuple(switches.shape[1:])
    unpool = MaxUnpool3dSwitches()
    assert unpool.output(outputs["y"], outputs["switches"]) == value
    return y, switches, unpool.module(outputs["y"], outputs["switches"]).build()


@every_case
def test_every_block_gives_its_entry_of_largest_magnitude(pool: MaxPool3dSwitches, size: tuple[int, int]) -> None:
    x = random(2, 6, *size)
    y, switches, _ = pooled(pool, x)
    p, q, width = pool.kernel_size, pool.maps, size[1]
    for n, g, i, j in product(*map(range, y.shape)):
        block = x[n, g * q : (g + 1) * q, i * p : (i + 1) * p, j * p : (j + 1) * p]
        assert y[n, g, i, j].abs() == block.abs().max()
        place = int(switches[n, g, i, j])
        found = x[n, g * q + place // (size[0] * width), place // width % size[0], place % width]
        assert found == y[n, g, i, j], "the switch names the entry, whose sign is kept"


def test_a_large_negative_code_wins_over_a_small_positive_one() -> None:
    """Pooling raw values would keep the 2."""
    x = torch.zeros(1, 2, 2, 2)
    x[0, 0, 0, 0], x[0, 1, 1, 0] = 2, -3
    y, switches, _ = pooled(MaxPool3dSwitches(kernel_size=2, maps=2), x)
    assert y.item() == -3
    assert switches.item() == 4 + 2


@every_case
def test_unpooling_is_the_adjoint_of_reading_at_the_switches(pool: MaxPool3dSwitches, size: tuple[int, int]) -> None:
    x = random(2, 6, *size)
    y, switches, unpool = pooled(pool, x)
    other, back = random(2, 6, *size, seed=1), random(*y.shape, seed=2)
    read = other.reshape(2, y.shape[1], -1).gather(2, switches.flatten(2)).reshape(y.shape)
    one, two = (read * back).sum(), (other * unpool(back, switches)).sum()
    assert float((one - two).abs() / one.abs()) < 1e-12


@every_case
def test_pooling_what_was_unpooled_is_the_identity(pool: MaxPool3dSwitches, size: tuple[int, int]) -> None:
    """P U = 1: with the same switches for any values, and with fresh ones for what pooling gave."""
    y, switches, unpool = pooled(pool, random(2, 6, *size))
    unpooled = unpool(y, switches)
    again, switches_again, _ = pooled(pool, unpooled)
    assert torch.equal(again, y)
    assert torch.equal(switches_again, switches)
    values = random(*y.shape, seed=3)
    read = unpool(values, switches).reshape(2, y.shape[1], -1).gather(2, switches.flatten(2)).reshape(y.shape)
    assert torch.equal(read, values)
    assert int((unpooled != 0).sum()) == y.numel()


@every_case
def test_its_gradient_goes_back_by_the_switches(pool: MaxPool3dSwitches, size: tuple[int, int]) -> None:
    x = random(2, 6, *size).requires_grad_()
    y, switches, unpool = pooled(pool, x)
    back = random(*y.shape, seed=1)
    (gradient,) = torch.autograd.grad(y, x, back)
    assert torch.equal(gradient, unpool(back, switches))


@every_case
def test_sparse_coding_pools_in_the_same_way(pool: MaxPool3dSwitches, size: tuple[int, int]) -> None:
    """Exported code holds each layer's text by itself, so it is written down twice."""
    x = random(2, 6, *size)
    y, switches, unpool = pooled(pool, x)
    values, places = largest_of_blocks(x, pool.kernel_size, pool.maps)
    assert torch.equal(values, y)
    assert torch.equal(places, switches)
    assert torch.equal(back_to_their_places(values, places, x.shape[1:]), unpool(y, switches))


def test_within_single_maps_the_switches_are_those_of_max_unpool2d() -> None:
    x = random(2, 3, 8, 6)
    y, switches, unpool = pooled(MaxPool3dSwitches(kernel_size=2, maps=1), x)
    flat = MaxUnpool2d().module(Value((3, 4, 3)), Value((3, 4, 3), "switches", "int64", unpooled=(3, 8, 6))).build()
    assert torch.equal(flat(y, switches), unpool(y, switches))


def test_maps_that_fill_no_group_are_refused_with_a_fix() -> None:
    with pytest.raises(ShapeError, match="maps = 4 must divide the 6 maps") as caught:
        MaxPool3dSwitches(maps=4).outputs(Value((6, 8, 8)))
    assert caught.value.fixes == (SuggestParam("maps", 3),)


def test_a_block_larger_than_the_map_is_refused_with_a_fix() -> None:
    with pytest.raises(ShapeError, match="5×5 does not fit into 2×8×4") as caught:
        MaxPool3dSwitches(kernel_size=5).outputs(Value((2, 8, 4)))
    assert caught.value.fixes == (SuggestParam("kernel_size", 4),)


def test_switches_of_another_size_are_refused() -> None:
    switches = Value((3, 4, 4), "switches", "int64", unpooled=(6, 8, 8))
    with pytest.raises(ShapeError, match="3×5×4"):
        MaxUnpool3dSwitches().output(Value((3, 5, 4)), switches)
