"""Heads that are drawn: pictures follow their factors, and the source's batches vary one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.data import head_renderer as heads
from workbench.data.head_renderer import AMBIENT, AZIMUTH, ELEVATION, IDENTITY, LIGHT, PARTS, Scenes, identities, render
from workbench.data.sources.heads import Heads
from workbench.data.spec import FACTOR, Dataset

COUNT = 9


def scenes(azimuth: Any = 0.0, elevation: Any = 0.0, light: Any = 0.0, who: int = 0) -> Scenes:
    """One head nine times, with angles that are given once or for each."""
    angles = (np.broadcast_to(np.float32(each), (COUNT,)).copy() for each in (azimuth, elevation, light))
    return Scenes(np.repeat(identities(who + 1, 5)[who:], COUNT, 0), *angles)


def sweep(most: float) -> Any:
    return np.linspace(-most, most, COUNT)


def middle(mask: Any) -> tuple[float, float]:
    """Mean row and column of what is marked."""
    rows, columns = np.nonzero(mask)
    return float(rows.mean()), float(columns.mean())


@pytest.mark.parametrize("size", [32, 64])
def test_pictures_and_parts(size: int) -> None:
    pictures, parts = render(scenes(sweep(AZIMUTH)), size)
    assert (pictures.shape, pictures.dtype) == ((COUNT, 1, size, size), np.uint8)
    assert parts.shape == (COUNT, size, size)
    assert parts.max() < len(PARTS)
    frontal = parts[COUNT // 2]
    assert set(np.unique(frontal)) == set(range(len(PARTS))), "from the front every part is seen"
    inner = frontal == 0
    inner[1:-1, 1:-1] &= inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
    assert pictures[COUNT // 2, 0][inner & (np.roll(inner, 1) & np.roll(inner, -1))].max() == 0, "black around the head"
    assert 0.2 < (parts > 0).mean() < 0.8
    assert not parts[:, [0, -1], [0, -1]].any(), "the corners are empty"


@pytest.mark.parametrize("who", [0, 1, 2])
def test_the_nose_tells_turn_and_nod(who: int) -> None:
    nose = PARTS.index("nose")
    turned = [middle(mask == nose)[1] for mask in render(scenes(sweep(AZIMUTH), who=who), 64)[1]]
    nodded = [middle(mask == nose)[0] for mask in render(scenes(0, sweep(ELEVATION), who=who), 64)[1]]
    steps = np.diff(turned)
    assert (steps > 0).all() or (steps < 0).all()
    assert abs(turned[-1] - turned[0]) > 15
    assert (np.diff(nodded) < 0).all(), "positive looks up"
    assert nodded[0] - nodded[-1] > 10


def test_the_lamp_goes_from_left_to_right_and_moves_nothing() -> None:
    pictures, parts = render(scenes(0.2, 0.1, sweep(LIGHT)), 64)
    assert (parts == parts[0]).all()
    shades = pictures[:, 0].astype(float)
    places = (shades * np.arange(64)).sum((1, 2)) / shades.sum((1, 2))
    assert (np.diff(places) > 0).all()
    assert places[-1] - places[0] > 8


def test_there_is_some_light_everywhere() -> None:
    pictures, parts = render(scenes(0, 0, LIGHT), 64)
    albedo = heads._solids(identities(1, 5))[2][0]
    inside = pictures[0, 0][parts[0] == PARTS.index("head")]
    assert inside.min() == pytest.approx(255 * AMBIENT * albedo[0], abs=1.5)
    assert inside.max() <= 255 * albedo[0] + 1
    assert inside.max() > 255 * 0.7 * albedo[0]


def test_each_measure_of_a_head_shows() -> None:
    base = np.full((1, len(IDENTITY)), 0.5, np.float32)
    angles = [np.full(2, each, np.float32) for each in (0.5, -0.2, 0.3)]
    for number, name in enumerate(IDENTITY):
        both = np.repeat(base, 2, 0)
        both[:, number] = 0, 1
        low, high = render(Scenes(both, *angles), 32)[0].astype(int)
        assert np.abs(low - high).sum() > 100, name


def test_parts_agree_with_a_march_along_the_rays() -> None:
    """Not the closed form: steps towards the head until a point is inside an ellipsoid."""
    size, step = 64, 0.002
    drawn = scenes(0.6, -0.3)
    parts = render(drawn, size)[1][0]
    centres, radii, _ = (each[0].astype(float) for each in heads._solids(drawn.identity))
    a, e = 0.6, -0.3
    right = np.array([np.cos(a), 0, -np.sin(a)])
    up = np.array([np.sin(a) * np.sin(e), np.cos(e), np.cos(a) * np.sin(e)])
    towards = np.cross(right, up)
    places = ((np.arange(size) + 0.5) / size * 2 - 1) * heads.FIELD_OF_VIEW
    random = np.random.default_rng(0)
    wrong = 0
    for row, column in random.integers(0, size, (150, 2)):
        along = np.arange(1.5, -1.5, -step)[:, None] * towards
        points = places[column] * right - places[row] * up + along
        inside = ((((points[:, None] - centres) / radii) ** 2).sum(-1) < 1).T  # (6, steps)
        first = np.where(inside.any(1), inside.argmax(1), inside.shape[1])
        expected = int(first.argmin()) + 1 if inside.any() else 0
        wrong += expected != parts[row, column]
    assert wrong <= 2, "rays that graze an edge may differ"


def test_the_same_seed_draws_the_same_heads() -> None:
    assert (identities(50, 3) == identities(50, 3)).all()
    assert (identities(50, 3) != identities(50, 4)).any()
    many = identities(4000, 0)
    assert many.mean(0) == pytest.approx(np.full(10, 0.5), abs=0.03)
    assert many.min() >= 0
    assert many.max() <= 1
    one = render(scenes(sweep(AZIMUTH)), 32)[0]
    assert (one[3:5] == render(scenes(sweep(AZIMUTH)).part(3, 5), 32)[0]).all(), "alone as among others"


SMALL: dict[str, Any] = {"batches": 10, "batch": 6, "people": 40, "test": 60}


@pytest.fixture(scope="module")
def small() -> Dataset:
    return Heads(**SMALL).load(Path())


def test_in_each_batch_one_factor_varies(small: Dataset) -> None:
    assert small.fields[FACTOR].classes == ("azimuth", "elevation", "light", "identity")
    for split, batches in (("train", 40), ("validation", 4)):
        arrays, groups = small.splits[split], small.groups[split]
        assert len(np.unique(groups)) == batches
        for group in np.unique(groups):
            rows = groups == group
            assert rows.sum() == 6
            varying = {name for name in small.fields[FACTOR].classes if len(np.unique(arrays[name][rows], axis=0)) > 1}
            kinds = set(arrays[FACTOR][rows].tolist())
            assert varying == {small.fields[FACTOR].classes[kind] for kind in kinds}
            assert len({picture.tobytes() for picture in arrays["image"][rows]}) >= 4
        assert np.bincount(arrays[FACTOR]).tolist() == [batches // 4 * 6] * 4


def test_the_test_has_other_heads_and_everything_varies(small: Dataset) -> None:
    def people(split: str) -> set[bytes]:
        return {row.tobytes() for row in small.splits[split]["identity"]}

    assert not people("test") & (people("train") | people("validation"))
    assert (small.groups.get("test", np.full(60, -1)) == -1).all()
    test = small.splits["test"]
    for name, most in (("azimuth", AZIMUTH), ("elevation", ELEVATION), ("light", LIGHT)):
        assert len(np.unique(test[name])) == 60
        assert np.abs(test[name]).max() <= most
        assert np.ptp(test[name]) > 1.5 * most


def test_fields_are_as_declared(small: Dataset) -> None:
    with_parts = Heads(**SMALL, parts=True).load(Path())
    assert small.fields.keys() | {"parts"} == with_parts.fields.keys()
    for split, arrays in with_parts.splits.items():
        for name, array in arrays.items():
            assert array.shape == (with_parts.size(split), *with_parts.fields[name].shape)
            assert str(array.dtype) == with_parts.fields[name].dtype
    assert with_parts.fields["parts"].classes == PARTS


def test_a_picture_is_drawn_again_from_its_fields(small: Dataset) -> None:
    source = Heads(**SMALL)
    drawn = source.redraw(small.splits["test"])
    assert drawn is not None
    assert (drawn == small.splits["test"]["image"]).all()
    other = source.redraw({**small.splits["test"], "light": -small.splits["test"]["light"]})
    assert other is not None
    assert (other != drawn).any((1, 2, 3)).all()


def test_seeds(small: Dataset) -> None:
    assert Heads(**SMALL).load(Path()).fingerprint == small.fingerprint
    assert Heads(**SMALL, seed=1).load(Path()).fingerprint != small.fingerprint
