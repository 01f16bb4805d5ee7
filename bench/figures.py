"""What a measurement finds: figures against their goals, and the table of them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        goal: which of the speed goals it is of ("7"), or "growth", or "processes" of one training.
        name: what was measured.
        value: the figure.
        unit: "x" for ratios.
        target: what it is to be, in words: "<= 2".
        is_met: whether it is so; None where there is no goal.
    """

    goal: str
    name: str
    value: float
    unit: str
    target: str = ""
    is_met: bool | None = None


def at_most(goal: str, name: str, value: float, limit: float, unit: str = "x") -> Figure:
    """Returns a figure that must not be larger than its limit."""
    return Figure(goal, name, value, unit, f"<= {limit:g}", value <= limit)


def at_least(goal: str, name: str, value: float, limit: float, unit: str = "x") -> Figure:
    """Returns a figure that must not be smaller than its limit."""
    return Figure(goal, name, value, unit, f">= {limit:g}", value >= limit)


def plain(goal: str, name: str, value: float, unit: str) -> Figure:
    """Returns a figure that is told without a goal of its own."""
    return Figure(goal, name, value, unit)


def cpu_ms(work: Callable[[], object]) -> float:
    """Returns the CPU milliseconds of this process that a piece of work takes."""
    started = time.process_time()
    work()
    return 1e3 * (time.process_time() - started)


VERDICTS = {True: "met", False: "missed", None: ""}


def table(figures: Sequence[Figure]) -> str:
    """Returns the figures as a table in Markdown."""
    rows = [("goal", "what", "figure", "target", "verdict"), ("---",) * 5]
    rows += [
        (each.goal, each.name, f"{each.value:.3g} {each.unit}".strip(), each.target, VERDICTS[each.is_met])
        for each in figures
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def run(measure: Callable[[bool], Sequence[Figure]]) -> None:
    """Measures and prints, as a command: `--quick` for less of it, `--json` for a line a figure."""
    found = measure("--quick" in sys.argv)
    if "--json" in sys.argv:
        for each in found:
            print(json.dumps(asdict(each)), flush=True)
    else:
        print(table(found))
