"""Which positions of the input a position of a node's map sees: walked back layer by layer, in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm

from workbench.core.graph import Graph, Port
from workbench.core.values import Value
from workbench.layers.spec import Layer
from workbench.layers.windows import Interval, Part, Window, Windows
from workbench.model.shapes import Shapes, sorted_wires

Box = tuple[Interval, ...]  # one interval for each axis
MOST_BOXES = 16  # kept apart at one node on the way back; more are taken together
MOST_POSITIONS = 64  # looked at for the largest field
SPATIAL = ("map", "switches", "synthesis")


@dataclass(frozen=True)
class ReceptiveField:
    """The receptive field of a node's positions on the network's input, for each spatial axis, in input pixels.

    It is that of an input without borders, as the literature gives it; `box` is what one position sees of this input.

    Attributes:
        size: how many pixels are seen, by the position that sees most.
        stride: how far the field moves from one position to the next, on average.
        centre: the middle of what position 0 sees; pixel 0 has its middle at 0.
    """

    size: tuple[int, ...]
    stride: tuple[float, ...]
    centre: tuple[float, ...]
    _way: Way = field(repr=False, compare=False)

    def box(self, position: tuple[int, ...], *, clipped: bool = True) -> Box | None:
        """The first and last pixel that a position sees, for each axis.

        Args:
            position: in the node's map.
            clipped: whether every map on the way has its borders; without them, margins count as pixels.

        Returns:
            None where nothing of the input is seen, or where the map has no such position.
        """
        return self._way.seen(position, clipped=clipped)

    def around(self, box: Box) -> Box:
        """The first and last pixel that the positions in a box see on an input without borders, for each axis."""
        return self._way.seen_by(box, clipped=False) or box


@dataclass(frozen=True)
class Wire:
    """One way from a node to what feeds it.

    Attributes:
        source: id of the node that it comes from.
        windows: what a position sees of it, axis by axis.
        sizes: how many positions there are, axis by axis.
    """

    source: str
    windows: Windows
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Way:
    """The way back from a node to the input.

    Attributes:
        node: its id.
        sizes: of its map.
        wires: the wires of every node in the order of the flow, by node id; a node without any is an input.
    """

    node: str
    sizes: tuple[int, ...]
    wires: dict[str, tuple[Wire, ...]]

    def seen(self, position: tuple[int, ...], *, clipped: bool) -> Box | None:
        """The smallest box on the input that holds all that a position sees."""
        if len(position) != len(self.sizes) or not self.sizes:
            return None
        if clipped and not all(0 <= place < size for place, size in zip(position, self.sizes, strict=True)):
            return None
        start: Box = tuple((place, place) for place in position)
        return self.seen_by(start, clipped=clipped)

    def seen_by(self, start: Box, *, clipped: bool) -> Box | None:
        """The smallest box on the input that holds all that the positions in a box see."""
        boxes: dict[str, list[Box]] = {self.node: [start]}
        seen: list[Box] = []
        for id_ in reversed(self.wires):
            here = boxes.pop(id_, [])
            if here and not self.wires[id_]:
                seen += here
            for wire in self.wires[id_] if here else ():
                for box in here:
                    below = _through(box, wire.windows, wire.sizes if clipped else None)
                    if below is not None:
                        _keep(boxes.setdefault(wire.source, []), below)
        return _hull(seen) if seen else None


def _through(box: Box, windows: Windows, sizes: tuple[int, ...] | None) -> Box | None:
    """What the positions in a box see one layer further down; None for nothing but margin."""
    found = []
    for axis, ((low, high), window) in enumerate(zip(box, windows, strict=True)):
        interval = window.seen(low, high, sizes[axis] if sizes is not None else None)
        if interval is None:
            return None
        found.append(interval)
    return tuple(found)


def _keep(boxes: list[Box], new: Box) -> None:
    """Adds a box to those of a node, unless one of them holds it; those that it holds go."""
    if any(_holds(each, new) for each in boxes):
        return
    boxes[:] = [*(each for each in boxes if not _holds(new, each)), new]
    if len(boxes) > MOST_BOXES:
        boxes[:] = [_hull(boxes)]


def _holds(outer: Box, inner: Box) -> bool:
    return all(a[0] <= b[0] and b[1] <= a[1] for a, b in zip(outer, inner, strict=True))


def _hull(boxes: Iterable[Box]) -> Box:
    return tuple((min(low for low, _ in each), max(high for _, high in each)) for each in zip(*boxes, strict=True))


@dataclass(frozen=True)
class _Pace:
    """How a node's positions move on an input without borders.

    Attributes:
        step: by how many pixels from one position to the next, for each axis.
        sights: for each axis, first and last pixel of position 0 and the next ones, until the same comes again some
            pixels further; None for a position that sees nothing. No sights where it never comes again.
    """

    step: tuple[Fraction, ...]
    sights: tuple[tuple[Interval | None, ...], ...] | None

    def of(self, axis: int, low: int, high: int) -> Interval | None:
        """The first and last pixel that the positions from low to high see."""
        assert self.sights is not None
        table = self.sights[axis]
        period = len(table)
        moves = int(self.step[axis] * period)
        near = {*range(low, min(high, low + period - 1) + 1), *range(max(low, high - period + 1), high + 1)}
        found = [(each, each // period * moves) for each in near]
        ends = [(sight[0] + by, sight[1] + by) for each, by in found if (sight := table[each % period]) is not None]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def receptive_fields(graph: Graph, shapes: Shapes) -> dict[str, ReceptiveField | None]:
    """The receptive field of every node whose shapes are known, by node id; None sees everything."""
    paces: dict[str, _Pace | None] = {}
    wires: dict[str, tuple[Wire, ...]] = {}
    found: dict[str, ReceptiveField | None] = {}
    for id_ in graph.order:
        if id_ not in shapes.inputs or id_ in shapes.faults:
            continue
        layer, inputs = shapes.layers[id_], shapes.inputs[id_]
        sizes = _spatial(_first_output(shapes, id_, layer))
        windows = (
            tuple((Window(),) * len(_spatial(x)) for x in inputs) if graph.nodes[id_].bypass else layer.windows(*inputs)
        )
        sources = [source.node for _, _, source in sorted_wires(type(layer), graph.incoming[id_])]
        before = [paces[source] for source in sources]
        paces[id_] = pace = _pace(len(sizes), windows, before)
        found[id_] = None
        if pace is not None and windows is not None:
            rows = zip(sources, windows, inputs, strict=True)
            wires[id_] = tuple(Wire(source, each, _spatial(value)) for source, each, value in rows)
            found[id_] = _field(pace, Way(id_, sizes, wires))
    return found


def _first_output(shapes: Shapes, id_: str, layer: Layer) -> Value | None:
    return shapes.values.get(Port(id_, layer.output_ports[0])) if layer.output_ports else shapes.inputs[id_][0]


def _spatial(value: Value | None) -> tuple[int, ...]:
    """Sizes of the axes along which positions are positions in a picture or a series."""
    return value.spatial if value is not None and value.kind in SPATIAL else ()


def _pace(axes: int, windows: tuple[Windows, ...] | None, before: list[_Pace | None]) -> _Pace | None:
    """The pace of a node behind others; None where it sees everything."""
    if windows is None or any(len(each) != axes for each in windows):
        return None
    if not windows:
        return _Pace((Fraction(1),) * axes, (((0, 0),),) * axes)
    known = [pace for pace in before if pace is not None]
    if len(known) < len(before) or any(len(pace.step) != axes for pace in known):
        return None
    steps = [
        tuple(step * window.step for step, window in zip(pace.step, each, strict=True))
        for pace, each in zip(known, windows, strict=True)
    ]
    largest = tuple(max(each) for each in zip(*steps, strict=True))
    is_even = all(pace.sights for pace in known) or axes == 0
    is_even = is_even and len(set(steps)) == 1 and not any(isinstance(each, Part) for row in windows for each in row)
    rows = [_sights(axis, windows, known) for axis in range(axes)] if is_even else [None]
    return _Pace(largest, None if None in rows else tuple(row for row in rows if row is not None))


def _sights(axis: int, windows: tuple[Windows, ...], before: list[_Pace]) -> tuple[Interval | None, ...] | None:
    """What the positions of one period see along one axis; None if the period is too long to be looked through."""
    periods = []
    for pace, each in zip(before, windows, strict=True):
        assert pace.sights is not None
        moves, positions = each[axis].step.as_integer_ratio()
        theirs = len(pace.sights[axis])
        periods.append(positions * theirs // gcd(theirs, moves))
    period = lcm(*periods)
    if period > MOST_POSITIONS:
        return None
    found = []
    for position in range(period):
        ends = []
        for pace, each in zip(before, windows, strict=True):
            below = each[axis].seen(position, position, None)
            sight = pace.of(axis, *below) if below is not None else None
            ends += [sight] if sight is not None else []
        found.append((min(low for low, _ in ends), max(high for _, high in ends)) if ends else None)
    return tuple(found)


def _field(pace: _Pace, way: Way) -> ReceptiveField:
    """The field with its numbers: by the pace where it is even, else by the way back from many positions."""
    axes = range(len(pace.step))
    if pace.sights is not None:
        sights = [[each for each in table if each is not None] or [(0, -1)] for table in pace.sights]
    else:
        boxes = [box for position in _spread_out(way.sizes) if (box := way.seen(position, clipped=False))]
        sights = [[box[axis] for box in boxes] or [(0, -1)] for axis in axes]
    size = tuple(max(high - low + 1 for low, high in each) for each in sights)
    centre = tuple(sum(each[0]) / 2 for each in sights)
    return ReceptiveField(size, tuple(map(_number, pace.step)), centre, way)


def _spread_out(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Positions over the whole map, both ends among them: all along each axis, or 64 of them."""
    count = min(MOST_POSITIONS, max(sizes, default=0))
    return [tuple(round(i * (size - 1) / max(1, count - 1)) for size in sizes) for i in range(count)]


def _number(step: Fraction) -> float:
    try:
        return float(step)
    except OverflowError:
        return math.inf
