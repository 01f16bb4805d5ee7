"""How a block is declared: settings, and how it is drawn behind a port; and what comes of drawing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.core.registry import Registry
from workbench.core.values import Value
from workbench.model.cost import costs, total
from workbench.model.shapes import infer
from workbench.project.templates.spec import GraphBuilder, Samples

REGISTRY: Registry[type[Block]] = Registry("workbench.project.blocks")
B = TypeVar("B", bound="type[Block]")
MOST_TIMES = 50  # that one block is repeated
USUAL = Value((64, 56, 56))  # what a block is drawn for where nothing is known of what comes in
OUTSIDE = "outside"


class Block(BaseModel):
    """A part of a network; subclasses are declared with the decorator `@block`.

    Settings that are None follow what comes in.

    Attributes:
        name: of its groups on the canvas, without their number.
        title: what people read.
        smallest: height and width of the smallest map that it takes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    smallest: ClassVar[int] = 1

    def build(self, builder: GraphBuilder, name: str, x: Port, channels: int) -> Port:
        """Draws the block behind a port.

        Args:
            builder: what it is drawn with.
            name: of the group that its nodes are in.
            x: what comes in.
            channels: of what comes in.

        Returns:
            The port by which the block is left.

        Raises:
            UsageError: the settings do not fit what comes in.
        """
        raise NotImplementedError

    def again(self) -> Self:
        """Returns the block that follows when this one is repeated: the same, with a stride of 1."""
        return self.model_copy(update={"stride": 1}) if "stride" in type(self).model_fields else self

    def draw(self, builder: GraphBuilder, x: Port, times: int) -> Port:
        """Draws the block so many times, one behind the other, each as a folded group."""
        block = self
        for number in range(1, times + 1):
            name = f"{self.name}{number}"
            x = block.build(builder, name, x, value_at(builder, x).channels)
            builder.fold(name)
            block = block.again()
        return x

    @classmethod
    def summary(cls) -> str:
        """Returns what the block is, in a sentence: the first of its docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0]


def block(*, name: str, title: str) -> Callable[[B], B]:
    """Declares a block under its name."""
    return REGISTRY.declares(name, title=title)


@dataclass(frozen=True)
class Piece:
    """Nodes that are ready to be placed on the canvas.

    Attributes:
        title: what they are called.
        graph: the nodes in their groups, and the wires between them.
        entries: the ports that take what comes in.
        exit: the port by which they are left; None if nothing can follow them.
        about: what they make of what comes in, in a sentence; "" where that is not known.
    """

    title: str
    graph: Graph
    entries: tuple[Port, ...]
    exit: Port | None
    about: str = ""

    @property
    def heads(self) -> list[str]:
        """The outermost groups, in the order of the flow."""
        names = (self.graph.nodes[id_].name.partition(".")[0] for id_ in self.graph.order)
        return [name for name in dict.fromkeys(names) if name in self.graph.groups]


def drawn(wanted: Block, value: Value, times: int = 1) -> Piece:
    """Returns a block as nodes, for what comes in.

    Args:
        wanted: the block with its settings.
        value: what comes in.
        times: how often it is repeated.

    Raises:
        UsageError: it cannot be drawn for what comes in; says why.
    """
    if value.kind != "map" or len(value.shape) != 3:
        raise UsageError(f"{wanted.title} takes maps with rows and columns; what comes in is {value}.")
    if min(value.spatial) < wanted.smallest:
        size = f"{wanted.smallest}×{wanted.smallest}"
        raise UsageError(f"{wanted.title} needs maps of at least {size}; what comes in is {value}.")
    builder = GraphBuilder(Samples(value.shape))
    outside = builder.add("Input", OUTSIDE, shape=value.shape)
    end = wanted.draw(builder, outside, times)
    whole = builder.graph()
    after = value_of(whole, end)
    nodes = {id_: node for id_, node in whole.nodes.items() if id_ != outside.node}
    edges = tuple(edge for edge in whole.edges if edge.source != outside)
    entries = tuple(edge.target for edge in whole.edges if edge.source == outside)
    weights = total(costs(whole).values())["parameters"]
    about = f"{value} becomes {after}: {len(nodes)} nodes, {weights:,} parameters."
    return Piece(wanted.title, Graph(nodes, edges, whole.groups), entries, end, about)


def value_at(builder: GraphBuilder, port: Port) -> Value:
    """Returns what leaves a port of what was drawn so far.

    Raises:
        UsageError: nothing does, since a setting does not fit; says why.
    """
    return value_of(builder.so_far(), port)


def value_of(graph: Graph, port: Port) -> Value:
    """Returns what leaves a port.

    Raises:
        UsageError: nothing does, since a setting does not fit; says why.
    """
    shapes = infer(graph)
    if shapes.faults:
        id_, fault = next(iter(shapes.faults.items()))
        raise UsageError(f"{graph.nodes[id_].name}: {fault.error}")
    return shapes.values[port]
