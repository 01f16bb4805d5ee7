"""One set of icons: every glyph that the program names is in it, and follows the theme."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from workbench.gui import theme
from workbench.gui.actions import COMMANDS, ICONS
from workbench.gui.main_window import MainWindow
from workbench.gui.widgets.glyphs import large


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
