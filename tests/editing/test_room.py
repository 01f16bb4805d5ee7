"""Free places between boxes: nothing lies upon anything, and what slides aside comes back."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from tests.editing.arranging import arranged, done, row
from workbench.core.graph import Edge, Port
from workbench.core.graph_edits import moved
from workbench.editing.room import (
    APART,
    BOX,
    GAP,
    Area,
    Place,
    Room,
    around,
    free_spot,
    overlap,
    room_between,
    slid_apart,
    slid_together,
    spot_onward,
)
from workbench.editing.room_on_wire import room_on

WIDTH, HEIGHT = BOX


def box(x: float, y: float) -> Area:
    return (x, y, WIDTH, HEIGHT)


def grid(columns: int, rows: int, gap: float = 0.0) -> list[Area]:
    return [box(x * (WIDTH + gap), y * (HEIGHT + gap)) for x, y in product(range(columns), range(rows))]


@pytest.mark.parametrize("taken", [[], [box(500, 500)], grid(3, 1)])
def test_a_free_place_is_the_wanted_one(taken: list[Area]) -> None:
    assert free_spot(taken, (0.0, 300.0)) == (0.0, 300.0)


@pytest.mark.parametrize("taken", [grid(1, 1), grid(3, 3), grid(12, 12), grid(3, 3, gap=20.0)])
@pytest.mark.parametrize("wanted", [(10.0, 10.0), (170.0, 120.0)])
@pytest.mark.parametrize("size", [BOX, (40.0, 400.0)])
def test_a_place_that_is_taken_gives_way_to_a_free_one(
    taken: list[Area], wanted: Place, size: tuple[float, float]
) -> None:
    place = free_spot(taken, wanted, size)
    assert not any(overlap((*place, *size), area) for area in taken)


def test_the_nearest_free_place_is_taken() -> None:
    assert free_spot([box(0, 0)], (0.0, 100.0)) == (0.0, HEIGHT + GAP[1])
    assert free_spot([box(0, 0)], (140.0, 0.0)) == (WIDTH + GAP[0], 0.0)
    assert free_spot([box(0, 0)], (-140.0, 0.0)) == (-WIDTH - GAP[0], 0.0)


def test_in_the_middle_of_very_many_boxes_the_place_is_below_all() -> None:
    wanted = (6 * WIDTH, 6 * HEIGHT)
    assert free_spot(grid(13, 13), wanted) == (wanted[0], 13 * HEIGHT + GAP[1])


def test_onward_is_only_straight_below() -> None:
    assert spot_onward([], (5.0, 5.0)) == (5.0, 5.0)
    assert spot_onward([box(0, 0), box(0, HEIGHT + 30)], (5.0, 5.0)) == (5.0, 2 * HEIGHT + 30 + GAP[1])
    assert spot_onward([box(0, 0), box(400, HEIGHT)], (5.0, 5.0)) == (5.0, HEIGHT + GAP[1])


def test_between_boxes_far_apart_nothing_moves() -> None:
    room = room_between({"a": box(0, 0), "b": box(600, 0)}, "a", "b")
    assert room == Room(((WIDTH + 600 - WIDTH) / 2, 0))


def test_between_boxes_that_are_near_what_is_to_the_right_slides() -> None:
    boxes = {"a": box(0, 0), "b": box(200, 0), "c": box(380, 0), "below": box(200, 300)}
    room = room_between(boxes, "a", "b")
    assert room is not None
    assert room.place == (WIDTH + APART, 0)
    assert room.aside == {"b", "c"}
    assert room.place[0] + WIDTH + APART == 200 + room.step


def test_what_would_be_run_over_slides_too() -> None:
    boxes = {"a": box(0, 0), "b": (200.0, 0.0, WIDTH, 300.0), "c": box(500, 200)}
    room = room_between(boxes, "a", "b")
    assert room is not None
    assert room.aside == {"b", "c"}


@pytest.mark.parametrize("boxes", [
    {"a": box(300, 0), "b": box(0, 0)},
    {"a": box(0, 0), "b": box(300, HEIGHT)},
    {"a": box(0, HEIGHT), "b": box(300, 0)},
    {"a": box(0, 0), "b": box(500, 0), "c": box(250, 20)},
])  # fmt: skip
def test_there_is_no_room_between_boxes_that_are_no_neighbours_in_a_row(boxes: dict[str, Area]) -> None:
    assert room_between(boxes, "a", "b") is None


@pytest.mark.parametrize("own", [box(0, 0), box(200, 150)])
@pytest.mark.parametrize("size", [(400.0, 300.0), (WIDTH, HEIGHT), (10.0, 10.0), (150.0, 500.0)])
def test_what_slides_apart_makes_room_and_comes_together_again(own: Area, size: tuple[float, float]) -> None:
    others = {f"{x},{y}": area for (x, y), area in zip(product(range(4), range(4)), grid(4, 4, 40.0), strict=True)}
    others = {name: area for name, area in others.items() if not overlap(area, own)}
    steps = slid_apart(others, own, size)
    after = {name: (x + dx, y + dy, wide, high) for name, (x, y, wide, high) in others.items()
             for dx, dy in (steps.get(name, (0.0, 0.0)),)}  # fmt: skip
    grown = (*own[:2], max(own[2], size[0]), max(own[3], size[1]))
    asked = [area for name, area in after.items() if others[name][0] > own[0] or others[name][1] >= own[1] + own[3]]
    assert not any(overlap(grown, area) for area in asked)
    assert not any(overlap(one, other) for one, other in combinations(after.values(), 2))
    back = slid_together(after, own, size)
    returned = {name: step for name, step in back.items() if step != (0.0, 0.0)}
    assert all((-returned[name][0], -returned[name][1]) == steps[name] for name in returned)


def test_a_box_at_the_right_and_one_below_come_back_by_what_they_went() -> None:
    others = {"right": box(200, 0), "below": box(0, 200), "left": box(-400, 0)}
    steps = slid_apart(others, box(0, 0), (400.0, 300.0))
    assert steps == {"below": (0.0, 300 - HEIGHT), "right": (400 - WIDTH, 0.0)}
    after = {name: (x + dx, y + dy, wide, high) for name, (x, y, wide, high) in others.items()
             for dx, dy in (steps.get(name, (0.0, 0.0)),)}  # fmt: skip
    back = slid_together(after, box(0, 0), (400.0, 300.0))
    assert back == {name: (-x, -y) for name, (x, y) in steps.items()}


def test_around_is_the_smallest_area_that_holds_all() -> None:
    assert around([(0, 0, 10, 10), (20, -5, 5, 5)]) == (0, -5, 25, 15)
    assert around([(3, 4, 5, 6)]) == (3, 4, 5, 6)


def wire(source: str, target: str) -> Edge:
    return Edge(Port(source, "y"), Port(target, "x"))


def test_a_wanted_place_that_is_free_is_taken_as_it_is() -> None:
    here = arranged(row("a", "b"))
    assert room_on(here, wire("a", "b"), (0.0, 900.0)) == ((0.0, 900.0), [])


def test_on_a_wire_the_boxes_behind_it_go_aside() -> None:
    graph = row("a", "b", "c")
    place, edits = room_on(arranged(graph), wire("a", "b"))
    after = done(graph, edits)
    assert after.nodes["a"].position == (0.0, 0.0)
    steps = {after.nodes[name].position[0] - graph.nodes[name].position[0] for name in "bc"}
    assert steps == {place[0] + WIDTH + APART - 216.0}
    assert not any(overlap((*place, *BOX), area) for area in arranged(after).areas().values())


@pytest.mark.parametrize(("wanted", "expected"), [
    (None, (WIDTH + WIDTH / 2, 0.0)),
    ((10.0, 10.0), (10.0, 106.0 + GAP[1])),
])  # fmt: skip
def test_between_boxes_that_are_no_neighbours_a_free_place_is_found(wanted: Place | None, expected: Place) -> None:
    graph = row("a", "b")
    here = arranged(done(graph, moved(graph, {"b": (0.0, 600.0)})))
    assert room_on(here, wire("a", "b"), wanted) == (expected, [])


def test_the_node_to_be_placed_is_not_in_its_own_way() -> None:
    graph = row("a", "b", "c", step=400.0)
    here = arranged(graph)
    assert room_on(here, wire("a", "c"), (420.0, 0.0), without="b") == ((420.0, 0.0), [])
    assert room_on(here, wire("a", "c"), (420.0, 0.0))[0] != (420.0, 0.0)
