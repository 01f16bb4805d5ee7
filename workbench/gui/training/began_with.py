"""Whether the document was changed since the training under way began, which goes on as it was."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject

from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.project.document import Project
from workbench.project.records import likeness


class BeganWith(QObject):
    """Remembers what a training began with, and tells when that is no longer what the document has."""

    def __init__(self, session: Session, runner: Runner, tell: Callable[[bool], None]) -> None:
        """Watches a runner.

        Args:
            session: the document.
            runner: whose trainings are watched.
            tell: called with whether a training goes on without what was changed since.
        """
        super().__init__(runner)
        self._session, self._tell = session, tell
        self._before: Project | None = None
        runner.run_started.connect(self._on_run_started)
        runner.state_changed.connect(self._on_state_changed)
        session.document_changed.connect(self._on_document_changed)

    def _on_run_started(self) -> None:
        self._before = self._session.project
        self._tell(False)

    def _on_state_changed(self, state: str) -> None:
        if state == "idle":
            self._before = None

    def _on_document_changed(self, edit: object) -> None:
        before, now = self._before, self._session.project
        if before is not None:
            others = (before.data, before.training) != (now.data, now.training)
            self._tell(others or (before.graph is not now.graph and likeness(before.graph) != likeness(now.graph)))
