"""`look`: what a trained network has learnt, as a picture or as numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbench.cli import say
from workbench.core.errors import UsageError
from workbench.core.files import write_file
from workbench.core.graph import Graph
from workbench.insight.spec import REGISTRY, View, ViewContext, looked_at, views_of
from workbench.insight.tiling import npz, png, range_text
from workbench.inspection.probe_loader import ProbeReader, truth_of
from workbench.model.shapes import infer
from workbench.project import storage
from workbench.project.probes import Probe


def run(
    file: Path,
    view: str,
    out: Path,
    *,
    layer: str,
    unit: int | None,
    sample: str,
    run_: str,
    weights: Path | None,
    noise: float = 0.0,
) -> int:
    """Writes the picture (.png) or its numbers (.npz).

    Raises:
        WorkbenchError: no such view, layer, unit or sample, or no weights.
    """
    if out.suffix not in (".png", ".npz"):
        raise UsageError(f'The picture goes to a .png file, its numbers to a .npz file, not to "{out.name}".')
    from workbench.cli.trained import named_probe, trained_network

    cls = _view(view)
    if noise and not cls.takes_whole:
        raise UsageError(f"{cls.title} adds no noise; leave --noise away, or take --view whole-picture.")
    trained = trained_network(storage.load(file), file, run_, weights)
    project, network = trained.project, trained.network
    node = _node(project.graph, cls, layer)
    name = project.graph.nodes[node].name
    if not any(port.node == node for port in network.predict_ports):
        raise UsageError(f"{name} does not lead to a result, so it is never computed.")
    context = ViewContext(network, project.graph, node, units=() if unit is None else (unit,), noise=noise)
    if cls.needs_input:
        reader = ProbeReader(project, storage.home_of(file))
        context = _with_sample(context, cls, reader, named_probe(sample or "test:0"))
    picture = cls.render(context)
    write_file(out, [png(picture, f"{cls.title} of {name}") if out.suffix == ".png" else npz(picture)])
    say(f"{out}: {cls.title.lower()} of {name}, {len(picture.units)} units, {range_text(picture)} ({trained.origin}).")
    if picture.note:
        say(f"{picture.note[:1].upper()}{picture.note[1:]}.")
    return 0


def _with_sample(context: ViewContext, view: type[View], reader: ProbeReader, probe: Probe) -> ViewContext:
    """The scene with a sample, at its own size for a view that takes it so."""
    from workbench.insight.probe import as_tensors

    inputs = context.network.inputs
    reading = reader.whole(probe, inputs) if view.takes_whole else reader.read(probe, inputs)
    for note in reading.notes:
        say(f"Note: {note}")
    if view.takes_whole:
        return replace(context, whole=reading.fields, truth=truth_of(context.graph, reading))
    others = reader.others(inputs) if view.takes_others else {}
    fields = as_tensors({name: array[None] for name, array in reading.fields.items()})
    return replace(context, fields=fields, others=as_tensors(others))


def _view(name: str) -> type[View]:
    return REGISTRY.find(name, "view")


def _node(graph: Graph, view: type[View], name: str) -> str:
    """Id of the node looked at; without a name the first that the view applies to, or the last for whole pictures."""
    shapes = infer(graph)
    fitting = [id_ for id_ in graph.order if view in views_of(shapes, id_)]
    names = ", ".join(graph.nodes[id_].name for id_ in fitting)
    if name:
        node = looked_at(graph, graph.named(name).id)
        if node not in fitting:
            raise UsageError(f"{view.title} has nothing to show of {name}; it works with: {names}.")
        return node
    if not fitting:
        raise UsageError(f"{view.title} has nothing to show of this network.")
    return fitting[-1 if view.takes_whole else 0]
