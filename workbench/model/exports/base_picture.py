"""What the exports of the network as a picture have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.errors import WorkbenchError
from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.model.exports.spec import Exporter, Option, Painter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


class PictureExporter(Exporter):
    """Has the network drawn as the canvas draws it, and writes the picture."""

    has_weights: ClassVar[bool] = False
    is_picture: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (
        Option("colours", "Colours", ("light", "dark"), "Of boxes and wires"),
        Option("background", "Background", ("plain", "none"), "Behind them; none is clear"),
    )

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        chosen = {option.name: option.choices[0] for option in cls.options} | options
        paint: Painter | None = chosen.pop("paint", None)
        if paint is None:
            raise WorkbenchError("A picture needs the library of the window, which is missing here.")
        write_file(out, [paint(graph, cls.suffix, **chosen)])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        return {}
