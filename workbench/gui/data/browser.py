"""Browsing the samples: which of them, in which order, and what the trained network says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPoint, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.data.factor_text import factors_of
from workbench.data.spec import Dataset
from workbench.gui.data.looked_line import LookedLine
from workbench.gui.data.sample_filters import SampleFilters
from workbench.gui.data.samples import TILE
from workbench.gui.data.scrolled_samples import ScrolledSamples
from workbench.gui.document.judging import Question
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.button_menu import button_menu
from workbench.gui.widgets.labels import ShortLabel
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import Sample, is_told_by_number, samples_of
from workbench.inspection.judging import Judged
from workbench.inspection.portraits import is_told_in_words
from workbench.inspection.sample_search import ANY, BY_LOSS, RIGHT, WRONG, SampleChoice, is_quick, listed
from workbench.project.probes import Probe, SampleProbe
from workbench.training.verdicts import Numbers

NONE_WRONG, NO_SUCH = "The network gets none of these samples wrong.", "No such samples."
NONE_FOUND = "No sample has all of these words. Search for a number, a class, or a word of a text."
SEARCH_DRAIN_MS = 10  # how long what is found may wait before it is shown
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
        self._cell: Cell | None = None
        self._judged: Judged | None = None
        self._run = ""  # what its network says is shown; "" is the newest run
        self._searching = LatestJob(self)
        self.filters, self.scrolled = SampleFilters(), ScrolledSamples(theme)
        self.search, self.split, self.of_class = self.filters.search, self.filters.split, self.filters.of_class
        self.answers, self.order, self.grid = self.filters.answers, self.filters.order, self.scrolled.grid
        self.filter, self.looked = ShortLabel(), LookedLine()
        self.show_all = QPushButton("Show all")
        self.show_all.setToolTip("Take search and filters away")
        self._build()
        self.filters.changed.connect(self._on_other_samples)
        self.search.left.connect(self.grid.setFocus)
        self.show_all.clicked.connect(self.take_filter_away)
        self.looked.look.clicked.connect(self._on_look)
        self.scrolled.sample_chosen.connect(self._on_sample)
        self.scrolled.menu_requested.connect(self._on_menu)
        self.scrolled.opened.connect(self._on_look)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.filter, 1)
        row.addWidget(self.filters.count)
        self.filters.first_row.addWidget(self.show_all)
        layout.addWidget(self.filters)
        layout.addLayout(row)
        layout.addWidget(self.scrolled, 1)
        layout.addWidget(self.looked)
        self.show_all.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.scrolled.set_theme(theme)

    @property
    def question(self) -> Question | None:
        """What has to be known of the network before the samples can be shown; None where nothing has."""
        split = self.split.currentData()
        if self._dataset is None or split is None:
            return None
        if self._cell is not None:
            return Question(self._cell.run, split)
        choice = self.filters.choice
        return Question(self._run, split, choice.needs_verdicts) if choice.needs_losses else None

    def set_run(self, run: str) -> None:
        """Shows what another run says, where that is shown; what the one before said goes at once."""
        if run != self._run:
            self._run = run
            if self._cell is None and self.question is not None:
                self._on_other_samples()

    def forget(self) -> None:
        """Another project is open: its samples are shown in the usual order, whatever was asked of the one before."""
        self._run, self._cell, self._judged = "", None, None
        self.filters.reset(order=True)

    def show_dataset(self, dataset: Dataset | None, text: str = "") -> None:
        """Shows a data set; without one the text."""
        self._dataset, self._cell = dataset, None
        self.grid.empty_text = text or "Choose data on the left to see its samples."
        self.filters.show_dataset(dataset)
        self.looked.forget()
        self._choose()

    def show_cell(self, cell: Cell, split: str) -> None:
        """Shows the samples of a cell of a confusion matrix, once they are known."""
        self._cell = cell
        self.filters.reset(split=split)
        self._choose()

    def take_filter_away(self) -> None:
        """Shows all samples again."""
        self._cell = None
        self.filters.reset()
        self._choose()

    def show_verdicts(self, judged: Judged) -> None:
        """Takes the answer to `question` in; where it was answered before, the place among the samples stays."""
        place = self.scrolled.bar.value() if self._judged is not None else 0
        self._judged = judged
        self._list()
        self.scrolled.bar.setValue(place)

    def show_progress(self, text: str) -> None:
        """Says how far the network has been asked; samples that it was asked about before stay until it answers."""
        if self._judged is None:
            self.show_waiting(text)
        else:
            self.filter.setText(text)

    def show_waiting(self, text: str) -> None:
        """Says why there are no verdicts yet, in place of samples."""
        self._judged = None
        self._show_none(text)

    def _choose(self) -> None:
        """Another choice: what was known of the network may be of another run or split, and is asked for anew."""
        self._judged = None
        self.filters.show_split(self._dataset)
        if self.question is not None:
            self.show_waiting("Asking the network …")
            self.verdicts_wanted.emit()
        else:
            self._list()

    def _on_other_samples(self) -> None:
        """Another choice takes the place of a cell of the confusion matrix."""
        self._cell = None
        self._choose()

    def _show_none(self, text: str) -> None:
        """Shows a sentence in place of samples."""
        self._searching.abandon()
        self.grid.empty_text = text
        self.scrolled.clear_numbers()
        self.filter.setText("")
        self.filters.count.setText("")
        self.show_all.setVisible(self._cell is not None or self.filters.is_narrowed)

    def _list(self) -> None:
        """Finds which samples are to be shown, on a thread where that takes long, and shows them."""
        dataset, split, choice, judged = self._dataset, self.split.currentData(), self.filters.choice, self._judged
        self._searching.abandon()
        if dataset is None or split is None:
            self.filters.count.setText("")
            self.show_all.hide()
            self.scrolled.clear()
            return
        losses = judged.losses if judged is not None else None
        if self._cell is not None and judged is not None:
            self._show_listed(judged.verdicts.cell(self._cell.truth, self._cell.said))
        elif is_quick(dataset, split, choice):
            try:
                self._show_listed(listed(dataset, split, choice, losses))
            except WorkbenchError as error:
                self._show_none(printable(error, SENTENCE))
        else:
            self._show_none("Searching …")

            def work() -> Iterator[Numbers]:
                yield listed(dataset, split, choice, losses)

            self._searching.run(work, on_events=self._on_found, on_ended=self._on_searched, drain_ms=SEARCH_DRAIN_MS)

    def _on_found(self, found: list[Numbers]) -> None:
        self._show_listed(found[-1])

    def _on_searched(self, error: str) -> None:
        if error:
            self._show_none(printable(error, SENTENCE))

    def _show_listed(self, numbers: Numbers) -> None:
        """Shows these samples, and says how many they are and what they are."""
        dataset, split, judged, choice = self._dataset, self.split.currentData(), self._judged, self.filters.choice
        assert dataset is not None
        losses = judged.losses if judged is not None else None
        is_wide = losses is not None or is_told_in_words(dataset) or is_told_by_number(dataset)
        has_lines = bool(factors_of(dataset)) or losses is not None
        self.grid.empty_text = NONE_FOUND if choice.text.strip() else NONE_WRONG if choice.answers == WRONG else NO_SUCH
        self.filter.setText(_filter_text(judged, self._cell, choice, len(numbers)))
        self.filters.count.setText(_count_text(len(numbers), dataset.size(split)))
        self.show_all.setVisible(self._cell is not None or self.filters.is_narrowed)
        has_three = judged is not None and judged.known_verdicts is not None and self._is_by_loss
        self.grid.set_lines(3 if has_three else 2 if has_lines else 1, VERDICT_TILE if is_wide else TILE)
        self.scrolled.show_numbers(dataset, split, numbers, self._described)

    @property
    def _is_by_loss(self) -> bool:
        """Whether samples are sorted by their losses, which are then said of each."""
        return self._cell is None and self.filters.choice.order == BY_LOSS

    def _described(self, numbers: Sequence[int]) -> list[Sample]:
        """Samples of the split that is shown, with what is said of them."""
        assert self._dataset is not None
        losses = self._judged.losses if self._judged is not None else None
        return samples_of(self._dataset, self.split.currentData(), numbers, losses, by_loss=self._is_by_loss)

    def label_of(self, number: int) -> str:
        """Returns what is said of a sample of the split that is shown."""
        return self._described([number])[0].label

    def _on_sample(self, number: int) -> None:
        split = self.split.currentData()
        self.looked.tell(SampleProbe(split, number), self.label_of(number))
        self.sample_chosen.emit(split, number)

    def follow(self, probe: Probe) -> None:
        """Marks no sample any more once another one is looked at."""
        if self.looked.follow(probe):
            self.grid.chosen = -1
            self.grid.update()

    def context_menu(self) -> QMenu:
        """Returns a menu of what can be done with the chosen sample."""
        look = "Look at this sample", "", self.looked.look, True
        return button_menu(self, (look, ("Show all", "", self.show_all, self.show_all.isVisibleTo(self))))

    def _on_menu(self, place: QPoint) -> None:
        self.context_menu().popup(place)

    def _on_look(self) -> None:
        self.look_requested.emit(self._judged.origin if self._judged is not None else "")

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._searching.shut_down()
        self.scrolled.shut_down()


def _count_text(count: int, size: int) -> str:
    """How many samples are shown: "312 of 50,000 samples"."""
    return f"{size:,} samples" if count == size else f"{count:,} of {size:,} samples"


def _filter_text(judged: Judged | None, cell: Cell | None, choice: SampleChoice, count: int) -> str:
    """What is shown by what the network says, in words; nothing where it is not asked."""
    if judged is None:
        return ""
    by = "; ".join([printable(judged.origin), *(printable(note, SENTENCE) for note in judged.notes)])
    pictures, size = "1 picture" if count == 1 else f"{count:,} pictures", len(judged.losses.loss)
    if cell is not None:
        said, truth = judged.verdicts.name(cell.said), judged.verdicts.name(cell.truth)
        return f"said {printable(said)}, is {printable(truth)}: {pictures} ({by})"
    if choice.answers != ANY:
        return f"{pictures} of {size:,} {'right' if choice.answers == RIGHT else 'wrong'} ({by})"
    return f"{printable(choice.order)}{', the other way round' if choice.is_reversed else ''} ({by})"
