"""A network on its way from one process to another: nodes and wires as JSON, weights as safetensors."""

from __future__ import annotations

from pathlib import Path

from workbench.core.files import read_bytes, write_file
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.strict_json import encoded, parse
from workbench.model.translation.imported import Imported, Unread

GRAPH, WEIGHTS = "graph.json", "weights.safetensors"
LARGEST = 256 * 2**20


def to_folder(imported: Imported, folder: Path) -> None:
    """Writes a network.

    Raises:
        WriteError: the folder cannot be written to.
    """
    import safetensors.torch

    nodes = [[each.id, each.name, each.layer, dict(each.params), each.share_with] for each in imported.graph]
    edges = [[edge.source.node, edge.source.name, edge.target.node, edge.target.name] for edge in imported.graph.edges]
    row = {
        "nodes": nodes,
        "edges": edges,
        "notes": list(imported.notes),
        "unread": [[each.node, each.kind, each.reason] for each in imported.unread],
        "blocks": list(imported.blocks),
        "outputs": {name: [port.node, port.name] for name, port in imported.outputs.items()},
    }
    write_file(folder / GRAPH, [encoded(row)])
    plain = {key: each.detach().contiguous().clone() for key, each in imported.weights.items()}
    write_file(folder / WEIGHTS, [safetensors.torch.save(plain)])


def from_folder(folder: Path, origin: str) -> Imported:
    """Reads what `to_folder` has written.

    Args:
        folder: where it lies.
        origin: what it was read from, for people.

    Raises:
        UnreadableError: it is not there, or not whole.
    """
    from workbench.model.weights import read_weights

    row = parse(read_bytes(folder / GRAPH, LARGEST), origin)
    assert isinstance(row, dict)
    nodes = {id_: Node(id_, name, layer, params, share_with=owner) for id_, name, layer, params, owner in row["nodes"]}
    edges = tuple(Edge(Port(*each[:2]), Port(*each[2:])) for each in row["edges"])
    return Imported(
        Graph(nodes, edges),
        origin,
        weights=read_weights(folder / WEIGHTS),
        notes=tuple(row["notes"]),
        unread=tuple(Unread(*each) for each in row["unread"]),
        blocks=tuple(row["blocks"]),
        outputs={name: Port(*port) for name, port in row["outputs"].items()},
    )
