"""The canvas and the inspector, by mouse and keys."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt6.QtWidgets import QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from workbench.core.graph import Port
from workbench.core.graph_edits import ROOM, connect
from workbench.editing.adding import LooseEnd
from workbench.editing.box_sizes import WIDTH
from workbench.editing.finding import ranked
from workbench.editing.node_text import Side
from workbench.gui.forms.editors import parsed, written
from workbench.gui.window.main_window import MainWindow
from workbench.project.settings import setting_edit


def node_id(window: MainWindow, name: str) -> str:
    return window.session.graph.named(name).id


def on_screen(window: MainWindow, name: str, place: QPointF) -> QPoint:
    item = window.scene.nodes[node_id(window, name)]
    return window.canvas.mapFromScene(item.mapToScene(place))


def drag(qtbot: QtBot, window: MainWindow, start: QPoint, end: QPoint) -> None:
    viewport = window.canvas.viewport()
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(viewport, start + (end - start) * share)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def test_a_click_selects_everywhere(qtbot: QtBot, window: MainWindow) -> None:
    place = on_screen(window, "conv", QPointF(70, 12))
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.selection == [node_id(window, "conv")]
    assert window.inspector.findChild(QSpinBox, "") is not None


def test_dragging_a_node_is_one_step(qtbot: QtBot, window: MainWindow) -> None:
    before = window.session.graph.named("fc").position
    start = on_screen(window, "fc", QPointF(70, 12))
    drag(qtbot, window, start, start + QPoint(40, 30))
    after = window.session.graph.named("fc").position
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert window.session.undo_stack.count() == 1
    window.session.undo_stack.undo()
    assert window.session.graph.named("fc").position == before
    assert window.scene.nodes[node_id(window, "fc")].pos() == QPointF(*before)


def test_delete_and_undo_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    whole = window.session.project
    window.session.select([node_id(window, "drop")])
    window.menus.actions["delete_selection"].trigger()
    assert "drop" not in window.session.graph.by_name
    assert len(window.scene.nodes) == len(whole.graph.nodes) - 1
    qtbot.waitUntil(window.menus.actions["undo"].isEnabled)
    window.menus.actions["undo"].trigger()
    assert window.session.project == whole
    assert not window.session.is_modified


def test_a_wire_is_drawn_from_port_to_port(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([node_id(window, "drop")])
    window.scene.commands.cut_selection()
    pool, flatten = (window.scene.nodes[node_id(window, name)] for name in ("pool", "flatten"))
    start = on_screen(window, "pool", pool.place_of("out", Port(pool.node.id, "y")))
    drag(qtbot, window, start, on_screen(window, "flatten", flatten.place_of("in", Port(flatten.node.id, "x"))))
    assert window.session.graph.incoming[flatten.node.id] == {"x": Port(pool.node.id, "y")}
    assert window.session.analysis.problems == []


def test_the_fix_on_a_node_mends_it_with_one_click(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([node_id(window, "flatten")])
    window.scene.commands.cut_selection()
    pool = window.scene.nodes[node_id(window, "drop")]
    fc = window.scene.nodes[node_id(window, "fc")]
    drag(
        qtbot,
        window,
        on_screen(window, "drop", pool.place_of("out", Port(pool.node.id, "y"))),
        on_screen(window, "fc", fc.place_of("in", Port(fc.node.id, "x"))),
    )
    assert "Flatten" in fc.shown.fix
    place = on_screen(window, "fc", fc.fix_rect().center())
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.analysis.problems == []
    assert fc.shown.problem == ""


def test_spinning_a_setting_is_one_step(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([node_id(window, "conv")])
    box = next(box for box in window.inspector.findChildren(QSpinBox) if box.accessibleName() == "out_channels")
    for _ in range(5):
        qtbot.keyClick(box, Qt.Key.Key_Up)
    assert window.session.graph.named("conv").params["out_channels"] == 9
    assert window.session.undo_stack.count() == 1
    window.session.undo_stack.undo()
    assert window.session.graph.named("conv").params["out_channels"] == 4
    assert box.value() == 4


def test_a_setting_that_cannot_be_is_said_and_put_back(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([node_id(window, "conv")])
    line = next(line for line in window.inspector.findChildren(QLineEdit) if line.accessibleName() == "kernel_size")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "0")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "kernel_size" not in window.session.graph.named("conv").params
    assert line.text() == "3"
    assert "kernel_size must be 1 to 1024" in window.inspector._message.text()


def test_a_layer_from_the_list_goes_behind_the_selected_node(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([node_id(window, "conv")])
    search = window.palette_list.search
    qtbot.keyClicks(search, "tanh")
    search.setFocus()
    qtbot.keyClick(search, Qt.Key.Key_Return)
    added = window.session.graph.named("tanh1")
    assert window.session.graph.incoming[added.id] == {"x": Port(node_id(window, "conv"), "y")}
    assert window.session.graph.incoming[node_id(window, "bn")] == {"x": Port(added.id, "y")}
    assert window.session.selection == [added.id]
    assert window.session.undo_stack.count() == 1


@pytest.mark.parametrize(
    ("text", "first"), [("conv2", "Conv2d"), ("mxp", "MaxPool2d"), ("fully", "Linear"), ("relu", "ReLU")]
)
def test_search_finds_by_name_title_and_letters(text: str, first: str) -> None:
    assert first in [name for name, _ in ranked(text)][:2]


def test_a_name_that_begins_so_comes_before_a_title_that_does() -> None:
    assert [name for name, _ in ranked("sparsecode")][:2] == ["SparseCode2d", "DeepSparseCode2d"]


def test_layers_that_are_searched_one_after_the_other_do_not_cover_each_other(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([])
    for layer in ("ReLU", "Tanh", "Sigmoid"):
        window.tools.adder.add_layer()
        popup = window.tools.adder._popup
        assert popup is not None
        qtbot.keyClicks(popup.search, layer)
        qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    places = [node.position for node in window.session.graph][-3:]
    boxes = [QRectF(*place, ROOM[0], ROOM[1] / 2) for place in places]
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.intersects(b)]


@pytest.mark.parametrize("side", ["out", "in"])
def test_a_layer_at_the_end_of_a_wire_has_its_port_there(qtbot: QtBot, window: MainWindow, side: Side) -> None:
    bounds = window.scene.bounds()
    place = QPointF(bounds.left() - 500, bounds.top() - 400)
    name, port = ("conv", "y") if side == "out" else ("fc", "x")
    end = LooseEnd(Port(node_id(window, name), port), side)
    for nearby in (place, place + QPointF(0, -30)):
        window.tools.adder.search_for_wire(nearby, end)
        popup = window.tools.adder._popup
        assert popup is not None
        qtbot.keyClicks(popup.search, "ReLU")
        qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    first, second = (window.scene.nodes[node.id] for node in list(window.session.graph)[-2:])
    met = (
        first.place_of("in", Port(first.node.id, "x"))
        if side == "out"
        else first.place_of("out", Port(first.node.id, "y"))
    )
    assert (first.mapToScene(met) - place).manhattanLength() < 2
    room = QRectF(0, 0, WIDTH, first.tallest)
    assert not room.translated(first.pos()).intersects(room.translated(second.pos())), "the second one covers nothing"


def test_all_fixes_take_settings_along(window: MainWindow) -> None:
    """What is wrong with a stage is mended with what is wrong with the graph, in one step."""
    window.session.push(setting_edit(window.session.project, "training.stages", [{"epochs": 1, "losses": {"gain": 1}}]))
    before = window.session.project
    window.menus.actions["fix_problems"].trigger()
    assert window.session.project.training["stages"] == [{"epochs": 1}]
    window.session.undo_stack.undo()
    assert window.session.project == before


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("3x5", [3, 5]), ("3 × 5", [3, 5]), ("", None), ("same", "same")]
)
def test_sizes_are_written_as_people_do(text: str, value: object) -> None:
    assert parsed(text) == value
    assert parsed(written(value)) == value


def test_all_fixes_at_once_are_one_step(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select([node_id(window, "flatten")])
    window.scene.commands.cut_selection()
    drop, fc = (window.session.graph.named(name) for name in ("drop", "fc"))
    assert window.scene.changes.do(connect(window.session.graph, Port(drop.id, "y"), Port(fc.id, "x")))
    broken = window.session.project
    window.menus.actions["fix_problems"].trigger()
    assert window.session.analysis.problems == []
    window.session.undo_stack.undo()
    assert window.session.project == broken


def test_layers_added_one_after_the_other_without_moving_the_mouse_stand_in_a_row(
    qtbot: QtBot, window: MainWindow
) -> None:
    canvas = window.canvas
    window.session.select([node_id(window, "flatten")])
    place = QPointF(500.0, 300.0)
    met = []
    for text in ("relu", "drop", "linear"):
        canvas.search_requested.emit(place)
        popup = window.tools.adder._popup
        assert popup is not None
        qtbot.keyClicks(popup.search, text)
        qtbot.keyClick(popup.search, Qt.Key.Key_Return)
        met.append(window.session.graph.nodes[window.session.selection[0]].position)
    assert [x for x, _ in met] == sorted(x for x, _ in met)
    assert len({y for _, y in met}) == 1


@pytest.mark.parametrize(("behind", "first"), [("conv", "Conv2d"), ("bn", "Conv2d")])
def test_what_fits_the_selected_node_is_found_first(qtbot: QtBot, window: MainWindow, behind: str, first: str) -> None:
    window.session.select([node_id(window, behind)])
    window.canvas.search_requested.emit(QPointF(0.0, 400.0))
    popup = window.tools.adder._popup
    assert popup is not None
    qtbot.keyClicks(popup.search, "conv")
    assert popup.names()[0] == first
    popup.close()
