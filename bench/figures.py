"""What the measurements give: named figures, held against their targets, and the table of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        goal: what it is held against, such as `goal 8`; "" for one that is only told.
        name: what was measured.
        value: the number.
        unit: of the number, such as `ms` or `x`.
        target: what it should be, for people; "" without one.
        is_met: whether it is what it should be; None without a target.
    """

    goal: str
    name: str
    value: float
    unit: str
    target: str = ""
    is_met: bool | None = None


def at_most(goal: str, name: str, value: float, unit: str, target: float) -> Figure:
    """Returns a figure that should not be larger than its target."""
    return Figure(goal, name, value, unit, f"<= {target:g} {unit}", value <= target)


def at_least(goal: str, name: str, value: float, unit: str, target: float) -> Figure:
    """Returns a figure that should not be smaller than its target."""
    return Figure(goal, name, value, unit, f">= {target:g} {unit}", value >= target)


def cpu_ms(work: Callable[[], object]) -> float:
    """Returns the CPU milliseconds of this process that a piece of work takes."""
    started = time.process_time()
    work()
    return 1e3 * (time.process_time() - started)


def median(values: Iterable[float]) -> float:
    """Returns the median."""
    return statistics.median(values)


def print_table(figures: Sequence[Figure]) -> None:
    """Prints the figures, one a line."""
    words = {True: "met", False: "MISSED", None: ""}
    rows = [
        (each.goal, each.name, f"{each.value:.3g} {each.unit}", each.target, words[each.is_met]) for each in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
