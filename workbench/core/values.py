"""What travels along a wire: a `Value` with its shape, kind, element type and class names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

Shape = tuple[int, ...]
Json = Any  # A plain JSON value: None, bool, int, float, str, list or dict of such.
Params = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value stands for.

    Attributes:
        text: what it is, for people, with its article.
        colour: of the wires that carry it, as #rrggbb.
    """

    text: str
    colour: str = "#7f8ea3"


KINDS = {
    "map": Kind("a feature map (channels first)"),
    "vector": Kind("a flat vector", "#49a078"),
    "sequence": Kind("a sequence (length × features)", "#c08a2e"),
    "channels_last": Kind("a map with channels last"),
    "scalar": Kind("a single number"),
    "class": Kind("a class number", "#d06a86"),
    "class_probs": Kind("class probabilities"),
    "mask": Kind("a mask of class numbers"),
    "tokens": Kind("tokens"),
    "code": Kind("a latent code"),
    "switches": Kind("pooling switches", "#9b6fe0"),
    "synthesis": Kind("a synthesis map", "#7f9a4a"),
    "loss": Kind("a loss", "#d06a86"),
}
ELEMENT_BYTES = {"float32": 4, "int64": 8, "uint8": 1}


def shape_text(shape: Shape) -> str:
    """The shape as people write it: `16×7×7`, or `a single value` when there is no axis."""
    return "×".join(map(str, shape)) if shape else "a single value"


def bytes_text(count: int) -> str:
    """Returns bytes in the unit that people read best, in steps of a thousand as disks are sold: 4.3 GB."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if round(1000 * count / size, 1) >= 1000:  # of 999,960 bytes not 1,000.0 kB
            return f"{count / size:,.1f} {unit}"
    return f"{count} B"


@dataclass(frozen=True, slots=True)
class Value:
    """What one port gives for one sample.

    Attributes:
        shape: sizes without the batch axis, channels first.
        kind: one of `KINDS`; kinds are what makes wiring safe.
        dtype: element type, by torch's name.
        classes: names of the classes, where the value counts or scores them.
        unpooled: for switches, the shape of the map that was pooled.
        windows: for switches, the windows that it was pooled in: kernel, stride, padding and dilation for each axis.
        is_recording: whether a map of 1 × channels × time is no picture: its rows are channels, its columns time.
    """

    shape: Shape
    kind: str = "map"
    dtype: str = "float32"
    classes: tuple[str, ...] = ()
    unpooled: Shape = ()
    windows: tuple[Shape, ...] = ()
    is_recording: bool = field(default=False, compare=False)

    @property
    def channels(self) -> int:
        """Size of the first axis."""
        return self.shape[0]

    @property
    def spatial(self) -> Shape:
        """Sizes of the axes behind the channels."""
        return self.shape[1:]

    @property
    def is_picture(self) -> bool:
        """Whether it is a map with height and width."""
        return self.kind == "map" and len(self.shape) == 3

    @property
    def elements(self) -> int:
        """How many numbers one sample has."""
        return prod(self.shape)

    @property
    def memory(self) -> int:
        """Bytes of one sample."""
        return self.elements * ELEMENT_BYTES[self.dtype]

    def reshaped(self, *shape: int, kind: str | None = None) -> Value:
        """The same value with another shape, and another kind where one is given."""
        return replace(self, shape=shape, kind=kind or self.kind)

    def __str__(self) -> str:
        return shape_text(self.shape)


def is_choice(value: object) -> bool:
    """Whether a setting's value is chosen at once and not changed bit by bit, so that each choice is a step."""
    return isinstance(value, (str, bool))
