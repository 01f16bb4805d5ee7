"""Groups on the canvas: made, folded, opened, moved and taken apart, and every time one step."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.core.graph import Port
from workbench.core.graph_edits import set_param


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def grouped(canvas: Canvas) -> str:
    """Groups the first convolution; gives the prefix."""
    canvas.select("conv1", "relu1", "pool1")
    canvas.scene.grouping.group_selection()
    (prefix,) = canvas.graph.groups
    return prefix


def test_a_group_is_a_prefix_with_a_frame(canvas: Canvas) -> None:
    before = canvas.graph
    prefix = grouped(canvas)
    assert {f"{prefix}.conv1", f"{prefix}.relu1", f"{prefix}.pool1"} <= set(canvas.graph.by_name)
    frame = canvas.scene.groups.frames[prefix]
    boxes = [canvas.item(f"{prefix}.{name}").scene_box() for name in ("conv1", "relu1", "pool1")]
    assert all(frame.area().contains(box) for box in boxes)
    assert canvas.item(f"{prefix}.conv1").shown.label == "conv1"
    assert canvas.steps == 1
    canvas.undo()
    assert canvas.graph == before
    assert canvas.scene.groups.frames == {}


def test_folding_hides_the_nodes_and_keeps_the_wires_at_the_border(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    wires = {edge: item.shape() for edge, item in canvas.scene.edges.items()}
    canvas.scene.grouping.toggle_fold()
    item = canvas.scene.groups.folded[prefix]
    conv, pool = canvas.id(f"{prefix}.conv1"), canvas.id(f"{prefix}.pool1")
    assert not canvas.scene.nodes[conv].isVisible()
    assert set(item.ends) == {("in", Port(conv, "x")), ("out", Port(pool, "y"))}
    assert item.shown.numbers == ("3 nodes", "6×14×14", "156")
    assert item.isSelected()
    seen = [edge for edge, wire in canvas.scene.edges.items() if wire.isVisible()]
    assert len(seen) == len(canvas.graph.edges) - 2
    canvas.undo()
    assert canvas.scene.groups.folded == {}
    assert canvas.scene.nodes[conv].isVisible()
    assert {edge: item.shape() for edge, item in canvas.scene.edges.items()} == wires  # back to their ports


def test_a_double_click_on_the_title_folds_and_one_on_the_box_goes_in(qtbot: QtBot, canvas: Canvas) -> None:
    prefix = grouped(canvas)
    title = canvas.at(canvas.scene.groups.frames[prefix].title_rect().center())
    qtbot.mouseDClick(canvas.viewport, Qt.MouseButton.LeftButton, pos=title)
    assert canvas.graph.groups[prefix].folded
    box = canvas.scene.groups.folded[prefix]
    place = canvas.at(box.scene_box().center())
    qtbot.mouseDClick(canvas.viewport, Qt.MouseButton.LeftButton, pos=place)
    assert canvas.scene.levels.inside == prefix
    assert canvas.graph.groups[prefix].folded
    assert canvas.steps == 2


def test_a_frame_and_a_folded_box_move_all_that_is_in_them(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    names = [f"{prefix}.{name}" for name in ("conv1", "relu1", "pool1")]

    def places() -> list[QPointF]:
        return [QPointF(*canvas.graph.named(name).position) for name in names]

    before = places()
    start = canvas.at(canvas.scene.groups.frames[prefix].title_rect().center())
    canvas.drag(start, start + QPoint(0, 40))
    steps = {(after - old).y() for after, old in zip(places(), before, strict=True)}
    assert len(steps) == 1
    assert steps.pop() > 20
    assert canvas.steps == 2
    canvas.scene.grouping.toggle_fold(prefix)
    before = places()
    start = canvas.at(canvas.scene.groups.folded[prefix].pos() + QPointF(60, 12))
    canvas.drag(start, start + QPoint(0, 40))
    assert all(after.y() > old.y() + 20 for after, old in zip(places(), before, strict=True))
    assert canvas.steps == 4


def test_a_folded_box_says_that_something_in_it_is_wrong(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.scene.grouping.toggle_fold()
    canvas.scene.changes.do(set_param(canvas.graph.named(f"{prefix}.conv1"), "kernel_size", 0))
    assert canvas.scene.groups.folded[prefix].shown.problem.startswith("conv1: Kernel_size must be 1 to 1024")


def test_groups_nest_and_fold_as_a_whole(canvas: Canvas) -> None:
    inner = grouped(canvas)
    canvas.session.select([canvas.id(f"{inner}.{name}") for name in ("conv1", "relu1", "pool1")] + [canvas.id("conv2")])
    canvas.scene.grouping.group_selection()
    outer = next(prefix for prefix in canvas.graph.groups if "." not in prefix)
    inside = f"{outer}.{inner}"
    assert set(canvas.graph.groups) == {outer, inside}
    frames = canvas.scene.groups.frames
    assert frames[outer].area().contains(frames[inside].area())
    canvas.scene.grouping.toggle_fold(inside)
    assert set(canvas.scene.groups.folded) == {inside}
    canvas.scene.grouping.toggle_fold(outer)
    assert set(canvas.scene.groups.folded) == {outer}
    assert canvas.scene.groups.frames == {}


def test_ungrouping_a_folded_box_brings_the_nodes_back(canvas: Canvas) -> None:
    before = canvas.graph
    grouped(canvas)
    canvas.scene.grouping.toggle_fold()
    canvas.scene.grouping.ungroup_selection()
    assert canvas.graph == before
    assert canvas.item("conv1").isVisible()


def test_a_folded_group_is_renamed_deleted_and_copied_as_one(qtbot: QtBot, canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.scene.grouping.toggle_fold()
    canvas.view.rename_selected()
    line = canvas.view.overlays.line
    assert line.text() == prefix
    qtbot.keyClicks(line, "stem")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert set(canvas.graph.groups) == {"stem"}
    canvas.scene.commands.duplicate_selection()
    assert set(canvas.graph.groups) == {"stem", "stem2"}
    canvas.session.select([canvas.id(f"stem.{name}") for name in ("conv1", "relu1", "pool1")])
    canvas.scene.commands.delete_selection()
    assert "stem.conv1" not in canvas.graph.by_name
    assert canvas.graph.incoming[canvas.id("conv2")] == {"x": Port(canvas.id("image"), "y")}


def test_a_wire_ends_at_the_port_of_a_folded_box(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.scene.grouping.toggle_fold()
    conv = canvas.id(f"{prefix}.conv1")
    start = canvas.port(f"{prefix}.conv1", "in", "x")
    canvas.drag(start, canvas.at(canvas.scene.bounds().bottomLeft() + QPointF(60, -20)))
    assert canvas.graph.incoming[conv] == {}


def test_tidying_moves_a_folded_group_as_one_box(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.scene.grouping.toggle_fold()
    conv, relu = (canvas.graph.named(f"{prefix}.{name}").position for name in ("conv1", "relu1"))
    canvas.session.select([])
    canvas.scene.commands.tidy()
    after = [canvas.graph.named(f"{prefix}.{name}").position for name in ("conv1", "relu1")]
    assert after[1][0] - after[0][0] == relu[0] - conv[0]
    boxes = [box.scene_box() for box in canvas.scene.boxes()]
    assert not [(a, b) for a in boxes for b in boxes if a is not b and a.intersects(b)]


@pytest.mark.parametrize("is_animated", [False, True])
def test_groups_that_are_opened_together_make_room_for_each_other(qtbot: QtBot, is_animated: bool) -> None:
    canvas = Canvas(qtbot, drawn("resnet18"))
    scene = canvas.scene
    scene.changes.is_animated = is_animated
    scene.commands.select_all()
    scene.grouping.toggle_fold()
    scene.changes.gliding.stop()
    assert not scene.groups.folded
    areas = [frame.area() for frame in scene.groups.frames.values()]
    assert len(areas) == 8
    assert not any(one.intersects(other) for one, other in combinations(areas, 2))


def test_a_node_that_is_dropped_on_an_open_group_is_in_it(canvas: Canvas) -> None:
    prefix, before = grouped(canvas), canvas.graph
    frame = canvas.scene.groups.frames[prefix]
    place = canvas.at(frame.area().topLeft() + QPointF(90, 12))
    canvas.drag(canvas.header("fc3"), place)
    assert f"{prefix}.fc3" in canvas.graph.by_name
    assert canvas.steps == 2
    canvas.undo()
    assert canvas.graph == before


def test_a_node_that_is_dropped_on_a_folded_group_is_in_it_and_upon_nothing(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.scene.grouping.toggle_fold()
    box = canvas.scene.groups.folded[prefix]
    canvas.drag(canvas.header("fc3"), canvas.at(box.scene_box().center()))
    assert f"{prefix}.fc3" in canvas.graph.by_name
    canvas.scene.grouping.enter_group(prefix)
    assert canvas.covered() == []


def test_shift_takes_a_node_out_of_its_group(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.select(f"{prefix}.relu1")
    start = canvas.header(f"{prefix}.relu1")
    canvas.pull(start, start + QPoint(0, 60))
    canvas.qtbot.mouseRelease(
        canvas.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, start + QPoint(0, 60)
    )
    assert "relu1" in canvas.graph.by_name
    assert {f"{prefix}.conv1", f"{prefix}.pool1"} <= set(canvas.graph.by_name)


def test_a_node_that_is_moved_within_its_group_stays_in_it(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    start = canvas.header(f"{prefix}.relu1")
    canvas.drag(start, start + QPoint(0, 40))
    assert f"{prefix}.relu1" in canvas.graph.by_name


def test_what_is_hidden_in_a_folded_group_takes_no_room_in_a_picture(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("resnet18", (3, 64, 64)))
    boxes = QRectF()
    for box in canvas.scene.boxes():
        boxes = boxes.united(box.scene_box())
    area = canvas.scene.painted_area()
    assert boxes.left() - 60 < area.left()
    assert area.right() < boxes.right() + 60


def test_the_whole_group_is_seen_below_the_names_of_the_groups_one_is_in(canvas: Canvas) -> None:
    prefix = grouped(canvas)
    canvas.scene.grouping.enter_group(prefix)
    canvas.view.fit()
    crumbs = canvas.view.overlays.breadcrumbs
    tops = [canvas.at(box.scene_box().topLeft()).y() for box in canvas.scene.boxes()]
    assert crumbs.isVisibleTo(canvas.view)
    assert min(tops) > crumbs.y() + crumbs.height()


def test_the_same_key_opens_a_group_and_folds_it_again(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("resnet50", (3, 64, 64)))
    before = canvas.graph
    canvas.session.select([node.id for node in canvas.graph if node.name.startswith("layer1.")])
    for _ in range(2):
        canvas.scene.grouping.toggle_fold()
        assert "layer1" in canvas.scene.groups.frames
        canvas.scene.grouping.toggle_fold()
        assert "layer1" in canvas.scene.groups.folded
    assert canvas.graph.groups["layer1"].folded
    assert {node.name for node in canvas.graph} == {node.name for node in before}


def test_a_group_that_is_opened_is_brought_into_sight(qtbot: QtBot) -> None:
    canvas = Canvas(qtbot, drawn("resnet18", (3, 64, 64)))
    canvas.scene.changes.is_animated = False
    canvas.view.zoom_reset()
    canvas.view.centerOn(canvas.view.network().topLeft())
    canvas.scene.grouping.toggle_fold("layer4.1")
    seen = canvas.view.seen()
    inside = [
        box for box in canvas.scene.boxes() if box.ids and canvas.graph.nodes[box.ids[0]].name.startswith("layer4.1.")
    ]
    assert len(inside) > 4
    assert all(seen.contains(box.scene_box()) for box in inside)
