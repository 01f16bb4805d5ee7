"""One set of icons: every glyph that the program names is in it, and follows the theme."""

from __future__ import annotations

import sys

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QIcon, QPixmap
from pytestqt.qtbot import QtBot

from workbench.gui.widgets import theme
from workbench.gui.widgets.glyphs import large
from workbench.gui.window.commands import COMMANDS, ICONS
from workbench.gui.window.main_window import MainWindow


def colours(window: MainWindow, name: str) -> set[str]:
    """The colours of an action's icon that are not half transparent."""
    image = window.menus.actions[name].icon().pixmap(24, 24).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_every_glyph_is_of_a_command_and_in_the_set(window: MainWindow) -> None:
    assert ICONS.keys() <= {command.name for command in COMMANDS}
    window.menus.show_icons()
    for name in ICONS:
        assert not window.menus.actions[name].icon().isNull(), name


@pytest.mark.parametrize("colours_", [theme.LIGHT, theme.DARK])
def test_glyphs_have_the_colours_of_the_theme(qtbot: QtBot, window: MainWindow, colours_: theme.Theme) -> None:
    window.set_theme(colours_)
    assert colours(window, "save_project") == {QColor(colours_.text).name()}


def test_a_glyph_beside_a_message_is_drawn(window: MainWindow) -> None:
    image = large("alert-outline").toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))
    with pytest.raises(Exception, match="no such glyph"):
        large("no such glyph")


@pytest.mark.parametrize("size", [16, 40])
def test_a_glyph_is_faint_where_it_is_switched_off_and_survives_its_copy(window: MainWindow, size: int) -> None:
    window.menus.show_icons()
    icon = QIcon(window.menus.actions["run"].icon())
    icon.addPixmap(QPixmap(), QIcon.Mode.Selected)  # makes the copy one of its own
    on, off = (icon.pixmap(QSize(size, size), mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled))
    middle = on.width() // 2, on.height() // 2
    assert on.pixelColor(*middle).alpha() == 255
    assert off.pixelColor(*middle) != on.pixelColor(*middle)


def test_icons_load_nothing_but_their_font(window: MainWindow) -> None:
    window.menus.show_icons()
    assert "qtawesome" not in sys.modules
    assert "qtpy" not in sys.modules
