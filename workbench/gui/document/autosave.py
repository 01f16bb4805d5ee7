"""Keeps the changed project safe from a crash: written a second after a change, on a thread, into the user's state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from workbench.core.errors import WorkbenchError
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.project.recovery import OpenFolder

DELAY_MS = 1000


class Autosave(QObject):
    """Writes what is unsaved into the project's open folder.

    Signals:
        failed(str): it could not be written, and why; it is tried again with the next change.
    """

    failed = pyqtSignal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.folder: OpenFolder | None = None
        self._job = LatestJob(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._write)
        session.document_changed.connect(self._on_document_changed)
        session.title_changed.connect(self._on_title_changed)

    @property
    def _has_news(self) -> bool:
        """Whether something is in no file of the user's: changes, or trainings that are not beside it yet."""
        return self._session.is_modified or (self.folder is not None and self.folder.has_runs)

    @property
    def has_loose_runs(self) -> bool:
        """Whether there are trainings that go with the project unless it is saved."""
        return self._session.path is None and self.folder is not None and self.folder.has_runs

    def touch(self) -> None:
        """Something has changed; it is written a second later."""
        if not self._timer.isActive() and self.folder is not None:
            self._timer.start()

    def _on_document_changed(self, edit: object) -> None:
        self.touch()

    def _on_title_changed(self) -> None:
        """Saved, or undone back to what is saved: nothing has to be kept."""
        if not self._has_news and not self._job.is_busy and self.folder is not None:
            self._timer.stop()
            self.folder.forget()

    def _write(self) -> None:
        folder, project = self.folder, self._session.project
        if folder is None or not self._has_news:
            return
        if self._job.is_busy:
            self._timer.start()
            return

        def work() -> Iterator[Any]:
            folder.keep(project)
            yield from ()

        self._job.run(work, on_ended=self._on_ended)

    def _on_ended(self, error: str) -> None:
        if error:
            self.failed.emit(error)
        self._on_title_changed()

    def change_folder(self, folder: OpenFolder | None) -> None:
        """Keeps another project from now on; what is under way is finished first."""
        self._finish()
        self.folder = folder

    def flush(self) -> None:
        """Writes at once what is unsaved, on this thread; for an end that nobody is asked about."""
        self._finish()
        if self.folder is not None and self._has_news:
            try:
                self.folder.keep(self._session.project)
            except WorkbenchError as error:
                self.failed.emit(str(error))

    def _finish(self) -> None:
        self._timer.stop()
        self._job.finish()
