"""Samples of every kind are shown: as pictures, masks over pictures, curves, frames, or in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.values import Value
from workbench.data.mask_files import read_mask
from workbench.data.spec import Dataset
from workbench.inspection.portraits import (
    DARK_PAPER,
    LIGHT_PAPER,
    SIDE,
    Paper,
    curves,
    input_portrait,
    is_told_in_words,
    lanes,
    mask_colours,
    mask_png,
    masked,
    portrait,
    side_by_side,
)
from workbench.inspection.predicting import best_classes, outside_of

CHANCE = np.random.default_rng(0)


def data(**fields: tuple[Value, Any]) -> Dataset:
    """A data set of one sample."""
    return Dataset({name: value for name, (value, _) in fields.items()},
                   {"train": {name: np.asarray(array)[None] for name, (_, array) in fields.items()}})  # fmt: skip


def test_a_picture_is_shown_as_it_is() -> None:
    picture = CHANCE.integers(0, 256, (3, 5, 4)).astype(np.uint8)
    shown = portrait(data(image=(Value((3, 5, 4), dtype="uint8"), picture)), "train", 0)
    assert shown.text == ""
    assert shown.pixels is not None
    assert np.array_equal(shown.pixels, picture.transpose(1, 2, 0))


def test_a_mask_lies_over_its_picture_and_void_leaves_it_free() -> None:
    picture = np.full((1, 2, 2), 100, np.uint8)
    mask = np.array([[0, 1], [2, -1]])
    value = Value((2, 2), "mask", "int64", ("a", "b"))
    shown = portrait(data(image=(Value((1, 2, 2), dtype="uint8"), picture), mask=(value, mask)), "train", 0).pixels
    assert shown is not None
    first, second = mask_colours(2).astype(float)
    assert np.abs(shown[0, 0] - (50 + first / 2)).max() <= 1
    assert np.abs(shown[0, 1] - (50 + second / 2)).max() <= 1
    assert (shown[1] == 100).all(), "beyond the classes"
    assert (masked(np.full((2, 2, 3), 9, np.uint8), mask, 2, opacity=0.0) == 9).all()


def test_colours_of_many_classes_are_told_apart() -> None:
    colours = mask_colours(24).astype(int)
    apart = np.abs(colours[:, None] - colours[None]).sum(2) + 999 * np.eye(24, dtype=int)
    assert apart.min() > 20
    assert apart[:12, :12].min() > 70, "the first ones at a glance"


def test_pairs_stand_side_by_side_as_high_as_one_another() -> None:
    small, large = np.zeros((4, 4, 3), np.uint8), np.full((12, 12, 3), 7, np.uint8)
    joined = side_by_side([small, large])
    assert joined.shape == (12, 12 + 2 + 12, 3)
    assert (joined[:, :12] == 0).all()
    assert (joined[:, -12:] == 7).all()


@pytest.mark.parametrize(("value", "array"), [
    (Value((2, 30)), CHANCE.normal(size=(2, 30)).astype(np.float32)),
    (Value((30, 2), "sequence"), CHANCE.normal(size=(30, 2)).astype(np.float32)),
    (Value((1, 8, 30), is_recording=True), CHANCE.normal(size=(1, 8, 30)).astype(np.float32)),
    (Value((1, 30)), np.zeros((1, 30), np.float32)), (Value((1, 1)), np.ones((1, 1), np.float32)),
])  # fmt: skip
def test_series_and_recordings_are_curves(value: Value, array: Any) -> None:
    shown = portrait(data(series=(value, array)), "train", 0)
    assert shown.pixels is not None
    assert shown.pixels.shape == (SIDE, SIDE, 3)
    assert len(np.unique(shown.pixels.reshape(-1, 3), axis=0)) > 3


def test_a_curve_is_high_where_its_numbers_are() -> None:
    pixels = curves(np.linspace(0, 1, 50)[None])
    dark = pixels.sum(2) < 600
    rows = [int(np.flatnonzero(dark[:, column]).mean()) for column in (10, SIDE // 2, SIDE - 10)]
    assert rows[0] > rows[1] > rows[2]


def test_a_clip_is_shown_by_its_middle_frame() -> None:
    clip = np.stack([np.full((4, 4), 10 * frame, np.uint8) for frame in range(5)])[None]
    shown = portrait(data(clip=(Value((1, 5, 4, 4), dtype="uint8"), clip)), "train", 0).pixels
    assert shown is not None
    assert (shown == 20).all()


def test_text_is_told_in_words_and_ratings_by_names() -> None:
    words = Value((4,), "tokens", "int64", ("", "good", "film"))
    assert portrait(data(text=(words, [1, 2, 0, 0])), "train", 0).text == "good film"
    user = Value((1,), "tokens", "int64", ("anna", "ben"))
    item = Value((1,), "tokens", "int64", ("Alien (1979)", "Heat (1995)"))
    shown = portrait(data(user=(user, [1]), item=(item, [0]), rating=(Value((), "scalar"), 4.5)), "train", 0)
    assert (shown.pixels, shown.text) == (None, "User ben\nAlien (1979)")


def test_data_without_anything_to_draw_are_told_in_words() -> None:
    assert is_told_in_words(data(text=(Value((2,), "tokens", "int64"), [1, 2]), label=(Value((), "class", "int64"), 0)))
    assert not is_told_in_words(data(series=(Value((1, 5)), np.zeros((1, 5), np.float32))))


def test_long_texts_are_shown_whole() -> None:
    words = Value((300,), "tokens", "int64", ("", "�", "word", "last"))
    shown = portrait(data(text=(words, [2] * 299 + [3])), "train", 0).text
    assert shown == "word " * 299 + "last"


@pytest.mark.parametrize("paper", [LIGHT_PAPER, DARK_PAPER])
def test_curves_are_drawn_on_the_paper_that_is_asked_for(paper: Paper) -> None:
    shown = portrait(data(series=(Value((1, 30)), np.sin(np.arange(30.0))[None])), "train", 0, paper=paper)
    assert shown.pixels is not None
    ground = tuple(int(paper.ground[place : place + 2], 16) for place in (1, 3, 5))
    assert tuple(shown.pixels[0, 0]) == ground


def test_every_token_has_its_word_and_single_ones_are_no_text() -> None:
    words = Value((4,), "tokens", "int64", ("", "good", "film"))
    assert input_portrait(words, np.array([1, 2, 9, 0])).tokens == ("good", "film", "9", "")
    assert input_portrait(Value((1,), "tokens", "int64", ("anna", "ben")), np.array([1])).tokens == ()


def test_masks_of_many_classes_keep_their_numbers_in_a_file(tmp_path: Path) -> None:
    for classes in (3, 255, 256, 700):
        mask = np.arange(classes, dtype=np.int64).repeat(2).reshape(2, classes)
        mask[0, 0] = outside_of(classes)
        (tmp_path / "m.png").write_bytes(mask_png(mask, classes))
        found = read_mask(tmp_path / "m.png")
        assert found.kind == ("palette" if classes <= 255 else "grey")
        assert np.array_equal(found.levels, mask)
        assert outside_of(classes) >= classes


def test_the_class_of_what_is_not_seen_is_none_of_many_classes() -> None:
    scores = np.zeros((300, 1, 2), np.float32)
    scores[255, 0, 0] = 1
    scores[:, 0, 1] = np.nan
    assert best_classes(scores, 1, 2).tolist() == [[255, 65535]]
    assert best_classes(scores[:4], 1, 2).tolist() == [[0, 255]]


def test_lanes_are_as_high_as_one_another_and_small_pictures_have_few_of_them() -> None:
    value = Value((1, 64, 50), is_recording=True)
    array = np.sin(np.arange(50) / 3)[None, None] * np.ones((1, 64, 1))
    large = input_portrait(value, array)
    assert large.grid == (64, 50), "every electrode has its place"
    pixels = lanes(array[0, :4], 160)
    parts = pixels.reshape(4, 40, 160, 3)
    assert all((parts[0] == part)[12:28].mean() > 0.5 for part in parts[1:])
    small = portrait(data(eeg=(value, array)), "train", 0).pixels
    assert small is not None
    few = lanes(array[0][::4], SIDE)
    assert np.array_equal(small, few), "so many as can be told apart"
