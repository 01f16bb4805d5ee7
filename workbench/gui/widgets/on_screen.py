"""Where a window stands: never larger than its screen, and never beside it."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QStyle, QWidget

from workbench.gui.widgets.user_settings import Settings

FIRST_SIZE = (1280, 800)  # in pixels


def within(area: QRect, room: QRect) -> QRect:
    """Returns the area, made no larger than the room and moved into it."""
    found = QRect(area.topLeft(), area.size().boundedTo(room.size()))
    found.moveRight(min(found.right(), room.right()))
    found.moveBottom(min(found.bottom(), room.bottom()))
    found.moveLeft(max(found.left(), room.left()))
    found.moveTop(max(found.top(), room.top()))
    return found


def show_popup(popup: QWidget, place: QPoint) -> None:
    """Shows a small window with its corner at a place of the screen, or as near to that as all of it can be seen."""
    screen = QGuiApplication.screenAt(place) or popup.screen()
    size = popup.size().expandedTo(popup.minimumSizeHint())
    if screen is not None:
        popup.setGeometry(within(QRect(place, size), screen.availableGeometry()))
    popup.show()


def keep_on_screen(window: QWidget) -> None:
    """Makes a window that is not shown yet fit its screen, with room for its title; a maximised one is left to Qt."""
    screen = window.screen()
    if screen is None or window.isMaximized() or window.isFullScreen():
        return
    style = window.style()
    title = style.pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight) if style is not None else 0
    window.setGeometry(within(window.geometry(), screen.availableGeometry().adjusted(0, title, 0, 0)))


def restore_size(window: QWidget, settings: Settings) -> None:
    """Gives a window the size and place that it had last, or those of a first start."""
    window.resize(*FIRST_SIZE)
    geometry = settings.data("geometry")
    if geometry is not None:
        window.restoreGeometry(geometry)


def keep_size(window: QWidget, settings: Settings) -> None:
    """Remembers the size and place of a window for `restore_size`."""
    settings.keep("geometry", window.saveGeometry())
