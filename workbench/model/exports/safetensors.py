"""The network's weights alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.core.strict_json import encoded
from workbench.model.exports.base_metadata import metadata_of
from workbench.model.exports.spec import Exporter, exporter

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.model.network import Network


@exporter(name="safetensors", title="Weights (safetensors)", suffix=".safetensors")
class Safetensors(Exporter):
    """Writes the weights by their state_dict keys as safetensors, with classes and preparation as JSON beside them."""

    beside: ClassVar[tuple[str, ...]] = (".json",)
    tells_data: ClassVar[bool] = True

    @classmethod
    def write(cls, network: Network | None, graph: Graph, out: Path, **options: Any) -> list[Path]:
        beside = out.with_suffix(".json")
        told = metadata_of(graph, options.get("data"))
        rows = {key: json.loads(text) if text[:1] in "[{" else text for key, text in told.items()}
        cls.write_weights(network, out)
        write_file(beside, [encoded({"weights": out.name, **rows})])
        return [out, beside]

    @staticmethod
    def write_weights(network: Network | None, out: Path) -> None:
        """Writes the weights alone.

        Raises:
            WriteError: the file cannot be written; what was there before is whole.
        """
        import safetensors.torch

        assert network is not None
        tensors = {name: each.detach().cpu().contiguous() for name, each in network.modules.state_dict().items()}
        write_file(out, [safetensors.torch.save(tensors, metadata={"format": "pt"})])

    @classmethod
    def read(cls, out: Path) -> Mapping[str, Tensor]:
        from workbench.model.weights import read_weights

        return read_weights(out)
