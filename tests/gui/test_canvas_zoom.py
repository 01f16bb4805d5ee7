"""How large the canvas is shown is told in its corner, and two fingers change it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QNativeGestureEvent, QPointingDevice
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.graph_factories import drawn
from tests.gui.canvas_page import Canvas

ZOOM = Qt.NativeGestureType.ZoomNativeGesture


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """A canvas with LeNet-5 on it."""
    return Canvas(qtbot, drawn("lenet5"))


def pinch(canvas: Canvas, amount: float) -> None:
    device = QPointingDevice.primaryPointingDevice()
    place = QPointF(60, 60)
    viewport = canvas.view.viewport()
    assert viewport is not None
    event = QNativeGestureEvent(ZOOM, device, 2, place, place, place, amount, QPointF())
    QApplication.sendEvent(viewport, event)


def test_the_zoom_is_told_and_pressed_for_actual_size(qtbot: QtBot, canvas: Canvas) -> None:
    button = canvas.view.overlays.zoom
    for change in (canvas.view.zoom_in, canvas.view.zoom_out, canvas.view.zoom_out, canvas.view.fit):
        change()
        assert button.text() == f"{canvas.view.transform().m11():.0%}"
    canvas.view.zoom(0.5)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "100%"
    assert canvas.view.transform().m11() == pytest.approx(1.0)


@pytest.mark.parametrize("amount", [0.25, -0.2, 0.0])
def test_two_fingers_zoom(canvas: Canvas, amount: float) -> None:
    canvas.view.zoom_reset()
    pinch(canvas, amount)
    assert canvas.view.transform().m11() == pytest.approx(1 + amount)


def test_two_fingers_stay_within_bounds(canvas: Canvas) -> None:
    for _ in range(60):
        pinch(canvas, 0.5)
    assert canvas.view.transform().m11() <= 4.0
    for _ in range(90):
        pinch(canvas, -2.0)
    assert canvas.view.transform().m11() > 0.04
