"""What may mend a node that what comes in does not fit: families of fixes, those that change least first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest

from workbench.core.edits import SetField
from workbench.core.graph import Graph, Node
from workbench.core.values import Value
from workbench.layers.add import projection
from workbench.layers.spec import Insert, SetWidth, ShapeError, find, port_of
from workbench.model.adapters import adapter_fixes
from workbench.model.mending import Fix
from workbench.model.node_shapes import BypassError
from workbench.model.remedies import fix_for, width_fix
from workbench.model.restoring import restored
from workbench.model.shapes import Shapes
from workbench.model.size_fixes import fixed_sizes, other_layer_fixes, other_losses, reset_fixes, settings_for_size
from workbench.model.what_fits import wanted_at
from workbench.model.wire_fixes import cut_fixes, rewirings, upstream_rewirings, wire_families

MOST_WIRES = 4  # inputs of one node that are looked at


def fault_families(graph: Graph, shapes: Shapes, node: Node, error: ShapeError) -> Iterator[Iterable[Fix]]:
    """Families of fixes for a fault, the likeliest first.

    Args:
        graph: the network.
        shapes: its shapes.
        node: where the fault is.
        error: what it is.
    """
    if isinstance(error, BypassError):
        name = graph.nodes[error.node].name
        yield [Fix(f"Use {name} again", SetField(error.node, "bypass", True, False, name))]
    if node.share_with and not error.port:
        text = f"Give {node.name} weights of its own"
        yield [
            *_remedies(graph, shapes, node, error),
            Fix(text, SetField(node.id, "share_with", node.share_with, "", node.name)),
        ]
    if _is_free(graph, node, error.port):
        yield from wire_families(graph, shapes, node, error.port)
        yield restored(graph, shapes, node, error.port)
        return
    ports = _ports(graph, node, error.port)
    meeting = [(port, value) for port in ports for value in _wanted(graph, shapes, node, port, error)]
    yield chain(
        _remedies(graph, shapes, node, error),
        _settings(graph, shapes, node, meeting),
        reset_fixes(graph, shapes, node, ports),
    )
    yield other_layer_fixes(graph, shapes, node, error.port)
    yield other_losses(graph, shapes, node) if (cls := find(node.layer)) and cls.is_loss else ()
    yield cut_fixes(graph, node, error.port)
    yield rewirings(graph, shapes, node, ports, loose=True)
    yield in_turn([adapter_fixes(graph, shapes, node, port, value) for port, value in meeting])
    yield chain.from_iterable(
        settings_for_size(graph, shapes, node, port, value, kernels=True) for port, value in meeting
    )
    yield rewirings(graph, shapes, node, ports, loose=False)
    yield upstream_rewirings(graph, shapes, node)


def in_turn(rows: Sequence[Iterable[Fix]]) -> Iterator[Fix]:
    """The first of each row, then the second of each, and so on."""
    for step in zip_longest(*rows):
        yield from (fix for fix in step if fix is not None)


def _is_free(graph: Graph, node: Node, port: str) -> bool:
    """Whether an input that the layer has is wired to nothing."""
    cls = find(node.layer)
    return bool(port) and cls is not None and port_of(cls, port) is not None and port not in graph.incoming[node.id]


def _ports(graph: Graph, node: Node, first: str) -> list[str]:
    """The wired inputs of a node, those first that come from a branch of its own, then where the fault was found."""
    wires = graph.incoming[node.id]
    return sorted(wires, key=lambda port: (len(graph.outgoing[wires[port].node]) > 1, port != first))[:MOST_WIRES]


def _wanted(graph: Graph, shapes: Shapes, node: Node, port: str, error: ShapeError) -> list[Value]:
    now = shapes.values.get(graph.incoming[node.id][port])
    told = [error.fits] if error.fits is not None and port == error.port else []
    if now is not None and now.shape and port == error.port:
        told += [now.reshaped(each.width, *now.shape[1:]) for each in error.fixes if isinstance(each, SetWidth)]
    return wanted_at(graph, shapes, node, port, told)


def _remedies(graph: Graph, shapes: Shapes, node: Node, error: ShapeError) -> Iterator[Fix]:
    """What the layer proposes; a shortcut is projected rather than the branch that it goes round."""
    proposed = [(error.port, intent) for intent in error.fixes]
    if projected := _projected_shortcut(graph, shapes, node, error):
        proposed = [*projected, *(each for each in proposed if not isinstance(each[1], Insert))]
    for port, intent in proposed:
        if (fix := fix_for(graph, shapes, node, port, intent)) is not None:
            yield fix


def _projected_shortcut(graph: Graph, shapes: Shapes, node: Node, error: ShapeError) -> list[tuple[str, Insert]]:
    """The projection of the other one of two inputs, where what comes in at the fault's begins at what feeds that."""
    wires = graph.incoming[node.id]
    others = [port for port in wires if port != error.port]
    if len(others) != 1 or error.port not in wires or error.fits is None:
        return []
    branch, shortcut = wires[error.port], wires[others[0]]
    here, there = shapes.values.get(branch), shapes.values.get(shortcut)
    if here is None or there is None or error.fits.shape != there.shape:
        return []
    cls = find(node.layer)
    declared = port_of(cls, error.port) if cls is not None else None
    if declared is None or not declared.variadic or shortcut.node not in graph.ancestors([branch.node]):
        return []
    return [(others[0], each) for each in projection(there, here)]


def _settings(graph: Graph, shapes: Shapes, node: Node, meeting: list[tuple[str, Value]]) -> Iterator[Fix]:
    """Widths and sizes further up the wires, so that what comes in is as it is wanted."""
    for port, wanted in meeting:
        yield from fixed_sizes(graph, shapes, node, port, wanted)
    for port, wanted in meeting:
        now = shapes.values.get(graph.incoming[node.id][port])
        if now is None:
            continue
        is_wide = now.shape[:1] != wanted.shape[:1] and now.shape[1:] == wanted.shape[1:]
        fix = width_fix(graph, shapes, node, port, wanted.shape[0]) if is_wide and wanted.shape else None
        if fix is not None:
            yield fix
        yield from settings_for_size(graph, shapes, node, port, wanted)
