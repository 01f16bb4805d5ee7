"""Which commands can be carried out as things are, and what undo and redo would do."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer

from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.window.menus import Menus

STATES = {
    "run": ("idle", "paused"),
    "pause": ("running", "preparing"),
    "one_batch": ("idle", "paused"),
    "one_epoch": ("idle", "paused"),
    "stop": ("preparing", "running", "paused"),
    "continue_run": ("idle",),
    "change_rate": ("running", "paused"),
}


class ActionStates(QObject):
    """Switches actions on and off as the training and the history of changes go on."""

    def __init__(self, menus: Menus, session: Session, runner: Runner) -> None:
        super().__init__(menus)
        self._menus, self._session = menus, session
        session.document_changed.connect(self._on_document_changed)
        runner.state_changed.connect(self._show_state)
        self._show_undo()

    def _on_document_changed(self, edit: object) -> None:
        QTimer.singleShot(0, self._show_undo)  # the stack takes the edit in after it was applied

    def _show_undo(self) -> None:
        stack = self._session.undo_stack
        for name, text, can in (
            ("undo", stack.undoText(), stack.canUndo()),
            ("redo", stack.redoText(), stack.canRedo()),
        ):
            action = self._menus.actions[name]
            action.setText(f"{name.capitalize()} {text}".strip().replace("&", "&&"))
            action.setEnabled(can)

    def _show_state(self, state: str) -> None:
        for name, states in STATES.items():
            self._menus.actions[name].setEnabled(state in states)
