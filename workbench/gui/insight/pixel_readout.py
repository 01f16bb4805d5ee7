"""The pixel under the mouse: its value in a line, and what it sees as a box on the probe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QLabel

from workbench.core.graph import Port
from workbench.gui.document.session import Session
from workbench.gui.insight.grid import TileGrid
from workbench.gui.insight.probe_side import ProbeSide
from workbench.gui.insight.unit_side import UnitSide
from workbench.insight.receptive_field import Box, box_of
from workbench.insight.spec import REGISTRY, plane_at
from workbench.inspection.render_request import RenderResult

OF_RECORDING = "electrodes × times"


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
        is_seen = detail is not None and not detail.is_dead
        self._show(self._box(*detail.position, detail.plane) if detail is not None and is_seen else None)

    def _show(self, box: Box | None) -> None:
        """Marks a box on the probe, where the frame that is seen of it lies within."""
        answer = self._answer
        if box is not None and box.planes is not None and answer is not None:
            frame = plane_at(answer.moment, answer.frames)
            box = box if box.planes[0] <= frame <= box.planes[1] else None
        self._probe.show_box(box)

    def _box(self, row: int, column: int, plane: int | None) -> Box | None:
        """What a position of the node's map sees of the input; a plane is that of a clip or volume."""
        node = self._answer.request.node if self._answer else ""
        fields, places = self._session.analysis.receptive_fields, self._probe.input_places
        position = (row, column) if plane is None else (plane, row, column)
        box = box_of(fields[node], position, places) if node in fields and places is not None else None
        grid = self._answer.grid if self._answer else None
        return replace(box, what=OF_RECORDING) if box is not None and grid is not None and grid[0] > 1 else box

    def _plane_of_tiles(self) -> int | None:
        """Which plane of the node's maps the tiles show; None of flat maps."""
        answer = self._answer
        value = self._session.analysis.shapes.values.get(Port(answer.request.node, "y")) if answer else None
        if answer is None or value is None or len(value.shape) != 4:
            return None
        return plane_at(answer.moment, value.shape[1])

    def _on_tile_hovered(self, unit: int, row: int, column: int) -> None:
        self._over = (unit, row, column) if unit >= 0 else ()
        value = self._grid.value_at(unit, row, column)
        view = self._answer.request.view if self._answer else ""
        has_positions = bool(view) and REGISTRY[view].shows_positions
        self._tell(unit, row, column, value, self._box(row, column, self._plane_of_tiles()) if has_positions else None)

    def _on_map_hovered(self, row: int, column: int) -> None:
        self._over = (row, column) if row >= 0 else ()
        detail = self._answer.detail if self._answer else None
        rows, columns = detail.values.shape if detail is not None else (0, 0)
        is_inside = 0 <= row < rows and 0 <= column < columns
        value = np.asarray(detail.values[row, column]) if detail is not None and is_inside else None
        plane = detail.plane if detail is not None else None
        self._tell(self._grid.chosen, row, column, value, self._box(row, column, plane) if is_inside else None)

    def _tell(self, unit: int, row: int, column: int, value: object, box: Box | None) -> None:
        if value is None:
            self._rest()
            return
        numbers = ", ".join(f"{number:.4g}" for number in np.atleast_1d(np.asarray(value)))
        where = f"place {column}" if box is not None and box.is_row else f"row {row}, column {column}"
        text = f"unit {unit} · {where} · {numbers}"
        if box is not None:
            self._show(box)
            text += f" · {box.text}"
        self._line.setText(text)
