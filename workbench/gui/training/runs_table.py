"""The runs of the project in a table: how they went, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PyQt6.QtCore import QItemSelection, QItemSelectionModel, QPoint, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import (
    QGridLayout,
    QInputDialog,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.values import Json
from workbench.gui.document.session import Session
from workbench.gui.training.runner import Runner
from workbench.gui.training.runs_list import RunsList
from workbench.gui.training.runs_model import RunsModel
from workbench.gui.training.runs_view import RunsView
from workbench.gui.widgets.button_menu import button_menu
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.project.records import brought_back
from workbench.project.storage import runs_folder
from workbench.training.history import WITHOUT_END
from workbench.training.run_folder import RunFolder

BUTTONS_IN_ROW = 3
NO_RUNS = "There are no runs yet. Press Run to train the network."
READING = "Reading the runs…"
Flag = QItemSelectionModel.SelectionFlag
BUTTONS = (
    ("resume", "Resume", "Take this run up again where it stopped"),
    ("follow", "Follow", "Show this run as it grows, which another process is training"),
    ("look", "Look", "See what this run has learnt"),
    (
        "bring_back",
        "Bring back",
        "Draw the network that this run trained, with its settings; undo takes it back",
    ),
    ("rename", "Rename…", "Give this run another name"),
    ("delete", "Delete…", "Delete these runs and their weights"),
)


class RunsTable(QWidget):
    """Every run of the project, newest first unless a column is sorted by.

    Signals:
        chosen(list): names of the selected runs.
        look_requested(str): somebody wants to see what this run has learnt.
        filled(): the rows are others than before.
    """

    chosen = pyqtSignal(list)
    look_requested = pyqtSignal(str)
    filled = pyqtSignal()

    def __init__(self, session: Session, runner: Runner, runs: RunsList, *, usual: int = 1) -> None:
        """Makes the table.

        Args:
            session: the open project.
            runner: trains it.
            runs: of the project.
            usual: how many of the newest are selected while nobody has chosen any.
        """
        super().__init__()
        self._usual = usual
        self._session, self._runner, self._runs = session, runner, runs
        self.is_chosen_by_hand = False
        self._new_names: dict[str, str] = {}
        self._before: tuple[list[str], int] = ([], 0)  # what was selected in the rows that go now
        self._is_selecting = False
        self.model = RunsModel(runner, self)
        self.table = RunsView(self.model)
        self._build()
        self.model.modelAboutToBeReset.connect(self._on_rows_go)
        self.model.modelReset.connect(self._on_rows_come)
        self.model.dataChanged.connect(self._show_buttons)
        self.model.show(runs.listing)
        runs.listed.connect(self._on_listed)
        runs.changed.connect(self.filled)
        runs.failed.connect(self._on_failed)
        runs.renamed.connect(self._on_renamed)
        runner.state_changed.connect(self._show_buttons)
        session.document_changed.connect(self._on_document_changed)
        self._on_rows_come()

    @property
    def rows(self) -> Sequence[dict[str, Json]]:
        """What is known of the runs, in the order of the table."""
        return self.model.listing.rows

    def _build(self) -> None:
        self.table.customContextMenuRequested.connect(self._on_menu)
        self._selection.selectionChanged.connect(self._on_selection_changed)
        self.buttons: dict[str, QPushButton] = {}
        grid = QGridLayout()
        for number, (name, text, tip) in enumerate(BUTTONS):
            button = QPushButton(text)
            button.setToolTip(plain_tip(tip))
            button.clicked.connect(getattr(self, f"_on_{name}"))
            grid.addWidget(button, number // BUTTONS_IN_ROW, number % BUTTONS_IN_ROW)
            self.buttons[name] = button
        self._note = plain_label(NO_RUNS, faint=True, wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._note)
        layout.addWidget(self.table, 1)
        layout.addLayout(grid)

    def _on_listed(self) -> None:
        """Shows what the list has read."""
        self.model.show(self._runs.listing)
        self._show_note()
        self.table.show_arrow(self.model.sorted_column)

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.is_chosen_by_hand = False
            self.select(self._still_chosen(self.selected, self._place))

    def _on_rows_go(self) -> None:
        self._before = self.selected, self._place

    def _on_rows_come(self) -> None:
        """Measures the columns by the first rows, and selects what was selected before."""
        self.table.resizeColumnsToContents()
        self._show_note()
        self.select(self._still_chosen(*self._before))

    def _show_note(self) -> None:
        """Says in place of the rows why there are none."""
        self._note.setText(NO_RUNS if self._runs.is_read else READING)
        self._note.setVisible(not self.rows)
        self.table.setVisible(bool(self.rows))

    def _on_renamed(self, before: str, name: str) -> None:
        self._new_names[before] = name

    def _on_failed(self, error: str) -> None:
        self._note.setText(printable(error, SENTENCE))
        self._note.show()

    def _still_chosen(self, selected: list[str], place: int) -> list[str]:
        """What is selected in new rows: the same runs, under new names too; where they are gone the next one; and where
        nobody has chosen any, the newest."""
        names = self.model.listing.places
        renamed = [self._new_names.get(name, name) for name in selected]
        self._new_names = {name: new for name, new in self._new_names.items() if new not in names}
        kept = [name for name in renamed if name in names]
        if not self.is_chosen_by_hand or not selected:
            return [row["run"] for row in self._runs.runs.rows[: self._usual]]
        last = min(place, len(names) - 1)
        return kept or [row["run"] for row in self.rows[last : last + 1]]

    @property
    def _place(self) -> int:
        """The row of the first selected run."""
        return min((index.row() for index in self._selection.selectedRows()), default=0)

    @property
    def _selection(self) -> QItemSelectionModel:
        found = self.table.selectionModel()
        assert found is not None
        return found

    @property
    def selected(self) -> list[str]:
        """Names of the selected runs, in the order of the table."""
        return [self.rows[row]["run"] for row in sorted(index.row() for index in self._selection.selectedRows())]

    def select(self, names: list[str]) -> None:
        """Selects runs by name."""
        model, selection = self.model, QItemSelection()
        rows = sorted(place for name in names if (place := model.listing.places.get(name)) is not None)
        for row in rows:
            selection.select(model.index(row, 0), model.index(row, 0))
        self._is_selecting = True
        self._selection.select(selection, Flag.ClearAndSelect | Flag.Rows)
        if rows:
            self._selection.setCurrentIndex(model.index(rows[0], 0), Flag.NoUpdate)
        self._is_selecting = False
        self._on_selection()

    def showEvent(self, a0: QShowEvent | None) -> None:
        """Looks for runs that other processes have begun since, and goes on looking."""
        super().showEvent(a0)
        self._runs.watch(self, is_seen=True)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        """Looks no more."""
        super().hideEvent(a0)
        self._runs.watch(self, is_seen=False)

    def _on_selection_changed(self) -> None:
        if not self._is_selecting:
            self.is_chosen_by_hand = True
            self._on_selection()

    def _on_selection(self) -> None:
        self._show_buttons()
        self.chosen.emit(self.selected)

    def _show_buttons(self) -> None:
        names = self.selected
        states = [self.rows[self.model.listing.places[name]]["state"] for name in names]
        is_one, is_idle = len(names) == 1, not self._runner.is_on
        is_free = "running" not in states and not (self._runner.is_on and self._runner.run_name in names)
        allowed = {
            "resume": is_one and is_idle and states[0] in ("stopped", "unfinished"),
            "follow": is_one and is_idle and states[0] in WITHOUT_END,
            "look": is_one, "bring_back": is_one and states[0] != "damaged",
            "rename": is_one and is_free, "delete": bool(names) and is_free,
        }  # fmt: skip
        for name, button in self.buttons.items():
            button.setEnabled(allowed[name])

    def context_menu(self) -> QMenu:
        """Returns a menu of what can be done with the selected runs: the buttons below the table."""
        found = ((text, tip, self.buttons[name]) for name, text, tip in BUTTONS)
        return button_menu(self, ((text, tip, button, button.isEnabled()) for text, tip, button in found))

    def _on_menu(self, place: QPoint) -> None:
        viewport = self.table.viewport()
        if self.selected and viewport is not None:
            self.context_menu().popup(viewport.mapToGlobal(place))

    def _folder(self, name: str) -> RunFolder:
        return RunFolder(runs_folder(self._session.run_path) / name)

    def _on_resume(self) -> None:
        self._runner.resume(self.selected[0])

    def _on_follow(self) -> None:
        self._runner.follow(self.selected[0])

    def _on_look(self) -> None:
        self.look_requested.emit(self.selected[0])

    def _on_bring_back(self) -> None:
        name = self.selected[0]
        try:
            edit = brought_back(self._session.project, self._folder(name))
        except WorkbenchError as error:
            tell(self, "It was not brought back", str(error))
            return
        if edit is None:
            tell(self, "Nothing to bring back", f"Network and settings are those of {printable(name)} already.")
        else:
            self._session.push(edit)

    def _on_rename(self) -> None:
        before = self.selected[0]
        name, is_given = QInputDialog.getText(self, "Rename run", "Name", text=before)
        if is_given and name != before:
            self._rename(before, name.strip())

    def _rename(self, before: str, name: str) -> None:
        def work() -> None:
            self._folder(before).rename(name)
            self._runs.renamed.emit(before, name)

        self._try(work)

    def _on_delete(self) -> None:
        names = self.selected
        what = printable(names[0]) if len(names) == 1 else f"{len(names)} runs"
        answers = {Button.Discard: "Delete", Button.Cancel: "Cancel"}
        more = "The weights go too; this cannot be undone."
        if ask(self, f"Delete {what}?", answers, more=more, usual=Button.Cancel) == Button.Discard:
            for name in names:
                self._try(self._folder(name).delete)

    def _try(self, work: Any) -> None:
        try:
            work()
        except WorkbenchError as error:
            tell(self, "It was not done", str(error))
        self._runs.refresh()
