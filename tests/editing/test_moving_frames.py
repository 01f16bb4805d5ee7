"""Boxes are tidied and groups opened and folded with the frames round them, and nothing is covered."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from tests.editing.arranging import arranged, done, row
from tests.graph_factories import drawn
from workbench.core.frames import Frame, contains
from workbench.core.graph import Group
from workbench.core.graph_edits import moved
from workbench.core.groups import group
from workbench.editing.box_sizes import WIDTH
from workbench.editing.frames_follow import frames_after
from workbench.editing.room import overlap
from workbench.editing.tidying import tidied_boxes
from workbench.editing.unfolding import folded, opened


@pytest.mark.parametrize("template", ["lenet5", "vgg11", "resnet18"])
def test_tidied_boxes_do_not_lie_upon_one_another(template: str) -> None:
    graph = drawn(template, (3, 32, 32))
    graph = done(graph, moved(graph, {node.id: (10.0 * i, 7.0 * i) for i, node in enumerate(graph)}))
    here = arranged(graph)
    after = arranged(done(graph, tidied_boxes(here, list(here.boxes))))
    assert not any(overlap(one.area, other.area) for one, other in combinations(after.boxes.values(), 2))


def test_a_frame_goes_round_the_same_boxes_after_as_before() -> None:
    graph = replace(row("a", "b", "c"), frames={"f": Frame("Stage", area=(-14.0, -40.0, 420.0, 200.0))})
    here = arranged(graph)
    held = here.keys_in(graph.frames["f"].area)
    assert held == ["a", "b"]
    for places in ({"b": (600.0, 300.0)}, {"a": (50.0, 70.0), "b": (266.0, 70.0)}):
        moves = moved(graph, places)
        after = arranged(done(graph, [*moves, *frames_after(here, moves)]))
        assert all(contains(after.frames["f"].area, after.boxes[key].area) for key in held)


def test_a_note_gives_way_to_a_box_that_comes_upon_it() -> None:
    graph = replace(row("a", "b"), frames={"n": Frame(text="note", area=(0.0, 300.0, 90.0, 40.0))})
    here = arranged(graph)
    moves = moved(graph, {"b": (0.0, 290.0)})
    after = arranged(done(graph, [*moves, *frames_after(here, moves)]))
    assert not overlap(after.frames["n"].area, after.boxes["b"].area)
    assert frames_after(here, []) == []


@pytest.mark.parametrize("chosen", [("a", "b"), ("b", "c", "d")])
def test_a_group_is_folded_and_opened_again(chosen: tuple[str, ...]) -> None:
    graph = row("a", "b", "c", "d", "e")
    edit, prefix = group(graph, chosen)
    graph = done(graph, [edit])
    shut = folded(arranged(graph), prefix)
    assert shut.text == f"Fold {prefix}"
    after = done(graph, [shut])
    assert arranged(after).folded == {prefix: chosen[0]}
    again = opened(arranged(after), prefix)
    assert again.text == f"Open {prefix}"
    whole = arranged(done(after, [again]))
    assert not any(overlap(one.area, other.area) for one, other in combinations(whole.boxes.values(), 2))


def test_tidying_lays_frames_anew_and_takes_their_notes_along() -> None:
    frames = {
        "f": Frame("Stage", "why", area=(-20.0, -60.0, 900.0, 900.0)),
        "n": Frame(text="note", area=(20.0, 700.0, 90.0, 40.0)),
    }
    graph = replace(row("a", "b", "c"), frames=frames)
    graph = done(graph, moved(graph, {"b": (100.0, 400.0), "c": (300.0, 500.0)}))
    here = arranged(graph)
    after = arranged(done(graph, tidied_boxes(here, list(here.boxes))))
    held = [*(box.area for box in after.boxes.values()), after.frames["n"].area]
    assert all(contains(after.frames["f"].area, area) for area in held)
    assert not any(overlap(one, other) for one, other in combinations(held, 2))


def test_tidying_keeps_an_open_group_together() -> None:
    graph = row("a", "b", "c", "d")
    edit, prefix = group(graph, ("b", "c"))
    graph = done(graph, [edit])
    here = arranged(graph)
    after = arranged(done(graph, tidied_boxes(here, list(here.boxes))))
    assert not any(overlap(after.groups[prefix].area, after.boxes[key].area) for key in ("a", "d"))


def test_an_opened_group_takes_the_room_of_the_folded_boxes_in_it_and_not_of_what_they_hide() -> None:
    names = ("a", "stage.first.b", "stage.first.c", "stage.first.d", "stage.second.e", "stage.second.f", "g")
    places = {"stage": (216.0, 0.0), "stage.first": (216.0, 0.0), "stage.second": (432.0, 0.0)}
    shut = {prefix: Group(folded=True, position=place) for prefix, place in places.items()}
    graph = replace(row(*names), groups=shut)
    graph = done(graph, moved(graph, {"g": (432.0, 0.0)}))
    whole = arranged(done(graph, [opened(arranged(graph), "stage")]))
    assert not any(overlap(one.area, other.area) for one, other in combinations(whole.boxes.values(), 2))
    left, _, width, _ = whole.groups["stage"].area
    boxes = sorted((box.left, key) for key, box in whole.boxes.items())
    assert [key for _, key in boxes] == ["a", "stage.first.b", "stage.second.e", "g"]
    assert boxes[-1][0] - (left + width) < WIDTH, "there is room for another box between the group and what follows"
