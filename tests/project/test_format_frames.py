"""Frames in a project file: what makes no sense is refused with its place."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.project.test_format import at, load, rich
from workbench.core.errors import UnreadableError
from workbench.core.frames import Frame
from workbench.core.graph import Graph
from workbench.project.document import Project
from workbench.project.format import dump


@pytest.mark.parametrize(("place", "value", "reason"), [
    ("graph.frames", {}, r"a list \[ \] is needed"),
        (
            "graph.frames",
            [{"id": f"f{i}", "area": [0, 0, 9, 9]} for i in range(1001)],
            "it has 1,001 entries; at most 1,000",
        ),
    ("graph.frames[1]", "note", "a table { } is needed"),
    ("graph.frames[1].id", "f1", 'the id "f1" is there twice'),
    ("graph.frames[1].id", "a", 'the id "a" is there twice'),
    ("graph.frames[1].id", "a b", "cannot be an id"),
    ("graph.frames[0].title", "x" * 201, "the text has 201 characters"),
    ("graph.frames[0].title", None, "a text is needed here, found nothing"),
    ("graph.frames[0].text", "x" * 4097, "the text has 4,097 characters; at most 4,096"),
    ("graph.frames[0].text", ["x"], "a text is needed"),
    ("graph.frames[0].colour", 3, "a text is needed here, found 3"),
    ("graph.frames[0].area", None, r"a list \[ \] is needed"),
    ("graph.frames[0].area", [0, 0, 10], "an area is left, top, width and height, the last two above 0"),
    ("graph.frames[0].area", [0, 0, 0, 10], "the last two above 0"),
    ("graph.frames[0].area", [0, 0, 10, -3], "the last two above 0"),
    ("graph.frames[0].area", [0, 1e10, 10, 10], "an area is left, top"),
    ("graph.frames[0].area", [True, 0, 10, 10], "an area is left, top"),
    ("graph.frames[0].area", [0, 0, 10, "10"], "an area is left, top"),
])  # fmt: skip
def test_a_frame_that_makes_no_sense_is_refused(tmp_path: Path, place: str, value: object, reason: str) -> None:
    tree = rich()
    holder, key = at(tree, place)
    holder[key] = value
    with pytest.raises(UnreadableError, match=reason) as caught:
        load(tmp_path, tree)
    assert caught.value.field.startswith("graph.frames")


@pytest.mark.parametrize("missing", ["title", "text", "colour"])
def test_what_a_frame_lacks_has_its_default(tmp_path: Path, missing: str) -> None:
    tree = rich()
    del tree["graph"]["frames"][0][missing]
    assert getattr(load(tmp_path, tree).graph.frames["f1"], missing) == ""


def test_frames_are_kept_with_what_is_not_known(tmp_path: Path) -> None:
    assert load(tmp_path, rich()).graph.frames == {
        "f1": Frame("S \u202e", "two\nlines", "mauve", (-14.0, 3.5, 400.0, 20.0), extra={"locked": True}),
        "f2": Frame(area=(0.0, 0.0, 80.0, 40.0)),
    }


@pytest.mark.parametrize("seed", range(20))
def test_random_frames_come_back_the_same_in_their_order(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    frames = {
        f"f{dice.random()}".replace(".", "-"): Frame("T\t" * dice.randrange(2), "a\n\u2028é" * dice.randrange(2), "a",
                                                     (dice.uniform(-9, 9), -0.0, 80.0, 1e9))
        for _ in range(dice.randrange(1, 5))
    }  # fmt: skip
    project = Project("u", Graph(frames=frames))
    again = load(tmp_path, dump(project))
    assert list(again.graph.frames.items()) == list(frames.items())
    assert dump(again) == dump(project)
