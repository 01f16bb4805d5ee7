"""What lies over the canvas stays where it is while the canvas moves, and takes the mouse for itself."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.graph_factories import changed, drawn
from tests.gui.canvas_page import Canvas

NAMES = ("card", "minimap", "zoom")


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with a problem, of which only a part is seen."""
    made = Canvas(qtbot, changed(drawn("lenet5"), "conv2", params={"kernel_size": 99}))
    made.select("conv1", "relu1")
    made.view.zoom(3.0)
    return made


def overlay(canvas: Canvas, name: str) -> QWidget:
    found = getattr(canvas.view.overlays, name)
    assert isinstance(found, QWidget)
    assert found.isVisible()
    return found


@pytest.mark.parametrize("step", [(40, 0), (-35, 60), (0, -300)])
@pytest.mark.parametrize("name", NAMES)
def test_it_stays_while_the_canvas_moves(canvas: Canvas, name: str, step: tuple[int, int]) -> None:
    place = overlay(canvas, name).pos()
    before = canvas.view.seen()
    for bar, amount in zip((canvas.view.horizontalScrollBar(), canvas.view.verticalScrollBar()), step, strict=True):
        assert bar is not None
        bar.setValue(bar.value() + amount)
    assert canvas.view.seen() != before
    assert overlay(canvas, name).pos() == place


@pytest.mark.parametrize("name", NAMES)
def test_wheel_and_menu_over_it_are_not_meant_for_the_canvas(canvas: Canvas, name: str) -> None:
    over, zoom = overlay(canvas, name), canvas.view.transform().m11()
    menus: list[object] = []
    canvas.view.menu_requested.connect(menus.append)
    place = QPointF(over.rect().center())
    everywhere = over.mapToGlobal(place)
    none = Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(place, everywhere, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(over, wheel)
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place.toPoint(), everywhere.toPoint(), none)
    QApplication.sendEvent(over, menu)
    assert canvas.view.transform().m11() == zoom
    assert not menus


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton])
def test_a_press_on_the_card_leaves_the_selection_as_it_is(canvas: Canvas, button: Qt.MouseButton) -> None:
    over, selected = overlay(canvas, "card"), canvas.selected()
    place = QPointF(over.width() - 3, 3)
    press = QMouseEvent(QEvent.Type.MouseButtonPress, place, over.mapToGlobal(place), button, button,
                        Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(over, press)
    assert canvas.selected() == selected
    assert not canvas.scene.is_in_gesture
