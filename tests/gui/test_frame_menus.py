"""Frames in the whole window: the key C, the menu of a right-click, the search of commands, saving and undoing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.gui.test_canvas_menus import Hand
from workbench.gui.window.help import CommandSearch
from workbench.gui.window.main_window import MainWindow
from workbench.project import storage

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    """The canvas of the small project, as large as it is."""
    window.canvas.zoom_reset()
    window.scene.pointer = lambda: None
    window.canvas.setFocus()
    return Hand(qtbot, window)


def framed(hand: Hand, *names: str, title: str = "Stem") -> str:
    """Makes a frame as people do: by the key, and then the title."""
    hand.session.select([hand.id(name) for name in names])
    hand.qtbot.keyClick(hand.window.canvas, Qt.Key.Key_C)
    line = hand.window.canvas.framing.line
    assert line.hasFocus()
    hand.qtbot.keyClicks(line, title)
    hand.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert hand.window.canvas.hasFocus()
    (id_,) = hand.scene.frames.chosen()
    return id_


def title_of(hand: Hand, id_: str) -> QPointF:
    hand.window.canvas.centerOn(hand.scene.frames.items[id_].scene_box().center())
    return hand.scene.frames.items[id_].pos() + QPointF(30, 14)


@pytest.mark.parametrize("names", [("conv", "bn"), ("fc",)])
def test_a_right_click_offers_what_can_be_done_to_a_frame(hand: Hand, names: tuple[str, ...]) -> None:
    id_ = framed(hand, *names)
    hand.session.select([hand.id("image")])
    hand.right_click(title_of(hand, id_))
    assert hand.scene.frames.chosen() == [id_]
    assert hand.session.selection == []
    assert hand.texts() == ["Rename", "Edit the note", "Colour", "Select what is in it", "Fit to what is in it", "Cut",
                            "Copy", "Duplicate", "Delete"]  # fmt: skip
    hand.choose("Select what is in it")
    assert hand.session.selection == [hand.id(name) for name in names]
    hand.right_click(title_of(hand, id_))
    hand.choose("Delete")
    assert hand.session.graph.frames == {}
    assert set(names) <= set(hand.session.graph.by_name)


def test_the_colours_are_a_menu_with_a_mark(hand: Hand) -> None:
    id_ = framed(hand, "conv")
    hand.right_click(title_of(hand, id_))
    colours = hand.entry("Colour").menu()
    assert isinstance(colours, QMenu)
    assert [each.text() for each in colours.actions() if each.isChecked()] == ["None"]
    next(each for each in colours.actions() if each.text() == "Green").trigger()
    hand.menu().close()
    assert hand.session.graph.frames[id_].colour == "green"
    assert hand.session.undo_stack.undoText() == "Colour frame Stem"


def test_the_menu_key_opens_the_menu_of_the_selected_frame(hand: Hand) -> None:
    framed(hand, "conv")
    hand.qtbot.keyClick(hand.window.canvas, Qt.Key.Key_Menu)
    assert hand.texts()[:2] == ["Rename", "Edit the note"]
    hand.menu().close()


def test_a_note_is_added_where_was_clicked_and_offers_no_nodes(hand: Hand) -> None:
    place = hand.scene.bounds().topLeft() + QPointF(200, -150)
    hand.window.canvas.centerOn(place)
    hand.right_click(place)
    hand.choose("Add a note here")
    note = hand.window.canvas.framing.note
    hand.qtbot.keyClicks(note, "c m w")  # letters that are keys of commands elsewhere
    hand.qtbot.keyClick(note, Qt.Key.Key_Return, CTRL)
    ((id_, frame),) = hand.session.graph.frames.items()
    assert frame.text == "c m w"
    assert hand.scene.frames.items[id_].scene_box().contains(place)
    hand.right_click(place)
    assert "Select what is in it" not in hand.texts()
    hand.menu().close()


@pytest.mark.parametrize(("key", "modifiers", "opened"), [
    (Qt.Key.Key_F2, NONE, "line"), (Qt.Key.Key_F2, Qt.KeyboardModifier.ShiftModifier, "note"),
])  # fmt: skip
def test_keys_open_title_and_text(hand: Hand, key: Qt.Key, modifiers: Qt.KeyboardModifier, opened: str) -> None:
    framed(hand, "conv")
    hand.qtbot.keyClick(hand.window.canvas, key, modifiers)
    field = getattr(hand.window.canvas.framing, opened)
    assert field.hasFocus()
    hand.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert hand.window.canvas.hasFocus()


def test_delete_by_its_key(hand: Hand) -> None:
    id_ = framed(hand, "conv")
    hand.qtbot.keyClick(hand.window.canvas, Qt.Key.Key_Delete)
    assert hand.session.graph.frames == {}
    hand.window.menus.do("undo")
    assert list(hand.session.graph.frames) == [id_]


@pytest.mark.parametrize(("typed", "row"), [("stem", "Frame: Stem"), ("second", "Note: first line second line")])
def test_the_search_of_commands_finds_frames(hand: Hand, typed: str, row: str) -> None:
    framed(hand, "conv")
    hand.window.canvas.framing.add_note(QPointF(0, -300))
    hand.window.canvas.framing.note.insertPlainText("first line\nsecond line")
    hand.window.canvas.framing.note.close_line()
    hand.scene.clearSelection()
    hand.window.commands.search_commands()
    (search,) = hand.window.findChildren(CommandSearch)
    hand.qtbot.keyClicks(search.search, typed)
    item = search.list.currentItem()
    assert item is not None
    assert item.text() == row
    hand.qtbot.keyClick(search.search, Qt.Key.Key_Return)
    (id_,) = hand.scene.frames.chosen()
    assert hand.window.canvas.seen().contains(hand.scene.frames.items[id_].scene_box())


def test_frames_are_saved_and_kept_safe(hand: Hand, tmp_path: Path) -> None:
    id_ = framed(hand, "conv", "bn")
    assert hand.session.is_modified
    assert hand.window.files.save_project()
    assert hand.session.path is not None
    frame = storage.load(hand.session.path).graph.frames[id_]
    assert frame == hand.session.graph.frames[id_]
    assert frame.title == "Stem"


def test_what_is_computed_stays_as_it_is(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = hand.session.derived.shapes
    monkeypatch.setattr(
        "workbench.gui.document.session.infer", lambda graph: pytest.fail("the shapes are inferred anew")
    )
    id_ = framed(hand, "conv", "bn")
    hand.window.canvas.framing.colour("red")
    hand.scene.nudge(40, 0)
    hand.window.canvas.framing.edit_note()
    hand.qtbot.keyClicks(hand.window.canvas.framing.note, "why")
    hand.window.canvas.framing.note.close_line()
    hand.scene.delete_selection()
    assert id_ not in hand.session.graph.frames
    assert hand.session.derived.shapes is shapes


def test_another_project_ends_the_writing(hand: Hand) -> None:
    framed(hand, "conv")
    framing = hand.window.canvas.framing
    framing.edit_note()
    hand.qtbot.keyClicks(framing.note, "x")
    before = hand.session.project
    hand.session.replace(storage.load(hand.session.path) if hand.session.path else before, hand.session.path)
    assert not framing.note.isVisible()
    assert hand.session.graph.frames == {}
    assert hand.scene.frames.items == {}


def test_select_all_means_frames_and_notes_too(hand: Hand) -> None:
    framed(hand, "conv")
    hand.window.canvas.framing.add_note(QPointF(0, -300))
    hand.qtbot.keyClicks(hand.window.canvas.framing.note, "a note")
    hand.window.canvas.framing.note.close_line()
    hand.window.menus.do("select_all")
    assert len(hand.scene.frames.chosen()) == 2
    hand.scene.duplicate_selection()
    assert sorted(frame.text for frame in hand.session.graph.frames.values()) == ["", "", "a note", "a note"]
    hand.window.menus.do("select_all")
    hand.scene.delete_selection()
    assert (hand.session.graph.frames, hand.session.graph.nodes) == ({}, {})
