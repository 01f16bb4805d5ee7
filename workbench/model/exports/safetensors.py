"""The network's weights alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.model.exports.spec import Exporter, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


@exporter(name="safetensors", title="Weights (safetensors)", suffix=".safetensors")
class Safetensors(Exporter):
    """Writes the weights by their state_dict keys, as any program that knows safetensors reads them."""

    @classmethod
    def write(cls, network: Network, graph: Graph, out: Path) -> list[Path]:
        import safetensors.torch

        tensors = {name: each.detach().cpu().contiguous() for name, each in network.modules.state_dict().items()}
        write_file(out, [safetensors.torch.save(tensors, metadata={"format": "pt"})])
        return [out]

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        from workbench.model.weights import read_weights

        return read_weights(out)
