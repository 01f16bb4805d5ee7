"""The drawing pad: white on black at the resolution of the network's input, as thick and soft as MNIST's digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from workbench.gui.widgets.theme import Theme
from workbench.insight.receptive_field import Box
from workbench.project.probes import LARGEST_SIDE

KEY_STEP = 1.0  # input pixels
KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class DrawingPad(QWidget):
    """Paper as many pixels wide and high as the network's input.

    Signals:
        stroke_drawn(): something was drawn; the stroke may go on.
        stroke_finished(): the mouse was released, or the paper cleared.
    """

    stroke_drawn = pyqtSignal()
    stroke_finished = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._channels = 1
        self._paper = QImage(28, 28, QImage.Format.Format_RGB32)
        self._paper.fill(Qt.GlobalColor.black)
        self._last: QPointF | None = None
        self._box: Box | None = None
        self._pen_at = QPointF(14, 14)
        self.pen_width = 2.6
        self.colour = QColor("white")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(QSize(84, 84))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Drawing pad")
        self.setToolTip("Draw with the mouse, or with Shift and the arrows. The right button rubs out, Delete clears.")

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self._theme = theme
        self.update()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the paper."""
        return self._channels, self._paper.height(), self._paper.width()

    def set_shape(self, channels: int, height: int, width: int) -> None:
        """Takes paper of another size; what was drawn is gone if it is one."""
        height, width = min(height, LARGEST_SIDE), min(width, LARGEST_SIDE)
        if (channels, height, width) != self.shape:
            self._channels = channels
            self._paper = QImage(width, height, QImage.Format.Format_RGB32)
            self._paper.fill(Qt.GlobalColor.black)
            self._pen_at = QPointF(width / 2, height / 2)
            self.pen_width = max(1.0, 2.6 * min(height, width) / 28)
            self.update()

    @property
    def has_ink(self) -> bool:
        """Whether there is anything on the paper."""
        return bool(self.pixels().any())

    def pixels(self) -> NDArray[np.uint8]:
        """What is on the paper, (C, H, W)."""
        bits = self._paper.constBits()
        assert bits is not None
        rows = np.frombuffer(bits.asstring(self._paper.sizeInBytes()), np.uint8)
        bgr = rows.reshape(self._paper.height(), -1, 4)[:, : self._paper.width()]
        channels = [2, 1, 0] if self._channels == 3 else [2]
        return np.ascontiguousarray(bgr[:, :, channels].transpose(2, 0, 1))

    def show_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Puts a drawing (C, H, W) on the paper, which takes its size."""
        if self._last is not None:
            return  # not under the pen
        self.set_shape(*pixels.shape)
        rgb = np.ascontiguousarray(np.broadcast_to(pixels.transpose(1, 2, 0), (*pixels.shape[1:], 3)))
        height, width = rgb.shape[:2]
        image = QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        self._paper = image.convertToFormat(QImage.Format.Format_RGB32)
        self.update()

    def show_box(self, box: Box | None) -> None:
        """Marks the part of the paper that a position sees."""
        if box != self._box:
            self._box = box
            self.update()

    def clear(self) -> None:
        """Black paper again, as a stroke of its own."""
        self.wipe()
        self.stroke_finished.emit()

    def wipe(self) -> None:
        """Black paper again, without saying so."""
        self._paper.fill(Qt.GlobalColor.black)
        self.update()

    def paper_rect(self) -> QRectF:
        """Where the paper is drawn."""
        zoom = min(self.width() / self._paper.width(), self.height() / self._paper.height())
        zoom = float(int(zoom)) if zoom > 3 else zoom
        width, height = self._paper.width() * zoom, self._paper.height() * zoom
        return QRectF((self.width() - width) / 2, 0, width, height)

    def _on_paper(self, place: QPointF) -> QPointF:
        rect = self.paper_rect()
        zoom = rect.width() / self._paper.width()
        return QPointF((place.x() - rect.left()) / zoom, (place.y() - rect.top()) / zoom)

    def _draw_line(self, start: QPointF, end: QPointF, *, rubs_out: bool) -> None:
        painter = QPainter(self._paper)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor("black") if rubs_out else self.colour if self._channels == 3 else QColor("white")
        pen = QPen(colour, self.pen_width * (2 if rubs_out else 1))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        self.update()
        self.stroke_drawn.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        rect = self.paper_rect()
        painter.drawImage(rect, self._paper)
        zoom = rect.width() / self._paper.width()
        if not self.has_ink and not self.hasFocus():
            painter.setPen(QColor("#9aa3ad"))  # on black paper in both themes
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "draw here")
        elif self._box is not None:
            box = self._box
            painter.setClipRect(rect)
            painter.setPen(QPen(QColor(self._theme.accent), 1.5))
            painter.drawRect(
                QRectF(rect.left() + box.left * zoom, rect.top() + box.top * zoom, box.width * zoom, box.height * zoom)
            )
        painter.setClipping(False)
        painter.setPen(QPen(QColor(self._theme.accent if self.hasFocus() else self._theme.line), 1))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if self.hasFocus():
            place = QPointF(rect.left() + self._pen_at.x() * zoom, rect.top() + self._pen_at.y() * zoom)
            painter.drawEllipse(place, self.pen_width * zoom / 2, self.pen_width * zoom / 2)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._last = self._pen_at = self._on_paper(event.position())
            self._draw_line(self._last, self._last, rubs_out=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._last is not None:
            place = self._on_paper(event.position())
            self._draw_line(self._last, place, rubs_out=bool(event.buttons() & Qt.MouseButton.RightButton))
            self._last = self._pen_at = place

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._last is not None:
            self._last = None
            self.stroke_finished.emit()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        elif step is not None:
            x = min(max(self._pen_at.x() + step[0] * KEY_STEP, 0.0), float(self._paper.width()))
            y = min(max(self._pen_at.y() + step[1] * KEY_STEP, 0.0), float(self._paper.height()))
            before, self._pen_at = self._pen_at, QPointF(x, y)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._draw_line(before, self._pen_at, rubs_out=False)
                self._last = self._pen_at
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Shift and self._last is not None:
            self._last = None
            self.stroke_finished.emit()
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in KEYS:
            event.accept()  # while the pad has the focus, Delete clears it and deletes no nodes
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(168, 168)
