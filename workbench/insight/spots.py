"""Where signals start on their way down: a unit, a position in its map, and how strong it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Spot:
    """One signal.

    Attributes:
        unit: the channel, or the number in a vector.
        place: position in its map, as many numbers as the map has axes; empty in a vector.
        value: what is sent down from there.
    """

    unit: int
    place: tuple[int, ...]
    value: float


def strongest_spots(
    activation: Tensor, units: Sequence[int], *, by_magnitude: bool = False, are_scores: bool = False
) -> tuple[Spot, ...]:
    """Returns the strongest position of each unit, with what it sends down: 0 if it does not fire.

    Args:
        activation: of one sample, (1, C, ...).
        units: channels.
        by_magnitude: whether a large negative value is strong as well, as among codes.
        are_scores: whether these are scores or other predictions, whose sign says nothing about firing; they send 1.
    """
    shape = activation.shape[2:]
    values = activation[0, list(units)].reshape(len(units), -1)
    places = (values.abs() if by_magnitude else values).argmax(1)
    strengths: list[float] = values.gather(1, places[:, None])[:, 0].tolist()
    found = []
    for unit, place, value in zip(units, places.tolist(), strengths, strict=True):
        sent = value if by_magnitude else signal(value, is_score=are_scores)
        found.append(Spot(unit, _unravelled(place, shape), sent))
    return tuple(found)


def _unravelled(place: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The position in a map of that shape that a number in its flat form stands for."""
    found: list[int] = []
    for size in reversed(shape):
        place, rest = divmod(place, size)
        found.insert(0, rest)
    return tuple(found)


def seeds_of(spots: Sequence[Spot], like: Tensor) -> Tensor:
    """Returns signals as maps that are zero but at their spot: (K, C, ...).

    Args:
        spots: K of them.
        like: what the port gives, (1, C, ...).
    """
    seeds = like.new_zeros(len(spots), *like.shape[1:])
    for seed, spot in zip(seeds, spots, strict=True):
        seed[(spot.unit, *spot.place)] = spot.value
    return seeds


def signal(value: float, *, is_score: bool) -> float:
    """What a unit sends down from a position: its activation if it fires there, nothing else; of a score always 1.

    The deconvnet is defined for what fires (Zeiler & Fergus 2014). A negative value sent down would show what holds the
    unit back, mixed with what would make it fire, since rectifiers are not odd.
    """
    return 1.0 if is_score else max(0.0, value)
