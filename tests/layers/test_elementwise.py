"""Branches that are joined value by value: gates are stretched, other sizes are refused with a way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from workbench.core.values import Shape, Value
from workbench.layers.base_elementwise import Elementwise
from workbench.layers.divide import Divide
from workbench.layers.maximum import Maximum
from workbench.layers.multiply import Multiply
from workbench.layers.spec import Insert, ShapeError
from workbench.layers.subtract import Subtract

EVERY = (Multiply, Maximum, Subtract, Divide)
OF_TORCH: dict[type[Elementwise], Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    Multiply: torch.mul, Maximum: torch.maximum, Subtract: torch.sub, Divide: torch.div,
}  # fmt: skip


@pytest.mark.parametrize("cls", EVERY)
@pytest.mark.parametrize(
    ("one", "other"),
    [((8, 5, 7), (8, 1, 1)), ((8, 1, 1), (8, 5, 7)), ((8, 5, 7), (1, 5, 7)), ((6,), (1,)), ((4, 9), (4, 9))],
)  # fmt: skip
def test_it_gives_what_torch_gives(cls: type[Elementwise], one: Shape, other: Shape) -> None:
    kind = "vector" if len(one) == 1 else "map"
    values = Value(one, kind), Value(other, kind)
    layer = cls()
    x, y = torch.randn(2, *one), torch.randn(2, *other)
    expected = OF_TORCH[cls](x, y)
    found = layer.module(*values).build()(x, y)
    assert torch.equal(found, expected)
    assert layer.output(*values).shape == tuple(expected.shape[1:])
    assert (layer.windows(*values) is None) == (one != other)


@pytest.mark.parametrize("cls", EVERY)
def test_other_sizes_are_refused_with_a_way_out(cls: type[Elementwise]) -> None:
    with pytest.raises(ShapeError, match="8×8×8") as caught:
        cls().output(Value((8, 8, 8)), Value((4, 16, 16)))
    assert caught.value.port in ("x.1", "other")
    (fix,) = caught.value.fixes
    assert isinstance(fix, Insert)
    assert fix.params["stride"] == [2, 2]
    assert fix.params["out_channels"] == 8


def test_maps_and_vectors_do_not_go_together() -> None:
    with pytest.raises(ShapeError):
        Multiply().output(Value((8, 3, 3)), Value((8,), "vector"))


def test_three_branches_go_together() -> None:
    values = Value((8, 5, 1)), Value((8, 1, 7)), Value((1, 1, 1))
    assert Multiply().output(*values).shape == (8, 5, 7)
