"""A node is found by its name or layer: the line over the canvas, and the search of commands."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas
from workbench.editing.finding import nodes_found
from workbench.gui.editor.find_line import FindLine
from workbench.gui.window.help import CommandSearch
from workbench.gui.window.main_window import MainWindow

RETURN, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def opened(canvas: Canvas, text: str) -> FindLine:
    canvas.view.find_node()
    line = canvas.view.overlays.find
    canvas.qtbot.keyClicks(line.line, text)
    return line


def lit(canvas: Canvas) -> list[str]:
    return [canvas.graph.nodes[id_].name for id_, item in canvas.scene.nodes.items() if item.is_lit]


@pytest.mark.parametrize(
    ("text", "names"),
    [("relu", ["relu1", "relu2", "relu3", "relu4"]), ("RELU2", ["relu2"]), ("linear", ["fc1", "fc2", "fc3"]),
     ("fc lin", ["fc1", "fc2", "fc3"]), ("maxpool 2", ["pool1", "pool2"]), ("", []), ("   ", []), ("no such", [])],
)  # fmt: skip
def test_nodes_are_found_by_name_and_layer(text: str, names: list[str]) -> None:
    graph = drawn("lenet5")
    assert [graph.nodes[id_].name for id_ in nodes_found(graph, text)] == names


def test_titles_of_layers_count_too() -> None:
    graph = drawn("lenet5")
    assert [graph.nodes[id_].name for id_ in nodes_found(graph, "convolution")] == ["conv1", "conv2"]


def test_what_is_found_lights_up_and_enter_walks_it(canvas: Canvas) -> None:
    line = opened(canvas, "conv")
    assert lit(canvas) == ["conv1", "conv2"]
    assert line.count.text() == "2 found"
    walked = []
    for modifiers in (Qt.KeyboardModifier.NoModifier,) * 3 + (SHIFT,) * 2:
        canvas.qtbot.keyClick(line.line, RETURN, modifiers)
        walked += canvas.selected()
    assert walked == ["conv1", "conv2", "conv1", "conv2", "conv1"]
    assert line.count.text() == "1 of 2"
    assert canvas.steps == 0


def test_shift_enter_begins_at_the_last_and_nothing_found_is_said(canvas: Canvas) -> None:
    line = opened(canvas, "fc")
    canvas.qtbot.keyClick(line.line, RETURN, SHIFT)
    assert canvas.selected() == ["fc3"]
    line.line.setText("squid")
    assert line.count.text() == "none"
    assert lit(canvas) == []
    canvas.qtbot.keyClick(line.line, RETURN)
    assert canvas.selected() == ["fc3"]


def test_escape_closes_puts_the_lights_out_and_gives_the_keys_back(canvas: Canvas) -> None:
    line = opened(canvas, "pool")
    canvas.qtbot.keyClick(line.line, Qt.Key.Key_Escape)
    assert not line.isVisible()
    assert lit(canvas) == []
    assert canvas.view.hasFocus()
    canvas.view.find_node()
    assert line.line.selectedText() == "pool"
    assert lit(canvas) == ["pool1", "pool2"]


def test_a_node_that_is_found_is_brought_into_sight_without_zooming(canvas: Canvas) -> None:
    canvas.view.zoom(3)
    canvas.view.centerOn(canvas.item("image").scene_box().center())
    zoom = canvas.view.transform().m11()
    line = opened(canvas, "loss")
    canvas.qtbot.keyClick(line.line, RETURN)
    assert canvas.view.seen().contains(canvas.item("loss").scene_box())
    assert canvas.view.transform().m11() == zoom


def test_what_changes_meanwhile_is_found_anew(canvas: Canvas) -> None:
    opened(canvas, "relu")
    canvas.select("relu1")
    canvas.scene.delete_selection()
    assert lit(canvas) == ["relu2", "relu3", "relu4"]
    canvas.undo()
    assert sorted(lit(canvas)) == ["relu1", "relu2", "relu3", "relu4"]


def test_a_node_in_a_folded_group_lights_up_its_box(canvas: Canvas) -> None:
    canvas.select("conv1", "relu1")
    canvas.scene.grouping.group_selection()
    (prefix,) = canvas.graph.groups
    canvas.scene.grouping.toggle_fold(prefix)
    line = opened(canvas, "relu1")
    assert canvas.scene.groups.folded[prefix].is_lit
    canvas.qtbot.keyClick(line.line, RETURN)
    assert canvas.selected() == [f"{prefix}.relu1"]


def test_the_key_opens_it_wherever_the_focus_is(qtbot: QtBot, window: MainWindow) -> None:
    window.palette_list.search.setFocus()
    qtbot.keyClick(window.palette_list.search, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = window.canvas.overlays.find
    assert line.isVisible()
    assert line.line.hasFocus()
    qtbot.keyClick(line.line, Qt.Key.Key_Escape)


@pytest.mark.parametrize("name", ["pool", "bn"])
def test_the_search_of_commands_finds_nodes(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.commands.search_commands()
    (search,) = window.findChildren(CommandSearch)
    assert not search.list.findItems("Node:", Qt.MatchFlag.MatchStartsWith)
    qtbot.keyClicks(search.search, name)
    rows = [item.text() for row in range(search.list.count()) if (item := search.list.item(row)) is not None]
    node = window.session.graph.named(name)
    assert f"Node: {name} ({node.layer})" in rows
    search.list.setCurrentRow(rows.index(f"Node: {name} ({node.layer})"))
    qtbot.keyClick(search.search, RETURN)
    assert window.session.selection == [node.id]


def test_the_node_of_that_very_name_comes_first() -> None:
    graph = drawn("lenet5")
    names = [graph.nodes[id_].name for id_ in nodes_found(graph, "conv2")]
    assert names == ["conv2", "conv1"]  # the other is a Conv2d
