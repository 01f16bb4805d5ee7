"""Commands for runs and for the training under way that need a question to the user."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QLocale
from PyQt6.QtWidgets import QInputDialog, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.number_text import plain_number
from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.project.document import checked
from workbench.project.storage import runs_folder
from workbench.training.config import TrainingConfig


class TrainingCommands:
    """Resumes runs, begins them anew, and changes the learning rate."""

    def __init__(self, session: Session, runner: Runner, say: Callable[[str], None], window: QWidget) -> None:
        """Prepares the commands.

        Args:
            session: the open project.
            runner: trains it.
            say: shows a passing message.
            window: dialogs stand over it.
        """
        self._session, self._runner, self._say, self._window = session, runner, say, window

    def continue_run(self) -> None:
        """Resumes the newest run that was stopped or killed."""
        from workbench.training.at_work import unfinished

        try:
            run = unfinished(runs_folder(self._session.run_path))
        except WorkbenchError as error:
            tell(self._window, "No run could be looked at", str(error))
            return
        if not run:
            self._say("There is no run to resume: all are finished or being trained, or there is none yet.")
        else:
            self._runner.resume(run)

    def begin_anew(self, run: str, loss: str) -> None:
        """Asks whether a run that has no whole checkpoint any more shall begin anew, and does it."""
        answers = {Button.Cancel: "Leave it", Button.Yes: "Begin anew"}
        more = "It keeps its settings; its log and what is left of its checkpoints are set aside in its folder."
        if ask(self._window, printable(loss, SENTENCE), answers, more=more) == Button.Yes:
            self._runner.resume(run, from_start=True)

    def change_rate(self) -> None:
        """Asks for another learning rate and gives it to the training under way."""
        now = f"{self._runner.rate:.4g}"
        text, is_given = QInputDialog.getText(self._window, "Learning rate", "From the next batch on", text=now)
        if not is_given:
            return
        try:
            rate = float(plain_number(text, QLocale().decimalPoint()))
            self._runner.request_rate(checked(TrainingConfig, {"lr": rate}, "training").lr)
        except WorkbenchError as error:
            tell(self._window, "It was not changed", str(error))
        except ValueError:
            tell(self._window, "It was not changed", f'"{text}" is no number.')
