"""Which samples the trained network gets wrong: found on a thread, kept for each run and split until that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.data.spec import Dataset
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.inspection.judging import Judged, JudgingProgress, judged
from workbench.project.runs import UntrainedError

UNTRAINED = "The network is not trained yet, so nobody knows what it would get wrong. Press Run first."


@dataclass(frozen=True)
class Question:
    """What is asked: what a run ("" is the newest that has weights) says of a split.

    Attributes:
        run: the run.
        split: the split.
        needs_classes: whether verdicts are wanted; else losses alone are an answer too.
    """

    run: str
    split: str
    needs_classes: bool = True


class Judge(QObject):
    """Answers one question at a time; a newer one takes the place of the one under way.

    Signals:
        answered(object, object): the Question and its Judged.
        advanced(object, int, int): the Question, and how many samples of how many are done.
        failed(object, str): the Question, and why there is no answer.
        forgotten(): what was answered before holds no longer.
        aged(): the run has learnt on, so what was answered is of earlier weights, and can be asked anew.
        outdated(): the network may be another now, whether anything was answered or not.
    """

    answered = pyqtSignal(object, object)
    advanced = pyqtSignal(object, int, int)
    failed = pyqtSignal(object, str)
    forgotten = pyqtSignal()
    aged = pyqtSignal()
    outdated = pyqtSignal()

    def __init__(self, session: Session, dataset: Callable[[], Dataset | None], parent: QObject | None = None) -> None:
        """Makes a judge.

        Args:
            session: the project.
            dataset: gives its data where it is loaded already; else the judge loads it.
            parent: owner.
        """
        super().__init__(parent)
        self._session, self._dataset = session, dataset
        self._job = LatestJob(self)
        self._asked: Question | None = None  # what is under way, or waits for the end of what is wanted no more
        self._kept: dict[Question, Judged] = {}
        self._is_aged = False  # whether the run has learnt on since the question under way was asked
        self._state = self._now()
        session.document_changed.connect(self._on_document_changed)

    def _now(self) -> tuple[object, ...]:
        """What the verdicts hang on besides the run: the network as it computes, the data, the place of the runs."""
        return self._session.analysis.shapes, self._session.project.data, self._session.run_path

    def ask(self, question: Question) -> None:
        """Answers at once where the answer is known, else later."""
        known = self._kept.get(replace(question, needs_classes=True)) or self._kept.get(question)
        if known is not None:
            self.answered.emit(question, known)
            return
        if self._asked == question:
            return
        self._job.drop()
        self._asked = question
        self._job.run_when_free(self._begin)

    def _begin(self) -> None:
        """Asks the network what was asked last."""
        question, self._is_aged = self._asked, False
        assert question is not None
        session, dataset = self._session, self._dataset()
        project, path, folder = session.project, session.run_path, session.folder

        def work() -> Iterator[Any]:
            return judged(
                project,
                path,
                question.run,
                question.split,
                folder=folder,
                dataset=dataset,
                needs_classes=question.needs_classes,
            )

        self._job.run(work, on_events=self._on_events, on_ended=self._on_ended)

    def forget(self) -> None:
        """Drops every answer: a run has learnt on, or is another."""
        is_new = self._asked is not None or bool(self._kept)
        self._job.drop()
        self._asked, self._is_aged = None, False
        self._kept.clear()
        self._state = self._now()
        self.outdated.emit()
        if is_new:
            self.forgotten.emit()

    def age(self) -> None:
        """Drops every answer, since a run has learnt on; what is under way comes to its end before it is asked anew."""
        self._kept.clear()
        self.outdated.emit()
        if self._asked is not None:
            self._is_aged = True
        else:
            self.aged.emit()

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()

    def _on_document_changed(self, edit: object) -> None:
        now = self._now()
        if edit is None or now[0] is not self._state[0] or now[1:] != self._state[1:]:
            self.forget()

    def _on_events(self, events: list[Any]) -> None:
        question = self._asked
        assert question is not None
        for event in events:
            if isinstance(event, Judged):
                has_verdicts = event.known_verdicts is not None
                self._kept[replace(question, needs_classes=has_verdicts)] = event
                self.answered.emit(question, event)
        if isinstance(events[-1], JudgingProgress):
            self.advanced.emit(question, events[-1].done, events[-1].total)

    def _on_ended(self, error: str) -> None:
        question, self._asked = self._asked, None
        if error and question is not None:
            self.failed.emit(question, UNTRAINED if isinstance(self._job.cause, UntrainedError) else error)
        if self._is_aged:
            self._is_aged = False
            self._kept.clear()
            self.aged.emit()
