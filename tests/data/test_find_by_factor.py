"""Pictures that are found by their factors, and what a data set tells about what its factors are made of."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from workbench.core.values import Value
from workbench.data.find_by_factor import pictures_of
from workbench.data.spec import FACTOR, Dataset

SCENES = np.array(list(product(range(4), range(0, 360, 30))), np.float64)  # object, degrees


def turntable() -> Dataset:
    """Four objects at twelve angles, in two splits; a picture's one pixel is its number."""
    numbers = np.random.default_rng(0).permutation(len(SCENES))
    splits = {}
    for split, rows in (("train", numbers[:30]), ("test", numbers[30:])):
        angle = np.radians(SCENES[rows, 1]).astype(np.float32)
        arrays: dict[str, Any] = {"image": rows.astype(np.uint8).reshape(-1, 1, 1, 1), FACTOR: np.zeros(len(rows), int)}
        splits[split] = arrays | {"object": SCENES[rows, 0].astype(np.int64), "angle": angle}
    fields = {
        "image": Value((1, 1, 1), "map", "uint8"),
        FACTOR: Value((), "class", "int64", ("angle", "object")),
        "object": Value((), "class", "int64", tuple("abcd")),
        "angle": Value((), "scalar"),
    }
    return Dataset(fields, splits, periods={"angle": 2 * np.pi})


def test_every_scene_is_found_in_whichever_split_it_is() -> None:
    angles = np.radians(SCENES[:, 1]).astype(np.float32)
    rows, pictures = pictures_of(turntable(), {"object": SCENES[:, 0].astype(np.int64), "angle": angles})
    assert rows.tolist() == list(range(48))
    assert pictures.ravel().tolist() == list(range(48))


def test_a_turn_ends_where_it_began() -> None:
    wanted = {"object": np.array([1, 1]), "angle": np.array([2 * np.pi, -np.pi / 6], np.float32)}
    rows, pictures = pictures_of(turntable(), wanted)
    assert rows.tolist() == [0, 1]
    assert pictures.ravel().tolist() == [12, 23]
    assert pictures_of(replace(turntable(), periods={}), wanted)[0].tolist() == []


def test_what_is_not_there_is_left_out() -> None:
    wanted = {"object": np.array([0, 9, 2]), "angle": np.radians([45, 30, 30]).astype(np.float32)}
    rows, pictures = pictures_of(turntable(), wanted)
    assert rows.tolist() == [2]
    assert pictures.ravel().tolist() == [25]


def test_with_a_factor_that_is_no_field_nothing_is_found() -> None:
    data = turntable()
    fields = {name: value for name, value in data.fields.items() if name != "object"}
    rows, pictures = pictures_of(replace(data, fields=fields), {"angle": np.zeros(3, np.float32)})
    assert (rows.shape, pictures.shape) == ((0,), (0, 1, 1, 1))


def test_parts_and_dimensions_of_factors() -> None:
    data = replace(turntable(), parts={"pose": ("angle", "object")})
    assert data.parts_of("angle") == ("angle",)
    assert data.parts_of("pose") == ("angle", "object")
    assert data.parts_of("light") == ()
    assert [data.dimensions(name) for name in ("angle", "object", "pose", "light")] == [2, 1, 3, 0]
