"""Frames and notes: what lies in what, how they follow what they hold, and the edits with their texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.core.edits import MISSING, SetFrame
from workbench.core.frames import COLOURS, LEAST, Area, Frame, followed_area, gradual_change, inside, laid_round
from workbench.core.framing import add_frame, change_frame, remove_frames
from workbench.core.graph import Graph, GraphError, Node
from workbench.core.redrawing import redrawn

STAGE = Frame("Stage", "why", "blue", (0.0, 0.0, 200.0, 100.0))
NOTE = Frame(text="a note", area=(10.0, 30.0, 80.0, 40.0))
MARGINS = (14.0, 32.0, 14.0, 10.0)


@pytest.mark.parametrize(("frames", "found"), [
    ({"a": STAGE, "b": NOTE}, {"a": ["b"], "b": []}),
    ({"a": STAGE, "b": replace(NOTE, area=(150.0, 0.0, 51.0, 40.0))}, {"a": [], "b": []}),
    ({"a": STAGE, "b": replace(STAGE, title="Twin")}, {"a": ["b"], "b": []}),
    ({"a": replace(STAGE, area=(50.0, 0.0, 90.0, 40.0)), "b": STAGE}, {"a": [], "b": ["a"]}),
])  # fmt: skip
def test_what_lies_wholly_in_a_frame(frames: dict[str, Frame], found: dict[str, list[str]]) -> None:
    assert {id_: inside(frames, id_) for id_ in frames} == found


@pytest.mark.parametrize(("after", "area"), [
    ([(0.0, 40.0, 150.0, 60.0), (200.0, 40.0, 150.0, 60.0)], (-14.0, 8.0, 378.0, 102.0)),  # nothing has moved
    ([(30.0, 20.0, 150.0, 60.0), (230.0, 20.0, 150.0, 60.0)], (16.0, -12.0, 378.0, 102.0)),  # all by one step
    ([(0.0, 40.0, 150.0, 60.0), (400.0, 90.0, 150.0, 60.0)], (-14.0, 8.0, 578.0, 152.0)),  # away from each other
])  # fmt: skip
def test_a_frame_follows_what_it_holds(after: list[Area], area: Area) -> None:
    before = [(0.0, 40.0, 150.0, 60.0), (200.0, 40.0, 150.0, 60.0)]
    assert followed_area((-14.0, 8.0, 378.0, 102.0), before, after, MARGINS) == area


def test_a_frame_round_something_tiny_can_still_be_taken() -> None:
    assert laid_round([(5.4, 5.0, 1.0, 1.0)], (0.0, 0.0, 0.0, 0.0)) == (5.0, 5.0, *LEAST)


def graph() -> Graph:
    return Graph({"n": Node("n", "conv", "Conv2d")}, frames={"a": STAGE, "b": NOTE})


@pytest.mark.parametrize(("id_", "fields", "text"), [
    ("a", {"title": "Head"}, "Rename to Head"), ("a", {"title": ""}, "Take the title off frame Stage"),
    ("a", {"text": "x"}, "Edit the note of frame Stage"), ("b", {"text": ""}, "Edit note"),
    ("a", {"colour": "red"}, "Colour frame Stage"), ("b", {"colour": "red"}, "Colour note"),
    ("a", {"area": (5.0, 0.0, 200.0, 100.0)}, "Move frame Stage"),
    ("b", {"area": (5.0, 0.0, 90.0, 40.0)}, "Resize note"),
    ("a", {"title": "x" * 90}, "Rename to " + "x" * 39 + "…"), ("b", {"title": "a\u202eb"}, "Rename to a<U+202E>b"),
])  # fmt: skip
def test_a_change_says_what_it_is_and_goes_back(id_: str, fields: dict[str, object], text: str) -> None:
    edit = change_frame(graph(), id_, **fields)
    assert edit is not None
    assert edit.text == text
    after = edit.apply(graph())
    assert after != graph()
    assert edit.inverse().apply(after) == graph()


def test_frames_come_in_front_and_go_back_to_their_place() -> None:
    added = add_frame(graph(), Frame("New"))
    assert added.text == "Add a frame"
    assert add_frame(graph(), Frame()).text == "Add a note"
    assert list(added.apply(graph()).frames)[:2] == ["a", "b"]
    (gone,) = remove_frames(graph(), ["a"])
    assert gone.text == "Delete frame Stage"
    after = gone.apply(graph())
    assert list(after.frames) == ["b"]
    assert list(gone.inverse().apply(after).frames) == ["a", "b"]
    both = remove_frames(graph(), ["a", "b"])
    assert both[1].apply(both[0].apply(graph())).frames == {}


def test_what_changes_nothing_is_no_edit() -> None:
    assert change_frame(graph(), "a", title="Stage") is None


@pytest.mark.parametrize(("frame", "reason"), [
    (Frame("x" * 201), "The title has 201 characters; at most 200 are kept"),
    (Frame(text="x" * 4097), "The note has 4,097 characters; at most 4,096 are kept"),
    (Frame("a\ud800"), "The title holds a half of a character"), (Frame(text="\udfff"), "The note holds a half"),
    (Frame("two\nlines"), "A title is one line"),
])  # fmt: skip
def test_what_no_file_could_hold_is_refused(frame: Frame, reason: str) -> None:
    with pytest.raises(GraphError, match=reason):
        add_frame(graph(), frame)
    with pytest.raises(GraphError, match=reason):
        change_frame(graph(), "b", title=frame.title, text=frame.text)


def test_there_are_no_more_than_a_file_may_hold() -> None:
    many = Graph(frames={f"f{i}": Frame() for i in range(1000)})
    with pytest.raises(GraphError, match="There are 1,000 frames and notes already"):
        add_frame(many, Frame())


@pytest.mark.parametrize("edit", [
    SetFrame("a", NOTE, MISSING, 0), SetFrame("a", STAGE, MISSING, 1), SetFrame("c", STAGE, NOTE),
    SetFrame("a", MISSING, NOTE), SetFrame("c", MISSING, NOTE, 3),
])  # fmt: skip
def test_an_edit_for_another_state_is_refused(edit: SetFrame) -> None:
    with pytest.raises(GraphError):
        edit.apply(graph())


@pytest.mark.parametrize(("fields", "part"), [
    ({"area": (9.0, 9.0, 200.0, 100.0)}, "place"), ({"area": (0.0, 0.0, 9.0, 100.0)}, "size"), ({"text": "x"}, "text"),
    ({"title": "x"}, ""), ({"colour": "red"}, ""), ({"text": "x", "area": (9.0, 0.0, 200.0, 100.0)}, ""),
])  # fmt: skip
def test_what_changes_bit_by_bit_merges(fields: dict[str, object], part: str) -> None:
    assert gradual_change(STAGE, replace(STAGE, **fields)) == part
    assert gradual_change(STAGE, MISSING) == ""


def test_another_network_brings_its_frames() -> None:
    other = Graph({"m": Node("m", "relu", "ReLU")}, frames={"b": STAGE, "c": NOTE})
    step = redrawn(graph(), other, "x")
    assert list(step.apply(graph()).frames.items()) == list(other.frames.items())
    assert step.inverse().apply(other) == graph()


def test_colours_are_words_that_a_file_can_hold() -> None:
    assert len(set(COLOURS)) == 6
    assert all(colour.isalpha() and colour.islower() for colour in COLOURS)
