"""The pixel under the mouse: its value in a line, and what it sees as a box on the probe."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QLabel

from workbench.gui.document.session import Session
from workbench.gui.insight.grid import TileGrid
from workbench.gui.insight.probe_side import ProbeSide
from workbench.gui.insight.unit_side import UnitSide
from workbench.insight.receptive_field import Box, box_of
from workbench.insight.spec import REGISTRY
from workbench.inspection.renderer import RenderResult


class Hover(QObject):
    """Follows the mouse over the grid and over the unit's map."""

    def __init__(self, session: Session, grid: TileGrid, unit: UnitSide, probe: ProbeSide, line: QLabel) -> None:
        super().__init__(grid)
        self._session, self._grid, self._probe, self._line = session, grid, probe, line
        self._answer: RenderResult | None = None
        self._over: tuple[int, ...] = ()
        grid.pixel_hovered.connect(self._on_tile_hovered)
        unit.pixel_hovered.connect(self._on_map_hovered)

    def show(self, answer: RenderResult | None) -> None:
        """Takes over what is shown; where the mouse is over a pixel, its new value is shown."""
        self._answer = answer
        if len(self._over) == 3:
            self._on_tile_hovered(*self._over)
        elif self._over:
            self._on_map_hovered(*self._over)
        else:
            self._rest()

    def _rest(self) -> None:
        self._line.setText(" ")
        detail = self._answer.detail if self._answer else None
        self._probe.show_box(self._box(*detail.position) if detail is not None and not detail.is_dead else None)

    def _box(self, row: int, column: int) -> Box | None:
        """What a position of the node's map sees of the input."""
        node = self._answer.request.node if self._answer else ""
        fields, places = self._session.analysis.receptive_fields, self._probe.input_places
        return box_of(fields[node], (row, column), places) if node in fields and places is not None else None

    def _on_tile_hovered(self, unit: int, row: int, column: int) -> None:
        self._over = (unit, row, column) if unit >= 0 else ()
        value = self._grid.value_at(unit, row, column)
        view = self._answer.request.view if self._answer else ""
        self._tell(unit, row, column, value, has_positions=bool(view) and REGISTRY[view].shows_positions)

    def _on_map_hovered(self, row: int, column: int) -> None:
        self._over = (row, column) if row >= 0 else ()
        detail = self._answer.detail if self._answer else None
        rows, columns = detail.values.shape if detail is not None else (0, 0)
        is_inside = 0 <= row < rows and 0 <= column < columns
        value = np.asarray(detail.values[row, column]) if detail is not None and is_inside else None
        self._tell(self._grid.chosen, row, column, value, has_positions=True)

    def _tell(self, unit: int, row: int, column: int, value: object, *, has_positions: bool) -> None:
        if value is None:
            self._rest()
            return
        numbers = ", ".join(f"{number:.4g}" for number in np.atleast_1d(np.asarray(value)))
        box = self._box(row, column) if has_positions else None
        where = f"place {column}" if box is not None and box.is_row else f"row {row}, column {column}"
        text = f"unit {unit} · {where} · {numbers}"
        if box is not None:
            self._probe.show_box(box)
            text += f" · {box.text}"
        self._line.setText(text)
