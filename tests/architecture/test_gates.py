"""The gates of speed: a figure that is twice as bad, or gone, is told."""

from __future__ import annotations

import pytest
from every import fallen
from figures import at_least, at_most


@pytest.mark.parametrize(("value", "is_told"), [(1.0, False), (2.3, False), (2.5, True)])
def test_a_cost_that_has_doubled_is_told(value: float, *, is_told: bool) -> None:
    assert bool(fallen([at_most("7", "many to few", value, 2)], {"many to few": 1.2})) == is_told


@pytest.mark.parametrize(("value", "is_told"), [(100.0, False), (51.0, False), (49.0, True)])
def test_a_gain_that_has_halved_is_told(value: float, *, is_told: bool) -> None:
    assert bool(fallen([at_least("8", "theirs to ours", value, 100)], {"theirs to ours": 100.0})) == is_told


def test_a_figure_that_nobody_measures_any_more_is_told() -> None:
    assert "not measured any more" in fallen([], {"gone": 1.0})[0]
