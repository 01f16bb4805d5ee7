"""Samples as small pictures with their labels, in rows; a click chooses one, keys walk from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PyQt6.QtWidgets import QToolTip, QWidget

from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.pixels import image_of
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import Sample

GAP, LABEL = 6.0, 17.0
TO_THE_END = 10**9  # more samples than there are
ROOM_FOR_LETTERS = 2.0  # how many letters more than average ones a thumbnail may have room for; the others cost time
TILE, LARGEST_TILE = 68.0, 256.0  # the sides of a thumbnail where there are many, and where there are few


@dataclass(frozen=True)
class Drawn:
    """How a sample is drawn, once that is known: an image, or a text where it is shown in words."""

    image: QImage | None = None
    text: str = ""


class SampleGrid(QWidget):
    """The samples that are in sight.

    Signals:
        sample_chosen(int): the number of the sample that was clicked or walked to.
        walked(int): a key leads so many samples on, or back where it is negative; `TO_THE_END` is more than there are.
        room_changed(): other samples may be in sight now.
        opened(): the chosen sample was double-clicked, or Enter was pressed on it.
        menu_requested(QPoint): a menu for the chosen sample is wanted, at a place of the screen.
    """

    sample_chosen = pyqtSignal(int)
    walked = pyqtSignal(int)
    room_changed = pyqtSignal()
    opened = pyqtSignal()
    menu_requested = pyqtSignal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._samples: list[tuple[Sample, Drawn]] = []
        self._lines, self._least, self._tile = 1, TILE, TILE
        self._total = 0
        self._shift = 0.0
        self.empty_text = ""
        self.chosen = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Samples")
        self.setMinimumSize(QSize(170, 100))

    def set_lines(self, lines: int, least: float = TILE) -> None:
        """Makes room for labels of so many lines, and thumbnails of at least that side."""
        if (lines, least) != (self._lines, self._least):
            self._lines, self._least = lines, least
            self._fit()
            self.room_changed.emit()

    def set_total(self, total: int) -> None:
        """Makes room for so many samples; where they are few the thumbnails are larger."""
        self._total = total
        self._fit()

    def show_samples(self, samples: Sequence[Sample], texts: Sequence[str] = ()) -> None:
        """Shows these samples with their pixels, or with texts in their place, and no others."""
        self.set_total(len(samples))
        words = texts or [""] * len(samples)
        drawn = [
            Drawn(None if each.pixels is None else image_of(each.pixels), text)
            for each, text in zip(samples, words, strict=True)
        ]
        self._samples, self._shift = list(zip(samples, drawn, strict=True)), 0.0
        self.update()

    def show_words(self, text: str) -> None:
        """Shows words in the place of samples."""
        self.empty_text = text
        self.show_samples([])

    def show_part(self, samples: Sequence[Sample], drawn: Sequence[Drawn], shift: float) -> None:
        """Shows a part of the samples of which there are `set_total`.

        Args:
            samples: whole rows, from the first that is in sight.
            drawn: how each of them is drawn; empty where that is not known yet.
            shift: how much of the first row is above the upper edge, in pixels.
        """
        self._samples, self._shift = list(zip(samples, drawn, strict=True)), shift
        self.update()

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return self._columns(self._tile)

    def _columns(self, tile: float) -> int:
        return max(1, int((self.width() - GAP) / (tile + GAP)))

    @property
    def capacity(self) -> int:
        """How many are in sight as a whole, where there are many."""
        return self._room(self._least)

    @property
    def rows(self) -> int:
        """How many rows are in sight as a whole."""
        return self._rows(self._tile)

    @property
    def tile_side(self) -> int:
        """How high and wide a thumbnail is, in pixels of the screen."""
        return ceil(self._tile * self.devicePixelRatioF())

    def _room(self, tile: float) -> int:
        return self._columns(tile) * self._rows(tile)

    def _rows(self, tile: float) -> int:
        return max(1, int((self.height() - GAP) / (tile + self._label_height + GAP)))

    def _fit(self) -> None:
        """Makes the thumbnails as large as those of a page can be."""
        count = min(self._total, self.capacity)
        most = min(LARGEST_TILE, self.height() - 2 * GAP - self._label_height, self.width() - 2 * GAP)
        self._tile = max(self._least, most)
        while self._tile > self._least and self._room(self._tile) < count:
            self._tile = max(self._least, self._tile - 4)

    @property
    def _label_height(self) -> float:
        return LABEL * self._lines

    @property
    def step(self) -> float:
        """How far one row of samples is below the one before."""
        return self._tile + self._label_height + GAP

    def tile_rect(self, place: int) -> QRectF:
        """Where the sample at that place of those in sight is drawn, without its label."""
        width = (self.width() - GAP) / self.columns
        x, y = place % self.columns, place // self.columns
        left = GAP + x * width + (width - GAP - self._tile) / 2
        return QRectF(left, GAP + y * self.step - self._shift, self._tile, self._tile)

    def place_at(self, point: QPointF) -> int:
        """The place of the sample at a point of the widget; -1 for none."""
        places = range(len(self._samples))
        return next(
            (i for i in places if self.tile_rect(i).adjusted(-2, -2, 2, self._label_height).contains(point)), -1
        )

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(QPointF(event.pos()))
            sample, drawn = self._samples[place] if place >= 0 else (None, Drawn())
            text = "\n".join(filter(None, (sample.details if sample is not None else "", drawn.text)))
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if not self._samples:
            painter.setPen(QColor(self.theme.faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(12, 0, -12, 0), flags, self.empty_text)
        for place, (sample, drawn) in enumerate(self._samples):
            self._paint_sample(painter, self.tile_rect(place), sample, drawn)
        painter.end()

    def _paint_sample(self, painter: QPainter, tile: QRectF, sample: Sample, drawn: Drawn) -> None:
        painter.fillRect(tile, QColor(self.theme.field))
        if drawn.image is not None:
            paint_whole(painter, tile, drawn.image)
        elif drawn.text:
            painter.setPen(QColor(self.theme.text))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.save()
            painter.setClipRect(tile)
            metrics = painter.fontMetrics()
            room = tile.width() * tile.height() / (metrics.height() * metrics.averageCharWidth())
            painter.drawText(tile.adjusted(3, 2, -3, -2), flags, drawn.text[: int(ROOM_FOR_LETTERS * room)])
            painter.restore()
        is_chosen = sample.number == self.chosen
        if is_chosen:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            painter.drawRect(tile.adjusted(-2, -2, 2, 2))
        painter.setPen(QColor(self.theme.text if is_chosen else self.theme.faint))
        for number, line in enumerate(sample.label.split("\n")[: self._lines]):
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(tile.width() + GAP))
            top = tile.bottom() + 2 + number * (LABEL - 2)
            place = QRectF(tile.left() - GAP / 2, top, tile.width() + GAP, LABEL)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)

    def _choose(self, place: int) -> None:
        self.chosen = self._samples[place][0].number
        self.update()
        self.sample_chosen.emit(self.chosen)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        place = self.place_at(event.position())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self.place_at(event.position()) >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        numbers = [sample.number for sample, _ in self._samples]
        place = self.place_at(QPointF(event.pos()))
        if is_by_key:
            place = numbers.index(self.chosen) if self.chosen in numbers else -1
        if place < 0:
            return
        if numbers[place] != self.chosen:
            self._choose(place)
        where = self.tile_rect(place).center().toPoint()
        self.menu_requested.emit(self.mapToGlobal(where) if is_by_key else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and any(
            each.number == self.chosen for each, _ in self._samples
        ):
            self.opened.emit()
            return
        page = self.columns * self.rows
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page, Qt.Key.Key_Home: -TO_THE_END,
            Qt.Key.Key_End: TO_THE_END,
        }  # fmt: skip
        if key in steps and self._samples:
            self.walked.emit(steps[key])
        else:
            super().keyPressEvent(event)

    def walk(self, steps: int) -> None:
        """Chooses the sample so many places on, if it is in sight."""
        numbers = [sample.number for sample, _ in self._samples]
        place = numbers.index(self.chosen) + steps if self.chosen in numbers else 0
        if 0 <= place < len(numbers):
            self._choose(place)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()
        self.room_changed.emit()


def paint_whole(painter: QPainter, place: QRectF, image: QImage) -> None:
    """Paints an image as large as a place has room for it; its pixels stay pixels where they are enlarged."""
    zoom = min(place.width() / image.width(), place.height() / image.height())
    width, height = image.width() * zoom, image.height() * zoom
    left, top = place.left() + (place.width() - width) / 2, place.top() + (place.height() - height) / 2
    ratio = painter.device().devicePixelRatioF()  # type: ignore[union-attr]
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom * ratio < 1)
    painter.drawImage(QRectF(left, top, width, height), image)
