"""How a schedule of the learning rate is declared: one class, whose fields are its settings and which gives a factor.

The factor is a plain function of the step, so that it can be drawn before training and needs no state to go on.
See `constant.py` for the shortest one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from workbench.core.registry import Registry

REGISTRY: Registry[type[Schedule]] = Registry("workbench.training.schedules")
S = TypeVar("S", bound="type[Schedule]")


class Schedule(BaseModel):
    """One way for the learning rate to change; subclasses are declared with the decorator `@schedule`.

    Attributes:
        title: what people read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    title: ClassVar[str] = ""

    def factor(self, step: int, *, steps: int, steps_per_epoch: int) -> float:
        """Returns what the learning rate is multiplied by, from 0 to 1.

        Args:
            step: the step about to be taken, from 0.
            steps: how many there are.
            steps_per_epoch: how many of them an epoch has, at least 1.
        """
        raise NotImplementedError

    def ends(self, epochs: int) -> tuple[float, float]:
        """Returns what the first and the last factor come to in epochs of very many steps."""
        raise NotImplementedError


def schedule(*, name: str, title: str) -> Callable[[S], S]:
    """Registers a schedule under its name in files and on the command line."""
    return REGISTRY.declares(name, title=title)


def between(start: float, end: float, share: float) -> float:
    """Returns half a cosine from start (share 0) to end (share 1)."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
