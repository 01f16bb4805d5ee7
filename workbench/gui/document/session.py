"""The open project in the window: one door for changes, and everything that is derived from the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QUndoStack

from workbench.core.edits import Edit, GraphEdit, changes_layout_only
from workbench.core.errors import UsageError
from workbench.core.files import UnsyncedError
from workbench.core.graph import Graph
from workbench.data.spec import Dataset
from workbench.gui.document.undo import EditCommand
from workbench.model.analysis import Analysis
from workbench.project import storage
from workbench.project.checks import data_advice
from workbench.project.document import CompositeEdit, Project, SetSetting
from workbench.project.probes import Probe, SampleProbe, kept_probes, probe_json
from workbench.project.stages import followed


class Session(QObject):
    """One project while it is open.

    Signals:
        document_changed(object): the edit that was applied, or None when the whole document is another.
        selection_changed(list): ids of the nodes that are selected.
        title_changed(): file name or modified mark.
        probe_changed(): another picture is sent through the network.
        data_known(): the project's data is known, or no longer, and with it what does not go together with the network.
        runs_moved(dict): the project's runs lie elsewhere now: the name of each there, by the one that it had.
    """

    document_changed = pyqtSignal(object)
    selection_changed = pyqtSignal(list)
    title_changed = pyqtSignal()
    probe_changed = pyqtSignal()
    runs_moved = pyqtSignal(dict)
    data_known = pyqtSignal()

    def __init__(self, project: Project, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = project
        self.path = path
        self.run_path = path or Path("untitled.cnn")
        self.dataset: Dataset | None = None
        self.analysis = Analysis(project.graph)
        self.selection: list[str] = []
        self.is_locked = False
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self._browsed = SampleProbe()
        self._probe: Probe = self._browsed
        self._read_probe()

    @property
    def graph(self) -> Graph:
        """The network as it is drawn now."""
        return self.project.graph

    @property
    def folder(self) -> Path:
        """Where the document's relative paths start."""
        return storage.home_of(self.path or self.run_path)

    @property
    def is_modified(self) -> bool:
        """Whether there are changes that are not in the file."""
        return not self.undo_stack.isClean()

    def push(self, edit: Edit) -> None:
        """Makes a change that can be undone.

        Raises:
            GraphError: the edit does not fit the document; nothing is changed.
            UsageError: the document is only shown.
        """
        if self.is_locked and not changes_layout_only(edit):
            raise UsageError("This network is only shown here. Change it where it is open.")
        if isinstance(edit, GraphEdit):
            edit = followed(self.project, edit)
        self.undo_stack.push(EditCommand(edit, self.project.apply(edit), self._apply))

    @contextmanager
    def one_step(self, text: str) -> Iterator[None]:
        """Makes the changes that are made within it one step to undo."""
        self.undo_stack.beginMacro(text)
        try:
            yield
        finally:
            self.undo_stack.endMacro()

    def _apply(self, edit: Edit, made: Project | None) -> None:
        """Takes over the document after an edit, which is made of the one before unless it is there already."""
        self.project = self.project.apply(edit) if made is None else made
        if self.project.graph is not self.analysis.graph:
            if changes_layout_only(edit):
                self.graph.share_memo(self.analysis.graph)
            self._analyse()
        gone = [id_ for id_ in self.selection if id_ not in self.graph.nodes]
        if gone:
            self.select([id_ for id_ in self.selection if id_ in self.graph.nodes])
        parts = edit.edits if isinstance(edit, CompositeEdit) else (edit,)
        is_probe = any(isinstance(part, SetSetting) and part.section == "probes" for part in parts)
        if is_probe:
            self._read_probe()
        self.document_changed.emit(edit)
        if is_probe:
            self.probe_changed.emit()

    def know_data(self, dataset: Dataset | None) -> None:
        """Takes the project's data in, where it has been read; None: it is another now, and not read yet."""
        if dataset is not self.dataset:
            self.dataset = dataset
            self._analyse()
            self.data_known.emit()

    def _analyse(self) -> None:
        """Begins a new analysis, of the network as it is now and the data as far as it is known."""
        dataset = self.dataset
        advise = None if dataset is None else lambda graph, problems: data_advice(graph, dataset, problems)
        self.analysis = Analysis(self.graph, advise)

    @property
    def probe(self) -> Probe:
        """What is sent through the network to look at it."""
        return self._probe

    def look_at(self, probe: Probe, *, keep: bool = False) -> None:
        """Sends something else through the network.

        Args:
            probe: what.
            keep: whether the document keeps it, as a step that can be undone; samples that are browsed are not kept.

        Raises:
            WorkbenchError: the document cannot keep it: its path is not UTF-8, or leads nowhere.
        """
        if isinstance(probe, SampleProbe):
            self._browsed = probe
        kept = (probe_json(probe, self.path.parent if self.path else None),) if keep else self.project.probes
        if kept != self.project.probes:
            self.push(SetSetting("probes", (), self.project.probes, kept))
            return
        self._probe = probe
        self.probe_changed.emit()

    def _read_probe(self) -> None:
        """Takes the last probe that the document keeps, or else the sample that was looked at."""
        found, self.probe_notes = kept_probes(self.project.probes, self.folder)
        self._probe = found[-1] if found else self._browsed

    def select(self, ids: list[str]) -> None:
        """Makes these nodes the selected ones, everywhere."""
        if ids != self.selection:
            self.selection = ids
            self.selection_changed.emit(ids)

    def replace(
        self, project: Project, path: Path | None, *, run_path: Path | None = None, is_changed: bool = False
    ) -> None:
        """Another document in this window.

        Args:
            project: the document.
            path: its file; None if it has none yet.
            run_path: whose runs are its own, where it has no file.
            is_changed: whether it holds changes that are in no file.
        """
        self.project, self.path = project, path
        self.run_path = path or run_path or Path("untitled.cnn")
        self.dataset = None
        self._analyse()
        self.undo_stack.blockSignals(True)  # below only the final state is signalled
        self.undo_stack.clear()
        self.undo_stack.setClean()
        if is_changed:
            self.undo_stack.resetClean()
        self.undo_stack.blockSignals(False)
        self._browsed = SampleProbe()
        self._read_probe()
        self.select([])
        self.document_changed.emit(None)
        self.probe_changed.emit()
        self.title_changed.emit()

    def set_run_path(self, path: Path, names: Mapping[str, str] | None = None) -> None:
        """Takes the runs beside that file for the project's from now on.

        Args:
            path: the file.
            names: where the runs were moved there, the new name of each by the one before; None: there are others.
        """
        if path != self.run_path:
            self.run_path = path
            if names is not None:
                self.runs_moved.emit(dict(names))
            self.title_changed.emit()

    def save(self, path: Path, edit: Edit | None = None) -> str:
        """Writes the document.

        Args:
            path: its file from now on.
            edit: a change that comes with its new place, made once it is written.

        Returns:
            A sentence, where it was written but the disk did not confirm it; else "".

        Raises:
            WriteError: it was not written; it stays as it was, and changed.
        """
        doubt = ""
        try:
            storage.save(self.project if edit is None else self.project.apply(edit), path)
        except UnsyncedError as error:  # the new file is there, so the document is no longer a changed one
            doubt = str(error)
        self.path = path
        if edit is not None:
            self.push(edit)
        self.undo_stack.setClean()
        self.title_changed.emit()
        return doubt

    def _on_clean_changed(self, is_clean: bool) -> None:
        self.title_changed.emit()
