"""What augmentation makes of one training picture: the picture, and beside it what some epochs would show of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from workbench.core.errors import WorkbenchError
from workbench.data.spec import Dataset
from workbench.gui.data.samples import SampleGrid
from workbench.gui.document.session import Session
from workbench.gui.threads.latest_job import LatestJob
from workbench.gui.widgets.paper import paper_of
from workbench.gui.widgets.theme import Theme
from workbench.inspection.browsing import Sample, augmented
from workbench.inspection.portraits import Portrait, portrait

EPOCHS = 11


class AugmentationPreview(QWidget):
    """A page of variants of one sample, computed on a thread by what training uses."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dataset: Dataset | None = None
        self._sample = ("train", 0)
        self._job = LatestJob(self)
        self._drawn_for: object = None
        self.grid = SampleGrid(theme)
        self.grid.setMinimumHeight(200)
        self.grid.walked.connect(self.grid.walk)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid, 1)
        session.document_changed.connect(self._on_document_changed)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.grid.theme = theme
        self.grid.update()
        self.refresh()

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Takes another data set."""
        self._dataset, self._sample = dataset, ("train", 0)
        self.refresh()

    def show_sample(self, split: str, number: int) -> None:
        """Shows variants of another sample."""
        self._sample = (split, number)
        self.refresh()

    def _on_document_changed(self, edit: object) -> None:
        project = self._session.project
        if self._drawn_for != (project.data, project.training):
            self.refresh()

    def refresh(self) -> None:
        """Computes the variants anew, if somebody sees them."""
        if not self.isVisible():
            self._drawn_for = None
            return
        self._drawn_for = (self._session.project.data, self._session.project.training)
        self._job.run_when_free(self._compute)

    def _compute(self) -> None:
        dataset, (split, number) = self._dataset, self._sample
        if dataset is None or not dataset.size(split):
            self.grid.show_words("Samples are shown here as the network will see them.")
            return
        try:
            settings = self._session.project.data_config().augment
            seed = self._session.project.training_config().seed
        except WorkbenchError:
            return
        paper = paper_of(self.grid.theme)
        plain = portrait(dataset, split, number, paper=paper)
        if not settings.is_on:
            self._show([plain])
            return

        def work() -> Iterator[Any]:
            yield plain, augmented(settings, dataset, split, number, seed, EPOCHS, paper)

        self._job.run(work, on_events=self._on_variants, on_ended=self._on_ended)

    def _on_variants(self, answers: list[tuple[Portrait, list[Portrait]]]) -> None:
        plain, variants = answers[-1]
        self._show([plain, *variants])

    def _show(self, found: list[Portrait]) -> None:
        """Shows the sample as it is, and behind it as some epochs have it."""
        labels = ["as it is", *(f"epoch {number}" for number in range(1, len(found)))]
        samples = [Sample(i, each.pixels, label) for i, (each, label) in enumerate(zip(found, labels, strict=True))]
        self.grid.show_samples(samples, [each.text for each in found])

    def _on_ended(self, error: str) -> None:
        if error:
            self.grid.show_words(error)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.refresh()

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self._job.shut_down()
