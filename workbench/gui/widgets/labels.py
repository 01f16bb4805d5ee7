"""Labels that take every text as plain text: nothing from a file becomes markup."""

from __future__ import annotations

import html
from collections.abc import Iterable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QLabel

from workbench.core.errors import SENTENCE, printable


def plain_tip(text: object) -> str:
    """A tool tip that shows a text as it is, also where it looks like markup."""
    lines = [html.escape(printable(line, SENTENCE)) for line in str(text).split("\n")]
    return f"<span>{'<br>'.join(lines)}</span>" if str(text) else ""


def tip_of_lines(lines: Iterable[str]) -> str:
    """A tool tip of these lines as they are; empty ones are left out."""
    return plain_tip("\n".join(line for line in lines if line))


def plain_label(text: str, *, wraps: bool = False, faint: bool = False, bold: bool = False) -> QLabel:
    """A label.

    Args:
        text: shown as it is.
        wraps: over several lines where it is too long for one.
        faint: in the colour of text that may be overlooked.
        bold: in a bold face.
    """
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wraps)
    if faint:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    if bold:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    if wraps:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class ShortLabel(QLabel):
    """A name on one line, shortened where there is no room for it; its length makes nothing wider."""

    LEAST = "Mmm…"

    def __init__(self, *, bold: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        font = self.font()
        font.setBold(bold)
        self.setFont(font)

    def setText(self, text: str | None) -> None:
        super().setText(text)
        self.setToolTip(plain_tip(text or ""))  # the whole of it

    def minimumSizeHint(self) -> QSize:
        least = self.fontMetrics().horizontalAdvance(self.LEAST)
        return QSize(min(least, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
