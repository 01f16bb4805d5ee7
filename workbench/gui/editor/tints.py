"""Colours that boxes get for another reason than their kind: what they cost, or what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from workbench.gui.widgets.theme import mixed
from workbench.model.comparison import Kind

COLD, WARM, HOT = "#66758a", "#bf7a10", "#cc3322"  # of what costs little, a quarter of the most, and the most
UNCHANGED = "#7b8798"
COLOURS: Mapping[Kind, str] = {"added": "#2b9355", "removed": "#cc4040", "changed": "#bd7d10"}
STEPS = 64


@dataclass(frozen=True)
class Tint:
    """What a box is coloured by.

    Attributes:
        colour: of its header, and of all of it where it is far away.
        text: what is said of it before its own numbers.
    """

    colour: str
    text: str = ""


@lru_cache(maxsize=STEPS + 1)
def _heat(step: int) -> str:
    share = (step / STEPS) ** 0.5  # what costs a quarter of the most stands half way
    return mixed(WARM, COLD, share * 2) if share <= 0.5 else mixed(HOT, WARM, share * 2 - 1)


def heat(share: float) -> str:
    """Returns the colour of a cost.

    Args:
        share: of the largest one, between 0 and 1.
    """
    return _heat(round(min(max(share, 0.0), 1.0) * STEPS))
