"""Browsing the samples: which split, which class, in which order; or those that the network gets wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPoint, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.data.factor_text import factors_of, is_grouped
from workbench.data.spec import Dataset
from workbench.gui.data.looked_line import LookedLine
from workbench.gui.data.samples import TILE, SampleGrid
from workbench.gui.document.judging import Question
from workbench.gui.widgets.button_menu import button_menu
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.labels import ShortLabel, plain_label, plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import AS_READ, BY_CLASS, MIXED, in_order, label_field, numbers_of, samples_of
from workbench.inspection.judging import Judged
from workbench.inspection.portraits import is_told_in_words
from workbench.project.probes import Probe, SampleProbe

WRONG = "wrong only, worst first"
NONE_WRONG, NO_SUCH = "The network gets none of these samples wrong.", "No such pictures."
ORDERS = (MIXED, AS_READ, BY_CLASS, WRONG)
VERDICT_TILE = 104.0  # a thumbnail under which "said automobile (93 %)" has room, and in which a sentence has


@dataclass(frozen=True)
class Cell:
    """A cell of a confusion matrix: the samples of one class that a run takes for one class."""

    run: str
    truth: int
    said: int


class SampleBrowser(QWidget):
    """The samples of one split.

    Signals:
        sample_chosen(str, int): split and number of the sample that was clicked.
        verdicts_wanted(): `question` has to be answered before anything can be shown.
        look_requested(str): the chosen sample is to be looked at, by the weights of this run ("" is whichever).
    """

    sample_chosen = pyqtSignal(str, int)
    verdicts_wanted = pyqtSignal()
    look_requested = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._numbers: NDArray[np.int64] = np.arange(0)
        self._first = 0
        self._cell: Cell | None = None
        self._judged: Judged | None = None
        self._run = ""  # whose mistakes are shown; "" is the newest run
        self.split, self.of_class, self.order = ComboBox(), ComboBox(), ComboBox()
        self.order.addItems(ORDERS)
        self.order.setToolTip("In which order the samples come, or only those that the trained network gets wrong")
        for box, name in ((self.split, "Split"), (self.of_class, "Class"), (self.order, "Order")):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(190)
        self.before, self.after = QPushButton("‹"), QPushButton("›")
        for button, name in ((self.before, "Page before"), (self.after, "Next page")):
            button.setAccessibleName(name)
            button.setToolTip(plain_tip(f"{name} (Page Up, Page Down)"))
            button.setFixedWidth(34)
        self._where = plain_label("", faint=True)
        self.filter, self.looked = ShortLabel(), LookedLine()
        self.show_all = QPushButton("Show all")
        self.show_all.setToolTip("Take the filter away")
        self.grid = SampleGrid(theme)
        self._build()
        self.split.currentIndexChanged.connect(self._choose)
        for box in (self.of_class, self.order):
            box.currentIndexChanged.connect(self._on_other_samples)
        self.show_all.clicked.connect(self.take_filter_away)
        self.looked.look.clicked.connect(self._on_look)
        self.before.clicked.connect(self._on_before)
        self.after.clicked.connect(self._on_after)
        self.grid.page_requested.connect(self._turn)
        self.grid.capacity_changed.connect(self._show_page)
        self.grid.sample_chosen.connect(self._on_sample)
        self.grid.menu_requested.connect(self._on_menu)
        self.grid.opened.connect(self._on_look)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        rows = (
            (self.split, self.of_class, self.before, self.after, self._where),
            (self.order, self.filter, self.show_all),
            (self.looked,),
        )
        for widgets in rows:
            row = QHBoxLayout()
            for widget in widgets:
                row.addWidget(widget, 1 if isinstance(widget, ShortLabel | LookedLine) else 0)
            if self._where in widgets:
                row.addStretch(1)
            layout.addLayout(row)
        layout.insertWidget(2, self.grid, 1)
        self.show_all.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.grid.theme = theme
        self.grid.update()

    @property
    def question(self) -> Question | None:
        """What has to be known of the network before the samples can be shown; None where nothing has."""
        split = self.split.currentData()
        if self._dataset is None or split is None:
            return None
        if self._cell is not None:
            return Question(self._cell.run, split)
        return Question(self._run, split) if self.order.currentText() == WRONG else None

    def set_run(self, run: str) -> None:
        """Shows what another run gets wrong, where that is shown; what the one before got wrong goes at once."""
        if run != self._run:
            self._run = run
            if self._cell is None and self.order.currentText() == WRONG:
                self._on_other_samples()

    def forget(self) -> None:
        """Another project is open: its samples are shown in the usual order, whatever was asked of the one before."""
        self._run, self._cell, self._judged = "", None, None
        self.order.blockSignals(True)
        self.order.setCurrentIndex(0)
        self.order.blockSignals(False)

    def show_dataset(self, dataset: Dataset | None, text: str = "") -> None:
        """Shows a data set; without one the text."""
        self._dataset, self._cell = dataset, None
        self.grid.empty_text = text or "Choose data on the left to see its samples."
        for box in (self.split, self.of_class):
            box.blockSignals(True)
            box.clear()
            box.setEnabled(dataset is not None)
        if dataset is not None:
            for split in dataset.splits:
                self.split.addItem(f"{split} ({dataset.size(split):,})", split)
            has_factors = bool(factors_of(dataset))
            self.of_class.addItem("all factors" if has_factors else "all classes", -1)
            label = label_field(dataset)
            for number, name in enumerate(dataset.fields[label].classes if label else ()):
                self.of_class.addItem(printable(name), number)
        for box in (self.split, self.of_class):
            box.blockSignals(False)
        self.looked.forget()
        self._choose()

    def show_cell(self, cell: Cell, split: str) -> None:
        """Shows the samples of a cell of a confusion matrix, once they are known."""
        self._cell = cell
        for box, place in ((self.split, self.split.findData(split)), (self.of_class, 0)):
            box.blockSignals(True)
            box.setCurrentIndex(place)
            box.blockSignals(False)
        self._choose()

    def take_filter_away(self) -> None:
        """Shows all samples again."""
        self._cell = None
        if self.order.currentText() == WRONG:
            self.order.setCurrentText(MIXED)  # which shows them
        else:
            self._choose()

    def show_verdicts(self, judged: Judged) -> None:
        """Takes the answer to `question` in."""
        self._judged, self._first = judged, 0
        self._list()

    def show_waiting(self, text: str) -> None:
        """Says why there are no verdicts yet, in place of samples."""
        self._judged = None
        self.grid.empty_text = text
        self._list()

    def _choose(self) -> None:
        """Another choice: what was known of the network may be of another run or split, and is asked for anew."""
        self._first, self._judged = 0, None
        split = self.split.currentData()
        if self._dataset is not None and split is not None and factors_of(self._dataset):
            self.of_class.setEnabled(is_grouped(self._dataset, split))  # elsewhere all of them vary
        if self.question is not None:
            self.show_waiting("Asking the network …")
            self.verdicts_wanted.emit()
        else:
            self._list()

    def _on_other_samples(self) -> None:
        """Another class or order takes the place of a cell of the confusion matrix."""
        self._cell = None
        self._choose()

    def _list(self) -> None:
        """Finds which samples are to be shown, and shows their page."""
        dataset, split = self._dataset, self.split.currentData()
        is_filtered = self.question is not None
        verdicts = self._judged.verdicts if self._judged is not None and is_filtered else None
        of_class = self.of_class.currentData()
        if dataset is None or split is None or (is_filtered and verdicts is None):
            self._numbers = np.arange(0)
        elif verdicts is None:
            numbers = numbers_of(dataset, split, -1 if of_class is None else of_class)
            self._numbers = in_order(dataset, split, numbers, self.order.currentText())
        elif self._cell is not None:
            self._numbers = verdicts.cell(self._cell.truth, self._cell.said)
        else:
            wrong = verdicts.wrong()
            self._numbers = wrong if of_class is None or of_class < 0 else wrong[verdicts.truth[wrong] == of_class]
        has_factors = dataset is not None and bool(factors_of(dataset))
        is_wide = is_filtered or (dataset is not None and is_told_in_words(dataset))
        self.grid.set_lines(2 if has_factors or is_filtered else 1, VERDICT_TILE if is_wide else TILE)
        if dataset is not None and (verdicts is not None or not is_filtered):
            is_wrong = verdicts is not None and self._cell is None
            self.grid.empty_text = NONE_WRONG if is_wrong else NO_SUCH
        self.filter.setText(_filter_text(self._judged, self._cell, len(self._numbers)) if is_filtered else "")
        self.show_all.setVisible(is_filtered)
        self._show_page()

    def _on_before(self) -> None:
        self._turn(-1)

    def _on_after(self) -> None:
        self._turn(1)

    def _turn(self, pages: int) -> None:
        first = self._first + pages * self.grid.capacity
        if 0 <= first < len(self._numbers) or (pages < 0 and self._first > 0):
            self._first = max(0, first)
            self._show_page()

    def _show_page(self) -> None:
        page = self._numbers[self._first : self._first + self.grid.capacity]
        split = self.split.currentData()
        verdicts = self._judged.verdicts if self._judged is not None else None
        samples = (
            samples_of(self._dataset, split, page.tolist(), verdicts) if self._dataset is not None and split else []
        )
        self.grid.show_samples(samples, len(self._numbers))
        last = self._first + len(page)
        self._where.setText(f"{self._first + 1:,}–{last:,} of {len(self._numbers):,}" if len(page) else "")
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(last < len(self._numbers))

    def _on_sample(self, number: int) -> None:
        split, dataset = self.split.currentData(), self._dataset
        assert dataset is not None
        verdicts = self._judged.verdicts if self._judged is not None else None
        (sample,) = samples_of(dataset, split, [number], verdicts)
        self.looked.tell(SampleProbe(split, number), sample.label)
        self.sample_chosen.emit(split, number)

    def follow(self, probe: Probe) -> None:
        """Marks no sample any more once another one is looked at."""
        if self.looked.follow(probe):
            self.grid.chosen = -1
            self.grid.update()

    def context_menu(self) -> QMenu:
        """Returns a menu of what can be done with the chosen sample."""
        has_filter = self.question is not None
        look = "Look at this sample", "", self.looked.look, True
        return button_menu(self, (look, ("Show all", "", self.show_all, has_filter)))

    def _on_menu(self, place: QPoint) -> None:
        self.context_menu().popup(place)

    def _on_look(self) -> None:
        self.look_requested.emit(self._judged.origin if self._judged is not None else "")


def _filter_text(judged: Judged | None, cell: Cell | None, count: int) -> str:
    """What a filter leaves over, in words; nothing while the network has yet to answer."""
    if judged is None:
        return ""
    by = "; ".join([printable(judged.origin), *(printable(note, SENTENCE) for note in judged.notes)])
    pictures, verdicts = "1 picture" if count == 1 else f"{count:,} pictures", judged.verdicts
    if cell is not None:
        return (
            f"said {printable(verdicts.name(cell.said))}, is {printable(verdicts.name(cell.truth))}: {pictures} ({by})"
        )
    return f"{pictures} of {len(verdicts.truth):,} wrong ({by})"
