"""A graph that grows node by node while a network of another program is read, with names that may be drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import ValidationError

from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.names import TakenNames, drawable, id_of, prefixes
from workbench.core.values import Json, Value
from workbench.layers.spec import REGISTRY, Layer, ShapeError, check_kind, port_of
from workbench.model.translation.imported import Unread


class Draft:
    """Nodes and wires, each node behind what feeds it.

    Attributes:
        nodes: by id.
        edges: the wires.
        unread: what is kept as a placeholder.
    """

    def __init__(self, reserved: Collection[str] = ()) -> None:
        """Begins an empty graph.

        Args:
            reserved: names that nodes with weights will have; no other node gets one.
        """
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.unread: list[Unread] = []
        self._reserved = frozenset(drawable(name) for name in reserved)
        self._names = TakenNames(self._reserved)

    def add(
        self, layer: Layer, name: str, sources: Sequence[Port] = (), *, is_reserved: bool = False, share_with: str = ""
    ) -> Port:
        """Adds a node behind these ports, in the order of its inputs, and returns its first output port."""
        cls = type(layer)
        wires = []
        for number, source in enumerate(sources):
            port = cls.inputs[min(number, len(cls.inputs) - 1)]
            wires.append((port.end(number), source))
        params: Mapping[str, Json] = layer.model_dump(mode="json", exclude_defaults=True)
        node = self._put(cls.__name__, params, name, wires, is_reserved=is_reserved, share_with=share_with)
        return Port(node, cls.output_ports[0] if cls.output_ports else "")

    def placeholder(self, kind: str, reason: str, name: str, sources: Sequence[Port]) -> Port:
        """Adds a node that stands for what is not understood, and returns its output port."""
        word = "".join(letter for letter in kind if letter.isalnum() or letter == "_") or "unknown"
        if word in REGISTRY:
            word = f"Other{word}"
        wires = [(f"x.{number}", source) for number, source in enumerate(sources)]
        mended = drawable(name)
        is_own = (
            mended in self._reserved and id_of(mended) not in self.nodes
        )  # it stands for the one that has the weights
        id_ = self._put(word, {}, name, wires, is_reserved=is_own)
        self.unread.append(Unread(self.nodes[id_].name, kind, reason))
        return Port(id_, "y")

    def _put(
        self,
        layer: str,
        params: Mapping[str, Json],
        name: str,
        wires: Sequence[tuple[str, Port]],
        *,
        is_reserved: bool = False,
        share_with: str = "",
    ) -> str:
        mended = drawable(name)
        if not is_reserved:
            mended = self._names.free(mended)
            self._names.add(mended)
        id_ = id_of(mended)
        self.nodes[id_] = Node(id_, mended, layer, params, share_with=share_with)
        self.edges += [Edge(source, Port(id_, wire)) for wire, source in wires]
        return id_

    def blocks(self) -> tuple[str, ...]:
        """Returns the prefixes of names, outer ones before those inside them."""
        return tuple(dict.fromkeys(prefix for node in self.nodes.values() for prefix in prefixes(node.name)))

    def graph(self) -> Graph:
        """Returns what was drawn."""
        return Graph(dict(self.nodes), tuple(self.edges))


def given_value(layer: Layer, given: Sequence[Value]) -> Value:
    """Returns what a layer gives for these values.

    Raises:
        ValueError: they do not fit it; the text says why.
    """
    cls = type(layer)
    try:
        for number, value in enumerate(given):
            port = cls.inputs[min(number, len(cls.inputs) - 1)]
            wire = port.end(number)
            check_kind(port_of(cls, wire) or port, wire, value)
        return layer.outputs(*given)[cls.output_ports[0]]
    except ShapeError as error:
        raise ValueError(f"{cls.__name__} {str(error).rstrip('.')}") from None


def reason_of(error: Exception) -> str:
    """Returns why something could not be drawn, without a full stop; of a setting that is wrong its name too."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return ": ".join([*map(str, first["loc"][:1]), first["msg"]])
    return str(error).rstrip(".")
