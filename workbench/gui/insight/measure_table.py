"""The measures of single factors as a table, and those of the whole code as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from workbench.core.errors import printable
from workbench.gui.widgets.labels import plain_tip

if TYPE_CHECKING:
    from workbench.insight.latent.metrics import Disentanglement
    from workbench.insight.latent.study import Row, Study

COLUMNS = (
    ("factor", "What varies in the pictures"),
    ("latents", "The latents that stand for it"),
    ("own R²", "How much of the factor a cubic polynomial of its own latents tells: 1 is all, 0 nothing"),
    ("|ρ|", "Rank correlation of factor and latent (Spearman), without the sign"),
    ("share", "Where this factor alone varies: the part of its latents in all that varies in the code"),
    ("leakage", "How much of the factor the latents that stand for none tell (linear R²); low is good"),
    ("MIG", "Mutual information gap: how much more the best latent knows of the factor than the next"),
    ("gain, dB", "A picture drawn with this factor of another picture: how much nearer to the truth than unchanged"),
)
MOST_NAMES = 3  # latents that are named in a cell


class MeasureTable(QTableWidget):
    """A row for each quantity; as high as it has rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(COLUMNS), parent)
        self.setAccessibleName("Measures of the factors")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for column, (title, tip) in enumerate(COLUMNS):
            item = QTableWidgetItem(title)
            item.setToolTip(plain_tip(tip))
            self.setHorizontalHeaderItem(column, item)
        rows, header = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert header is not None
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_study(self, found: Study) -> None:
        """Shows what was measured."""
        rows = [cells_of(row) for row in found.rows()]
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(printable(text))
                if column > 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        header = self.horizontalHeader()
        assert header is not None
        self.setMaximumWidth(header.length() + 2 * self.frameWidth())
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        rows, header, bar = self.verticalHeader(), self.horizontalHeader(), self.horizontalScrollBar()
        assert rows is not None
        assert header is not None
        assert bar is not None
        height = header.sizeHint().height() + rows.length() + 2 * self.frameWidth()
        is_wider = header.length() > max(1, self.width() - 2 * self.frameWidth())
        return QSize(super().sizeHint().width(), height + (bar.sizeHint().height() if is_wider else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())


def cells_of(row: Row) -> list[str]:
    """A row of the table."""
    figures = (row.own_r2, row.spearman, row.share, row.leakage, row.mig)
    return [
        row.title,
        ", ".join(row.latents[:MOST_NAMES]) + (" …" if len(row.latents) > MOST_NAMES else ""),
        *(_figure(value) for value in figures),
        "–" if row.gain is None else f"{row.gain:+.2f}",
    ]


def whole_code_text(measures: Disentanglement) -> str:
    """The scores of the whole code."""
    parts = [f"disentanglement {measures.dci.disentanglement:.3f}, completeness {measures.dci.completeness:.3f} (DCI)"]
    if measures.factor_vae is not None:
        parts.append(f"FactorVAE score {measures.factor_vae:.1%}")
    if measures.mig:
        parts.append(f"mean MIG {sum(measures.mig.values()) / len(measures.mig):.3f}")
    return f"The whole code: {', '.join(parts)}."


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
