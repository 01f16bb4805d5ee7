"""The Data panel: which data, its samples with their labels, its classes and splits, and what augmentation does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.data.config import AugmentSettings, DataConfig
from workbench.data.factor_text import factors_of, is_grouped
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.gui.data.augmentation import AugmentationPreview
from workbench.gui.data.balance import ClassBalance
from workbench.gui.data.browser import Cell, SampleBrowser
from workbench.gui.data.ratios import RatiosForm
from workbench.gui.data.source_form import SourceForm
from workbench.gui.document.judging import Judge, Question
from workbench.gui.document.session import Session
from workbench.gui.forms.settings_form import SettingsForm
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import summary
from workbench.inspection.judging import Judged
from workbench.model.problems import Problem
from workbench.project.checks import data_hints, data_problems, fitted
from workbench.project.document import CompositeEdit, SetSetting
from workbench.project.probes import SampleProbe

DELAY_MS = 150
MOST_NOTES = 12
SPLITTING = ("batch_size", "validation_share", "test_share", "seed")


class DataPanel(QWidget):
    """What the network learns from; read on a thread when the panel is first seen, and when the choice changes.

    Signals:
        look_requested(str): the chosen sample is to be looked at, by the weights of this run ("" is whichever).
        changed(): files of the data have changed, and what is shown is others now.
    """

    look_requested = pyqtSignal(str)
    changed = pyqtSignal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job = LatestJob(self)
        self._reading: tuple[DataConfig, Any] | None = None
        self._loaded: tuple[DataConfig, Any] | None = None
        self.dataset: Dataset | None = None
        self.source = SourceForm(session)
        self.splits = SettingsForm(session, DataConfig, "data", SPLITTING)
        self.ratios = RatiosForm(session)
        self.augment = SettingsForm(session, AugmentSettings, "data.augment")
        self.browser = SampleBrowser(theme)
        self.judge = Judge(session, self._own_dataset, self)
        self._cell: tuple[Cell, str] | None = None  # to be shown once the data is there
        self.balance = ClassBalance(theme)
        self.preview = AugmentationPreview(session, theme)
        self._status = plain_label("", wraps=True)
        self._problem = plain_label("", wraps=True)
        self._fix = QPushButton()
        self._notes = plain_label("", wraps=True, faint=True)
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._read)
        self._fix.clicked.connect(self._on_fix)
        self.browser.sample_chosen.connect(self._on_sample)
        self.browser.look_requested.connect(self.look_requested)
        self.browser.verdicts_wanted.connect(self._on_verdicts_wanted)
        self.source.again_wanted.connect(self._on_again_wanted)
        self.judge.answered.connect(self._on_judged)
        self.judge.advanced.connect(self._on_advanced)
        self.judge.failed.connect(self._on_not_judged)
        self.judge.forgotten.connect(self._on_forgotten)
        session.document_changed.connect(self._on_document_changed)
        session.probe_changed.connect(lambda: self.browser.follow(session.probe))
        session.title_changed.connect(self._timer.start)
        self._show(None, "")

    def _build(self) -> None:
        left, right = QWidget(), QWidget()
        rows = QVBoxLayout(left)
        for title, widget in (("Source", self.source), ("Split and batches", self.splits)):
            rows.addWidget(plain_label(title, bold=True))
            rows.addWidget(widget)
        rows.addWidget(self.ratios)
        rows.addStretch(1)
        about = QVBoxLayout(right)
        for each in (self._status, self._problem, self._fix, self.balance, self._notes):
            about.addWidget(each)
        about.addStretch(1)
        change = QWidget()
        lines = QVBoxLayout(change)
        lines.addWidget(plain_label("Random changes of each training picture", faint=True, wraps=True))
        lines.addWidget(self.augment)
        lines.addWidget(self.preview, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Details of the data")
        self.tabs.addTab(scrolling(right), "Overview")
        self.tabs.addTab(scrolling(change), "Augmentation")
        split = QSplitter(Qt.Orientation.Horizontal)
        for part in (scrolling(left), self.browser, self.tabs):
            split.addWidget(part)
        split.setStretchFactor(1, 1)
        split.setSizes([280, 640, 340])
        split.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(split)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.browser.set_theme(theme)
        self.preview.set_theme(theme)
        self.balance.theme = theme
        self.balance.update()

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.browser.forget()
        if edit is None or isinstance(edit, SetSetting | CompositeEdit):
            self._timer.start()
        self._session.know_data(self._own_dataset())
        if edit is not None and self.dataset is not None:
            self._show_problems()

    def _read(self) -> None:
        """Reads the data of the document on a thread, unless that is what is shown."""
        if not self.isVisible():
            return
        try:
            wanted = (self._session.project.data_config(), self._session.folder)
        except WorkbenchError as error:
            self._show(None, str(error))
            return
        if self._job.is_busy:
            self._job.run_when_free(self._read)
            return
        if _key(wanted) == _key(self._loaded):
            self.look_again()
            return
        self._reading = wanted
        config, folder = wanted
        self._status.setText("Reading the data …")
        self.browser.show_dataset(None, "Reading the data …")

        def work() -> Iterator[Any]:
            yield wanted, load(config, folder)

        self._job.run(work, on_events=self._on_loaded, on_ended=self._on_ended)

    def _on_again_wanted(self) -> None:
        if self.dataset is None:
            self._loaded = None  # what could not be read is tried again
            self._read()
        else:
            self.look_again()

    def look_again(self) -> None:
        """Shows the data anew where its files have changed since it was read; what is shown stays meanwhile."""
        dataset, loaded = self._own_dataset(), self._loaded
        if dataset is None or loaded is None or self._job.is_busy:
            return
        config, folder = loaded

        def work() -> Iterator[Any]:
            found = load(config, folder)
            if found is not dataset:
                yield loaded, found

        self._job.run(work, on_events=self._on_changed, on_ended=self._on_ended_again)

    def _on_changed(self, answers: list[tuple[Any, Dataset]]) -> None:
        self._on_loaded(answers)
        self.changed.emit()

    def _on_ended_again(self, error: str) -> None:
        if error:  # the files are gone, or cannot be read any more
            self._show(None, error)
            self.changed.emit()

    def _on_loaded(self, answers: list[tuple[Any, Dataset]]) -> None:
        self._loaded, dataset = answers[-1]
        self._show(dataset, "")

    def _on_ended(self, error: str) -> None:
        if error:
            self._loaded = self._reading
            self._show(None, error)

    def _show(self, dataset: Dataset | None, error: str) -> None:
        self.dataset = dataset
        self.balance.show_dataset(dataset)
        self.preview.show_dataset(dataset)
        self.ratios.show_factors(factors_of(dataset) if dataset is not None and is_grouped(dataset, "train") else ())
        self.browser.show_dataset(dataset, printable(error, SENTENCE) if error else "")
        self._status.setText(printable(error, SENTENCE) if error else "\n".join(summary(dataset)) if dataset else "")
        notes = list(dataset.notes) if dataset else []
        more = [f"… and {len(notes) - MOST_NOTES} more"] if len(notes) > MOST_NOTES else []
        self._notes.setText("\n".join([*(printable(note, SENTENCE) for note in notes[:MOST_NOTES]), *more]))
        self._session.know_data(self._own_dataset())
        self._show_problems()
        if dataset is not None and self._cell is not None:
            cell, self._cell = self._cell, None
            self.browser.show_cell(*cell)

    def _own_dataset(self) -> Dataset | None:
        """The data that is shown, if it is that of the document."""
        try:
            wanted = (self._session.project.data_config(), self._session.folder)
        except WorkbenchError:
            return None
        return self.dataset if _key(wanted) == _key(self._loaded) else None

    def show_cell(self, cell: Cell, split: str) -> None:
        """Shows the samples of a cell of a confusion matrix, once the data is there."""
        if self._own_dataset() is None or self._job.is_busy:
            self._cell = cell, split
        else:
            self.browser.show_cell(cell, split)

    def _on_verdicts_wanted(self) -> None:
        if (question := self.browser.question) is not None:
            self.judge.ask(question)

    def _on_judged(self, question: Question, judged: Judged) -> None:
        if question == self.browser.question:
            self.browser.show_verdicts(judged)

    def _on_advanced(self, question: Question, done: int, total: int) -> None:
        if question == self.browser.question:
            self.browser.show_waiting(f"Asking the network: {done:,} of {total:,} {question.split} samples …")

    def _on_not_judged(self, question: Question, error: str) -> None:
        if question == self.browser.question:
            self.browser.show_waiting(printable(error, SENTENCE))

    def _on_forgotten(self) -> None:
        """What the network said holds no longer; it is asked again where somebody would see it."""
        if self.browser.question is not None:
            self.browser.show_waiting("Asking the network again, since it has changed …")
            if self.isVisible():
                self._on_verdicts_wanted()

    def _problems(self) -> list[Problem]:
        if self.dataset is None:
            return []
        graph = self._session.graph
        return data_problems(graph, self.dataset) or data_hints(graph, self.dataset)

    def _show_problems(self) -> None:
        """What does not fit between network and data, or not well, with one button that mends it."""
        problems = self._problems()
        fixes = [problem.fixes[0] for problem in problems if problem.fixes]
        self._problem.setText("\n".join(printable(problem.message) for problem in problems))
        self._problem.setVisible(bool(problems))
        self._fix.setVisible(bool(fixes))
        text = printable(fixes[0].text) if len(fixes) == 1 else f"Fit the network to the data ({len(fixes)} changes)"
        self._fix.setText(text if len(text) < 60 else "Fit the network to the data")
        self._fix.setToolTip(plain_tip("\n".join(fix.text for fix in fixes)))

    def _on_fix(self) -> None:
        """Fits the network to the data: what can be mended, as one step."""
        dataset = self.dataset
        if dataset is None:
            return
        _, fixes = fitted(self._session.project, dataset)
        if fixes:
            self._session.push(CompositeEdit(tuple(fix.edit for fix in fixes), "Fit the network to the data"))

    def _on_sample(self, split: str, number: int) -> None:
        self.preview.show_sample(split, number)
        self._session.look_at(SampleProbe(split, number), keep=False)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._timer.stop()
        self.preview.shut_down()
        self.judge.shut_down()
        self._job.shut_down()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self.dataset is None:
            self._loaded = None  # what could not be read is tried again
        self._timer.start()
        self._on_verdicts_wanted()


def _key(choice: tuple[DataConfig, Any] | None) -> object:
    """What decides which samples there are: batches, ratios and augmentation do not."""
    if choice is None:
        return None
    return choice[0].model_dump(exclude={"batch_size", "ratios", "augment"}), choice[1]
