"""Colours of the program, light and dark, and the palette that carries them into Qt's own widgets.

The first picture of the program needs them, so little is imported here.
"""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication


class Theme(NamedTuple):
    """One set of colours.

    Attributes:
        name: "dark" or "light".
        canvas: behind the nodes.
        grid: lines on the canvas.
        panel: behind docks and menus.
        field: behind what can be typed into.
        node: body of a node.
        line: borders.
        text: ordinary text.
        faint: text that may be overlooked.
        accent: the one colour that says "here".
        on_accent: text on it.
        wrong: problems.
        hint: what could be done better.
        good: what went well.
    """

    name: str
    canvas: str
    grid: str
    panel: str
    field: str
    node: str
    line: str
    text: str
    faint: str
    accent: str
    on_accent: str
    wrong: str
    hint: str
    good: str


DARK = Theme(
    "dark", "#17191c", "#1e2125", "#202327", "#2a2e33", "#2b2f35", "#3c424a",
    "#e8eaed", "#9aa3ad", "#4db5ff", "#08131c", "#ff6b6b", "#e0b341", "#57c98a",
)  # fmt: skip
LIGHT = Theme(
    "light", "#f2f4f6", "#e7eaee", "#fbfcfd", "#ffffff", "#ffffff", "#c5ccd4",
    "#1d2126", "#5d6772", "#1a73d1", "#ffffff", "#c92a3c", "#8f6400", "#1f8a54",
)  # fmt: skip

# Frames and notes by the names of `core.frames.COLOURS`: outlines are seen, and text is read, on either canvas.
FRAMES = {
    "red": "#d9534f", "amber": "#b97f12", "green": "#3f9a57", "teal": "#2b94a3", "blue": "#4a84ea", "violet": "#9466d8",
}  # fmt: skip
NO_COLOUR = "#7d8793"
TINT, STRIP_TINT = 0.12, 0.24  # how much of its colour a frame's body has, and its title on top of that


def mixed(first: str, second: str, share: float) -> str:
    """Returns the colour that is this share of the first and the rest of the second."""
    channels = zip(QColor(first).getRgb()[:3], QColor(second).getRgb()[:3], strict=True)
    return QColor(*(round(share * a + (1 - share) * b) for a, b in channels)).name()


def frame_colour(colour: str) -> QColor:
    """The colour of a frame or note; grey where it has none that is known."""
    return QColor(FRAMES.get(colour, NO_COLOUR))


def system_theme(app: QApplication) -> Theme:
    """Dark or light as the system has it; light where it does not say."""
    hints = app.styleHints()
    dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Fusion style with the theme's palette; a style sheet only for what palettes cannot say."""
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setStyleSheet(
        "* { dialogbuttonbox-buttons-have-icons: 0; }"  # they would come from another set than ours
        f"QToolTip {{ color: {theme.text}; background: {theme.field}; border: 1px solid {theme.line}; padding: 4px; }}"
        f"QDockWidget::title {{ background: {theme.panel}; padding: 6px 8px; }}"
        f"QMainWindow::separator {{ background: {theme.canvas}; width: 4px; height: 4px; }}"
        # Fusion outlines both darker than the window, so that they vanish in a dark one.
        f"QCheckBox::indicator:unchecked {{ width: 12px; height: 12px; border: 1px solid {theme.faint}; "
        f"border-radius: 2px; background: {theme.field}; }}"
        f"QCheckBox::indicator:unchecked:disabled {{ border-color: {theme.line}; }}"
        f"QProgressBar {{ border: 1px solid {theme.line}; border-radius: 3px; background: {theme.field}; }}"
        f"QProgressBar::chunk {{ background: {theme.accent}; border-radius: 2px; }}"
        f"QMenuBar {{ background: {theme.panel}; padding: 2px 4px; }} QMenuBar::item {{ padding: 9px 9px 5px 9px; }}"
        f"QMenuBar::item:selected {{ background: {theme.field}; border-radius: 4px; }}"
        f"QToolBar {{ border: none; background: {theme.panel}; }}"
        f'QToolButton[primary="true"] {{ background: {theme.accent}; color: {theme.on_accent}; border-radius: 4px; '
        "padding: 4px 10px; font-weight: bold; }"
        f'QToolButton[primary="true"]:disabled {{ background: {theme.field}; color: {theme.faint}; }}'
        f'QToolButton[primary="true"]:focus {{ border: 1px solid {theme.text}; }}'
        f"QToolButton#workspace {{ padding: 4px 12px; border-radius: 4px; }}"
        f"QToolButton#workspace:checked {{ background: {theme.accent}; color: {theme.on_accent}; font-weight: bold; }}"
        f"QToolButton#workspace:focus {{ border: 1px solid {theme.text}; }}"
    )


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette."""
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.field,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.wrong,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.PlaceholderText: theme.faint,
        QPalette.ColorRole.ToolTipBase: theme.field,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Light: theme.line,
        QPalette.ColorRole.Midlight: theme.line,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.line,
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
        if role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    return made
