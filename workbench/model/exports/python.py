"""The network as Python code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.model.exports.safetensors import Safetensors
from workbench.model.exports.spec import Exporter, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


@exporter(name="python", title="Python code", suffix=".py")
class Python(Exporter):
    """Writes one readable file of code that needs torch alone, and its weights beside it as safetensors."""

    is_text: ClassVar[bool] = True
    beside: ClassVar[tuple[str, ...]] = (Safetensors.suffix,)

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        from workbench.model.source import python_source

        beside = out.with_suffix(Safetensors.suffix)
        source = python_source(graph, beside.name)
        Safetensors.write_weights(network, beside)
        write_file(out, [source.encode()])
        return [out, beside]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        return Safetensors.read(out.with_suffix(Safetensors.suffix))
