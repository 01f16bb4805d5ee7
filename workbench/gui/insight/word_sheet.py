"""A text word by word, each in the colour of its share of what a unit sees, and what a position sees in a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.insight.receptive_field import Box

Shares = NDArray[np.float32]
AROUND, BETWEEN, ABOVE = 4, 3, 2  # pixels: beside a word in its colour, between words, above and below
BRIGHT = 0.18  # relative luminance (WCAG 2.2) of ground on which dark words are read as well as bright ones
DARK_WORDS, BRIGHT_WORDS = "#101418", "#f4f6f8"
LEGEND = "Each word in the colour of its share: orange speaks for the unit, blue against it."


def luminance(colour: QColor) -> float:
    """Returns the relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class _Words(QWidget):
    """The words in lines, painted; empty tokens have no place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.words: tuple[str, ...] = ()
        self.shares: Shares | None = None
        self.colours: NDArray[np.uint8] = np.zeros((256, 3), np.uint8)
        self.box: Box | None = None
        self._rects: dict[int, QRectF] = {}

    def place(self) -> None:
        """Breaks the words into lines of the width that there is."""
        metrics, x, y = self.fontMetrics(), 0, 0
        height, self._rects = metrics.height() + 2 * ABOVE, {}
        for number, word in enumerate(self.words):
            if not word:
                continue
            width = metrics.horizontalAdvance(word) + 2 * AROUND
            if x and x + width > self.width():
                x, y = 0, y + height + BETWEEN
            self._rects[number] = QRectF(x, y, width, height)
            x += width + BETWEEN
        self.setMinimumHeight(y + height if self._rects else 0)
        self.update()

    def word_at(self, place: QPointF) -> int | None:
        """Returns the number of the token at a place of the widget."""
        return next((number for number, rect in self._rects.items() if rect.contains(place)), None)

    def colour_of(self, number: int) -> QColor | None:
        """Returns the colour of a token's share; None where there are no shares."""
        if self.shares is None or number >= len(self.shares):
            return None
        most = float(np.abs(self.shares).max())
        level = 0.5 + float(self.shares[number]) / (2 * most) if most else 0.5
        return QColor(*map(int, self.colours[round(255 * level)]))

    def framed(self) -> list[int]:
        """Returns the tokens that are seen, unless all are."""
        if self.box is None:
            return []
        found = [number for number in self._rects if self.box.left <= number < self.box.left + self.box.width]
        return found if len(found) < len(self._rects) else []

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, framed = QPainter(self), set(self.framed())
        for number, rect in self._rects.items():
            ground = self.colour_of(number)
            if ground is not None:
                painter.fillRect(rect, ground)
                painter.setPen(QColor(DARK_WORDS if luminance(ground) > BRIGHT else BRIGHT_WORDS))
            else:
                painter.setPen(QColor(self.theme.text))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.words[number])
            if number in framed:
                painter.setPen(QPen(QColor(self.theme.accent), 1.5))
                painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.end()

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.word_at(QPointF(event.pos()))
            if number is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain_tip(self.told(number)), self)
            return True
        return super().event(event)

    def told(self, number: int) -> str:
        """Returns what is said of a token: the word, its place, and its share."""
        share = f" · share {float(self.shares[number]):.4g}" if self.shares is not None else ""
        return f"{self.words[number]} · place {number}{share}"

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.place()

    def sizeHint(self) -> QSize:
        return QSize(150, 60)


class WordSheet(QWidget):
    """A text and a caption; as much of the text as there is room for, the rest by scrolling."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = _Words(theme)
        self._caption, self._legend = (
            plain_label("", wraps=True, faint=True),
            plain_label(LEGEND, wraps=True, faint=True),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(scrolling(self._words), 1)
        layout.addWidget(self._caption)
        layout.addWidget(self._legend)
        self.setAccessibleName("The text")
        self.show_shares(None)

    @property
    def words(self) -> tuple[str, ...]:
        """What each token stands for, "" where there is none."""
        return self._words.words

    @property
    def caption(self) -> str:
        """What is below the text."""
        return self._caption.text()

    def colours(self) -> list[str]:
        """Returns the colour of each token that is seen, by name; "" where it has none."""
        found = [self._words.colour_of(number) for number, word in enumerate(self.words) if word]
        return [each.name() if each is not None else "" for each in found]

    def framed(self) -> list[str]:
        """Returns the words that are marked as seen; none where all are."""
        return [self.words[number] for number in self._words.framed()]

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._words.theme = theme
        self._words.update()

    def show_words(self, words: Sequence[str], caption: str) -> None:
        """Shows another text; the shares of the one before are gone."""
        if tuple(words) != self.words:
            self._words.words = tuple(words)
            self.show_shares(None)
            self._words.place()
        self._caption.setText(caption)
        self.setAccessibleDescription(" ".join(word for word in words if word))

    def show_shares(self, shares: Shares | None, colours: NDArray[np.uint8] | None = None) -> None:
        """Colours the words by their shares of a unit's signal, (L,), with a table of 256 colours; None: no more."""
        self._words.shares = shares
        if colours is not None:
            self._words.colours = colours
        self._legend.setVisible(shares is not None)
        self._words.update()

    def show_box(self, box: Box | None) -> None:
        """Marks the words that a position sees."""
        if box != self._words.box:
            self._words.box = box
            self._words.update()
