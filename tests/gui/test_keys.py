"""Keys are shown in a table, can be changed there, and are remembered; two commands never have the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from tests.architecture.sources import modules
from workbench.gui.document.session import Session
from workbench.gui.widgets import theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.commands import COMMANDS, key_sequence
from workbench.gui.window.keys import KeysDialog
from workbench.gui.window.main_window import MainWindow

LEFT, CTRL, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def dialog(qtbot: QtBot, window: MainWindow) -> Iterator[KeysDialog]:
    made = KeysDialog(window.menus, window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def choose(dialog: KeysDialog, name: str) -> None:
    for number in range(dialog.table.topLevelItemCount()):
        item = dialog.table.topLevelItem(number)
        if item is not None and item.data(0, Qt.ItemDataRole.UserRole) == name:
            dialog.table.setCurrentItem(item)
            return
    raise AssertionError(name)


def press(qtbot: QtBot, dialog: KeysDialog, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    dialog.edit.setFocus()
    qtbot.keyClick(dialog.edit, key, modifiers)
    qtbot.mouseClick(dialog.take, LEFT)


@pytest.mark.parametrize(("name", "key", "modifiers"), [
    ("tidy", Qt.Key.Key_T, CTRL | SHIFT), ("show_about", Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier),
])  # fmt: skip
def test_other_keys_hold_at_once_and_at_the_next_start(
    qtbot: QtBot, window: MainWindow, dialog: KeysDialog, tmp_path: Path, name: str, key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
) -> None:  # fmt: skip
    choose(dialog, name)
    press(qtbot, dialog, key, modifiers)
    wanted = QKeySequence(key.value | modifiers.value)
    assert window.menus.actions[name].shortcuts() == [wanted]
    item = dialog.table.currentItem()
    assert item is not None
    assert item.text(1) == wanted.toString(QKeySequence.SequenceFormat.NativeText)
    window.settings.flush()
    again = MainWindow(Session(window.session.project), theme.DARK, Settings(tmp_path / "settings.ini"), tmp_path / "s")
    again._is_ending = True
    qtbot.addWidget(again)
    assert again.menus.actions[name].shortcuts() == [wanted]
    qtbot.mouseClick(dialog.usual, LEFT)
    made_with = next(command for command in COMMANDS if command.name == name).keys
    assert window.menus.actions[name].shortcuts() == [key_sequence(each) for each in made_with]


def test_keys_of_another_command_are_refused(qtbot: QtBot, window: MainWindow, dialog: KeysDialog) -> None:
    choose(dialog, "tidy")
    before = window.menus.actions["tidy"].shortcuts()
    press(qtbot, dialog, Qt.Key.Key_S, CTRL)
    assert window.menus.actions["tidy"].shortcuts() == before
    assert dialog.message.text() == "Ctrl+S is File: Save already."


def test_none_takes_the_keys_away(qtbot: QtBot, window: MainWindow, dialog: KeysDialog) -> None:
    choose(dialog, "tidy")
    dialog.edit.clear()
    qtbot.mouseClick(dialog.take, LEFT)
    assert window.menus.actions["tidy"].shortcuts() == []
    assert window.settings.text("keys/tidy") == "none"


def test_a_gesture_has_no_keys_to_change(qtbot: QtBot, dialog: KeysDialog) -> None:
    last = dialog.table.topLevelItem(dialog.table.topLevelItemCount() - 1)
    assert last is not None
    dialog.table.setCurrentItem(last)
    assert not dialog.take.isEnabled()
    assert not dialog.edit.isEnabled()


@pytest.mark.parametrize("kept", ["nonsense", "Ctrl+A, Ctrl+B", "<b>", "\x00"])
def test_nonsense_that_is_remembered_does_no_harm(qtbot: QtBot, session: Session, tmp_path: Path, kept: str) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings.keep("keys/tidy", kept)
    made = MainWindow(session, theme.DARK, settings, tmp_path / "state")
    made._is_ending = True
    qtbot.addWidget(made)
    assert made.menus.actions["tidy"].shortcuts() == [QKeySequence("Ctrl+L")]


@pytest.mark.parametrize(("first", "second"), [("run", "stop"), ("show_train", "previous_wrong")])
def test_usual_keys_that_another_command_has_now_stay_with_that(
    qtbot: QtBot, window: MainWindow, dialog: KeysDialog, first: str, second: str
) -> None:
    menus = window.menus
    (usual,) = menus.actions[first].shortcuts()
    menus.set_keys(first, QKeySequence("Ctrl+F12"))
    menus.set_keys(second, usual)
    choose(dialog, first)
    for _ in range(2):
        qtbot.mouseClick(dialog.usual, LEFT)
        assert menus.actions[first].shortcuts() == []
        assert menus.actions[second].shortcuts() == [usual]
        assert usual.toString(QKeySequence.SequenceFormat.NativeText) in dialog.message.text()
    choose(dialog, second)
    for _ in range(2):
        qtbot.mouseClick(dialog.usual, LEFT)
        assert menus.actions[second].shortcuts() != [usual]
    choose(dialog, first)
    qtbot.mouseClick(dialog.usual, LEFT)
    assert menus.actions[first].shortcuts() == [usual]


def test_a_key_that_the_user_has_given_is_taken_from_no_one_by_a_later_version(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    settings = Settings(tmp_path / "given.ini")
    settings.keep("keys/show_about", "Alt+Right")  # a usual key of another command
    window = MainWindow(session, theme.DARK, settings, tmp_path / "state")
    qtbot.addWidget(window)
    assert window.menus.actions["next_wrong"].shortcuts() == []
    assert window.menus.actions["show_about"].shortcuts() == [QKeySequence("Alt+Right")]
    window.close()


def test_every_key_is_a_command_of_the_table() -> None:
    """Else neither the table of keys nor the search knows it, and nobody can give it another key."""
    found = [name for name, (_, tree) in modules().items() if "QShortcut" in ast.dump(tree)]
    assert found == []
