"""How a view is declared, and the `Picture` it gives: tiles of bytes to show, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError
from workbench.core.graph import Graph, Port
from workbench.core.registry import Registry
from workbench.core.values import Value
from workbench.insight.coloured_maps import ColouredMaps
from workbench.insight.colours import DIVERGING
from workbench.layers.spec import Layer, find

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.insight.way_down import WayDown
    from workbench.model.network import Network
    from workbench.model.shapes import Shapes

Bytes = NDArray[np.uint8]
REGISTRY: Registry[type[View]] = Registry("workbench.insight.views")
V = TypeVar("V", bound="type[View]")


@dataclass(frozen=True)
class Picture:
    """What a view shows.

    Attributes:
        drawn: one tile for each unit, (K, H, W, 3) bytes, or maps that are coloured where they are shown.
        units: the unit (channel, filter) that each tile is of.
        values: the numbers that were drawn, (K, ...).
        low: the value of the darkest colour, for all tiles; NaN where each tile has its own range.
        high: the value of the brightest colour.
        note: what a person should know to read it.
        captions: words under the tiles, in the place of their units' numbers.
        first: place of the tile that is looked at first, where one matters more than the others.
        made: which tiles are made, (K,) booleans, while they are made one by one; None once all are.
    """

    drawn: Bytes | ColouredMaps
    units: tuple[int, ...]
    values: NDArray[Any]
    low: float
    high: float
    note: str
    captions: tuple[str, ...] = ()
    first: int | None = None
    made: NDArray[np.bool_] | None = None

    @property
    def tiles(self) -> Bytes:
        """The tiles in their colours, (K, H, W, 3) bytes."""
        return self.drawn.tiles if isinstance(self.drawn, ColouredMaps) else self.drawn

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width of a tile, in its own pixels."""
        return self.drawn.shape[1], self.drawn.shape[2]

    def tile(self, number: int) -> Bytes:
        """Returns one tile in its colours, (H, W, 3)."""
        return self.drawn.tile(number) if isinstance(self.drawn, ColouredMaps) else self.drawn[number]

    def is_made(self, number: int) -> bool:
        """Whether a tile is there yet."""
        return self.made is None or bool(self.made[number])

    def caption(self, number: int) -> str:
        """What stands under a tile."""
        return self.captions[number] if self.captions else str(self.units[number])


@dataclass(frozen=True)
class ViewContext:
    """What is looked at.

    Attributes:
        network: with its weights.
        graph: that it was built from.
        node: id of the node looked at.
        fields: one sample, field → (1, ...) in floats between 0 and 1; empty where the view needs none.
        units: which units; empty means all (at most `most`).
        most: how many units are drawn at the most.
        known: what ports give for the sample, as far as that has been computed already; `given` adds to it.
        signed: the colours of signed values, (256, 3).
        whole: the sample at its own size, field → bytes or numbers between 0 and 1; empty where that is the network's.
        noise: standard deviation of the noise that is added to it first.
        others: some more samples, field → (N, ...) in floats, for a view that takes them; empty if there are none.
        ways: the ways down that are known already, by the port where they start; `way_down` adds to them.
        truth: of a network that restores pictures, what should come out, (C, H, W) between 0 and 1; None if unknown.
        moment: of clips and volumes, where along time or depth the planes lie that are seen, from 0 to 1; None: each
            view decides.

    What is known and the ways are of this network with these weights and this sample: another sample, or other weights,
    need a context with new ones.
    """

    network: Network
    graph: Graph
    node: str
    fields: Mapping[str, Tensor] = field(default_factory=dict)
    units: tuple[int, ...] = ()
    most: int = 512
    known: dict[Port, Tensor] = field(default_factory=dict)
    signed: Bytes = field(default_factory=lambda: DIVERGING)
    whole: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    noise: float = 0.0
    others: Mapping[str, Tensor] = field(default_factory=dict)
    ways: dict[Port, WayDown] = field(default_factory=dict)
    truth: NDArray[Any] | None = None
    moment: float | None = None

    def unit_names(self, count: int) -> tuple[str, ...]:
        """Returns the names of the classes that the node scores by so many units; () where these have no names."""
        terms = (term for term in self.network.terms if term.prediction == self.port)
        names = next((term.classes for term in terms), ())
        return names if len(names) == count else ()

    @property
    def port(self) -> Port:
        """The node's first output port that is computed."""
        return Port(self.node, next(port.name for port in self.network.predict_ports if port.node == self.node))

    @property
    def gives_scores(self) -> bool:
        """Whether what the node gives is compared with an answer or made into shares: scores, or another prediction."""
        ends = [
            (find(self.graph.nodes[edge.target.node].layer), edge.target) for edge in self.graph.outgoing[self.node]
        ]
        return any(cls is not None and cls.takes_scores == end.name for cls, end in ends if end.name)

    def way_down(self) -> WayDown:
        """Returns the deconvnet's way down from the node's port, for which the sample need not go up once more."""
        from workbench.insight.way_down import WayDown

        if self.port not in self.ways:
            self.activation()
            self.ways[self.port] = WayDown(self.network, self.graph, self.fields, self.port, self.known)
        return self.ways[self.port]

    def activation(self) -> Tensor:
        """What the node gives for the sample, (1, ...)."""
        return self.given(self.port)[0]

    def given(self, *ports: Port) -> list[Tensor]:
        """What ports give for the sample, (1, ...) each; all that is computed on the way there is known then."""
        from workbench.insight.probe import activations

        missing = [port for port in ports if port not in self.known]
        if missing:
            below = self.graph.ancestors([port.node for port in missing])
            passed = frozenset(port for port in self.network.predict_ports if port.node in below)
            self.known.update(activations(self.network, self.fields, passed.union(missing)))
        return [self.known[port] for port in ports]


class View:
    """One way of looking; subclasses are declared with the decorator `@view`.

    Attributes:
        name: as on the command line.
        title: what people read.
        needs_input: whether a sample is needed.
        is_particular: whether it was made for the few layers that it applies to, and so is looked at first.
        shows_positions: whether a pixel of a tile is a position of the unit's map, which sees a part of the input.
        takes_whole: whether it takes the sample at its own size, and noise on it.
        takes_others: whether it looks at some more samples too.
        by_unit: whether a unit's tile is the same alone as among all, and takes long enough to be made by itself.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    needs_input: ClassVar[bool] = True
    is_particular: ClassVar[bool] = False
    shows_positions: ClassVar[bool] = False
    takes_whole: ClassVar[bool] = False
    takes_others: ClassVar[bool] = False
    by_unit: ClassVar[bool] = False

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        """Whether this view has something to show of such a node."""
        raise NotImplementedError

    @classmethod
    def note(cls, context: ViewContext, units: tuple[int, ...]) -> str:
        """Returns what a person should know to read the tiles of these units; of a view by unit."""
        return ""

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        """The picture of a node that the view applies to.

        Raises:
            UsageError: the node has no such unit.
        """
        raise NotImplementedError


def view(*, name: str, title: str) -> Callable[[V], V]:
    """Declares a view under its name."""
    return REGISTRY.declares(name, title=title)


def views_of(shapes: Shapes, node: str) -> list[type[View]]:
    """The views that have something to show of a node."""
    layer = shapes.layers.get(node)
    if layer is None or layer.is_answer:
        return []  # what nothing is computed for
    value = shapes.values.get(Port(node, layer.output_ports[0])) if layer.output_ports else None
    return [cls for _, cls in REGISTRY.items() if value and cls.applies_to(layer, value)]


def first_to_look_at(graph: Graph, shapes: Shapes) -> str:
    """Returns the node to look at where none is chosen: the first with filters, else the first that shows anything."""
    shown = {id_: views_of(shapes, id_) for id_ in graph.order}
    has_filters = (id_ for id_, views in shown.items() if any(not cls.needs_input for cls in views))
    return next(has_filters, next((id_ for id_, views in shown.items() if views), ""))


def looked_at(graph: Graph, node: str) -> str:
    """The node that is looked at where one is selected: in place of an Output what feeds it with its first port."""
    wire = graph.incoming[node].get("x") if graph.nodes[node].layer == "Output" else None
    cls = find(graph.nodes[wire.node].layer) if wire is not None else None
    return wire.node if wire and cls is not None and wire.name == cls.output_ports[0] else node


def chosen_units(context: ViewContext, count: int) -> tuple[int, ...]:
    """The units to draw of a node that has `count`.

    Raises:
        UsageError: one of the units asked for does not exist.
    """
    for unit in context.units:
        if not 0 <= unit < count:
            name = context.graph.nodes[context.node].name
            raise UsageError(f"{name} has the units 0 to {count - 1}, so there is no unit {unit}.")
    return context.units or tuple(range(min(count, context.most)))


def plane_at(moment: float | None, depth: int) -> int:
    """Returns which of so many planes lies at a moment from 0 to 1; the one in the middle where there is none."""
    return depth // 2 if moment is None else min(depth - 1, int(moment * depth))


def plane_text(moment: float | None, depth: int) -> str:
    """Returns which of so many planes is seen, in words."""
    if moment is None:
        return f"of {depth} planes the one in the middle"
    return f"plane {plane_at(moment, depth) + 1} of {depth}"


def as_planes(pictures: NDArray[Any], moment: float | None = None) -> NDArray[Any]:
    """Returns what came back to the input, or maps, as planes (K, C, H, W).

    Args:
        pictures: (K, C, H, W); of series (K, C, L), which become one row; of clips (K, C, T, H, W), of which one
            plane is taken; of vectors (K, F), which become one row.
        moment: which plane of clips, from 0 to 1; None for the one in the middle.
    """
    if pictures.ndim == 2:
        return pictures[:, None, None]
    if pictures.ndim == 3:
        return pictures[:, :, None]
    return pictures[:, :, plane_at(moment, pictures.shape[2])] if pictures.ndim == 5 else pictures


def has_colours(pictures: NDArray[Any]) -> bool:
    """Returns whether (K, C, ...) are pictures or clips in colours; three channels of a series are none."""
    return pictures.ndim in (4, 5) and pictures.shape[1] == 3


def coloured(
    values: NDArray[Any], *, signed: bool, each: bool = False, colours: Bytes = DIVERGING
) -> tuple[Bytes, float, float]:
    """Numbers (K, H, W) as colours (K, H, W, 3), with the range.

    Signed numbers are drawn around zero, which is neutral; others from the smallest to the largest. The range is that
    of all tiles, so that they can be compared, unless `each` gives every tile its own (the range is NaN then).

    Args:
        values: the numbers.
        signed: whether zero is in the middle of the colours.
        each: whether every tile has a range of its own.
        colours: the table for signed numbers, (256, 3).
    """
    maps = ColouredMaps.of(values, signed=signed, each=each, table=colours)
    return maps.tiles, *maps.range


def in_colour(values: NDArray[Any], *, each: bool) -> tuple[Bytes, float, float]:
    """Signed numbers of three channels (K, 3, H, W) as pictures (K, H, W, 3), with the range; zero is mid-grey.

    Args:
        values: the numbers.
        each: whether every picture has a range of its own (which is NaN then), or all have one and can be compared.
    """
    values = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    axes = (1, 2, 3) if each else None
    high = np.maximum(np.abs(values).max(axis=axes, keepdims=True), 1e-12)
    shares = 0.5 + values / (2 * high)
    tiles: Bytes = np.clip(np.rint(shares * 255), 0, 255).astype(np.uint8)
    return tiles.transpose(0, 2, 3, 1), *((float("nan"),) * 2 if each else (-float(high.max()), float(high.max())))
