"""Writing a network to files that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import safetensors.torch
from torch import Tensor

from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.model.network import Network
from workbench.model.source import python_source
from workbench.model.weights import load_into


def export_python(graph: Graph, weights: Mapping[str, Tensor], out: Path) -> tuple[Path, Path]:
    """Writes the network as Python, and its weights beside it as safetensors.

    Args:
        graph: the network as drawn.
        weights: by state_dict key.
        out: the .py file.

    Returns:
        The two files.

    Raises:
        WorkbenchError: the graph has problems, or the weights do not fit.
        WriteError: a file cannot be written.
    """
    network = Network(graph)
    load_into(network.modules, weights)
    beside = out.with_suffix(".safetensors")
    source = python_source(graph, beside.name)
    tensors = {name: tensor.detach().contiguous() for name, tensor in network.modules.state_dict().items()}
    write_file(beside, [safetensors.torch.save(tensors, metadata={"format": "pt"})])
    write_file(out, [source.encode()])
    return out, beside
