"""What the exports of the table of layers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.model.exports.spec import Exporter
from workbench.model.layer_table import HEADINGS, cells_of, cells_of_totals, layer_rows, totals

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


class TableExporter(Exporter):
    """Writes a row for each layer; subclasses say how a table is written."""

    has_weights: ClassVar[bool] = False
    is_text: ClassVar[bool] = True

    @classmethod
    def text(cls, headings: tuple[str, ...], rows: list[list[str]], last: list[str]) -> str:
        """Returns the table as text.

        Args:
            headings: of the columns.
            rows: the layers, a text for each column.
            last: the totals.
        """
        raise NotImplementedError

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        rows = [cells_of(row) for row in layer_rows(graph)]
        write_file(out, [cls.text(HEADINGS, rows, cells_of_totals(totals(graph))).encode()])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        return {}
