"""Counts the confusion matrix of a run whose log holds none, by the verdicts on its validation samples."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from workbench.core.errors import SENTENCE, printable
from workbench.gui.document.judging import Judge, Question
from workbench.gui.training.drawn_run import DrawnRun
from workbench.inspection.judging import Judged

SPLIT = "validation"


class MatrixCounter(QObject):
    """Asks the judge for the run that is drawn, and shows the answer there."""

    def __init__(self, judge: Judge, drawn: DrawnRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._judge, self._drawn = judge, drawn
        self._asked: Question | None = None
        judge.answered.connect(self._on_answered)
        judge.advanced.connect(self._on_advanced)
        judge.failed.connect(self._on_failed)

    def count(self, run: str) -> None:
        """Counts the matrix of a run."""
        self._asked = Question(run, SPLIT)
        self._judge.ask(self._asked)

    def _on_answered(self, question: Question, judged: Judged) -> None:
        if question == self._asked:
            self._asked = None
            self._drawn.show_counted(question.run, judged.verdicts)

    def _on_advanced(self, question: Question, done: int, total: int) -> None:
        if question == self._asked:
            self._drawn.show_counting(question.run, f"Counting: {done:,} of {total:,} validation samples …")

    def _on_failed(self, question: Question, error: str) -> None:
        if question == self._asked:
            self._asked = None
            self._drawn.show_counting(question.run, printable(error, SENTENCE))
