"""The program's icons: one set of flat glyphs (Material Design, by QtAwesome), in the colours of the theme.

QtAwesome takes some tenths of a second to load, so it is not asked before the first window is on the screen.
"""

from __future__ import annotations

from PyQt6.QtGui import QIcon, QPalette, QPixmap
from PyQt6.QtWidgets import QApplication

SIZE = 36  # of a glyph beside a message, in pixels


def glyph(name: str) -> QIcon:
    """Returns a glyph by its name in the set, such as "play"; its colours are those of texts now."""
    import qtawesome

    roles = QApplication.palette()
    faint = roles.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    found: QIcon = qtawesome.icon(f"mdi6.{name}", color=roles.color(QPalette.ColorRole.Text), color_disabled=faint)
    return found


def large(name: str) -> QPixmap:
    """Returns a glyph as large as it stands beside a message."""
    return glyph(name).pixmap(SIZE, SIZE)
