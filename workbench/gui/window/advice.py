"""Cards about a training that goes wrong or cannot start, with a button that follows their advice."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.errors import printable
from workbench.core.graph import GraphError
from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.widgets.cards import RUN, Card, Cards
from workbench.gui.widgets.labels import plain_tip
from workbench.model.mending import Fix
from workbench.project.settings import setting_edit

MOST_LETTERS = 48  # of a fix that a button can say


class RateAdvice(QObject):
    """Shows what a run says as grave, until another begins; where it advises another learning rate, with a button."""

    def __init__(self, session: Session, runner: Runner, cards: Cards) -> None:
        super().__init__(cards)
        self._session, self._runner, self._cards = session, runner, cards
        self._current: dict[Card, float] = {}  # cards about the run under way, with the rates that they advise
        runner.failed.connect(lambda text: cards.show_message(text, topic=RUN))
        runner.troubled.connect(self._on_trouble)
        runner.state_changed.connect(self._on_state_changed)

    def _on_trouble(self, text: str, rate: float) -> None:
        if not rate:
            self._cards.show_message(text, topic=RUN)
            return

        def follow() -> None:
            if card in self._current:
                self._runner.stop()
            self._set(rate)

        card = self._cards.show_message(text, (f"Stop and set the rate to {rate:.3g}", follow), RUN)
        self._current[card] = rate

    def _set(self, rate: float) -> None:
        session = self._session
        if session.project.training.get("lr") != rate:
            session.push(setting_edit(session.project, "training.lr", rate))

    def _on_state_changed(self, state: str) -> None:
        """The run that the cards speak of is over: what is left to do is to set the rate for the next one."""
        if state == "preparing":
            self._cards.end(RUN)
        if state != "idle":
            return
        for card, rate in self._current.items():
            if card in self._cards.cards and card.action is not None:
                card.action.setText(f"Set the rate to {rate:.3g}")
        self._current.clear()


class FixAdvice(QObject):
    """Gives the card about a run that could not start a button with what would let it start.

    Signals:
        settled(): the network that could not be trained has no problem any longer.
    """

    settled = pyqtSignal()

    def __init__(self, session: Session, runner: Runner, cards: Cards) -> None:
        super().__init__(cards)
        self._session, self._cards = session, cards
        self._is_hindered = self._is_seen = False  # seen: the session knows the problem, and so whether it is mended
        self._has_failed = False  # whatever it was about
        self._data = session.project.data  # that was to be trained on
        runner.hindered.connect(self._on_hindered)
        runner.failed.connect(self._on_failed)
        session.document_changed.connect(self._on_document_changed)
        session.data_known.connect(self._on_data_known)

    def _on_data_known(self) -> None:
        self._is_seen = bool(self._session.analysis.problems)

    def _on_failed(self, error: str) -> None:
        self._is_hindered = self._is_seen = bool(self._session.analysis.problems)
        self._data, self._has_failed = self._session.project.data, True

    def _on_document_changed(self, edit: object) -> None:
        if self._has_failed and self._session.project.data != self._data:  # it was about other data
            self._end()
        elif self._session.analysis.problems:
            self._is_seen = True
        elif self._is_hindered and self._is_seen:
            self._end()

    def _end(self) -> None:
        self._is_hindered = self._has_failed = False
        self._cards.end(RUN)
        self.settled.emit()

    def _on_hindered(self, text: str, fix: Fix) -> None:
        self._is_hindered = self._has_failed = True
        label = fix.text if len(fix.text) <= MOST_LETTERS else "Fix"
        card = self._cards.show_message(text, (printable(label).replace("&", "&&"), lambda: self._mend(fix)), RUN)
        assert card.action is not None
        card.action.setToolTip(plain_tip(fix.text))

    def _mend(self, fix: Fix) -> None:
        self._is_seen = True
        try:
            self._session.push(fix.edit)
        except GraphError:  # the network is another since
            self._cards.show_message(
                "The network has changed since, so this fix fits no more. Press Run again.", topic=RUN
            )
