"""What the canvas says about a node: its ends, its numbers, what is wrong and what would mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.core.errors import printable
from workbench.core.graph import Graph, Node, Port
from workbench.core.groups import Border, stem_of
from workbench.core.values import shape_text
from workbench.layers.spec import Layer, find
from workbench.model.analysis import Analysis
from workbench.model.problems import Problem
from workbench.model.receptive_field import ReceptiveField

Side = Literal["in", "out"]
MOST_ALIKE = 4  # ports of a folded group with one source that are drawn apart
MOST_ROWS = 8  # rows of ports of a folded group; the others are drawn at the last one
TextSource = tuple[object, ...]


@dataclass(frozen=True)
class NodeText:
    """What a node item shows besides the node itself.

    Attributes:
        label: its name, without the open group in whose frame it stands.
        group: the layer's palette group, "" for an unknown layer.
        inputs: names of the ends of wires on its left.
        spare: those of them that need no wire: the free end of a variadic input that has two.
        outputs: names and kinds of its output ports.
        numbers: shape and parameters; the receptive field comes behind them (`receptive_field_text`).
        problem: what is wrong, in a few words, or "".
        fix: what its first fix does, or "".
        is_hint: whether the problem is a hint only.
    """

    label: str = ""
    group: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    numbers: tuple[str, ...] = ()
    problem: str = ""
    fix: str = ""
    is_hint: bool = False
    spare: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupText:
    """What a folded group shows.

    Attributes:
        title: its title, or its prefix without that of the group that it is in.
        inputs: the ports inside that are wired from outside, and how they are called.
        outputs: the ports inside that are wired to the outside, how they are called, and their kinds.
        numbers: how many nodes it has, the shape of what leaves it by a single port, and its parameters.
        problem: what is wrong with the first node that has a problem, or "".
        is_hint: whether the problem is a hint only.
        merged: input ports that are drawn at another one.
    """

    title: str
    inputs: tuple[tuple[Port, str], ...] = ()
    outputs: tuple[tuple[Port, str, str], ...] = ()
    numbers: tuple[str, ...] = ()
    problem: str = ""
    is_hint: bool = False
    merged: Mapping[Port, Port] = field(default_factory=dict)


def text_source(analysis: Analysis, node: Node, problem: Problem | None) -> TextSource:
    """Returns all that a node's text is made from, but for its receptive field; where it is equal, so is the text."""
    graph, id_ = analysis.graph, node.id
    stem = stem_of(graph, node.name) if graph.groups else ""
    return (node, analysis.shapes.nodes.get(id_), problem, graph.incoming[id_], graph.outgoing[id_], stem)


def receptive_field_text(field: ReceptiveField | None) -> str:
    """Returns a receptive field in short, as it is written on a node; empty where it says nothing."""
    return f"RF {shape_text(field.size)}" if field and field.size and max(field.size) > 1 else ""


def node_text(analysis: Analysis, node: Node, problem: Problem | None) -> NodeText:
    """What there is to say about a node."""
    cls = find(node.layer)
    leaving = {edge.source.name for edge in analysis.graph.outgoing[node.id]}
    names = [*(cls.output_ports if cls else ())]
    names += sorted(leaving.difference(names))
    wired = list(analysis.graph.incoming[node.id])
    return NodeText(
        node.name.removeprefix(stem_of(analysis.graph, node.name)),
        cls.group if cls else "",
        input_ends(cls, wired),
        tuple((name, _kind(analysis, Port(node.id, name))) for name in names),
        _numbers(analysis, node),
        in_short(problem, node) if problem else "",
        problem.fixes[0].text.removesuffix(f" before {node.name}") if problem and problem.fixes else "",
        problem is not None and _is_hint(problem),
        spare_ends(cls, wired),
    )


def group_text(analysis: Analysis, prefix: str, inside: list[Node], border: Border) -> GroupText:
    """What there is to say about a folded group."""
    graph, problems = analysis.graph, analysis.first_problems
    parameters = sum(cost.parameters for node in inside if (cost := analysis.costs.get(node.id)))
    bad = sorted((node for node in inside if node.name in problems), key=lambda each: _is_hint(problems[each.name]))
    wrong = bad[0] if bad else None
    merged = _merged(graph, border)
    more = Counter(merged.values())
    return GroupText(
        title_of_group(graph, prefix),
        tuple(
            (port, _inner_name(graph, prefix, port) + (f" +{more[port]}" if more[port] else ""))
            for port in border.inputs
            if port not in merged
        ),
        tuple((port, _inner_name(graph, prefix, port), _kind(analysis, port)) for port in border.outputs),
        (f"{len(inside)} nodes", *_given(analysis, border), *([short_count(parameters)] if parameters else [])),
        f"{wrong.name.removeprefix(prefix + '.')}: {in_short(problems[wrong.name], wrong)}" if wrong else "",
        wrong is not None and _is_hint(problems[wrong.name]),
        merged,
    )


def _merged(graph: Graph, border: Border) -> dict[Port, Port]:
    """The ports of a group that are drawn at another one, where there are many: of one source, and the last ones."""
    by_source: dict[Port, list[Port]] = {}
    for port in border.inputs:
        by_source.setdefault(graph.incoming[port.node][port.name], []).append(port)
    found = {port: ports[0] for ports in by_source.values() if len(ports) > MOST_ALIKE for port in ports[1:]}
    shown = [port for port in border.inputs if port not in found]
    last = dict.fromkeys(shown[MOST_ROWS:], shown[MOST_ROWS - 1]) if len(shown) > MOST_ROWS else {}
    return {port: last.get(first, first) for port, first in found.items()} | last


def _given(analysis: Analysis, border: Border) -> list[str]:
    """The shape of what leaves a group, if that is by one port."""
    value = analysis.shapes.values.get(border.outputs[0]) if len(border.outputs) == 1 else None
    return [shape_text(value.shape)] if value is not None and value.shape else []


def title_of_group(graph: Graph, prefix: str) -> str:
    """What a group is called on the canvas: its title, or its prefix without that of the group that it is in."""
    return printable(graph.groups[prefix].title or prefix.removeprefix(stem_of(graph, prefix)))


def _is_hint(problem: Problem) -> bool:
    return problem.severity == "hint"


def input_ends(cls: type[Layer] | None, wired: list[str]) -> tuple[str, ...]:
    """The ends of wires that a node offers: its ports, and one free end more of a variadic one."""
    if cls is None:
        return tuple(wired)
    ends: list[str] = []
    for port in cls.inputs:
        if port.variadic:
            used = sorted(int(end.partition(".")[2]) for end in wired if end.startswith(port.name + "."))
            ends += [f"{port.name}.{number}" for number in used]
            ends.append(f"{port.name}.{(used[-1] + 1) if used else 0}")
        else:
            ends.append(port.name)
    return tuple(ends)


def spare_ends(cls: type[Layer] | None, wired: Collection[str]) -> tuple[str, ...]:
    """The free ends of variadic inputs that have their two wires."""
    if cls is None or not any(port.variadic for port in cls.inputs):
        return ()
    ends = input_ends(cls, list(wired))
    rows = [[end for end in ends if end.startswith(f"{port.name}.")] for port in cls.inputs if port.variadic]
    return tuple(row[-1] for row in rows if len(row) > 2)


def in_short(problem: Problem, node: Node) -> str:
    """A problem without the node's name, which stands above it."""
    text = problem.message.removeprefix(node.name).lstrip(": ")
    return printable(text[:1].upper() + text[1:])


def short_count(number: int) -> str:
    """A count in few letters: 832, 48.1k, 2.4M."""
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)


def texts_of_losses(losses: Mapping[str, str]) -> dict[str, str]:
    """Loss values as they are shown: plain and short."""
    return {id_: printable(text)[:12] for id_, text in losses.items()}


def _kind(analysis: Analysis, port: Port) -> str:
    value = analysis.shapes.values.get(port)
    return value.kind if value else "map"


def _inner_name(graph: Graph, prefix: str, port: Port) -> str:
    return graph.nodes[port.node].name.removeprefix(prefix + ".")


def _numbers(analysis: Analysis, node: Node) -> tuple[str, ...]:
    layer, cost = analysis.shapes.layers.get(node.id), analysis.costs.get(node.id)
    if layer is None or cost is None:
        return ()
    value = analysis.shapes.values.get(Port(node.id, layer.output_ports[0])) if layer.output_ports else None
    parts = [shape_text(value.shape)] if value and value.shape else []
    if cost.parameters:
        parts.append(short_count(cost.parameters))
    return tuple(parts)
