"""One unit, large: its map, what in the picture made it fire, its filter and its numbers."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from workbench.core.errors import printable
from workbench.gui.insight.pixel_image import CAPTION, PixelImage
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.theme import Theme
from workbench.insight.units import UnitDetail

LOOKING = "Looking …"
SHARES = (3, 3, 2)  # of the room: map, way back, filter
LEAST_SIDE = 95


class UnitSide(QWidget):
    """The chosen unit.

    Signals:
        pixel_hovered(int, int): row and column of the unit's map under the mouse; (-1, -1) when it leaves.
        position_chosen(object): row and column from which the way back shall start; None for the strongest.
    """

    pixel_hovered = pyqtSignal(int, int)
    position_chosen = pyqtSignal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Theirs from the beginning: a widget without an owner that is shown is a window, if only for a moment.
        self.map = PixelImage("feature map", theme, "Hover to see what a pixel sees; click to send it back.", self)
        self.down = PixelImage("deconvnet", theme, "", self)
        self.filter = PixelImage("filter", theme, "", self)
        self._has_map, self._has_filter = True, False
        self._title = plain_label("unit", bold=True)
        self._numbers = plain_label("", faint=True, wraps=True)
        self.strongest = QToolButton()
        self.strongest.setText("Strongest")
        self.strongest.setToolTip("Send the strongest position of the map back, not the one that was clicked")
        self.strongest.clicked.connect(self._on_strongest)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.strongest)
        self._pictures = QGridLayout()
        self._arranged: tuple[int, list[PixelImage]] = (0, [])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.setSpacing(4)
        layout.addWidget(self._numbers)
        layout.addLayout(self._pictures, 1)
        self.map.pixel_hovered.connect(self.pixel_hovered)
        self.map.pixel_clicked.connect(self._on_pixel_clicked)
        self.show_unit("unit", None)

    def width_for(self, height: int) -> int:
        """How much width its pictures can use, two side by side in so much height."""
        return 2 * max(LEAST_SIDE, height - self._above() - CAPTION)

    def height_for(self, width: int) -> int:
        """How much height it can use in so much width, with its pictures side by side."""
        seen = self._seen()
        total = sum(seen.values())
        words = max(picture.caption_height(width * share // total) for picture, share in seen.items())
        return round(self._above() + words + width * max(seen.values()) / total)

    def _above(self) -> int:
        """How much height the words above the pictures take."""
        return self._title.sizeHint().height() + self._numbers.heightForWidth(max(1, self.width())) + 12

    @property
    def caption(self) -> str:
        """Which unit is shown."""
        return self._title.text()

    @property
    def numbers(self) -> str:
        """What is said about the unit."""
        return self._numbers.text()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for picture in (self.map, self.down, self.filter):
            picture.set_theme(theme)

    def show_waiting(self, caption: str) -> None:
        """Names the unit that was asked for, and takes away what is of another; its own pictures follow."""
        self._title.setText(caption)
        self._numbers.setText(LOOKING)
        self.strongest.hide()
        for picture, name in ((self.map, "feature map"), (self.down, "deconvnet"), (self.filter, "filter")):
            picture.show_pixels(None, name, "…")
            picture.show_mark(None)

    def show_unit(self, caption: str, detail: UnitDetail | None) -> None:
        """Shows a unit; None leaves the places empty."""
        self._title.setText(f"{caption}: {printable(detail.name)}" if detail is not None and detail.name else caption)
        is_best = detail is not None and detail.is_strongest and detail.plane == detail.best_plane
        self.strongest.setVisible(detail is not None and not is_best)
        self._has_filter = detail is not None and detail.filter_tile is not None
        self.filter.setVisible(self._has_filter)
        if detail is None:
            self._has_map = True
            self.map.show()
            self._arrange()
            self.map.show_pixels(None, "feature map")
            self.down.show_pixels(None, "deconvnet")
            for picture in (self.map, self.down):
                picture.show_mark(None)
            self._numbers.setText("")
            return
        rows, columns = detail.values.shape
        self._has_map = detail.values.size > 1
        self.map.setVisible(self._has_map)  # of a vector, the number says it all
        # Each has a range of colours of its own, unlike its tile among the others.
        plane = "" if detail.plane is None else f" of plane {detail.plane + 1} of {detail.planes}"
        self.map.show_pixels(detail.tile, f"feature map {rows}×{columns}{plane}, own range")
        self.map.show_mark(None if detail.is_dead or detail.values.size == 1 else detail.position)
        empty = "It is the input." if detail.down_values is None else ""
        caption = "deconvnet, own range" if detail.fires else "does not fire"
        self.down.show_pixels(detail.down, caption, empty, detail.grid)
        self.filter.show_pixels(detail.filter_tile, "filter")
        self._numbers.setText(numbers_text(detail))
        self._arrange()

    def _seen(self) -> dict[PixelImage, int]:
        """The pictures that are there, with their shares of a row."""
        is_seen = {self.map: self._has_map, self.down: True, self.filter: self._has_filter}
        return {picture: share for (picture, seen), share in zip(is_seen.items(), SHARES, strict=True) if seen}

    def _arrange(self) -> None:
        """Puts the pictures side by side, one below the other or in two rows: whichever way they are largest."""
        seen = self._seen()
        width, height, count = self.width(), self.height() - self._above(), len(seen)

        def smallest(columns: int) -> float:
            """The side of the smallest picture in so many columns."""
            wide = width * min(seen.values()) / sum(seen.values()) if columns == count else width / columns
            return min(wide, height / -(-count // columns) - CAPTION)

        columns = max(range(1, count + 1), key=lambda each: (smallest(each), each))
        if (columns, list(seen)) == self._arranged:
            return
        self._arranged = (columns, list(seen))
        while self._pictures.takeAt(0) is not None:
            pass
        for number, picture in enumerate(seen):
            row, column = divmod(number, columns)
            spans = columns - column if number == count - 1 else 1
            self._pictures.addWidget(picture, row, column, 1, spans)
        for number, share in enumerate([*seen.values(), 0, 0][: len(SHARES)]):
            self._pictures.setColumnStretch(number, 0 if number >= columns else share if columns == count else 1)
            self._pictures.setRowStretch(number, 1 if number < -(-count // columns) else 0)

    def _on_strongest(self) -> None:
        self.position_chosen.emit(None)

    def _on_pixel_clicked(self, row: int, column: int) -> None:
        self.position_chosen.emit((row, column))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()


def numbers_text(detail: UnitDetail) -> str:
    """What is said about a unit."""
    if detail.is_dead:
        return "Dead for this picture: zero everywhere."
    silent = (
        ""
        if detail.fires or detail.down_values is None
        else " · does not fire for this picture, so nothing is sent back"
    )
    if detail.values.size == 1:
        sent = " · a score: 1 is sent back, whatever its sign" if detail.is_score else silent
        return f"value {detail.strongest:.4g}{sent}"
    row, column = detail.best
    plane = "" if detail.plane is None else f"plane {detail.plane + 1}, "
    where = f"{plane}row {row}, column {column}" if len(detail.values) > 1 else f"place {column}"  # of a series or text
    text = f"strongest {detail.strongest:.4g} at {where} · mean {detail.mean:.4g}"
    if not detail.is_strongest:
        text += f" · {float(detail.values[detail.position]):.4g} where it was clicked"
        silent = silent.replace("for this picture", "there")
    return text + silent
