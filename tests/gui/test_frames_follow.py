"""Frames come along with what they hold: copied, tidied, pushed aside, folded; notes are never covered."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from tests.gui.frame_page import framed, noted, strip, undo_text
from workbench.core.edits import CompositeGraphEdit
from workbench.core.graph_edits import moved
from workbench.gui.editor.free_frame_item import FreeFrameItem

STAGE = ("conv1", "relu1", "pool1")


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it, as large as it is."""
    made = Canvas(qtbot, drawn("lenet5"))
    made.view.zoom_reset()
    made.view.centerOn(made.item("relu1").scene_box().center())
    made.scene.pointer = lambda: None
    return made


def held(canvas: Canvas, item: FreeFrameItem) -> set[str]:
    ids = [id_ for box in canvas.scene.frames.boxes_in([item.id]) for id_ in box.ids]
    return {canvas.graph.nodes[id_].name for id_ in ids}


def new_frames(canvas: Canvas, before: set[str]) -> list[str]:
    return [id_ for id_ in canvas.graph.frames if id_ not in before]


def test_a_selected_frame_is_copied_with_what_is_in_it(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    framed(canvas, "relu1", title="Inner")
    canvas.scene.frames.choose_alone(item.id)
    before = canvas.graph
    assert canvas.scene.copy_selection()
    canvas.scene.paste()
    made = new_frames(canvas, set(before.frames))
    assert [canvas.graph.frames[id_].title for id_ in made] == ["Stage", "Inner"]
    assert len(canvas.graph.nodes) == len(before.nodes) + 3
    assert canvas.scene.frames.chosen() == made
    assert held(canvas, canvas.scene.frames.items[made[0]]) == {"conv3", "relu5", "pool3"}
    assert canvas.covered() == []
    assert undo_text(canvas) == "Paste 3 nodes"
    canvas.undo()
    assert canvas.graph == before


def test_a_frame_comes_along_when_all_its_nodes_are_copied(canvas: Canvas) -> None:
    framed(canvas, *STAGE)
    framed(canvas, "fc1", "fc2", title="Head")
    before = canvas.graph
    canvas.select("image", *STAGE, "fc1")
    canvas.scene.duplicate_selection()
    assert [canvas.graph.frames[id_].title for id_ in new_frames(canvas, set(before.frames))] == ["Stage"]
    assert undo_text(canvas) == "Duplicate 5 nodes"


def test_a_note_is_copied_alone(canvas: Canvas) -> None:
    item = noted(canvas, QPointF(200, -260), "a note")
    canvas.scene.duplicate_selection()
    assert undo_text(canvas) == "Duplicate note"
    texts = [frame.text for frame in canvas.graph.frames.values()]
    assert texts == ["a note", "a note"]
    one, other = (each.scene_box() for each in canvas.scene.frames.items.values())
    assert not one.intersects(other)
    canvas.scene.frames.choose_alone(item.id)
    canvas.scene.cut_to_clipboard()
    assert undo_text(canvas) == "Delete note"
    canvas.scene.paste_at(QPointF(600, -260))
    assert undo_text(canvas) == "Paste note"
    assert len(canvas.graph.frames) == 2


def test_cutting_a_frame_takes_what_a_paste_brings_back(canvas: Canvas) -> None:
    item = framed(canvas, "fc2", "relu4")
    canvas.scene.frames.choose_alone(item.id)
    canvas.scene.cut_to_clipboard()
    assert canvas.graph.frames == {}
    assert not {"fc2", "relu4"} & set(canvas.graph.by_name)
    canvas.scene.paste()
    assert {"fc2", "relu4"} <= set(canvas.graph.by_name)
    assert [frame.title for frame in canvas.graph.frames.values()] == ["Stage"]


@pytest.mark.parametrize("names", [STAGE, ("fc1", "relu3", "fc2")])
def test_tidying_leaves_the_same_nodes_in_a_frame_within_one_step(canvas: Canvas, names: tuple[str, ...]) -> None:
    item = framed(canvas, *names)
    ids = [canvas.id(name) for name in names]
    graph = canvas.graph
    apart = {id_: (graph.nodes[id_].position[0] + 60 * i, -900.0 - 300 * i) for i, id_ in enumerate(ids)}
    canvas.scene.do(CompositeGraphEdit(tuple(moved(graph, apart)), "Move them far away"))
    canvas.session.select(ids)
    canvas.scene.frames.choose_alone(item.id)
    canvas.scene.delete_selection()
    item = framed(canvas, *names)
    before, steps = canvas.graph, canvas.steps
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    assert held(canvas, item) >= set(names)
    assert item.scene_box() != QRectF(*before.frames[item.id].area)
    boxes = [canvas.item(name).scene_box() for name in names]
    width = max(box.right() for box in boxes) - min(box.left() for box in boxes)
    assert item.rect().width() == width + 28  # round them, and no wider
    assert (canvas.steps, undo_text(canvas)) == (steps + 1, "Tidy network")
    canvas.undo()
    assert canvas.graph == before


def test_tidying_the_selection_takes_its_frame_along(canvas: Canvas) -> None:
    graph = canvas.graph
    far = {canvas.id(name): (3000.0 + 400 * i, 500.0 * i) for i, name in enumerate(STAGE)}
    canvas.scene.do(CompositeGraphEdit(tuple(moved(graph, far)), "Move them far away"))
    item = framed(canvas, *STAGE)
    canvas.select(*STAGE)
    canvas.scene.tidy()
    assert held(canvas, item) == set(STAGE)
    assert undo_text(canvas) == "Tidy selection"


def test_what_is_put_on_a_wire_in_a_frame_makes_it_wider(canvas: Canvas) -> None:
    item = framed(canvas, *STAGE)
    other = framed(canvas, "conv2", "relu2", title="Next")
    areas = item.scene_box(), other.scene_box()
    wire = next(edge for edge in canvas.graph.edges if edge.source.node == canvas.id("conv1"))
    canvas.scene.put_on_wire(wire, "BatchNorm2d")
    assert held(canvas, item) == {*STAGE, "bn1"}
    assert held(canvas, other) == {"conv2", "relu2"}
    assert item.scene_box().right() > areas[0].right()
    assert other.rect() == areas[1].translated(-areas[1].topLeft())  # as large as it was, pushed aside
    assert canvas.covered() == []
    canvas.undo()
    assert (item.scene_box(), other.scene_box()) == areas


def test_a_note_is_not_covered_by_what_is_tidied_or_added(canvas: Canvas) -> None:
    canvas.scene.do(CompositeGraphEdit(tuple(moved(canvas.graph, {canvas.id("fc1"): (5000.0, 5000.0)})), "Move"))
    place = QPointF(*drawn("lenet5").named("fc1").position) + QPointF(75, 40)
    item = noted(canvas, place, "here")
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    assert not any(item.scene_box().intersects(box.scene_box()) for box in canvas.scene.boxes())
    canvas.select("conv1")
    assert canvas.scene.copy_selection()
    canvas.scene.paste_at(item.scene_box().center())
    assert not any(item.scene_box().intersects(box.scene_box()) for box in canvas.scene.boxes())


def test_a_folded_group_in_a_frame_moves_with_it(canvas: Canvas) -> None:
    canvas.select(*STAGE)
    canvas.scene.grouping.group_selection()
    canvas.scene.grouping.toggle_fold()
    (prefix,) = canvas.graph.groups
    names = [f"{prefix}.{name}" for name in STAGE]
    canvas.view.framing.add_frame()
    canvas.qtbot.keyClick(canvas.view.framing.line, Qt.Key.Key_Return)
    (item,) = canvas.scene.frames.items.values()
    assert held(canvas, item) == set(names)
    canvas.view.reveal(item.scene_box())
    before = [canvas.graph.named(name).position for name in names]
    canvas.drag(strip(canvas, item), strip(canvas, item) + QPoint(0, -30))
    after = [canvas.graph.named(name).position for name in names]
    assert {(x - left, y - top) for (left, top), (x, y) in zip(before, after, strict=True)} == {(0.0, -30.0)}
    assert canvas.scene.groups.folded[prefix].scene_box().top() > item.scene_box().top()


def test_a_node_that_grows_by_its_picture_stays_in_its_frame(canvas: Canvas) -> None:
    import numpy as np

    item = framed(canvas, *STAGE)
    canvas.scene.frames.choose_alone(item.id)
    for _ in range(4):
        canvas.view.framing.resize(0, -10)
    assert held(canvas, item) == set(STAGE)
    canvas.scene.set_thumbnails({canvas.id("conv1"): np.zeros((9, 9, 3), np.uint8)})
    assert held(canvas, item) == set(STAGE)


def test_dragging_selected_nodes_takes_selected_frames_along(canvas: Canvas) -> None:
    item = framed(canvas, "relu1")
    canvas.select("conv1")
    canvas.scene.frames.choose([item.id])
    before = {name: canvas.graph.named(name).position for name in ("conv1", "relu1", "pool1")}
    area = item.scene_box()
    canvas.drag(canvas.header("conv1"), canvas.header("conv1") + QPoint(0, -40))
    for name, step in (("conv1", -40), ("relu1", -40), ("pool1", 0)):
        assert canvas.graph.named(name).position == (before[name][0], before[name][1] + step)
    assert item.scene_box() == area.translated(0, -40)
    assert undo_text(canvas) == "Move 2 nodes"


def strangers(canvas: Canvas, item: FreeFrameItem, names: set[str]) -> list[str]:
    """Nodes that a frame touches and that are none of these."""
    boxes = [(node.name, canvas.scene.box_of(node.id).scene_box()) for node in canvas.graph]
    return [name for name, box in boxes if name not in names and box.intersects(item.scene_box())]


@pytest.mark.parametrize(("first", "second"), [
    (("conv1", "relu1", "pool1"), ("conv2", "relu2", "pool2", "flatten", "fc1")),
    (("relu2", "pool2"), ("fc2", "relu4", "fc3")),
])  # fmt: skip
def test_tidying_again_and_again_takes_no_stranger_into_a_frame(
    canvas: Canvas, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    items = []
    for number, names in enumerate((first, second)):
        canvas.select(*names)
        canvas.scene.nudge(0, 1000 * (number + 1))
        canvas.scene.tidy()
        items.append(framed(canvas, *names, title=f"Stage {number}"))
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    once = canvas.graph
    for item, names in zip(items, (first, second), strict=True):
        assert held(canvas, item) == set(names)
        assert strangers(canvas, item, set(names)) == []
    assert not items[0].scene_box().intersects(items[1].scene_box())
    canvas.scene.tidy()
    assert canvas.graph == once


def test_an_open_group_stays_together_too(canvas: Canvas) -> None:
    canvas.select("pool2", "flatten", "fc1")
    canvas.scene.grouping.group_selection()
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    (frame,) = canvas.scene.groups.frames.values()
    outside = [node for node in canvas.graph if "." not in node.name]
    assert not [node.name for node in outside if frame.area().intersects(canvas.scene.box_of(node.id).scene_box())]


def test_a_note_in_a_frame_stays_in_it_and_one_outside_stays_near(canvas: Canvas) -> None:
    far = {node.id: (node.position[0], node.position[1] + 4000) for node in canvas.graph if node.name in STAGE}
    canvas.scene.do(CompositeGraphEdit(tuple(moved(canvas.graph, far)), "Move them far away"))
    item = framed(canvas, *STAGE)
    canvas.view.framing.resize(0, 200)
    inner = noted(canvas, item.scene_box().bottomLeft() + QPointF(140, -70), "in it")
    outer = noted(canvas, QPointF(500, 4500), "below all")
    assert inner.id in canvas.scene.frames.frames_in([item.id])
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    assert inner.id in canvas.scene.frames.frames_in([item.id])
    assert held(canvas, item) == set(STAGE)
    boxes = [box.scene_box() for box in canvas.scene.boxes()]
    assert not any(each.scene_box().intersects(box) for each in (inner, outer) for box in boxes)
    assert outer.scene_box().top() < max(box.bottom() for box in boxes) + 700
    canvas.undo()
    assert canvas.graph.frames[outer.id].text == "below all"


def test_frames_glide_with_their_boxes(canvas: Canvas, qtbot: QtBot) -> None:
    item = framed(canvas, *STAGE)
    before = item.scene_box()
    canvas.scene.is_animated = True
    canvas.scene.nudge(0, 400)
    start = item.scene_box()
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    assert item.scene_box() == start  # nothing has jumped
    qtbot.waitUntil(lambda: not canvas.scene.gliding.is_under_way)
    assert item.scene_box() == QRectF(*canvas.graph.frames[item.id].area)
    assert item.scene_box() != start
    canvas.scene.tidy()
    canvas.undo()
    canvas.undo()
    assert item.scene_box() == before


@pytest.mark.parametrize("names", [STAGE, ("fc1", "relu3")])
def test_a_frame_goes_round_the_frame_of_an_open_group(canvas: Canvas, names: tuple[str, ...]) -> None:
    canvas.select(*names)
    canvas.scene.grouping.group_selection()
    (group,) = canvas.scene.groups.frames.values()
    item = framed(canvas, *(node.name for node in canvas.graph if node.name.startswith("group1.")))
    assert item.scene_box().contains(group.area().adjusted(-8, -30, 8, 8))
    area = item.scene_box()
    canvas.view.framing.fit_frame()
    assert item.scene_box() == area
    canvas.scene.clearSelection()
    canvas.scene.tidy()
    assert item.scene_box().contains(group.area().adjusted(-8, -30, 8, 8))
    outside = [node for node in canvas.graph if "." not in node.name]
    assert not [n.name for n in outside if item.scene_box().intersects(canvas.scene.box_of(n.id).scene_box())]
