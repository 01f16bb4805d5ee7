"""`look`: what a trained network has learnt, as a picture or as numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.cli import say
from workbench.core.errors import UsageError
from workbench.core.files import write_file
from workbench.core.graph import Graph, Port
from workbench.insight.spec import REGISTRY, Scene, View
from workbench.insight.tiling import npz, png, range_text
from workbench.model.shapes import infer
from workbench.project import storage
from workbench.project.probe_reading import ProbeReader
from workbench.project.probes import parse_probe


def run(
    file: Path, view: str, layer: str, unit: int | None, sample: str, out: Path, run_: str, weights: Path | None
) -> int:
    """Writes the picture (.png) or its numbers (.npz).

    Raises:
        WorkbenchError: no such view, layer, unit or sample, or no weights.
    """
    if out.suffix not in (".png", ".npz"):
        raise UsageError(f'The picture goes to a .png file, its numbers to a .npz file, not to "{out.name}".')
    from workbench.cli.trained import trained_network

    project = storage.load(file)
    cls = _view(view)
    node = _node(project.graph, cls, layer)
    network, origin = trained_network(project, file, run_, weights)
    if not any(port.node == node for port in network.predict_ports):
        raise UsageError(f"{project.graph.nodes[node].name} does not lead to a result, so it is never computed.")
    fields = {}
    if cls.needs_input:
        import torch

        reading = ProbeReader(project, file.resolve().parent).read(parse_probe(sample or "test:0"), network.inputs)
        for note in reading.notes:
            say(f"Note: {note}")
        for field, array in reading.fields.items():
            tensor = torch.from_numpy(np.ascontiguousarray(array))[None]
            fields[field] = tensor.float() / 255 if tensor.dtype == torch.uint8 else tensor
    picture = cls.render(Scene(network, project.graph, node, fields, () if unit is None else (unit,)))
    name = project.graph.nodes[node].name
    write_file(out, [png(picture, f"{cls.title} of {name}") if out.suffix == ".png" else npz(picture)])
    say(f"{out}: {cls.title.lower()} of {name}, {len(picture.units)} units, {range_text(picture)} ({origin}).")
    return 0


def _view(name: str) -> type[View]:
    cls = REGISTRY.get(name)
    if cls is None:
        raise UsageError(f'There is no view "{name}". There are: {", ".join(REGISTRY)}.')
    return cls


def _node(graph: Graph, view: type[View], name: str) -> str:
    """Id of the node looked at; without a name the first that the view applies to."""
    shapes = infer(graph)
    fitting = []
    for id_ in graph.order:
        layer = shapes.layers.get(id_)
        value = shapes.values.get(Port(id_, layer.output_ports[0])) if layer and layer.output_ports else None
        if layer and value and view.applies_to(layer, value):
            fitting.append(id_)
    names = ", ".join(graph.nodes[id_].name for id_ in fitting)
    if name:
        node = graph.named(name)
        if node.id not in fitting:
            raise UsageError(f"{view.title} has nothing to show of {name}; it works with: {names}.")
        return node.id
    if not fitting:
        raise UsageError(f"{view.title} has nothing to show of this network.")
    return fitting[0]
