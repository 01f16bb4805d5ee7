"""The menus of a right-click: what is in them for a node, group, wire, port and empty canvas, and that it does it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QAction, QContextMenuEvent
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from workbench.core.edits import SetParam
from workbench.core.graph import Edge, Port
from workbench.core.graph_edits import set_param
from workbench.gui.window.commands import COMMANDS
from workbench.gui.window.context_menus import CANVAS, FOLDED, FRAME, NODE, NODES, WIRE
from workbench.gui.window.main_window import MainWindow

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
MOUSE = QContextMenuEvent.Reason.Mouse


class Hand:
    """A right hand on the window's canvas."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window = qtbot, window
        self.scene, self.session = window.scene, window.session

    def id(self, name: str) -> str:
        return self.session.graph.named(name).id

    def box(self, name: str) -> QPointF:
        """A place of a node that is no port."""
        return self.scene.box_of(self.id(name)).scene_box().center() + QPointF(0, -20)

    def port(self, name: str, side: str, port: str) -> QPointF:
        box = self.scene.box_of(self.id(name))
        return box.mapToScene(box.place_of("in" if side == "in" else "out", Port(self.id(name), port)))

    def wire(self, source: str, target: str) -> Edge:
        return next(
            e for e in self.session.graph.edges if (e.source.node, e.target.node) == (self.id(source), self.id(target))
        )

    def right_click(self, place: QPointF) -> QMenu:
        """Presses and lets go, as a mouse does, and gives the menu that opened."""
        viewport = self.window.canvas.viewport()
        assert viewport is not None
        at = self.window.canvas.mapFromScene(place)
        self.qtbot.mousePress(viewport, Qt.MouseButton.RightButton, pos=at)
        self.window.canvas.contextMenuEvent(QContextMenuEvent(MOUSE, at, viewport.mapToGlobal(at)))
        self.qtbot.mouseRelease(viewport, Qt.MouseButton.RightButton, pos=at)
        return self.menu()

    def menu(self) -> QMenu:
        menu = self.window.context.menu
        assert menu is not None
        assert menu.isVisible()
        return menu

    def texts(self) -> list[str]:
        return [action.text().partition("\t")[0] for action in self.menu().actions() if action.text()]

    def entry(self, text: str) -> QAction:
        return next(each for each in self.menu().actions() if each.text().partition("\t")[0] == text)

    def choose(self, text: str) -> None:
        """Takes an entry by the keyboard, which closes the menu."""
        menu = self.menu()
        menu.setActiveAction(self.entry(text))
        self.qtbot.keyClick(menu, Qt.Key.Key_Return)


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    """The canvas of the small project, as large as it is."""
    window.canvas.zoom_reset()
    return Hand(qtbot, window)


def shown(hand: Hand, name: str) -> QPointF:
    """Moves the canvas so that a node is in its middle."""
    hand.window.canvas.centerOn(hand.scene.box_of(hand.id(name)).scene_box().center())
    return hand.box(name)


def test_a_node_that_is_not_selected_is_selected_first(hand: Hand) -> None:
    hand.session.select([hand.id("fc")])
    hand.right_click(shown(hand, "conv"))
    assert hand.session.selection == [hand.id("conv")]
    texts = hand.texts()
    assert texts == ["Rename", "Replace…", "Connect…", "Bypass", "Freeze", "Cut", "Copy", "Duplicate", "Delete",
                     "Delete and leave a gap", "Group", "Save as block…", "Repeat…", "Look at it"]  # fmt: skip
    assert hand.entry("Delete").text() == "Delete\tDel"
    assert hand.entry("Replace…").text() == "Replace…\tCtrl+R"
    hand.choose("Delete")
    assert "conv" not in hand.session.graph.by_name
    assert hand.session.undo_stack.undoText() == "Delete conv"


def test_a_selection_of_several_stays_and_is_what_is_meant(hand: Hand) -> None:
    hand.session.select([hand.id("conv"), hand.id("bn")])
    hand.right_click(shown(hand, "bn"))
    assert len(hand.session.selection) == 2
    assert "Rename" not in hand.texts()
    hand.choose("Freeze")
    assert hand.session.graph.named("conv").frozen
    assert hand.session.graph.named("bn").frozen
    assert hand.session.undo_stack.undoText() == "Freeze 2 nodes"
    hand.right_click(shown(hand, "bn"))
    assert hand.entry("Freeze").isChecked()
    assert not hand.entry("Bypass").isChecked()
    hand.choose("Freeze")
    assert not hand.session.graph.named("conv").frozen
    assert hand.session.undo_stack.undoText() == "Unfreeze 2 nodes"


def test_what_has_no_weights_is_not_frozen(hand: Hand) -> None:
    hand.session.select([hand.id("pool")])
    hand.scene.commands.toggle_freeze()
    assert hand.session.undo_stack.count() == 0
    bar = hand.window.statusBar()
    assert bar is not None
    assert bar.currentMessage() == "The selected nodes have no weights to freeze."


def test_a_right_click_keeps_the_selection_and_begins_no_gesture(hand: Hand) -> None:
    hand.session.select([hand.id("conv")])
    hand.right_click(shown(hand, "conv")).close()
    assert hand.session.selection == [hand.id("conv")]
    assert not hand.scene.is_in_gesture
    assert hand.session.undo_stack.count() == 0


def test_rename_from_the_menu_opens_the_field(hand: Hand) -> None:
    hand.right_click(shown(hand, "conv"))
    hand.choose("Rename")
    assert hand.window.canvas.overlays.line.isVisible()


def test_look_at_it_goes_to_the_workspace(hand: Hand) -> None:
    hand.right_click(shown(hand, "conv"))
    hand.choose("Look at it")
    assert hand.window.docks["Look"].isVisible()
    assert hand.session.selection == [hand.id("conv")]


def test_a_node_with_a_problem_offers_its_fix(hand: Hand) -> None:
    hand.session.select([hand.id("flatten")])
    hand.scene.commands.cut_selection()
    hand.scene.commands.put_on_wire(hand.wire("conv", "bn"), "Conv1d")
    hand.right_click(shown(hand, "conv1"))
    fix = hand.scene.commands.fix_of(hand.id("conv1"))
    assert fix is not None
    hand.choose(f"Fix: {fix.text}")
    assert hand.session.undo_stack.undoText() == fix.text


def test_of_several_nodes_each_first_fix_is_one_step(hand: Hand) -> None:
    before = hand.session.graph
    hand.session.select([hand.id("conv"), hand.id("pool")])
    hand.scene.commands.cut_selection()
    hand.session.select(list(hand.session.graph.nodes))
    count = hand.session.undo_stack.count()
    hand.scene.commands.fix_selected()
    assert hand.session.undo_stack.count() == count + 1
    hand.session.undo_stack.undo()
    hand.session.undo_stack.undo()
    assert hand.session.graph == before


def test_a_wire_takes_a_layer_or_is_cut(hand: Hand) -> None:
    shown(hand, "bn")
    wire = hand.wire("conv", "bn")
    hand.right_click(hand.scene.edges[wire].middle())
    assert hand.texts() == ["Insert a layer…", "Cut the wire"]
    hand.choose("Insert a layer…")
    popup = hand.window.tools.adder._popup
    assert popup is not None
    assert "Linear" not in popup.names()[:10]
    hand.qtbot.keyClicks(popup.search, "tanh")
    hand.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert hand.session.graph.incoming[hand.id("bn")] == {"x": Port(hand.id("tanh1"), "y")}
    shown(hand, "tanh1")
    hand.right_click(hand.scene.edges[hand.wire("conv", "tanh1")].middle())
    hand.choose("Cut the wire")
    assert hand.session.graph.incoming[hand.id("tanh1")] == {}
    assert hand.session.undo_stack.undoText() == "Cut wire"


def test_ports_add_and_disconnect(hand: Hand) -> None:
    shown(hand, "conv")
    hand.right_click(hand.port("conv", "out", "y"))
    assert hand.texts() == ["Add a layer here…", "Disconnect"]
    hand.choose("Disconnect")
    assert hand.session.graph.outgoing[hand.id("conv")] == ()
    hand.right_click(hand.port("conv", "out", "y"))
    assert hand.texts() == ["Add a layer here…"]
    hand.choose("Add a layer here…")
    popup = hand.window.tools.adder._popup
    assert popup is not None
    hand.qtbot.keyClicks(popup.search, "relu")
    hand.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    (id_,) = hand.session.selection
    assert hand.session.graph.incoming[id_] == {"x": Port(hand.id("conv"), "y")}


def test_a_wired_input_adds_on_its_wire(hand: Hand) -> None:
    shown(hand, "bn")
    hand.right_click(hand.port("bn", "in", "x"))
    hand.choose("Add a layer here…")
    popup = hand.window.tools.adder._popup
    assert popup is not None
    hand.qtbot.keyClicks(popup.search, "tanh")
    hand.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert hand.session.graph.incoming[hand.id("bn")] == {"x": Port(hand.id("tanh1"), "y")}
    assert hand.session.graph.incoming[hand.id("tanh1")] == {"x": Port(hand.id("conv"), "y")}


def test_empty_canvas_adds_and_pastes_where_it_was_clicked(hand: Hand) -> None:
    hand.session.select([hand.id("conv")])
    hand.scene.commands.copy_selection()
    shown(hand, "conv")
    empty = hand.scene.bounds().topLeft() + QPointF(200, -150)
    hand.window.canvas.centerOn(empty)
    hand.right_click(empty)
    assert hand.texts() == ["Add a layer here…", "Paste here", "Add a note here", "Select all", "Tidy up",
                            "Show everything"]  # fmt: skip
    hand.choose("Paste here")
    (new,) = hand.session.selection
    assert hand.scene.nodes[new].scene_box().contains(empty)
    place = empty + QPointF(-200, -260)
    hand.window.canvas.centerOn(place)
    hand.session.select([])
    hand.right_click(place)
    hand.choose("Add a layer here…")
    popup = hand.window.tools.adder._popup
    assert popup is not None
    hand.qtbot.keyClicks(popup.search, "relu")
    hand.qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    (new,) = hand.session.selection
    assert (hand.scene.nodes[new].pos() - place).manhattanLength() < 3


def test_groups_folded_and_open(hand: Hand) -> None:
    hand.session.select([hand.id("conv"), hand.id("bn")])
    hand.scene.grouping.group_selection()
    (frame,) = hand.scene.groups.frames.values()
    title = frame.title_rect().center()
    hand.window.canvas.centerOn(title)
    hand.session.select([])
    hand.right_click(title)
    assert hand.texts()[:4] == ["Rename", "Go into the group", "Fold", "Ungroup"]
    hand.choose("Rename")
    line = hand.window.canvas.overlays.line
    hand.qtbot.keyClicks(line, "stem")
    hand.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "stem.conv" in hand.session.graph.by_name
    (frame,) = hand.scene.groups.frames.values()
    title = frame.title_rect().center()
    hand.session.select([])
    hand.right_click(title)
    hand.choose("Fold")
    (prefix,) = hand.scene.groups.folded
    box = hand.scene.groups.folded[prefix]
    hand.window.canvas.centerOn(box.scene_box().center())
    hand.right_click(box.scene_box().center())
    assert hand.texts()[:4] == ["Go into the group", "Rename", "Open the group here", "Ungroup"]
    hand.choose("Ungroup")
    assert not hand.session.graph.groups
    assert "conv" in hand.session.graph.by_name


def test_the_menu_of_an_outer_group_means_that_group_alone(hand: Hand) -> None:
    hand.session.select([hand.id("conv"), hand.id("bn")])
    hand.scene.grouping.group_selection()
    inner = next(iter(hand.session.graph.groups))
    hand.session.select([hand.id(f"{inner}.conv"), hand.id(f"{inner}.bn"), hand.id("pool")])
    hand.scene.grouping.group_selection()
    outer = min(hand.session.graph.groups, key=len)
    title = hand.scene.groups.frames[outer].title_rect().topLeft() + QPointF(30, 8)
    hand.window.canvas.centerOn(title)
    hand.right_click(title)
    hand.choose("Fold")
    assert hand.session.graph.groups[outer].folded
    assert not any(record.folded for prefix, record in hand.session.graph.groups.items() if prefix != outer)
    hand.session.undo_stack.undo()
    hand.right_click(title)
    hand.choose("Ungroup")
    assert len(hand.session.graph.groups) == 1


@pytest.mark.parametrize(("key", "modifiers"), [(Qt.Key.Key_Menu, NONE), (Qt.Key.Key_F10, SHIFT)])
def test_keys_open_the_menu_of_the_selection(hand: Hand, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    hand.session.select([hand.id("bn")])
    hand.qtbot.keyClick(hand.window.canvas, key, modifiers)
    assert hand.texts()[0] == "Rename"
    hand.choose("Bypass")
    assert hand.session.graph.named("bn").bypass
    hand.session.select([])
    hand.scene.edges[hand.wire("conv", "bn")].setSelected(True)
    hand.qtbot.keyClick(hand.window.canvas, key, modifiers)
    assert hand.texts() == ["Insert a layer…", "Cut the wire"]
    hand.menu().close()
    hand.scene.clearSelection()
    hand.qtbot.keyClick(hand.window.canvas, key, modifiers)
    assert "Paste here" in hand.texts()
    hand.menu().close()


def test_every_entry_is_a_command_of_the_table() -> None:
    known = {command.name for command in COMMANDS}
    used = {name for row in (NODE, NODES, FOLDED, FRAME, WIRE, CANVAS) for name in row if name}
    assert used <= known


def test_a_right_click_in_the_far_selects_the_node_and_not_its_port(hand: Hand) -> None:
    hand.window.canvas.zoom(0.12)
    hand.window.canvas.centerOn(hand.box("conv"))
    hand.right_click(hand.port("conv", "out", "y") + QPointF(-8, 0))
    assert hand.session.selection == [hand.id("conv")]
    hand.menu().close()


def test_a_node_with_a_problem_offers_its_other_fixes_too(hand: Hand) -> None:
    conv = hand.session.graph.named("conv")
    hand.session.push(set_param(conv, "kernel_size", 99))
    problem = hand.session.analysis.first_problems["conv"]
    texts = [fix.text for fix in problem.fixes]
    assert len(texts) > 1
    hand.right_click(shown(hand, "conv"))
    others = hand.entry("Other fixes").menu()
    assert others is not None
    assert [action.text() for action in others.actions()] == texts[1:]
    wanted = problem.fixes[1].edit
    others.actions()[0].trigger()
    assert hand.session.analysis.problems == []
    assert isinstance(wanted, SetParam)
    assert hand.session.graph.named("conv").params["kernel_size"] == wanted.after
