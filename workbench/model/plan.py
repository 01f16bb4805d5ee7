"""Which nodes a network consists of, in which order, and what goes in and out: shared by torch and by exported code."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workbench.core.errors import WorkbenchError, printable
from workbench.core.graph import Graph, Node, Port, reached
from workbench.core.values import Value
from workbench.layers.base_loss import Loss
from workbench.layers.call import Call
from workbench.layers.spec import Layer
from workbench.model.node_shapes import sorted_wires, used_outputs
from workbench.model.problems import Purpose, find_problems
from workbench.model.shapes import Shapes, infer

RESERVED = ("self", "torch", "nn", "operator", "load", "Network", "CLASSES")


class PlanError(WorkbenchError):
    """The network has problems, so nothing can be built from it."""


@dataclass(frozen=True)
class Step:
    """One node at work.

    Attributes:
        node: the node.
        layer: its layer.
        module: name of the node whose module is called (another one's where weights are shared).
        sources: where its inputs come from, in the order of its ports.
        outputs: the output ports that are computed; with several the module gives a tuple.
        field: the data's field that comes in, for Input and Target nodes, else "".
    """

    node: Node
    layer: Layer
    module: str
    sources: tuple[Port, ...]
    outputs: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True)
class Term:
    """One term of the objective.

    Attributes:
        name: the loss node's name.
        port: where the loss comes from.
        prediction: where the prediction comes from; None for a loss that compares nothing, such as a KL divergence.
        target: where the answer comes from, if it compares.
        layer: the loss layer.
        value: what is measured: the prediction, or what comes in first.
        classes: class names of the target.
        answer: what the prediction is compared with; None if there is none.
        answer_field: of the data that the answer is; "" if it is none.
    """

    name: str
    port: Port
    prediction: Port | None
    target: Port | None
    layer: Loss
    value: Value
    classes: tuple[str, ...]
    answer: Value | None = None
    answer_field: str = ""
    _means: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)  # asked at each step

    def weight(self, step: int | None = None) -> float:
        """How much it counts at a step of the optimiser, from 0; without one, when its warm-up is over."""
        rise = self.layer.warmup_steps
        return self.layer.weight * (min(1.0, step / rise) if rise and step is not None else 1.0)

    def share(self, samples: int, gathered: int) -> float:
        """What the loss of a batch counts in that of several batches whose gradients make one step."""
        return self.samples_in(samples) / self.samples_in(gathered)

    def samples_in(self, samples: int) -> float:
        """How many samples' mean the loss of a batch is (`Loss.samples_in`)."""
        if samples not in self._means:
            self._means[samples] = self.layer.samples_in(self.value, samples)
        return self._means[samples]

    def scale(self, samples: int) -> float:
        """What one unit of the sum over pixels and batch counts in the objective, for a batch of so many samples."""
        return self.layer.weight / self.layer.divisor(self.value, samples)


@dataclass(frozen=True)
class Plan:
    """Everything that a network needs to be built or written down.

    Attributes:
        purpose: to train or to predict.
        steps: nodes in the order of the flow.
        fields: names of the data's fields that go in.
        results: what comes out to be looked at: name → port.
        terms: the terms of the objective (none to predict).
        calls: name of a node → the call that makes its module, for every node of the graph that has one.
        values: what each port gives.
    """

    purpose: Purpose
    steps: tuple[Step, ...]
    fields: tuple[str, ...]
    results: Mapping[str, Port]
    terms: tuple[Term, ...]
    calls: Mapping[str, Call]
    values: Mapping[Port, Value]


def make_plan(graph: Graph, purpose: Purpose, losses: Mapping[str, float] | None = None) -> Plan:
    """The plan of a network.

    Args:
        graph: the network.
        purpose: to train or to predict.
        losses: loss node → its weight, in the place of its own; one of weight 0 is left out, with all that only it
            needs.

    Raises:
        PlanError: the graph has problems; the message names the first one.
    """
    _refuse_problems(graph, purpose)
    shapes = infer(graph)
    terms = terms_of(graph)
    results = _results(graph, shapes, terms)
    if purpose == "train":
        terms = _weighed(terms, losses or {})
        ends = [term.port.node for term in terms]
    else:
        ends = [port.node for port in results.values()]
    needed = _needed(graph, shapes, ends, purpose)
    steps = tuple(_step(graph, shapes, id_, purpose) for id_ in graph.order if id_ in needed)
    fields = tuple(dict.fromkeys(step.field for step in steps if step.field))
    return Plan(
        purpose, steps, fields, results, terms if purpose == "train" else (), _calls(graph, shapes), shapes.values
    )


def results_of(graph: Graph) -> Mapping[str, Port]:
    """Returns what comes out of a network when it is used: name → port, as in its plan, without making all of that.

    Raises:
        PlanError: the graph has problems; the message names the first one.
    """
    _refuse_problems(graph, "predict")
    return _results(graph, infer(graph), terms_of(graph))


def _refuse_problems(graph: Graph, purpose: Purpose) -> None:
    problems = find_problems(graph, purpose)
    if problems:
        others = len(problems) - 1
        more = f" ({others} more problem{'s' * (others > 1)})" if others else ""
        raise PlanError(problems[0].message + more)


def arguments(fields: Iterable[str]) -> dict[str, str]:
    """For each field of the data its name as an argument in Python: `class` becomes `class_`."""
    found: dict[str, str] = {}
    for name in fields:
        argument = name
        while keyword.iskeyword(argument) or argument in RESERVED or argument in found.values():
            argument += "_"
        found[name] = argument
    return found


def _weighed(terms: tuple[Term, ...], losses: Mapping[str, float]) -> tuple[Term, ...]:
    """The terms with other weights, without those of weight 0 that are named.

    Raises:
        PlanError: a name is no loss node's, or none is left.
    """
    known = [term.name for term in terms]
    if unknown := [name for name in losses if name not in known]:
        raise PlanError(f'There is no loss node "{printable(unknown[0])}". There are: {", ".join(known)}.')
    kept = tuple(
        replace(term, layer=term.layer.model_copy(update={"weight": losses[term.name]}))
        if term.name in losses
        else term
        for term in terms
        if losses.get(term.name, 1.0) > 0
    )
    if not kept:
        raise PlanError("A stage leaves out every loss, so nothing could be learnt in it.")
    return kept


def _needed(graph: Graph, shapes: Shapes, ends: list[str], purpose: Purpose) -> frozenset[str]:
    """Returns the given nodes and everything that feeds them for this purpose."""
    return reached(ends, lambda id_: (each.node for each in _sources(graph, shapes.layers[id_], id_, purpose)))


def _sources(graph: Graph, layer: Layer, id_: str, purpose: Purpose) -> tuple[Port, ...]:
    """Where a node's inputs come from, in the order of its ports."""
    wires = sorted_wires(type(layer), graph.incoming[id_])
    return tuple(source for _, port, source in wires if purpose == "train" or not port.training_only)


def _step(graph: Graph, shapes: Shapes, id_: str, purpose: Purpose) -> Step:
    node, layer = graph.nodes[id_], shapes.layers[id_]
    owner = graph.nodes[node.share_with].name if node.share_with else node.name
    sources = _sources(graph, layer, id_, purpose)
    return Step(node, layer, owner, sources, used_outputs(graph, id_, layer), _field_of(layer))


def _field_of(layer: Layer) -> str:
    """The field of the data that a layer gives; "" if it gives none."""
    return str(getattr(layer, "field", "")) if layer.data_field else ""


def terms_of(graph: Graph) -> tuple[Term, ...]:
    """Returns the terms of the objective, without those of which it is not known yet what comes in."""
    found, shapes = [], infer(graph)
    for id_, layer in shapes.layers.items():
        if isinstance(layer, Loss) and shapes.inputs.get(id_):
            node, wires = graph.nodes[id_], graph.incoming[id_]
            prediction, target = wires.get("prediction"), wires.get("target")
            port = Port(id_, layer.output_ports[0])
            answer = shapes.values[target] if target and prediction else None
            classes = answer.classes if answer else ()
            value, field = shapes.inputs[id_][0], _field_of(shapes.layers[target.node]) if target else ""
            found.append(Term(node.name, port, prediction, target, layer, value, classes, answer, field))
    return tuple(found)


def _results(graph: Graph, shapes: Shapes, terms: tuple[Term, ...]) -> dict[str, Port]:
    """Output nodes; without any what feeds the losses' predictions; without any every loose end."""
    marked = {node.name: graph.incoming[node.id]["x"] for node in graph if node.layer == "Output"}
    if marked:
        return marked
    predictions = [term.prediction for term in terms if term.prediction]
    if predictions:
        return {graph.nodes[port.node].name: port for port in predictions}
    loose = [id_ for id_ in graph.order if not graph.outgoing[id_] and shapes.layers[id_].output_ports]
    return {graph.nodes[id_].name: Port(id_, shapes.layers[id_].output_ports[0]) for id_ in loose}


def _calls(graph: Graph, shapes: Shapes) -> dict[str, Call]:
    """The modules of all nodes in the order of the flow; those not needed here belong to the weights all the same."""
    found = {}
    for id_ in graph.order:
        node, layer = graph.nodes[id_], shapes.layers[id_]
        wanted = frozenset(used_outputs(graph, id_, layer)) & layer.optional_outputs
        call = layer.module(*shapes.inputs[id_])
        if call is not None and not node.share_with:
            found[node.name] = Call(call.name, call.args, {**call.kwargs, **layer.call_kwargs(wanted)}, call.home)
    return found
