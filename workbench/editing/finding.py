"""What a typed text means: nodes by name, by the kind of layer, or by its title; frames; and kinds of layers."""

from __future__ import annotations

import re
from collections.abc import Collection

from workbench.core.graph import Graph, Node
from workbench.layers.spec import REGISTRY, Layer, find

AXES = re.compile(r"[123]d\Z")  # how a layer's name ends that there is for several numbers of axes


def nodes_found(graph: Graph, text: str) -> list[str]:
    """Returns the ids of the nodes that a text means; none for an empty text.

    Those whose name it is come first, then those whose name begins so, each in the order of the flow.

    Args:
        graph: the network.
        text: words, each of which must be a part of a node's name, of its layer's name or of its title.
    """
    words = text.lower().split()
    if not words:
        return []
    texts = {node.id: _searched(node) for node in graph}
    found = [id_ for id_ in graph.order if all(word in texts[id_] for word in words)]
    wanted = text.strip().lower()
    names = {id_: graph.nodes[id_].name.lower() for id_ in found}
    return sorted(found, key=lambda id_: (names[id_] != wanted, not names[id_].startswith(wanted)))


def frames_found(graph: Graph, text: str) -> list[str]:
    """Returns the ids of the frames and notes that a text means: each of its words is in a frame's title or text."""
    words = text.lower().split()
    whole = {id_: f"{frame.title} {frame.text}".lower() for id_, frame in graph.frames.items() if words}
    return [id_ for id_, each in whole.items() if all(word in each for word in words)]


def _searched(node: Node) -> str:
    cls = find(node.layer)
    return f"{node.name} {node.layer} {cls.title if cls else ''}".lower()


def ranked(text: str, preferred: Collection[str] = ()) -> list[tuple[str, type[Layer]]]:
    """Returns the layers that fit what was typed, best first.

    First come names that begin so, then titles that do, what holds it, what has its letters from the first one on, and
    what has them anywhere. Of those that fit equally well, the preferred ones come first, and of a layer that there is
    for several numbers of axes the one for pictures.
    """
    wanted = text.lower().replace(" ", "")

    def rank(name: str, layer: type[Layer]) -> int | None:
        plain, title = name.lower(), layer.title.lower().replace(" ", "")
        if plain.startswith(wanted):
            return 0
        if title.startswith(wanted):
            return 1
        if wanted in plain or wanted in title:
            return 2
        letters = iter(plain)
        if not all(letter in letters for letter in wanted):
            return None
        return 3 if plain[0] == wanted[0] else 4

    found = [
        (rank(name, layer), name not in preferred, AXES.sub("", name), not name.endswith("2d"), name, layer)
        for name, layer in REGISTRY.items()
    ]
    rows = sorted((row for row in found if row[0] is not None), key=lambda row: row[:5])
    return [(name, layer) for *_, name, layer in rows]
