"""Arithmetic of sliding windows: output sizes, their explanation, and which input positions an output position sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Literal

Axes = tuple[int, ...]
Interval = tuple[int, int]  # the first and the last position, both of them seen
Margin = Literal["zeros", "reflect", "replicate", "circular"]
MOST_TAPS = 20_000  # looked at one by one where windows hang over a border; more count as one stretch


@dataclass(frozen=True)
class Window:
    """What output positions see of an input along one axis; this one: output position `i` sees input position `i`."""

    @property
    def moves_evenly(self) -> bool:
        """Whether it looks at the same surroundings everywhere, so that a picture may be cut into pieces."""
        return True

    @property
    def step(self) -> Fraction:
        """How far it moves on the input from one output position to the next, on average."""
        return Fraction(1)

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        """The first and last input position that the output positions from `low` to `high` see.

        Args:
            low: first output position.
            high: last output position.
            size: how many input positions there are; None for an input without ends, to either side.

        Returns:
            None if nothing of the input is seen, only its margin.
        """
        return _within(low, high, size)


@dataclass(frozen=True)
class Sliding(Window):
    """The window of a convolution or pooling: position `i` sees `i·stride − padding + dilation·(0 … kernel − 1)`."""

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    margin: Margin = "zeros"

    @property
    def moves_evenly(self) -> bool:
        """Not where the window leaves the input on one side and comes in again on the other."""
        return self.margin != "circular"

    @property
    def step(self) -> Fraction:
        return Fraction(self.stride)

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        first = low * self.stride - self.padding
        last = high * self.stride - self.padding + self.dilation * (self.kernel - 1)
        if size is None or (first >= 0 and last < size):
            return first, last
        if (high - low + 1) * self.kernel > MOST_TAPS:
            return self._stretch(first, last, size)
        starts = range(low * self.stride - self.padding, high * self.stride - self.padding + 1, self.stride)
        span = self.dilation * (self.kernel - 1)
        taps = (tap for start in starts for tap in range(start, start + span + 1, self.dilation))
        return _hull(_inside(tap, size, self.margin) for tap in taps)

    def _stretch(self, first: int, last: int, size: int) -> Interval | None:
        """What is seen where every position from first to last is a tap."""
        if self.margin == "circular":
            return 0, size - 1
        ends = [first, last]
        if self.margin == "reflect":
            ends += [-each if each < 0 else 2 * (size - 1) - each for each in ends if not 0 <= each < size]
        if self.margin != "zeros":
            ends = [min(max(each, 0), size - 1) for each in ends]
        return _within(min(ends), max(ends), size)


@dataclass(frozen=True)
class Spread(Window):
    """The window of a transposed convolution: position `o` sees each `i` whose sliding window holds it."""

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def step(self) -> Fraction:
        return Fraction(1, self.stride)

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        """Two neighbours may see nothing where the stride is larger than the kernel; only what is seen counts."""
        span = self.dilation * (self.kernel - 1)
        first, last = -(-(low + self.padding - span) // self.stride), (high + self.padding) // self.stride
        if first > last:
            return None
        found = _within(first, last, size)
        if self.dilation == 1 or found is None or high - low + 1 >= self.stride * self.dilation:
            return found
        return _hull(i for i in range(found[0], found[1] + 1) if self._meets(i, low, high))

    def _meets(self, i: int, low: int, high: int) -> bool:
        """Whether one of the taps that input position `i` is spread over lies from `low` to `high`."""
        start = i * self.stride - self.padding
        tap = max(0, -(-(low - start) // self.dilation))
        return tap < self.kernel and start + tap * self.dilation <= high


@dataclass(frozen=True)
class Resampled(Window):
    """The window of an interpolation: position `i` looks at `pace·i + shift`, at the positions on both sides of it.

    Attributes:
        pace: how far it moves on the input from one output position to the next.
        shift: where output position 0 looks.
        taps: how many input positions are weighed; one is that below. Right on an input position only that is seen.
        is_even: whether pictures may be cut into pieces.
    """

    pace: Fraction = Fraction(1)
    shift: Fraction = Fraction(0)
    taps: Literal[1, 2, 4] = 1
    is_even: bool = True

    @property
    def moves_evenly(self) -> bool:
        return self.is_even

    @property
    def step(self) -> Fraction:
        return self.pace

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        near = {low, min(low + 1, high), max(low, high - 1), high}  # right on an input position fewer are seen
        ends = [end for position in near for end in self._between(position)]
        return _within(min(ends), max(ends), size)

    def _between(self, position: int) -> Interval:
        """The input positions that one output position is made of."""
        place = self.pace * position + self.shift
        middle = floor(place)
        beside = self.taps // 2
        return (middle, middle) if place == middle or not beside else (middle - beside + 1, middle + beside)


def enlarged(factor: int, taps: Literal[1, 2, 4] = 1) -> Resampled:
    """Returns the window of an enlargement by a whole factor."""
    pace = Fraction(1, factor)
    return Resampled(pace, Fraction(0) if taps == 1 else (pace - 1) / 2, taps)


@dataclass(frozen=True)
class Picked(Window):
    """The window of a selection: position `i` sees `start + i·every`."""

    start: int = 0
    every: int = 1

    @property
    def moves_evenly(self) -> bool:
        """Where it starts is counted from the border of the whole."""
        return False

    @property
    def step(self) -> Fraction:
        return Fraction(self.every)

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        return _within(self.start + low * self.every, self.start + high * self.every, size)


@dataclass(frozen=True)
class Regions(Window):
    """The window of adaptive pooling: position `i` sees from `⌊i·whole/count⌋` to `⌈(i+1)·whole/count⌉ − 1`."""

    whole: int = 1
    count: int = 1

    @property
    def moves_evenly(self) -> bool:
        """Not where the regions are of unequal size, and never for another size of the whole."""
        return False

    @property
    def step(self) -> Fraction:
        return Fraction(self.whole, self.count)

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        return _within(low * self.whole // self.count, -(-(high + 1) * self.whole // self.count) - 1, size)


@dataclass(frozen=True)
class Part(Window):
    """One of several inputs side by side: the positions from `start` on are its own, `length` of them."""

    start: int = 0
    length: int = 1

    @property
    def moves_evenly(self) -> bool:
        """A picture's pieces would be put side by side as well."""
        return False

    def seen(self, low: int, high: int, size: int | None) -> Interval | None:
        """What is asked beyond its own positions belongs to its neighbours, or to nobody."""
        return _within(low - self.start, high - self.start, self.length)


Windows = tuple[Window, ...]


@dataclass(frozen=True)
class Cutting:
    """How pictures may be cut for a layer that weighs the whole of them, but what is far away next to nothing.

    Attributes:
        overlap: how many pixels around a piece matter.
        step: of how many pixels the places of the cuts must be multiples.
    """

    overlap: int
    step: int = 1


def sliding(kernel: Axes, stride: Axes, padding: Axes, dilation: Axes, *, margin: Margin = "zeros") -> Windows:
    """The windows of a convolution or pooling, one for each axis; axes that are alike share one."""
    alike: dict[tuple[int, ...], Sliding] = {}
    return tuple(
        alike.get(numbers) or alike.setdefault(numbers, Sliding(*numbers, margin))
        for numbers in zip(kernel, stride, padding, dilation, strict=True)
    )


def spread(kernel: Axes, stride: Axes, padding: Axes, dilation: Axes) -> Windows:
    """The windows of a transposed convolution, one for each axis."""
    return tuple(Spread(*numbers) for numbers in zip(kernel, stride, padding, dilation, strict=True))


def _within(first: int, last: int, size: int | None) -> Interval | None:
    """What lies inside the input of the positions from first to last."""
    if size is not None:
        first, last = max(first, 0), min(last, size - 1)
    return (first, last) if first <= last else None


def _inside(position: int, size: int, margin: Margin) -> int | None:
    """The input position whose value stands at a position in the margin; None for a zero."""
    if 0 <= position < size:
        return position
    match margin:
        case "zeros":
            return None
        case "replicate":
            return 0 if position < 0 else size - 1
        case "circular":
            return position % size
        case "reflect":
            place = position % max(1, 2 * (size - 1))
            return min(place, max(1, 2 * (size - 1)) - place)


def _hull(positions: Iterable[int | None]) -> Interval | None:
    found = [each for each in positions if each is not None]
    return (min(found), max(found)) if found else None


def window_size(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> int:
    """Output size along one axis: floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1.

    With `ceil` the division rounds up, but the last window must start inside the input or its left padding, as in
    torch's pooling.
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def window_text(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> str:
    """The same with its numbers, for people: `(28 + 2·1 − 3)/1 + 1 = 28`."""
    span = f"{dilation}·({kernel} − 1) − 1" if dilation > 1 else str(kernel)
    share = f"({size} + 2·{padding} − {span})/{stride}"
    result = window_size(size, kernel, stride, padding, dilation, ceil=ceil)
    if not ceil:
        return f"{share} + 1 = {result}"
    rounded = -(-(size + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1
    return f"⌈{share}⌉ + 1 = {result}" if result == rounded else f"⌈{share}⌉ + 1 − 1 = {result}"


def transposed_size(size: int, kernel: int, stride: int, padding: int, output_padding: int, dilation: int) -> int:
    """Output size of a transposed convolution along one axis (torch.nn.ConvTranspose2d)."""
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1
