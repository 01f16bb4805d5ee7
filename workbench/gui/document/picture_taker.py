"""Pictures that are dropped or opened, read whole on a thread before they take the place of what is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.values import Json
from workbench.data.loading import source_of
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.project.document import SetSetting
from workbench.project.probes import PictureProbe, probe_json


class PictureTaker(QObject):
    """Keeps pictures with the project, as one step, and looks at the last of them.

    Signals:
        taken(list): paths of the pictures that are kept now.
        refused(str): which cannot be read and why; where none could be, what was looked at before stays.
    """

    taken = pyqtSignal(list)
    refused = pyqtSignal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job = LatestJob(self)

    @property
    def is_busy(self) -> bool:
        """Whether pictures are being read."""
        return self._job.is_busy

    def take(self, paths: tuple[Path, ...]) -> None:
        """Reads pictures and keeps those that can be read; newer ones take the place of those that are being read.

        Raises:
            WorkbenchError: the document cannot keep one: its path is not UTF-8, or leads nowhere.
        """
        self._as_kept(paths)
        project = self._session.project

        def work() -> Iterator[Any]:
            source = source_of(project.data_config())
            good, bad = [], []
            for path in paths:
                try:
                    source.decode(path)
                    good.append(path)
                except WorkbenchError as error:
                    bad.append(str(error))
            yield project.uuid, good, bad

        self._job.run(work, on_events=self._on_read, on_ended=self._on_ended)

    def _as_kept(self, paths: Iterable[Path]) -> tuple[dict[str, Json], ...]:
        folder = self._session.path.parent if self._session.path else None
        return tuple(probe_json(PictureProbe(path), folder) for path in paths)

    def _on_read(self, answers: list[tuple[str, list[Path], list[str]]]) -> None:
        uuid, good, bad = answers[-1]
        session = self._session
        if uuid != session.project.uuid:
            return  # another project is open by now
        if bad:
            more = f" {len(bad) - 1} more could not be read either." if len(bad) > 1 else ""
            stays = "" if good else " What was looked at before stays."
            self.refused.emit(f"{printable(bad[0], SENTENCE)}{more}{stays}")
        try:
            if len(good) == 1:
                session.look_at(PictureProbe(good[0]), keep=True)
            elif good:
                session.push(SetSetting("probes", (), session.project.probes, self._as_kept(good)))
        except WorkbenchError as error:
            self.refused.emit(str(error))
            return
        if good:
            self.taken.emit(good)

    def _on_ended(self, error: str) -> None:
        if error:
            self.refused.emit(error)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()
