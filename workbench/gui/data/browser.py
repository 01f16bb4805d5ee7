"""Browsing the samples: which split, which class, page by page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.core.errors import shown
from workbench.data.spec import Dataset
from workbench.gui.data.factors import factors_of, is_grouped
from workbench.gui.data.reading import label_field, numbers_of, samples_of
from workbench.gui.data.samples import SampleGrid
from workbench.gui.theme import Theme
from workbench.gui.widgets.labels import plain_label, plain_tip


class SampleBrowser(QWidget):
    """The samples of one split.

    Signals:
        sample_chosen(str, int): split and number of the sample that was clicked.
    """

    sample_chosen = pyqtSignal(str, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._numbers: NDArray[np.int64] = np.arange(0)
        self._first = 0
        self.split, self.of_class = QComboBox(), QComboBox()
        self.split.setAccessibleName("Split")
        self.of_class.setAccessibleName("Class")
        for box in (self.split, self.of_class):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(190)
        self.before, self.after = QPushButton("‹"), QPushButton("›")
        for button, name in ((self.before, "Page before"), (self.after, "Next page")):
            button.setAccessibleName(name)
            button.setToolTip(plain_tip(f"{name} (Page Up, Page Down)"))
            button.setFixedWidth(34)
        self._where = plain_label("", faint=True)
        self.grid = SampleGrid(theme)
        row = QHBoxLayout()
        for widget in (self.split, self.of_class, self.before, self.after, self._where):
            row.addWidget(widget)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.grid, 1)
        self.split.currentIndexChanged.connect(self._choose)
        self.of_class.currentIndexChanged.connect(self._choose)
        self.before.clicked.connect(self._on_before)
        self.after.clicked.connect(self._on_after)
        self.grid.page_requested.connect(self._turn)
        self.grid.capacity_changed.connect(self._show_page)
        self.grid.sample_chosen.connect(self._on_sample)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        self.grid.theme = theme
        self.grid.update()

    def show_dataset(self, dataset: Dataset | None, text: str = "") -> None:
        """Shows a data set; without one the text."""
        self._dataset = dataset
        self.grid.empty_text = text or "Choose data on the left to see its samples."
        for box in (self.split, self.of_class):
            box.blockSignals(True)
            box.clear()
            box.setEnabled(dataset is not None)
        if dataset is not None:
            for split in dataset.splits:
                self.split.addItem(f"{split} ({dataset.size(split):,})", split)
            has_factors = bool(factors_of(dataset))
            self.grid.set_lines(2 if has_factors else 1)
            self.of_class.addItem("all factors" if has_factors else "all classes", -1)
            label = label_field(dataset)
            for number, name in enumerate(dataset.fields[label].classes if label else ()):
                self.of_class.addItem(shown(name), number)
        for box in (self.split, self.of_class):
            box.blockSignals(False)
        self._choose()

    def _choose(self) -> None:
        self._first = 0
        split = self.split.currentData()
        if self._dataset is not None and split is not None and factors_of(self._dataset):
            self.of_class.setEnabled(is_grouped(self._dataset, split))  # elsewhere all of them vary
        if self._dataset is None or split is None:
            self._numbers = np.arange(0)
        else:
            of_class = self.of_class.currentData()
            self._numbers = numbers_of(self._dataset, split, -1 if of_class is None else of_class)
        self._show_page()

    def _on_before(self) -> None:
        self._turn(-1)

    def _on_after(self) -> None:
        self._turn(1)

    def _turn(self, pages: int) -> None:
        first = self._first + pages * self.grid.capacity
        if 0 <= first < len(self._numbers) or (pages < 0 and self._first > 0):
            self._first = max(0, first)
            self._show_page()

    def _show_page(self) -> None:
        page = self._numbers[self._first : self._first + self.grid.capacity]
        split = self.split.currentData()
        samples = samples_of(self._dataset, split, page.tolist()) if self._dataset is not None and split else []
        self.grid.show_samples(samples)
        last = self._first + len(page)
        self._where.setText(f"{self._first + 1:,}–{last:,} of {len(self._numbers):,}" if len(page) else "")
        self.before.setEnabled(self._first > 0)
        self.after.setEnabled(last < len(self._numbers))

    def _on_sample(self, number: int) -> None:
        self.sample_chosen.emit(self.split.currentData(), number)
