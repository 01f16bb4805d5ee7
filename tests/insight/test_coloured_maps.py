"""Numbers in colours, all at once, one by one, and only those that are seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.insight.coloured_maps import ColouredMaps, packed
from workbench.insight.colours import DIVERGING_LIGHT, SEQUENTIAL

NUMBERS = np.random.default_rng(0).standard_normal((5, 4, 3)).astype(np.float32)
CASES = {
    "signed": NUMBERS,
    "positive": np.abs(NUMBERS) + 2,
    "double": NUMBERS.astype(np.float64) * 1e-3,
    "zeros": np.zeros((2, 3, 3), np.float32),
    "broken": np.where(NUMBERS > 1, np.nan, np.where(NUMBERS < -1, -np.inf, NUMBERS)),
}


def looked_up(values: NDArray[Any], *, signed: bool, each: bool) -> NDArray[np.uint8]:
    """The colours by their definition, in double precision but for ties."""
    numbers = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    found = np.zeros((*values.shape, 3), np.uint8)
    for k in range(len(values)):
        seen = numbers[k] if each else numbers
        high = max(float(np.abs(seen).max()) if signed else float(seen.max() - seen.min()), 1e-12)
        low = float(seen.min())
        for place, number in np.ndenumerate(numbers[k]):
            share = 0.5 + number / (2 * high) if signed else (number - low) / high
            found[(k, *place)] = (DIVERGING_LIGHT if signed else SEQUENTIAL)[round(float(share) * 255)]
    return found


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_colours_are_those_of_the_table(name: str, each: bool) -> None:
    values = CASES[name]
    signed = bool((values < 0).any())
    maps = ColouredMaps.of(values, signed=None if not each else signed, each=each, table=DIVERGING_LIGHT)
    assert maps.is_signed is signed
    assert np.array_equal(maps.tiles, looked_up(values, signed=signed, each=each))
    assert maps.shape == maps.tiles.shape
    assert np.array_equal(maps.tile(1), maps.tiles[1])
    low, high = maps.range
    assert np.isnan(low) == np.isnan(high) == each


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("count", [7, 500])
def test_pixels_that_are_seen_have_the_same_colours(count: int, each: bool) -> None:
    maps = ColouredMaps.of(NUMBERS, each=each)
    places = np.random.default_rng(1).integers(0, NUMBERS.size, (count, 2)).astype(np.intp)
    out = np.zeros(places.shape, np.uint32)
    maps.take(places, out)
    assert np.array_equal(out, packed(maps.tiles.reshape(-1, 3)[places]))
    assert NUMBERS.flags.writeable
    assert maps.values is NUMBERS  # nothing is copied, and nothing changed
