"""Import: a network of another program, with a report of what was read before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.click_through import ClickThrough
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.model.imports.spec import REGISTRY, file_suffixes, question_before
from workbench.model.weight_kinds import SUFFIXES
from workbench.project import storage
from workbench.project.importing import Brought, bring_in, write_brought

EXAMPLE = "torchvision:resnet18, or a file such as net.onnx"
WEIGHTS = f"Weights ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"


def _known_names() -> Iterator[list[str]]:
    """What may be typed, which libraries have to be loaded for."""
    yield [f"{name}:{each}" for name, cls in REGISTRY.items() if not cls.suffixes for each in cls.names()]


class ImportDialog(QDialog):
    """Reads a network, tells what came of it, and writes a project.

    Attributes:
        written: the project that was written, once the dialog was accepted.
    """

    def __init__(self, what: str = "", parent: QWidget | None = None) -> None:
        """Prepares the dialog.

        Args:
            what: a file or name that is read at once; "" waits for one.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle("Import a network")
        self.written: Path | None = None
        self._brought: Brought | None = None
        self._job, self._names = LatestJob(self), LatestJob(self)
        self.what, self.weights = QLineEdit(what), QLineEdit()
        self.report = QPlainTextEdit()
        self.work = QProgressBar()
        self._about = plain_label(self._kinds(), wraps=True, faint=True)
        self._lay_out()
        self._connect()
        if what:
            self.read()

    @staticmethod
    def _kinds() -> str:
        """What can be imported, in one line."""
        return " ".join(cls.summary() for _, cls in REGISTRY.items())

    def _lay_out(self) -> None:
        self.what.setPlaceholderText(EXAMPLE)
        self.what.setAccessibleName("Network")
        self.weights.setPlaceholderText("Those in the file, or none")
        self.weights.setAccessibleName("Weights")
        self.report.setReadOnly(True)
        self.report.setAccessibleName("What was read")
        self.work.setRange(0, 0)  # how long it takes is not known
        self.work.setTextVisible(False)
        self.work.setMaximumHeight(6)
        self.work.setAccessibleName("The network is read")
        self.work.hide()
        self.browse, self.browse_weights = QPushButton("Browse…"), QPushButton("Browse…")
        form = QFormLayout()
        for title, line, button in (
            ("Network", self.what, self.browse),
            ("Weights", self.weights, self.browse_weights),
        ):
            row = QHBoxLayout()
            row.addWidget(line, 1)
            row.addWidget(button)
            form.addRow(title, row)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        role = QDialogButtonBox.ButtonRole
        self.read_button = QPushButton("Read")
        self.save_button = QPushButton("Save as project…")
        self.buttons.addButton(self.read_button, role.ActionRole)
        self.buttons.addButton(self.save_button, role.ActionRole)
        self.save_button.setEnabled(False)
        layout = QVBoxLayout(self)
        layout.addWidget(self._about)
        layout.addLayout(form)
        layout.addWidget(self.report, 1)
        layout.addWidget(self.work)
        layout.addWidget(self.buttons)
        self.resize(720, 460)

    def _connect(self) -> None:
        for line in (self.what, self.weights):
            line.textChanged.connect(self._forget)
            line.returnPressed.connect(self.read)
        self.browse.clicked.connect(self._browse)
        self.browse_weights.clicked.connect(self._browse_weights)
        self.read_button.clicked.connect(self.read)
        self.save_button.clicked.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self.read_button.setDefault(True)

    def _on_names(self, answers: list[list[str]]) -> None:
        completer = QCompleter(answers[-1], self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.what.setCompleter(completer)
        ClickThrough(completer)

    def _browse(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in file_suffixes())
        found, _ = QFileDialog.getOpenFileName(self, "Network", self.what.text(), f"Networks ({kinds})")
        if found:
            self.what.setText(found)
            self.read()

    def _browse_weights(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, "Weights", self.weights.text() or self.what.text(), WEIGHTS)
        if found:
            self.weights.setText(found)

    def _forget(self) -> None:
        """What was read is of another choice."""
        self._job.abandon()
        self._brought = None
        self.report.clear()
        self._set_idle(is_idle=True)

    def read(self) -> None:
        """Reads the network on a thread."""
        what, weights = self.what.text().strip(), self.weights.text().strip()
        if not what or self._job.is_busy or not self._may_run(what):
            return
        self._brought = None
        self.report.setPlainText("Reading …")
        self._set_idle(is_idle=False)

        def work() -> Iterator[Any]:
            yield bring_in(what, Path(weights) if weights else None, may_run=True)

        self._job.run(work, on_events=self._on_read, on_ended=self._on_ended)

    def _may_run(self, what: str) -> bool:
        """Asks before a file is run; whether what is named may be read."""
        try:
            question = question_before(what)
        except WorkbenchError:
            return True  # reading says why it cannot be
        if not question:
            return True
        answers = {Button.Cancel: "Do not run it", Button.Yes: "Run it"}
        return ask(self, question, answers, usual=Button.Cancel) == Button.Yes

    def _on_read(self, answers: list[Brought]) -> None:
        self._brought = answers[-1]

    def _on_ended(self, error: str) -> None:
        if error:
            self.report.setPlainText(printable(error, SENTENCE))
        elif self._brought is not None:
            self.report.setPlainText("\n".join(printable(line, SENTENCE) for line in self._brought.report()))
        self._set_idle(is_idle=True)
        if self._brought is not None:
            self.save_button.setDefault(True)
            self.save_button.setFocus()

    def _set_idle(self, *, is_idle: bool) -> None:
        self.work.setVisible(not is_idle)
        self.read_button.setEnabled(is_idle)
        self.save_button.setEnabled(is_idle and self._brought is not None)

    def _save(self) -> None:
        """Asks for a place and writes the project there."""
        assert self._brought is not None
        name = Path(self.what.text().strip().replace(":", "-")).with_suffix(storage.SUFFIX)
        found, _ = QFileDialog.getSaveFileName(self, "Save as project", str(name), f"Projects (*{storage.SUFFIX})")
        if found:
            self.write(Path(found).with_suffix(storage.SUFFIX))

    def write(self, path: Path) -> None:
        """Writes the project and ends the dialog; says so where it cannot be written."""
        assert self._brought is not None
        try:
            write_brought(self._brought, path)
        except WorkbenchError as error:
            tell(self, "It was not written", str(error))
            return
        self.written = path
        self.accept()

    def reject(self) -> None:
        self._job.abandon()
        super().reject()

    def showEvent(self, a0: QShowEvent | None) -> None:
        super().showEvent(a0)
        if self.what.completer() is None and not self._names.is_busy:
            self._names.run(_known_names, on_events=self._on_names, on_ended=lambda _: None)

    def done(self, a0: int) -> None:
        self._names.abandon()
        super().done(a0)


def import_network(
    what: str, may_leave: Callable[[], bool], open_file: Callable[[Path], None], window: QWidget
) -> None:
    """Shows the dialog and opens what it has written.

    Args:
        what: a file or name that is read at once; "" asks for one.
        may_leave: asks what becomes of unsaved changes.
        open_file: opens a project.
        window: the dialog stands over it.
    """
    dialog = ImportDialog(what, window)
    if dialog.exec() and dialog.written is not None and may_leave():
        open_file(dialog.written)
    dialog.deleteLater()
