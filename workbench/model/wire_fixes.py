"""Fixes that lead wires: from outputs that fit, from what usually feeds an input, or past what has no use any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from workbench.core.edits import AddEdge, AddNode, CompositeGraphEdit, GraphEdit, RemoveEdge
from workbench.core.graph import NOTHING, Edge, Graph, Node, Port
from workbench.core.graph_edits import STEP, connect, free_place, new_id, remove
from workbench.core.names import free_name, is_within
from workbench.core.values import Json, Value, shape_text
from workbench.layers.base_loss import Loss
from workbench.layers.spec import REGISTRY, In, find, first_name, port_of
from workbench.model.adapters import bridges, led_through
from workbench.model.mending import Fix
from workbench.model.shapes import Shapes, infer
from workbench.model.what_fits import fits_at, fits_kind, wanted_at

MOST_NEAR = 8  # outputs that are tried for one input
MOST_ADAPTED = 2  # outputs that are tried with layers between
OTHER_DATA: tuple[dict[str, Json], ...] = (  # settings of Input nodes for what is no picture
    {"shape": [1, 128], "kind": "map"}, {"shape": [1, 16, 32, 32], "kind": "map"}, {"shape": [32], "kind": "tokens"},
    {"shape": [128, 1], "kind": "sequence"}, {"shape": [16], "kind": "vector"},
)  # fmt: skip
SIDES = (32, 64, 128, 224)  # of pictures, where nothing says how large they are


def wire_families(graph: Graph, shapes: Shapes, node: Node, port: str) -> Iterator[Iterable[Fix]]:
    """Families of fixes for an input that nothing is wired to.

    Outputs that fit come first, those that nothing uses yet before the others; none of them is behind the node, since
    what is behind a fault has no value. Without any, what usually feeds it is added.
    """
    cls = find(node.layer)
    declared = port_of(cls, port) if cls else None
    if cls is None or declared is None:
        return
    if _takes_data(declared) and not any(each.layer == "Input" for each in graph):
        yield from ([fix] for fix in _inputs_for(graph, shapes, node, port))
    sources = near_sources(graph, shapes, node, port)
    is_unused = any(not graph.outgoing[source.node] for source in sources)
    usual = [usual_before(graph, shapes, node, port, declared.default_source)] if declared.default_source else []
    if is_unused:
        sources = [source for source in sources if not graph.outgoing[source.node]]
    wires = _wires(graph, shapes, sources, Port(node.id, port))
    is_bare = declared.variadic and len(graph.incoming[node.id]) == 1
    out = [_taken_out(graph, node)] if is_bare else []
    yield chain(usual if issubclass(cls, Loss) and not is_unused else (), wires, out)
    yield usual
    yield _adapted(graph, shapes, node, declared, port)


def near_sources(graph: Graph, shapes: Shapes, node: Node, port: str) -> list[Port]:
    """Outputs that would do at an input, the likeliest first: unused ones, those of the same block, what is near."""
    cls = find(node.layer)
    declared = port_of(cls, port) if cls else None
    if declared is None:
        return []
    given = set(graph.incoming[node.id].values())
    fitting = [
        source
        for source, value in shapes.values.items()
        if source not in given and source.node != node.id and fits_at(graph, shapes, node, port, value)
    ]
    if cls is not None and cls.is_loss and not declared.default_source:
        fitting = [source for source in fitting if _is_learnt(graph, shapes, source)]
    block = node.name.rpartition(".")[0]

    def rank(source: Port) -> tuple[bool, bool, bool]:
        inside = bool(block) and is_within(graph.nodes[source.node].name, block)
        is_main = source.name == shapes.layers[source.node].output_ports[0]
        is_far = inside if declared.variadic else not inside  # a shortcut begins outside of its block
        return bool(graph.outgoing[source.node]), is_far, not is_main

    fitting.reverse()
    return sorted(fitting, key=rank)[:MOST_NEAR]


def _is_learnt(graph: Graph, shapes: Shapes, source: Port) -> bool:
    """Whether weights have a part in what an output gives, without which a loss of it teaches nothing."""
    return any(id_ in shapes.layers and shapes.layers[id_].trains for id_ in graph.ancestors([source.node]))


def _wires(graph: Graph, shapes: Shapes, sources: Iterable[Port], target: Port) -> Iterator[Fix]:
    """A wire from each source, first of all together with wires for the other inputs that have lost theirs."""
    others = _bereft(graph, shapes, target)
    yield from _by_way_of(graph, shapes, target, others)
    for source in sources:
        rows = [(source, target), *_others_too(graph, source, target)]
        if len(rows) > 1:
            yield together_wired(graph, rows)
        yield wire(graph, source, target)


def _others_too(graph: Graph, source: Port, target: Port) -> list[tuple[Port, Port]]:
    """Wires for what else has lost its own, once an input has got this one."""
    rows: list[tuple[Port, Port]] = []
    seen: set[Port] = set()
    made = _with_wires(graph, [(source, target)])
    while len(seen) < MOST_NEAR:
        other = next((each for each in _bereft(made, infer(made), target) if each not in seen), None)
        if other is None:
            break
        seen.add(other)
        found = _also_for(made, source, other)
        if found is not None:
            rows.append((found, other))
            made = _with_wires(made, [rows[-1]])
    return rows


def _by_way_of(graph: Graph, shapes: Shapes, target: Port, others: Sequence[Port]) -> Iterator[Fix]:
    """A wire to an input from a node that leads nowhere because it has lost a wire itself, and one to that node."""
    for other in others:
        node = graph.nodes[other.node]
        cls = find(node.layer)
        if graph.outgoing[other.node] or cls is None or not cls.output_ports:
            continue
        output = Port(other.node, cls.output_ports[0])
        for source in near_sources(graph, shapes, node, other.name):
            made = _with_wires(graph, [(source, other)])
            found = infer(made)
            if output in found.values and fits_at(
                made, found, made.nodes[target.node], target.name, found.values[output]
            ):
                yield together_wired(graph, [(source, other), (output, target)])


def _with_wires(graph: Graph, rows: Sequence[tuple[Port, Port]]) -> Graph:
    for source, target in rows:
        graph = AddEdge(Edge(source, target)).apply(graph)
    return graph


def _also_for(graph: Graph, source: Port, other: Port) -> Port | None:
    """What feeds another input that has lost its wire.

    An output that leads nowhere comes first, such as that of a node which has just got its own wire back; then the same
    source, then what is near.
    """
    shapes, node = infer(graph), graph.nodes[other.node]
    near = near_sources(graph, shapes, node, other.name)
    if near and not graph.outgoing[near[0].node]:
        return near[0]
    fits = source in shapes.values and fits_at(graph, shapes, node, other.name, shapes.values[source])
    return source if fits else next(iter(near), None)


def _bereft(graph: Graph, shapes: Shapes, target: Port) -> list[Port]:
    """Other inputs of nodes in the flow to which nothing is wired; of nodes that are wired otherwise first."""
    found = []
    for id_, fault in shapes.faults.items():
        port, node = fault.error.port, graph.nodes[id_]
        cls = find(node.layer)
        if cls is None or id_ == target.node or not port or port in graph.incoming[id_] or port_of(cls, port) is None:
            continue
        if graph.outgoing[id_] or graph.incoming[id_] or cls.is_loss:
            found.append(Port(id_, port))
    return sorted(found, key=lambda each: not graph.incoming[each.node])


def together_wired(graph: Graph, rows: list[tuple[Port, Port]]) -> Fix:
    """The fix that draws several wires, each from an output to an input that is free."""
    names: dict[Port, list[str]] = {}
    for source, target in rows:
        names.setdefault(source, []).append(graph.nodes[target.node].name)
    parts = [f"{_source_text(graph, source)} to {_listed(targets)}" for source, targets in names.items()]
    edits = tuple(AddEdge(Edge(source, target)) for source, target in rows)
    text = f"Connect {', '.join(parts)}"
    return Fix(text, CompositeGraphEdit(edits, text))


def _listed(names: list[str]) -> str:
    """Names for people: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def wire(graph: Graph, source: Port, target: Port) -> Fix:
    """The fix that wires an output to an input, in the place of what is wired there."""
    text = f"Connect {_source_text(graph, source)} to {graph.nodes[target.node].name}"
    before = graph.incoming[target.node].get(target.name)
    if before is not None:
        text = f"{text} instead of {_source_text(graph, before)}"
    return Fix(text, connect(graph, source, target))


def _source_text(graph: Graph, source: Port) -> str:
    """An output for people: its node, and its own name where the node has several."""
    node = graph.nodes[source.node]
    cls = find(node.layer)
    is_one_of_many = cls is not None and source.name != cls.output_ports[0]
    return f"{source.name} of {node.name}" if is_one_of_many else node.name


def rewirings(graph: Graph, shapes: Shapes, node: Node, ports: Iterable[str], *, loose: bool) -> Iterator[Fix]:
    """Other outputs for the inputs of a node to which something is wired that does not fit.

    Args:
        graph: the network.
        shapes: its shapes.
        node: the node.
        ports: its inputs.
        loose: take outputs of nodes that nothing uses, or else those of the others.
    """
    for port in ports:
        if not (loose or _has_other_use(graph, Port(node.id, port))):
            continue
        for source in near_sources(graph, shapes, node, port):
            if bool(graph.outgoing[source.node]) != loose:
                yield wire(graph, source, Port(node.id, port))


def _has_other_use(graph: Graph, target: Port) -> bool:
    """Whether what is wired to an input would still lead somewhere without this wire; else all of it would be lost."""
    source = graph.incoming[target.node][target.name]
    cls = find(graph.nodes[source.node].layer)
    is_by_the_way = cls is not None and (cls.is_loss or source.name not in cls.output_ports[:1])
    return is_by_the_way or len(graph.outgoing[source.node]) > 1


def cut_fixes(graph: Graph, node: Node, port: str) -> Iterator[Fix]:
    """For a wire that ends at an input, or comes from an output, that is not there: another output, or no wire."""
    source = graph.incoming[node.id].get(port)
    if source is None:
        return
    cls, giver = find(node.layer), graph.nodes[source.node]
    given = find(giver.layer)
    if given is not None and source.name not in given.output_ports and given.output_ports:
        yield wire(graph, Port(source.node, given.output_ports[0]), Port(node.id, port))
    if cls is not None and port_of(cls, port) is None:
        edge = next(each for each in graph.edges if each.target == Port(node.id, port))
        text = f"Cut the wire from {giver.name} to {port} of {node.name}"
        yield Fix(text, CompositeGraphEdit((RemoveEdge(edge, graph.edges.index(edge)),), text))


def _adapted(graph: Graph, shapes: Shapes, node: Node, declared: In, port: str) -> Iterator[Fix]:
    """Layers behind the nearest outputs that make of what they give what is wanted, for all inputs that want it."""
    known = wanted_at(graph, shapes, node, port)
    others = _bereft(graph, shapes, Port(node.id, port))
    given = graph.incoming[node.id].values()
    near = [
        each for each, value in reversed(shapes.values.items()) if value.dtype == "float32" and value.kind != "loss"
    ]
    near.sort(key=lambda source: bool(graph.outgoing[source.node]))
    for source in [source for source in near if source not in given][:MOST_ADAPTED]:
        now = shapes.values[source]
        for value in known or ([] if fits_kind(declared, port, now) else _of_kind(declared, now)):
            alike = [each for each in others if fits_at(graph, shapes, graph.nodes[each.node], each.name, value)]
            for layers in bridges(shapes.values[source], value):
                if layers:
                    yield led_through(graph, source, layers, [Port(node.id, port), *alike])


def _of_kind(declared: In, value: Value) -> Iterator[Value]:
    """What holds the same numbers in the form that an input takes."""
    if "vector" in declared.kinds:
        yield Value((value.elements,), "vector")
    elif "map" in (declared.kinds or ("map",)):
        axes = max(declared.axes, default=3)
        yield Value((value.elements, *(1,) * (axes - 1)))


def upstream_rewirings(graph: Graph, shapes: Shapes, node: Node) -> Iterator[Fix]:
    """Wires to nodes that feed a node, directly or not, from outputs that lead nowhere: one was meant for them."""
    feeding = graph.ancestors([node.id]) - {node.id}
    loose = [
        Port(id_, layer.output_ports[0])
        for id_, layer in shapes.layers.items()
        if layer.output_ports and not layer.is_loss and not graph.outgoing[id_] and id_ not in feeding
    ]
    for source in loose[-MOST_ADAPTED:] if node.id not in graph.ancestors(port.node for port in loose) else ():
        for id_ in reversed([id_ for id_ in graph.order if id_ in feeding]):
            for port in graph.incoming[id_]:
                if not _has_other_use(graph, Port(id_, port)):
                    continue
                if source in shapes.values and fits_at(graph, shapes, graph.nodes[id_], port, shapes.values[source]):
                    yield wire(graph, source, Port(id_, port))


def _inputs_for(graph: Graph, shapes: Shapes, node: Node, port: str) -> Iterator[Fix]:
    """Inputs for a node: pictures of the size of a Target's or of usual sizes, or other data of a usual size."""
    cls = find(node.layer)
    declared = port_of(cls, port) if cls is not None else None
    if declared is not None and not _takes_pictures(declared):
        for settings in OTHER_DATA:
            shape = settings["shape"]
            is_fitting = settings["kind"] in declared.kinds and isinstance(shape, list)
            if is_fitting and (not declared.axes or len(shape) in declared.axes):
                yield usual_before(graph, shapes, node, port, "Input", settings)
        return
    answers = [value.shape for value in shapes.values.values() if value.is_picture]
    usual = REGISTRY["Input"].model_fields["shape"].default
    for shape in dict.fromkeys([*answers, usual, *((*usual[:1], side, side) for side in SIDES)]):
        yield usual_before(graph, shapes, node, port, "Input", {} if shape == usual else {"shape": list(shape)})


def _takes_pictures(port: In) -> bool:
    return not port.kinds or ("map" in port.kinds and (not port.axes or 3 in port.axes))


def usual_before(
    graph: Graph, shapes: Shapes, node: Node, port: str, layer: str, params: Mapping[str, Json] = NOTHING
) -> Fix:
    """The fix that adds the layer that usually feeds an input, with these settings; a Target has its own."""
    cls = find(layer)
    assert cls is not None
    x, y = node.position
    place = free_place(graph, (x - STEP[0], y + STEP[1]))
    params = _answer(graph, shapes, node) if layer == "Target" else params
    before = Node(new_id(graph), free_name(first_name(layer), list(graph.by_name)), layer, params, position=place)
    targets = [Port(node.id, port), *(_bereft(graph, shapes, Port(node.id, port)) if layer == "Input" else [])]
    wires = [AddEdge(Edge(Port(before.id, cls.output_ports[0]), target)) for target in targets]
    size = f" of {shape_text(tuple(params['shape']))}" if layer == "Input" and params else ""
    size += " tokens" if size and params.get("kind") == "tokens" else ""
    text = f"Add {'an' if layer == 'Input' else 'a'} {layer}{size} for {node.name}"
    edit = CompositeGraphEdit((AddNode(before), *wires), text)
    return Fix(text, edit)


def _answer(graph: Graph, shapes: Shapes, loss: Node) -> Mapping[str, Json]:
    """Settings of the Target that a loss node compares its prediction with; none where that is not known."""
    layer, source = shapes.layers.get(loss.id), graph.incoming[loss.id].get("prediction")
    prediction = shapes.values.get(source) if source else None
    if not isinstance(layer, Loss) or prediction is None:
        return {}
    return answer_settings(shapes, layer, prediction)


def answer_settings(shapes: Shapes, loss: Loss, prediction: Value) -> Mapping[str, Json]:
    """Settings of the Target that a prediction is compared with by a loss: the picture again, where it is one."""
    params = dict(loss.answer(prediction))
    for id_, other in shapes.layers.items():
        value = shapes.values.get(Port(id_, "y")) if other.data_field else None
        if value is not None and value.kind == params.get("kind") and list(value.shape) == params.get("shape"):
            params["field"] = str(getattr(other, "field", "image"))
    return params


def input_fix(graph: Graph, shapes: Shapes) -> Fix:
    """The fix that adds an Input, before the first node that takes a picture and has none."""
    return next(iter(input_fixes(graph, shapes)))


def input_fixes(graph: Graph, shapes: Shapes) -> Iterator[Fix]:
    """The fixes that add an Input, before the first node that takes a picture and has none."""
    for id_, fault in shapes.faults.items():
        node, port = graph.nodes[id_], fault.error.port
        cls = find(node.layer)
        declared = port_of(cls, port) if cls and port else None
        if fault.error.found == "nothing" and declared is not None and _takes_data(declared):
            yield from _inputs_for(graph, shapes, node, port)
            return
    place = free_place(graph, min((node.position for node in graph), default=(0.0, 0.0)))
    node = Node(new_id(graph), free_name("image", list(graph.by_name)), "Input", position=place)
    yield Fix("Add an Input", AddNode(node))


def _takes_data(port: In) -> bool:
    """Whether what an Input gives can come in."""
    return not port.kinds or any(settings["kind"] in port.kinds for settings in OTHER_DATA)


def _taken_out(graph: Graph, node: Node) -> Fix:
    """The fix that takes away a node that only one wire reaches, and leads that wire on."""
    (source,) = graph.incoming[node.id].values()
    text = f"Take {node.name} out"
    step = remove(graph, node)
    edits: list[GraphEdit] = [*step.edits, *(AddEdge(Edge(source, edge.target)) for edge in graph.outgoing[node.id])]
    return Fix(text, CompositeGraphEdit(tuple(edits), text))
