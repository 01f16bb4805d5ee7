"""What the campaigns share: options, a small project, the command line in a warm process, and the line at the end.

A campaign does one hostile thing many times, drawn from a seed, and holds what comes of it to a rule. It prints each
break of the rule, then one line; the exit code is 0 if there was none, else 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

MOST_TOLD = 50  # breaks that are printed; all are counted


@dataclass
class Tally:
    """What a campaign has seen.

    Attributes:
        name: of the campaign.
        seen: how often each kind of outcome came.
        broken: a sentence for each break of the rule.
    """

    name: str
    seen: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def note(self, kind: str) -> None:
        """Counts an outcome."""
        self.seen[kind] += 1

    def fail(self, sentence: str) -> None:
        """Keeps a break of the rule, and prints it."""
        self.broken.append(sentence)
        if len(self.broken) <= MOST_TOLD:
            print(f"BROKEN {sentence}", flush=True)

    def line(self) -> str:
        """Returns the campaign in one line."""
        seen = ", ".join(f"{kind} {count}" for kind, count in sorted(self.seen.items()))
        return f"{self.name}: {len(self.broken)} broken; {seen}; {time.monotonic() - self.started:.0f} s"

    def end(self) -> int:
        """Prints the line; returns the exit code."""
        print(self.line(), flush=True)
        return 1 if self.broken else 0


def options(about: str, *, count: int) -> argparse.ArgumentParser:
    """Returns a parser with what every campaign takes.

    Args:
        about: the module's docstring.
        count: how often the hostile thing is done if nobody says otherwise.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True, help="what everything random is drawn from")
    parser.add_argument("--count", type=int, default=count, help=f"how many times ({count})")
    parser.add_argument("--first", type=int, default=0, help="number of the first one, to see a single one again")
    return parser


def small_project(folder: Path, **training: Any) -> Path:
    """Makes a project of 12x12 pictures in three classes that trains in a moment, its data beside it; its file."""
    import numpy as np

    from workbench.project import new_project as creation
    from workbench.project import storage

    random = np.random.default_rng(0)
    arrays: dict[str, Any] = {}
    for split, size in (("train", 64), ("test", 15)):
        labels = np.arange(size) % 3
        pictures = random.integers(0, 60, (size, 12, 12), np.uint8)
        for number, label in enumerate(labels):
            pictures[number, :, 4 * label : 4 * label + 4] += 150
        arrays |= {f"x_{split}": pictures, f"y_{split}": labels}
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "tiny.npz", **arrays)
    project, _ = creation.create("lenet5", ("npz", {"path": "tiny.npz"}), folder)
    settings = {**project.training, "epochs": 2, "lr": 0.01, "schedule": "constant", "device": "cpu", **training}
    project = replace(project, training=settings, data={**project.data, "batch_size": 8})
    storage.save(project, folder / "net.cnn")
    return folder / "net.cnn"


@dataclass(frozen=True)
class Answer:
    """What a command has answered: its exit code, everything it printed, and how long it took in seconds."""

    code: int
    text: str
    seconds: float


def command(*words: object) -> Answer:
    """Runs the command line in this process, as `cnn-workbench WORDS` would."""
    from workbench.cli import main

    started = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(lambda path: 0, arguments=[str(word) for word in words])
    return Answer(code, out.getvalue() + err.getvalue(), time.monotonic() - started)


def learnt(log: Path) -> list[dict[str, Any]]:
    """Returns what a run's log says about learning: steps, epochs and the end, without names and times."""
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    kept = [row for row in rows if row["event"] in ("StepEnded", "EpochEnded", "RunEnded")]
    return [{key: value for key, value in row.items() if key not in ("seconds", "run")} for row in kept]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Returns the slope of the line that fits best, by least squares."""
    middle = sum(x for x, _ in points) / len(points)
    level = sum(y for _, y in points) / len(points)
    width = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - level) for x, y in points) / width if width else 0.0


def numbered(first: int, count: int) -> Iterator[int]:
    """Yields the numbers of what is done, first to last."""
    yield from range(first, first + count)


def own_places(folder: Path) -> None:
    """Gives this process settings, state and logs of its own, so that the user's stay as they are."""
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        os.environ[f"XDG_{name}_HOME"] = str(folder / name.lower())
    os.environ["HOME"] = str(folder)


def open_files() -> int:
    """Returns how many files this process has open; 0 where the system does not tell."""
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the listing itself is one more, always
    except OSError:
        return 0
