"""What the chosen size makes of some pictures of the data, beside the settings, before they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.values import Json
from workbench.data.config import DataConfig
from workbench.data.loading import source_of
from workbench.data.sized_pictures import SizedPictures
from workbench.data.spec import REGISTRY
from workbench.gui.data.samples import SampleGrid
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import Sample
from workbench.inspection.size_preview import COUNT, SizedPicture, size_preview

DELAY_MS, HEIGHT = 200, 130 * COUNT  # pixels: a row of two for each picture
NO_PICTURES = "There are no pictures here."
TITLE = "The size, on some of the pictures"


class SizePreview(QWidget):
    """Pictures as their files have them, each beside what becomes of it; hidden where a source has no such settings."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._source: SizedPictures | None = None
        self._drawn_for: object = None
        self._job = LatestJob(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(lambda: self._job.run_when_free(self._compute))
        self.grid = SampleGrid(theme)
        self.grid.setAccessibleName(TITLE)
        self.grid.setMinimumHeight(HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(plain_label(TITLE, faint=True, wraps=True))
        layout.addWidget(self.grid)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.grid.theme = theme
        self.grid.update()

    def show_choice(self, name: str, options: Mapping[str, Json]) -> None:
        """Shows what the settings of a source make of its pictures, a moment later; what was shown goes at once.

        Args:
            name: of the source, as in the form.
            options: its settings, which may be wrong still.
        """
        cls = REGISTRY[name]
        has_sizes = issubclass(cls, SizedPictures) and cls.chosen_by == "path" and bool(options.get("path"))
        source, fault = None, ""
        try:
            source = source_of(DataConfig(source=name, options=dict(options))) if has_sizes else None
        except WorkbenchError as error:
            fault = str(error)
        if source is not None and source == self._source and self._drawn_for == self._session.folder:
            return
        self._source, self._drawn_for = source if isinstance(source, SizedPictures) else None, None
        self._job.drop()
        self.grid.show_words(fault)
        self.setVisible(has_sizes)
        self._timer.start()

    def _compute(self) -> None:
        source, folder = self._source, self._session.folder
        if source is None or not self.isVisible():
            return
        self._drawn_for = folder
        self.grid.show_words("Looking at some pictures …")

        def work() -> Iterator[Any]:
            yield size_preview(source, folder)

        self._job.run(work, on_events=self._on_made, on_ended=self._on_ended)

    def _on_made(self, answers: list[list[SizedPicture]]) -> None:
        samples, found = [], answers[-1]
        for number, each in enumerate(found):
            samples.append(Sample(2 * number, each.whole, each.size, each.name))
            samples.append(Sample(2 * number + 1, each.made, f"→ {each.becomes}", f"{each.name}: {each.becomes}"))
        self.grid.empty_text = "" if samples else NO_PICTURES
        self.grid.show_samples(samples)

    def _on_ended(self, error: str) -> None:
        if error:
            self.grid.show_words(error)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self._drawn_for is None:
            self._timer.start()

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._timer.stop()
        self._job.shut_down()
