"""What is typed into a field counts before anything is done, and the wheel changes no field without the focus."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QScrollArea, QSlider, QWidget
from pytestqt.qtbot import QtBot

from workbench.gui.window.main_window import MainWindow
from workbench.project import storage


def typed(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Types into a field that is shown, and leaves the focus in it."""
    field.setFocus()
    line = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClicks(field, text)


def rate(window: MainWindow) -> QWidget:
    window.workspaces.show("Train")
    assert window.panels is not None
    return window.panels.train.form.editors["lr"].widget


def padding(window: MainWindow) -> QWidget:
    """A line of the inspector, for a setting that may be a text."""
    window.workspaces.show("Build")
    window.session.select([window.session.graph.named("conv").id])
    return next(each for each in window.inspector.findChildren(QLineEdit) if "padding" in each.accessibleName().lower())


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_run_trains_with_what_was_typed(window: MainWindow, qtbot: QtBot, how: str) -> None:
    typed(qtbot, rate(window), "0.0007")
    with qtbot.waitSignal(window.runner.run_ended, timeout=60_000):
        if how == "key":
            window.menus.actions["run"].trigger()
        else:
            qtbot.mouseClick(window.strip.buttons["toggle"], Qt.MouseButton.LeftButton)
    assert window.session.path is not None
    record = json.loads((window.session.path.with_suffix(".runs") / "run-001" / "run.json").read_text())
    assert record["training"]["lr"] == 0.0007


@pytest.mark.parametrize("text", ["2", "same"])
def test_what_was_typed_is_saved(window: MainWindow, qtbot: QtBot, text: str) -> None:
    typed(qtbot, padding(window), text)
    window.menus.actions["save_project"].trigger()
    assert window.session.path is not None
    saved = storage.load(window.session.path).graph.named("conv")
    assert str(saved.params["padding"]) == text
    assert not window.session.is_modified


def test_one_change_is_one_step_back(window: MainWindow, qtbot: QtBot) -> None:
    before = window.session.project.training
    typed(qtbot, rate(window), "0.0003")
    window.menus.actions["save_project"].trigger()
    window.menus.actions["save_project"].trigger()
    window.session.undo_stack.undo()
    assert window.session.project.training == before


def test_a_field_that_nobody_typed_into_sends_nothing(window: MainWindow, qtbot: QtBot) -> None:
    for field in (rate(window), padding(window)):
        field.setFocus()
        window.menus.actions["save_project"].trigger()
    assert not window.session.undo_stack.canUndo()


def fields_in(widget: QWidget) -> Iterator[QWidget]:
    for kind in (QComboBox, QAbstractSpinBox, QSlider):
        yield from widget.findChildren(kind)


def rolled(field: QWidget) -> None:
    """Turns the wheel over a field."""
    middle = QPointF(field.rect().center())
    place = QPointF(field.mapToGlobal(field.rect().center()))
    event = QWheelEvent(
        middle, place, QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)


def value(field: QWidget) -> object:
    if isinstance(field, QComboBox):
        return field.currentIndex()
    return (
        field.text() if isinstance(field, QAbstractSpinBox) else field.value() if isinstance(field, QSlider) else None
    )


@pytest.mark.parametrize("workspace", ["Build", "Data", "Train", "Look", "Compare"])
def test_the_wheel_changes_no_field_without_the_focus(window: MainWindow, workspace: str) -> None:
    window.workspaces.show(workspace)
    window.session.select([window.session.graph.named("conv").id])
    window.canvas.setFocus()
    seen = [field for field in fields_in(window) if field.isVisible() and not isinstance(field.parent(), QScrollArea)]
    assert seen or workspace == "Compare"
    for field in seen:
        before = value(field)
        rolled(field)
        assert value(field) == before, field.accessibleName()
        assert field.focusPolicy() == Qt.FocusPolicy.StrongFocus, field.accessibleName()


def test_the_wheel_changes_a_field_with_the_focus(window: MainWindow) -> None:
    field = rate(window)
    field.setFocus()
    before = value(field)
    rolled(field)
    assert value(field) != before
