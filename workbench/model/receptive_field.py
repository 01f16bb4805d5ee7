"""Which positions of the input a position of a node's map sees: walked back layer by layer, in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from workbench.core.values import Json, Value
from workbench.layers.windows import Interval, Part, Sliding, Window, Windows
from workbench.model.node_shapes import NodeShapes

Box = tuple[Interval, ...]  # one interval for each axis
MOST_BOXES = 16  # kept apart at one node on the way back; more are taken together
MOST_POSITIONS = 64  # looked at for the largest field
SPATIAL = ("map", "switches", "synthesis")
TEXTS = ("tokens", "sequence")  # whose first axis is that of their places


@dataclass(frozen=True)
class ReceptiveField:
    """The receptive field of a node's positions on the network's input, for each spatial axis, in input pixels.

    It is that of an input without borders, as the literature gives it; `box` is what one position sees of this input.

    Attributes:
        size: how many pixels are seen, by the position that sees most.
        stride: how far the field moves from one position to the next, on average.
        centre: the middle of what position 0 sees; pixel 0 has its middle at 0.
        way: by which the box of a position is found.
    """

    size: tuple[int, ...]
    stride: tuple[float, ...]
    centre: tuple[float, ...]
    way: Way = field(repr=False, compare=False)

    def box(self, position: tuple[int, ...], *, clipped: bool = True) -> Box | None:
        """The first and last pixel that a position sees, for each axis.

        Args:
            position: in the node's map.
            clipped: whether every map on the way has its borders; without them, margins count as pixels.

        Returns:
            None where nothing of the input is seen, or where the map has no such position.
        """
        return self.way.seen(position, clipped=clipped)

    def around(self, box: Box) -> Box:
        """The first and last pixel that the positions in a box see on an input without borders, for each axis."""
        return self.way.seen_by(box, clipped=False) or box

    def as_json(self) -> dict[str, Json]:
        """Returns its numbers as `summary --json` prints them."""
        numbers = {"size": self.size, "stride": self.stride, "centre": self.centre}
        return {name: [_neat(number) for number in each] for name, each in numbers.items()}


@dataclass(frozen=True, eq=False)
class Way:
    """The way back from a node to the input, by those of the nodes that feed it; one of the input feeds on nothing.

    Attributes:
        pace: how the node's positions move.
        sizes: of its map.
        sources: the ways from what feeds it, wire by wire.
        windows: what a position sees of each of them, axis by axis.
        entries: how many positions each of them has, axis by axis.
        is_constant: whether it leads to numbers of the network's own alone, and so to nothing of the input.
    """

    pace: _Pace
    sizes: tuple[int, ...]
    sources: tuple[Way, ...]
    windows: tuple[Windows, ...]
    entries: tuple[tuple[int, ...], ...]
    is_constant: bool = False

    def is_as(self, other: Way) -> bool:
        """Whether it is the same way: of as many positions, by the same windows, behind the same ways."""
        mine, theirs = (self.sizes, self.windows, self.entries), (other.sizes, other.windows, other.entries)
        return self.sources == other.sources and mine == theirs and self.is_constant == other.is_constant

    @cached_property
    def flow(self) -> tuple[Way, ...]:
        """This way and all that it leads through, each after what feeds it."""
        found: dict[Way, None] = {}
        waiting: list[tuple[Way, bool]] = [(self, False)]
        while waiting:
            way, is_ready = waiting.pop()
            if is_ready:
                found.setdefault(way)
            elif way not in found:
                waiting.append((way, True))
                waiting.extend((source, False) for source in way.sources if source not in found)
        return tuple(found)

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
        boxes: dict[Way, list[Box]] = {self: [start]}
        seen: list[Box] = []
        for way in reversed(self.flow):
            here = boxes.pop(way, [])
            if here and not way.sources and not way.is_constant:
                seen += here
            for source, windows, sizes in zip(way.sources, way.windows, way.entries, strict=True) if here else ():
                for box in here:
                    below = _through(box, windows, sizes if clipped else None)
                    if below is not None:
                        _keep(boxes.setdefault(source, []), below)
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

    step: tuple[Fraction | int, ...]
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


def receptive_field(
    found: NodeShapes, windows: tuple[Windows, ...] | None, before: Sequence[ReceptiveField | None]
) -> ReceptiveField | None:
    """Returns the receptive field of a node; None sees everything.

    Args:
        found: its layer and its values.
        windows: what its positions see of each wire that comes in.
        before: the receptive fields of the nodes that feed it.
    """
    sizes = spatial(_first_output(found))
    is_own = found.layer is not None and found.layer.is_constant
    if is_own or _all_constant(before):
        return _nothing(sizes)
    if windows is None or any(len(each) != len(sizes) for each in windows):
        return None
    assert found.inputs is not None
    return _behind(before, sizes, windows, tuple(map(spatial, found.inputs)))


def same_behind(field: ReceptiveField, before: Sequence[ReceptiveField | None]) -> ReceptiveField | None:
    """Returns the receptive field of a node of the same values and windows, now behind these; the same if they are."""
    way = field.way
    ways = tuple([each.way if each is not None else None for each in before])
    return field if ways == way.sources else _behind(before, way.sizes, way.windows, way.entries)


def _all_constant(before: Sequence[ReceptiveField | None]) -> bool:
    """Whether nothing but numbers of the network's own comes in."""
    return bool(before) and all(each is not None and each.way.is_constant for each in before)


def _nothing(sizes: tuple[int, ...]) -> ReceptiveField:
    """The field of numbers that see nothing of the input."""
    zeros, ones = (0,) * len(sizes), (1,) * len(sizes)
    return ReceptiveField(zeros, ones, zeros, Way(_Pace(ones, None), sizes, (), (), (), is_constant=True))


def _behind(
    before: Sequence[ReceptiveField | None],
    sizes: tuple[int, ...],
    windows: tuple[Windows, ...],
    entries: tuple[tuple[int, ...], ...],
) -> ReceptiveField | None:
    """The receptive field of a node with these sizes and windows behind others."""
    fields = [each for each in before if each is not None]
    if len(fields) < len(before):
        return None
    if _all_constant(before):
        return _nothing(sizes)
    sources = tuple([each.way for each in fields])
    varying = [number for number, way in enumerate(sources) if not way.is_constant]
    if len(varying) == 1 and all(type(window) is Window for window in windows[varying[0]]):
        same = fields[varying[0]]  # as behind an activation: another way, but of the same numbers
        way = Way(same.way.pace, sizes, sources, windows, entries)
        return ReceptiveField(same.size, same.stride, same.centre, way) if way.pace.sights else _field(way.pace, way)
    paces, seen = [sources[number].pace for number in varying], tuple([windows[number] for number in varying])
    pace = _even_pace(seen, paces) or _pace(len(sizes), seen, paces)
    return None if pace is None else _field(pace, Way(pace, sizes, sources, windows, entries))


def _first_output(found: NodeShapes) -> Value | None:
    if found.layer is not None and found.layer.output_ports:
        return found.outputs.get(found.layer.output_ports[0])
    return found.inputs[0] if found.inputs else None


def spatial(value: Value | None) -> tuple[int, ...]:
    """Returns the sizes of the axes along which positions are positions in a picture, a series or a text."""
    if value is None:
        return ()
    if value.kind in TEXTS and len(value.shape) == (1 if value.kind == "tokens" else 2) and value.shape[0] > 1:
        return value.shape[:1]
    return value.spatial if value.kind in SPATIAL else ()


def _even_pace(windows: tuple[Windows, ...], before: list[_Pace]) -> _Pace | None:
    """The pace where every position sees alike, in whole steps; None where it is not so plain."""
    found: list[tuple[int, Interval]] = []
    for row, pace in zip(windows, before, strict=True):
        steps = _even_steps(row, pace)
        if steps is None or (found and [step for step, _ in found] != [step for step, _ in steps]):
            return None
        if found:
            both = zip(found, steps, strict=True)
            steps = [(step, (min(a[0], b[0]), max(a[1], b[1]))) for (step, a), (_, b) in both]
        found = steps
    return _Pace(tuple([step for step, _ in found]), tuple([(sight,) for _, sight in found])) if found else None


def _even_steps(windows: Windows, pace: _Pace) -> list[tuple[int, Interval]] | None:
    """For each axis the step, and what position 0 sees, where plain windows lie upon an even pace."""
    found: list[tuple[int, Interval]] = []
    if pace.sights is None or len(pace.step) != len(windows):
        return None
    last: tuple[Window, Fraction | int, tuple[Interval | None, ...]] | None = None
    for window, step, table in zip(windows, pace.step, pace.sights, strict=True):
        if last is not None and window is last[0] and step == last[1] and table == last[2]:
            found.append(found[-1])  # as with height and width of most layers
            continue
        last, sight = (window, step, table), table[0]
        if type(step) is not int or len(table) != 1 or sight is None:
            return None
        if type(window) is Sliding:
            first = -window.padding
            end = first + window.dilation * (window.kernel - 1)
            found.append((step * window.stride, (sight[0] + step * first, sight[1] + step * end)))
        elif type(window) is Window:
            found.append((step, sight))
        else:
            return None
    return found


def _pace(axes: int, windows: tuple[Windows, ...], known: list[_Pace]) -> _Pace | None:
    """The pace of a node behind others; None where it sees everything."""
    if not windows:
        return _Pace((1,) * axes, (((0, 0),),) * axes)
    if any(len(pace.step) != axes for pace in known):
        return None
    steps = [
        tuple(step * window.step for step, window in zip(pace.step, each, strict=True))
        for pace, each in zip(known, windows, strict=True)
    ]
    largest = tuple(_whole(max(each)) for each in zip(*steps, strict=True))
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
    if pace.sights is not None and all(len(table) == 1 and table[0] for table in pace.sights):
        only = [sight for (sight,) in pace.sights if sight is not None]
        sizes = tuple([high - low + 1 for low, high in only])
        centres = tuple([(low + high) / 2 for low, high in only])
        return ReceptiveField(sizes, tuple([_number(step) for step in pace.step]), centres, way)
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


def _whole(step: Fraction | int) -> Fraction | int:
    return step.numerator if step.denominator == 1 else step


def _number(step: Fraction | int) -> float:
    try:
        return float(step)
    except OverflowError:
        return math.inf


def _neat(number: float) -> float:
    return int(number) if float(number).is_integer() else round(number, 6)
