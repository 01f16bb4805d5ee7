"""What the exports of the table of layers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.core.values import bytes_text
from workbench.model.exports.spec import Exporter
from workbench.model.layer_table import HEADINGS, cells_of, cells_of_totals, layer_rows, totals

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


class TableExporter(Exporter):
    """Writes a row for each layer; subclasses say how a table is written.

    Attributes:
        in_bytes: whether memory is a plain number of bytes, which programs can add up, and not a text with its unit.
    """

    in_bytes: ClassVar[bool] = False
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
        memory = str if cls.in_bytes else bytes_text
        rows = [cells_of(row, memory) for row in layer_rows(graph)]
        headings = tuple("memory (bytes)" if cls.in_bytes and each == "memory" else each for each in HEADINGS)
        write_file(out, [cls.text(headings, rows, cells_of_totals(totals(graph), memory)).encode()])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        return {}
