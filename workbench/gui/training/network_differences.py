"""What the networks of two runs differ in, in a few lines, with a button that draws it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.core.graph import Graph
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.labels import plain_label
from workbench.model.comparison import changes, cost_change
from workbench.project.records import graph_of
from workbench.project.runs import find_run

MOST_TOLD = 4


@dataclass(frozen=True)
class Compared:
    """Two runs' networks.

    Attributes:
        before: name of the older run, and its network.
        after: name of the newer run, and its network.
        text: what they differ in.
        differs: whether they do.
    """

    before: tuple[str, Graph]
    after: tuple[str, Graph]
    text: str
    differs: bool


def compared(before: tuple[str, Graph], after: tuple[str, Graph]) -> Compared:
    """Returns what two networks differ in, in a sentence or two."""
    found = changes(before[1], after[1])
    if not found:
        return Compared(before, after, "Both have the same network.", differs=False)
    lines = [change.text for change in found[:MOST_TOLD]]
    more = f"; and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    was, now = cost_change(before[1], after[1])["parameters"]
    cost = f" Parameters {was:,} → {now:,}." if was != now else ""
    return Compared(before, after, f"Their networks differ: {'; '.join(lines)}{more}.{cost}", differs=True)


class NetworkDifferences(QWidget):
    """Compares the networks of two chosen runs on a thread.

    Signals:
        drawing_requested(object): the difference is to be drawn; a `Compared`.
    """

    drawing_requested = pyqtSignal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job = LatestJob(self)
        self._found: Compared | None = None
        self.words = plain_label("", wraps=True, faint=True)
        self.button = QPushButton("Draw it…")
        self.button.setToolTip("The newer network, with what was added, removed and changed")
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_runs(self, names: list[str]) -> None:
        """Compares two runs; any other number shows nothing."""
        self._job.abandon()
        self._found = None
        self.hide()
        if len(names) != 2:
            return
        path, (one, other) = self._session.run_path, sorted(names)

        def work() -> Iterator[Any]:
            first, second = ((name, graph_of(find_run(path, name))) for name in (one, other))
            yield compared(first, second)

        self._job.run(work, on_events=self._on_compared, on_ended=self._on_ended)

    def _on_compared(self, answers: list[Compared]) -> None:
        self._found = answers[-1]
        self._say(self._found.text)

    def _on_ended(self, error: str) -> None:
        if error:
            self._say(f"Their networks cannot be compared. {error}")

    def _say(self, text: str) -> None:
        self.words.setText(printable(text, SENTENCE))
        self.button.setVisible(self._found is not None and self._found.differs)
        self.show()

    def _on_clicked(self) -> None:
        if self._found is not None:
            self.drawing_requested.emit(self._found)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()
