"""The program's icons: one set of flat glyphs (Material Design, from QtAwesome), in the colours of the theme.

The font and its table of names are read from QtAwesome's folder, and only those of the one set. Importing QtAwesome
takes 0.15 s, in which it changes Qt's classes, and its first icon reads all of its twelve fonts; both hold a window up.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PyQt6.QtWidgets import QApplication

from workbench.core.errors import WorkbenchError
from workbench.core.files import listed

SIZE = 36  # of a glyph beside a message, in pixels
SET = "materialdesignicons6-webfont"
FILLED = 0.875  # so much of an icon's side a glyph takes


@dataclass(frozen=True)
class Glyphs:
    """The set: its font, and the letter of each name."""

    family: str
    letters: dict[str, str]


@functools.cache
def _glyphs() -> Glyphs:
    """Reads the set.

    Raises:
        WorkbenchError: the installation lacks it.
    """
    spec = importlib.util.find_spec("qtawesome")
    folder = Path(spec.origin).parent / "fonts" if spec is not None and spec.origin else Path()
    files = [path for path in listed(folder) if path.name.startswith(SET)]
    fonts, tables = ([path for path in files if path.suffix == suffix] for suffix in (".ttf", ".json"))
    number = QFontDatabase.addApplicationFont(str(fonts[-1])) if fonts and tables else -1
    families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    if not families:
        raise WorkbenchError(f"The icons ({SET} of QtAwesome) are missing from this installation; install it again.")
    codes = json.loads(tables[-1].read_text("utf-8"))
    return Glyphs(families[0], {name: chr(int(code, 16)) for name, code in codes.items()})


class GlyphEngine(QIconEngine):
    """Draws a letter of the font at any size, faint where what it stands for is switched off."""

    def __init__(self, letter: str, colour: QColor, faint: QColor) -> None:
        super().__init__()
        self._letter, self._colour, self._faint = letter, colour, faint

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        assert painter is not None
        font = QFont(_glyphs().family)
        font.setPixelSize(max(1, round(FILLED * rect.height())))
        painter.save()
        painter.setFont(font)
        painter.setPen(self._faint if mode == QIcon.Mode.Disabled else self._colour)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        found = QPixmap(size)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return found

    def clone(self) -> QIconEngine:
        return GlyphEngine(self._letter, self._colour, self._faint)


def glyph(name: str) -> QIcon:
    """Returns a glyph by its name in the set, such as "play"; its colours are those of texts now.

    Raises:
        LookupError: the set has none of that name.
        WorkbenchError: the installation lacks the set.
    """
    letter = _glyphs().letters.get(name)
    if letter is None:
        raise LookupError(f'The set of icons has no glyph "{name}".')
    roles = QApplication.palette()
    faint = roles.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    return QIcon(GlyphEngine(letter, roles.color(QPalette.ColorRole.Text), faint))


def large(name: str) -> QPixmap:
    """Returns a glyph as large as it stands beside a message."""
    return glyph(name).pixmap(SIZE, SIZE)
