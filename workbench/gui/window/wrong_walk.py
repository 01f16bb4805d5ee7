"""From one sample that the network gets wrong to the next, worst first, in the Look panel."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from workbench.core.errors import SENTENCE, printable
from workbench.gui.document.judging import Judge, Question
from workbench.gui.document.session import Session
from workbench.gui.insight.probe_side import ProbeSide
from workbench.inspection.judging import Judged
from workbench.project.probes import SampleProbe


class WrongWalk(QObject):
    """Answers the two buttons of the probe."""

    def __init__(self, session: Session, judge: Judge, side: ProbeSide, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._judge, self._side = session, judge, side
        self._request: tuple[Question, int] | None = None
        side.wrong_requested.connect(self.walk)
        judge.answered.connect(self._on_answered)
        judge.advanced.connect(self._on_advanced)
        judge.failed.connect(self._on_failed)
        judge.forgotten.connect(self._on_forgotten)

    def walk(self, step: int, run: str) -> None:
        """Goes to the next wrong sample (1) or the one before (-1) of the split that is browsed.

        Args:
            step: 1 or -1.
            run: whose weights are looked at; "" is the newest.
        """
        probe = self._session.probe
        split = probe.split if isinstance(probe, SampleProbe) else SampleProbe().split
        self._request = Question(run, split), step
        self._judge.ask(self._request[0])

    def _on_answered(self, question: Question, judged: Judged) -> None:
        if self._request is None or self._request[0] != question:
            return
        step, self._request = self._request[1], None
        wrong = judged.verdicts.wrong().tolist()
        if not wrong:
            total = len(judged.verdicts.truth)
            self._side.say(f"{printable(judged.origin)} gets none of the {total:,} {question.split} samples wrong.")
            return
        probe = self._session.probe
        here = probe.number if isinstance(probe, SampleProbe) and probe.split == question.split else -1
        place = (wrong.index(here) + step) % len(wrong) if here in wrong else 0 if step > 0 else len(wrong) - 1
        said, _ = judged.verdicts.texts(wrong[place])
        self._session.look_at(SampleProbe(question.split, wrong[place]))
        self._side.say(f"wrong {place + 1:,} of {len(wrong):,}: {printable(judged.origin)} {printable(said)}")

    def _on_advanced(self, question: Question, done: int, total: int) -> None:
        if self._request is not None and self._request[0] == question:
            self._side.say(f"Asking the network: {done:,} of {total:,} samples …")

    def _on_failed(self, question: Question, error: str) -> None:
        if self._request is not None and self._request[0] == question:
            self._request = None
            self._side.say(printable(error, SENTENCE))

    def _on_forgotten(self) -> None:
        """What was said of the sample may hold no longer."""
        self._side.say("")
        if self._request is not None:
            self._judge.ask(self._request[0])
