"""A line for the path of a data source, with the buttons that its declaration asks for."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from workbench.data.spec import Reads, Source


class PathField(QWidget):
    """Where data lies: typed, or chosen among the files or folders that the source reads.

    Signals:
        changed(str): another path was chosen with a button.
    """

    changed = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reads: Reads | None = None
        self.line = QLineEdit()
        self.line.setAccessibleName("path")
        self.browse = QPushButton("Browse…")
        self.browse_folder = QPushButton("Folder…")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        row.addWidget(self.browse_folder)
        self.browse.clicked.connect(self._on_browse)
        self.browse_folder.clicked.connect(self._ask_folder)

    @property
    def reads(self) -> bool:
        """Whether the source reads a file or folder at all."""
        return self._reads is not None

    def show_source(self, source: type[Source] | None) -> None:
        """Fits the line and its buttons to a source; hides them where it reads nothing."""
        self._reads = source.reads if source is not None else None
        self.setVisible(self._reads is not None)
        if source is None or self._reads is None:
            return
        self.line.setPlaceholderText(
            self._reads.hint + ("" if source.needs_path else f"; without one, {self._reads.without}")
        )
        self.browse.setText("File…" if self._reads.what == "either" else "Browse…")
        self.browse_folder.setVisible(self._reads.what == "either")

    def ask(self) -> None:
        """Lets a file or folder be chosen, whichever the source reads; where it may be either, like what is there."""
        if self._reads is None or self._reads.what == "folder" or self._names_folder():
            self._ask_folder()
        else:
            self._ask_file()

    def _names_folder(self) -> bool:
        """Whether what is in the line is a folder, or was one, by its name."""
        is_either = self._reads is not None and self._reads.what == "either"
        return is_either and bool(self.line.text()) and not Path(self.line.text()).suffix

    def _on_browse(self) -> None:
        if self._reads is not None and self._reads.what == "either":
            self._ask_file()
        else:
            self.ask()

    def _ask_file(self) -> None:
        if self._reads is None:
            return
        patterns = " ".join(self._reads.patterns)
        found, _ = QFileDialog.getOpenFileName(self, "Data", self._start(), f"{self._reads.title} ({patterns})")
        self._take(found)

    def _ask_folder(self) -> None:
        self._take(QFileDialog.getExistingDirectory(self, "Data", self._start()))

    def _start(self) -> str:
        return self.line.text() or str(Path.home())

    def _take(self, found: str) -> None:
        if found:
            self.line.setText(found)
            self.changed.emit(found)
