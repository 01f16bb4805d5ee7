"""The Data panel: which data, its samples with their labels, its classes and splits, and what augmentation does."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.data.augmentations.spec import of_use
from workbench.data.config import AugmentSettings, DataConfig
from workbench.data.factor_text import factors_of, is_grouped
from workbench.data.listening import ReadingProgress
from workbench.data.spec import Dataset
from workbench.gui.data.augmentation import AugmentationPreview
from workbench.gui.data.balance import ClassBalance
from workbench.gui.data.browser import Cell, SampleBrowser
from workbench.gui.data.ratios import RatiosForm
from workbench.gui.data.reader import DataReader
from workbench.gui.data.sample_detail import SampleDetail
from workbench.gui.data.size_preview import SizePreview
from workbench.gui.data.source_form import SourceForm
from workbench.gui.data.weighing import Weighing
from workbench.gui.document.judging import Judge, Question
from workbench.gui.document.session import Session
from workbench.gui.forms.settings_form import SettingsForm
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import summary
from workbench.inspection.judging import Judged
from workbench.model.problems import Problem
from workbench.project.checks import data_hints, data_problems, fitted
from workbench.project.document import CompositeEdit, SetSetting
from workbench.project.drawn_again import drawn_again
from workbench.project.probes import SampleProbe

DELAY_MS = 150
CHANGES = "Random changes of each training sample, as some epochs have them"
MOST_NOTES = 12
OWN_PART = "The data has a {} part of its own, so none is cut off."
OVERVIEW = 0  # the tab beside which the chosen sample is
SPLITTING = ("batch_size", "validation_share", "test_share", "seed", "balanced", "storage")


class DataPanel(QWidget):
    """What the network learns from; read on a thread when the panel is first seen, and when the choice changes.

    Signals:
        look_requested(str): the chosen sample is to be looked at, by the weights of this run ("" is whichever).
    """

    look_requested = pyqtSignal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.reader = DataReader(session, self.isVisible, self)
        self.source = SourceForm(session)
        self.sizes = SizePreview(session, theme)
        self.splits = SettingsForm(session, DataConfig, "data", SPLITTING)
        self.ratios = RatiosForm(session)
        self.augment = SettingsForm(session, AugmentSettings, "data.augment")
        self.browser = SampleBrowser(theme)
        self.judge = Judge(session, self.reader.own, self)
        self._cell: tuple[Cell, str] | None = None  # to be shown once the data is there
        self.balance = ClassBalance(theme)
        self.detail = SampleDetail(session, theme)
        self.preview = AugmentationPreview(session, theme)
        self._status = plain_label("", wraps=True)
        self.weighing = Weighing(session)
        self._stop = QPushButton("Stop reading")
        self._stop.hide()
        self._own = QPushButton("Choose where it is…")
        self._own.setToolTip(plain_tip("Reads the data from another file or folder of yours; one step of undo"))
        self._problem = plain_label("", wraps=True)
        self._fix = QPushButton("Fit the network to the data")
        self._notes = plain_label("", wraps=True, faint=True)
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.reader.read)
        self._connect()
        self._show("")

    def _connect(self) -> None:
        self.reader.begun.connect(self._on_begun)
        self.reader.advanced.connect(self._on_advanced_reading)
        self.reader.ended.connect(self._show)
        self._stop.clicked.connect(self.reader.stop)
        self._own.clicked.connect(self.source.place.ask)
        self._fix.clicked.connect(self._on_fix)
        self.browser.sample_chosen.connect(self._on_sample)
        self.detail.opacity.changed.connect(self.browser.scrolled.set_opacity)
        self.browser.look_requested.connect(self.look_requested)
        self.browser.verdicts_wanted.connect(self._on_verdicts_wanted)
        self.source.again_wanted.connect(self.reader.read_again)
        self.source.edited.connect(self.sizes.show_choice)
        self.sizes.show_choice(self.source.name, self.source.options)
        self.judge.answered.connect(self._on_judged)
        self.judge.advanced.connect(self._on_advanced)
        self.judge.failed.connect(self._on_not_judged)
        self.judge.forgotten.connect(self._on_forgotten)
        self.judge.aged.connect(self._on_aged)
        self.judge.outdated.connect(self.detail.forget_answers)
        self._session.document_changed.connect(self._on_document_changed)
        self._session.probe_changed.connect(lambda: self.browser.follow(self._session.probe))
        self._session.title_changed.connect(self._timer.start)

    def _build(self) -> None:
        left, right = QWidget(), QWidget()
        rows = QVBoxLayout(left)
        for heading, widgets in (("Source", (self.source, self.sizes)), ("Split and batches", (self.splits,))):
            rows.addWidget(plain_label(heading, bold=True))
            for widget in widgets:
                rows.addWidget(widget)
        rows.addWidget(self.ratios)
        rows.addStretch(1)
        about = QVBoxLayout(right)
        for each in (self._status, self._stop, self._own, self._problem, self._fix, self.balance, self.weighing):
            about.addWidget(each)
        about.addWidget(self._notes)
        about.addStretch(1)
        change = QWidget()
        lines = QVBoxLayout(change)
        lines.addWidget(plain_label(CHANGES, faint=True, wraps=True))
        lines.addWidget(self.preview, 2)  # it stays in sight while the settings are scrolled
        lines.addWidget(scrolling(self.augment), 3)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Details of the data")
        self.tabs.addTab(scrolling(right), "Overview")
        self.tabs.addTab(scrolling(self.detail), "Sample")
        self.tabs.addTab(change, "Augmentation")
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
        self.sizes.set_theme(theme)
        self.detail.set_theme(theme)
        self.balance.theme = theme
        self.balance.update()

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.browser.forget()
        if edit is None or isinstance(edit, SetSetting | CompositeEdit):
            self._timer.start()
        self._session.know_data(self.reader.own())
        if self.dataset is not None and (edit is not None or self.reader.own() is not None):
            self._show_problems()  # also after another document came that has the same data

    def _on_begun(self) -> None:
        self._show("")
        self._status.setText("Reading the data …")
        self.browser.show_dataset(None, "Reading the data …")
        self.detail.show_dataset(None)

    def _on_advanced_reading(self, progress: ReadingProgress) -> None:
        self._stop.show()
        text = f"Reading the data: {progress.text} …"
        self._status.setText(text)
        self.browser.show_dataset(None, text)

    @property
    def dataset(self) -> Dataset | None:
        """The data that is shown; None while there is none."""
        return self.reader.dataset

    def _show(self, error: str) -> None:
        dataset = self.dataset
        self._stop.hide()
        self._own.setVisible(bool(error) and self.source.place.reads)
        self.balance.show_dataset(dataset)
        self.preview.show_dataset(dataset)
        self.augment.show_only(of_use(dataset.fields.values()) if dataset is not None else None)
        self.detail.show_dataset(dataset)
        self.ratios.show_factors(factors_of(dataset) if dataset is not None and is_grouped(dataset, "train") else ())
        self.browser.show_dataset(dataset, printable(error, SENTENCE) if error else "")
        self._status.setText(printable(error, SENTENCE) if error else "\n".join(summary(dataset)) if dataset else "")
        notes = list(dataset.notes) if dataset else []
        more = [f"… and {len(notes) - MOST_NOTES} more"] if len(notes) > MOST_NOTES else []
        self._notes.setText("\n".join([*(printable(note, SENTENCE) for note in notes[:MOST_NOTES]), *more]))
        _offer_shares(self.splits, dataset)
        self._session.know_data(self.reader.own())
        self._show_problems()
        if dataset is not None and self._cell is not None:
            cell, self._cell = self._cell, None
            self.browser.show_cell(*cell)

    def show_cell(self, cell: Cell, split: str) -> None:
        """Shows the samples of a cell of a confusion matrix, once the data is there."""
        if self.reader.own() is None or self.reader.is_busy:
            self._cell = cell, split
        else:
            self.browser.show_cell(cell, split)

    def set_run(self, run: str) -> None:
        """Shows what another run says of the samples."""
        self.browser.set_run(run)
        self.detail.forget_answers(run)

    def _on_verdicts_wanted(self) -> None:
        if (question := self.browser.question) is not None:
            self.judge.ask(question)

    def _on_judged(self, question: Question, judged: Judged) -> None:
        if question == self.browser.question:
            self.browser.show_verdicts(judged)

    def _on_advanced(self, question: Question, done: int, total: int) -> None:
        if question == self.browser.question:
            self.browser.show_progress(f"Asking the network: {done:,} of {total:,} {question.split} samples …")

    def _on_not_judged(self, question: Question, error: str) -> None:
        if question == self.browser.question:
            self.browser.show_waiting(printable(error, SENTENCE))

    def _on_forgotten(self) -> None:
        """What the network said holds no longer; it is asked again where somebody would see it."""
        if self.browser.question is not None:
            self.browser.show_waiting("Asking the network again, since it has changed …")
        self._on_aged()

    def _on_aged(self) -> None:
        """The network has learnt on: it is asked again where somebody sees the samples, which stay until it answers."""
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
        lines = [fix.text for fix in fixes]
        self._fix.setToolTip(plain_tip("\n".join([*lines, "A network that is as its template drew it is drawn anew."])))
        self.weighing.refresh(self.dataset)

    def _on_fix(self) -> None:
        """Fits the network to the data in one step: drawn anew where it is as its template drew it, else mended."""
        dataset = self.dataset
        if dataset is None:
            return
        anew = drawn_again(self._session.graph, dataset)
        if anew is not None:
            self._session.push(anew)
            return
        _, fixes = fitted(self._session.project, dataset)
        if fixes:
            self._session.push(CompositeEdit(tuple(fix.edit for fix in fixes), "Fit the network to the data"))

    def _on_sample(self, split: str, number: int) -> None:
        if self.dataset is not None:
            self.detail.show_sample(self.dataset, split, number, self.browser.label_of(number))
        if self.tabs.currentIndex() == OVERVIEW:
            self.tabs.setCurrentIndex(OVERVIEW + 1)
        self.preview.show_sample(split, number)
        self._session.look_at(SampleProbe(split, number), keep=False)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._timer.stop()
        self.preview.shut_down()
        self.sizes.shut_down()
        self.judge.shut_down()
        self.browser.shut_down()
        self.detail.shut_down()
        self.reader.shut_down()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self.dataset is None:
            self.reader.forget()  # what could not be read is tried again
        self._timer.start()
        self._on_verdicts_wanted()


def _offer_shares(form: SettingsForm, dataset: Dataset | None) -> None:
    """Greys out the shares of parts that the data has of its own, since none is cut off then."""
    for name in ("validation", "test"):
        has_own = dataset is not None and name in dataset.splits and name not in dataset.cut
        form.set_idle(f"{name}_share", OWN_PART.format(name) if has_own else "")
