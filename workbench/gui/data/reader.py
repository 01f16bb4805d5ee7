"""Reads the data of the document on a thread: when it is first wanted, when another is chosen, when files change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.errors import WorkbenchError
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import Dataset
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.threads.reading_watch import Hearing, ReadingWatch

Choice = tuple[DataConfig, Any]  # the settings, and the folder that paths start from


class DataReader(QObject):
    """The data of the document.

    Signals:
        begun(): other data is being read; what there was is none of the document's any more.
        advanced(object): how far the reading is, a ReadingProgress.
        ended(str): it is there, or it cannot be read, and why.
        changed(): files of it had changed, and it is others now; behind `ended`.

    Attributes:
        dataset: the data that was read last; None while there is none.
    """

    begun = pyqtSignal()
    advanced = pyqtSignal(object)
    ended = pyqtSignal(str)
    changed = pyqtSignal()

    def __init__(self, session: Session, is_wanted: Callable[[], bool], parent: QObject) -> None:
        """Reads nothing yet.

        Args:
            session: the document.
            is_wanted: whether anybody sees the data.
            parent: owner.
        """
        super().__init__(parent)
        self._session, self._is_wanted = session, is_wanted
        self._job = LatestJob(self)
        self._reading: Choice | None = None
        self._loaded: Choice | None = None
        self._watch = ReadingWatch(self.advanced.emit, self)
        self.dataset: Dataset | None = None

    @property
    def is_busy(self) -> bool:
        """Whether data is being read, or files are looked at."""
        return self._job.is_busy

    @property
    def is_waiting(self) -> bool:
        """Whether other data will be read after that."""
        return self._job.is_waiting

    def own(self) -> Dataset | None:
        """Returns the data that was read, if it is that of the document."""
        try:
            wanted = self._wanted()
        except WorkbenchError:
            return None
        return self.dataset if _key(wanted) == _key(self._loaded) else None

    def _wanted(self) -> Choice:
        return self._session.project.data_config(), self._session.folder

    def read(self) -> None:
        """Reads the data of the document, if somebody sees it; of what is there only the files are looked at."""
        if not self._is_wanted():
            return
        try:
            wanted = self._wanted()
        except WorkbenchError as error:
            self._end(None, str(error))
            return
        if self._job.is_busy:
            self._job.run_when_free(self.read)
            return
        if _key(wanted) == _key(self._loaded):
            self.look_again()
            return
        self._reading = wanted
        config, folder = wanted
        self.dataset = None
        self.begun.emit()
        hearing = self._watch.begin()

        def work() -> Iterator[Any]:
            with hearing.begun():
                dataset = load(config, folder)
            yield wanted, dataset

        self._job.run(work, on_events=self._on_read, on_ended=self._on_ended, cancel=hearing.stop)

    def stop(self) -> None:
        """Ends the reading that is under way; it is told as an error."""
        self._watch.hearing.stop()

    def read_again(self) -> None:
        """Reads the files that have changed; all of them where they could not be read before."""
        if self.dataset is None:
            self.forget()
            self.read()
        else:
            self.look_again()

    def forget(self) -> None:
        """Forgets what was read last, so that it is read again even where it is that of the document."""
        self._loaded = None

    def look_again(self) -> None:
        """Reads the data anew where its files have changed since it was read."""
        dataset, loaded = self.own(), self._loaded
        if dataset is None or loaded is None or self._job.is_busy:
            return
        config, folder = loaded
        hearing = self._watch.hearing = Hearing()

        def work() -> Iterator[Any]:
            with hearing.begun():
                found = load(config, folder)
            if found is not dataset:
                yield loaded, found

        self._job.run(work, on_events=self._on_changed, on_ended=self._on_ended_again, cancel=hearing.stop)

    def _on_read(self, answers: list[tuple[Choice, Dataset]]) -> None:
        self._loaded, dataset = answers[-1]
        self._end(dataset, "")

    def _on_changed(self, answers: list[tuple[Choice, Dataset]]) -> None:
        self._on_read(answers)
        self.changed.emit()

    def _on_ended(self, error: str) -> None:
        if error:
            self._loaded = self._reading
            self._end(None, error)

    def _on_ended_again(self, error: str) -> None:
        if error:  # the files are gone, or cannot be read any more
            self._end(None, error)
            self.changed.emit()

    def _end(self, dataset: Dataset | None, error: str) -> None:
        self.dataset = dataset
        self.ended.emit(error)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()


def _key(choice: Choice | None) -> object:
    """What decides which samples there are: batches, ratios and augmentation do not."""
    if choice is None:
        return None
    return choice[0].model_dump(exclude={"batch_size", "ratios", "augment"}), choice[1]
