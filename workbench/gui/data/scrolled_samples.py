"""All samples of a list, of which those in sight are drawn: a bar, the wheel and keys move through the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QHBoxLayout, QScrollBar, QWidget

from workbench.data.spec import Dataset
from workbench.gui.data.samples import GAP, TO_THE_END, Drawn, SampleGrid
from workbench.gui.data.thumbnails import Thumbnails
from workbench.gui.widgets.paper import paper_of
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import Sample

NOTCH = 120  # units of one notch of a wheel
Describe = Callable[[Sequence[int]], list[Sample]]


class ScrolledSamples(QWidget):
    """Samples of one split, in rows.

    Signals:
        sample_chosen(int): the number of the sample that was clicked or walked to.
        opened(): the chosen sample was double-clicked, or Enter was pressed on it.
        menu_requested(QPoint): a menu for the chosen sample is wanted, at a place of the screen.
    """

    sample_chosen = pyqtSignal(int)
    opened = pyqtSignal()
    menu_requested = pyqtSignal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid, self.bar = SampleGrid(theme), QScrollBar(Qt.Orientation.Vertical)
        self.bar.setAccessibleName("Place among the samples")
        self.thumbnails = Thumbnails(self)
        self.thumbnails.set_paper(paper_of(theme))
        self._dataset: Dataset | None = None
        self._split = ""
        self.numbers: NDArray[np.int64] = np.arange(0)
        self._describe: Describe | None = None
        self._known: dict[int, Sample] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.grid, 1)
        row.addWidget(self.bar)
        self.bar.valueChanged.connect(self._show_part)
        self.grid.room_changed.connect(self._fit)
        self.grid.sample_chosen.connect(self.sample_chosen)
        self.grid.opened.connect(self.opened)
        self.grid.menu_requested.connect(self.menu_requested)
        self.grid.walked.connect(self.walk)
        self.thumbnails.made.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.grid.theme = theme
        self.grid.update()
        self.thumbnails.set_paper(paper_of(theme))
        self._show_part()

    def set_opacity(self, opacity: float) -> None:
        """Draws the masks of thumbnails with another opacity, from 0 to 1."""
        self.thumbnails.opacity = opacity
        self._show_part()

    def clear(self) -> None:
        """Shows nothing, and lets go of the data."""
        self.thumbnails.forget()
        self._dataset, self._describe = None, None
        self.clear_numbers()

    def clear_numbers(self) -> None:
        """Shows nothing until other samples are shown; thumbnails are kept."""
        self._known.clear()
        self.numbers = np.arange(0)
        self._fit()

    def show_numbers(self, dataset: Dataset, split: str, numbers: NDArray[np.int64], describe: Describe) -> None:
        """Shows other samples, from the first of them.

        Args:
            dataset: the data.
            split: of the samples.
            numbers: of the samples in their split.
            describe: returns samples with what is said of them, by their numbers.
        """
        self._dataset, self._split, self.numbers, self._describe = dataset, split, numbers, describe
        self._known.clear()
        self.bar.blockSignals(True)
        self.bar.setValue(0)
        self.bar.blockSignals(False)
        self._fit()

    def _fit(self) -> None:
        """Finds how far the bar goes, with the first sample in sight where it was."""
        self.grid.set_total(len(self.numbers))
        grid = self.grid
        rows = ceil(len(self.numbers) / grid.columns)
        self.bar.blockSignals(True)
        self.bar.setRange(0, max(0, ceil(rows * grid.step + GAP - grid.height())) if rows > grid.rows else 0)
        self.bar.setPageStep(int(grid.rows * grid.step))
        self.bar.setSingleStep(max(1, int(grid.step / 4)))
        self.bar.blockSignals(False)
        self.bar.setVisible(self.bar.maximum() > 0)
        self._show_part()

    @property
    def _first(self) -> int:
        """The place in the list of the first sample in sight."""
        return int(self.bar.value() / self.grid.step) * self.grid.columns

    def _show_part(self) -> None:
        """Shows the samples in sight, and orders their thumbnails; those before and behind them come after."""
        grid, first = self.grid, self._first
        seen = (ceil(grid.height() / grid.step) + 1) * grid.columns
        if self._dataset is not None and self._describe is not None:
            page = self.numbers[first : first + seen].tolist()
            new = [number for number in page if number not in self._known]
            self._known.update((each.number, each) for each in self._describe(new))
            if len(self._known) > 8 * seen:
                self._known = {number: self._known[number] for number in page}
            near = [
                *self.numbers[first + seen : first + 2 * seen].tolist(),
                *self.numbers[max(0, first - seen) : first].tolist()[::-1],
            ]
            self.thumbnails.want(self._dataset, self._split, [*page, *near], grid.tile_side)
        self._draw()

    def _draw(self) -> None:
        """Draws what is in sight with the thumbnails that are made."""
        grid, first = self.grid, self._first
        seen = (ceil(grid.height() / grid.step) + 1) * grid.columns
        page = self.numbers[first : first + seen].tolist()
        samples = [self._known[number] for number in page if number in self._known]
        made = [self.thumbnails.of(self._split, sample.number) for sample in samples]
        drawn = [Drawn(each.image, each.text) if each is not None else Drawn() for each in made]
        grid.show_part(samples, drawn, self.bar.value() - first // grid.columns * grid.step)

    def walk(self, steps: int) -> None:
        """Chooses the sample so many places on from the chosen one, and brings it into sight.

        While none is chosen a page is turned, and a smaller step chooses the first in sight.
        """
        count, grid = len(self.numbers), self.grid
        places = np.flatnonzero(self.numbers == grid.chosen)
        page = grid.rows * grid.columns
        if abs(steps) == TO_THE_END:
            place = 0 if steps < 0 else count - 1
        elif len(places):
            place = int(places[0]) + steps
            if not 0 <= place < count:
                place = min(max(place, 0), count - 1) if abs(steps) == page and page > 1 else int(places[0])
        elif abs(steps) == page:
            self.bar.setValue(self.bar.value() + int(np.sign(steps)) * self.bar.pageStep())
            return
        else:
            place = min(count - 1, ceil(self.bar.value() / grid.step) * grid.columns)
        self._choose(place)

    def _choose(self, place: int) -> None:
        grid, row = self.grid, place // self.grid.columns
        lowest = ceil((row + 1) * grid.step + GAP - grid.height())
        self.bar.setValue(min(max(self.bar.value(), lowest), ceil(row * grid.step)))
        grid.chosen = int(self.numbers[place])
        sample = self._known.get(grid.chosen)
        grid.setAccessibleDescription(sample.label.replace("\n", ", ") if sample is not None else "")
        grid.update()
        self.sample_chosen.emit(grid.chosen)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        moved = event.pixelDelta().y() or event.angleDelta().y() / NOTCH * self.grid.step / 2
        self.bar.setValue(int(self.bar.value() - moved))
        event.accept()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self._fit()

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self.thumbnails.shut_down()
