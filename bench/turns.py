"""Kinds of a measurement that take turns: each is a process of its own, which rests while another one works.

What is started once can be asked many times, so that a library that takes ten seconds to load costs them once and not
in every round. A measurement that has kinds calls `rounds` where it was started as a command, and `serve` where it was
started as one of its own kinds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
ASKED = "--kind"  # what a process is called with that is one of the kinds
MISSING = "missing"  # the answer of a kind whose library is not installed
END_SECONDS = 10.0  # that a process has to clean up
PLAIN_WORDS = ("OMP_", "GOMP_", "KMP_", "MKL_", "MALLOC_")  # how variables begin that would make two machines differ
# The C library's luck with freed memory is a quarter of a step from process to process, so it is taken from all kinds
# alike. What the program gains by asking for it itself is not counted here; goal 1 has it.
SAME_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1)}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

Turn = Mapping[str, float]
Turns = Generator[Turn, None, None]


class KindError(Exception):
    """A kind came to no answer."""


class Kind:
    """One kind at work in a process of its own.

    Attributes:
        name: which of the measurement's kinds.
        missing: the library that it needs and this Python does not have; "" where there is none.
    """

    def __init__(self, script: str, name: str, environment: Mapping[str, str]) -> None:
        """Starts the process; it gets ready meanwhile.

        Args:
            script: the measurement's own file.
            name: which of its kinds.
            environment: variables that it has beside those of this process; the names in PLAIN_WORDS are taken away.
        """
        self.name, self.missing = name, ""
        kept = {word: value for word, value in os.environ.items() if not word.startswith(PLAIN_WORDS)}
        self._complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115 - `end` closes it; a pipe would be full some day
        self._process = subprocess.Popen(
            [sys.executable, script, ASKED, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            env={**kept, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", **environment},
        )

    def wait_until_ready(self) -> None:
        """Waits until the kind has started and warmed up.

        Raises:
            KindError: it failed.
        """
        self.missing = str(self._answer().get(MISSING, ""))

    def turn(self) -> Turn:
        """Returns what one turn took.

        Raises:
            KindError: it failed.
        """
        stdin = self._process.stdin
        assert stdin is not None
        print("go", file=stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, float]:
        stdout = self._process.stdout
        assert stdout is not None
        line = stdout.readline()
        if not line:
            self._complaints.seek(0)
            raise KindError(f"{self.name}: {self._complaints.read().strip()[-2000:]}")
        return dict(json.loads(line))

    def end(self) -> None:
        """Ends the process, which has some seconds to clean up."""
        try:
            self._process.communicate(timeout=END_SECONDS)  # it ends where no more turns are asked for
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._complaints.close()


@contextmanager
def kinds_of(script: str, kinds: Mapping[str, Mapping[str, str]]) -> Iterator[list[Kind]]:
    """Holds all kinds of a measurement, ready for their turns; those whose library is missing are among them.

    They are made ready one after the other, so that none warms up beside another one.
    """
    found: list[Kind] = []
    try:
        for name, environment in kinds.items():
            found.append(Kind(script, name, environment))
            found[-1].wait_until_ready()
        yield found
    finally:
        for each in found:
            each.end()


def rounds(script: str, kinds: Mapping[str, Mapping[str, str]], count: int) -> tuple[list[dict[str, Turn]], list[str]]:
    """Lets the kinds take turns, every second round the other way round.

    Args:
        script: the measurement's own file, which calls `serve` where `is_kind()`.
        kinds: the variables of each kind's process, by its name.
        count: how many rounds.

    Returns:
        For each round what every kind's turn took; and the kinds whose library is not installed.

    Raises:
        KindError: a kind failed.
    """
    found: list[dict[str, Turn]] = []
    with kinds_of(script, kinds) as at_work:
        there = [each for each in at_work if not each.missing]
        for number in range(count):
            order: Sequence[Kind] = there[::-1] if number % 2 else there
            found.append({each.name: each.turn() for each in order})
        return found, [each.name for each in at_work if each.missing]


def is_kind() -> bool:
    """Returns whether this process was started as one of the kinds."""
    return ASKED in sys.argv


def serve(kinds: Mapping[str, Callable[[], Turns]], *, optional: Sequence[str] = ()) -> None:
    """Is one of the kinds: makes it, warms it up by one turn, and takes a turn for each line that comes in.

    Args:
        kinds: by its name what makes each kind ready and then takes a turn each time that it is asked.
        optional: the libraries that need not be installed.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries that write to the terminal do not write among the answers
    with closing(kinds[sys.argv[sys.argv.index(ASKED) + 1]]()) as turns:
        try:
            next(turns)
        except ModuleNotFoundError as error:
            if error.name not in optional:
                raise
            _put(answers, {MISSING: str(error.name)})
            return
        _put(answers, {})
        for _ in sys.stdin:
            _put(answers, next(turns))


def _put(answers: IO[str], answer: Mapping[str, float | str]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


class Clock:
    """Wall time and CPU time of this process at each step of a loop; a turn is what lies between two of them."""

    def __init__(self, skipped: int) -> None:
        """Leaves the first steps of each turn out.

        Args:
            skipped: how many; the loop's own preparation is among them.
        """
        self._skipped = skipped
        self._marks: list[tuple[float, float]] = []

    def mark(self) -> None:
        """Notes that the loop is at its next step."""
        self._marks.append((time.perf_counter(), time.process_time()))

    @property
    def can_tell(self) -> bool:
        """Whether enough steps are marked."""
        return len(self._marks) > self._skipped + 1

    def taken(self) -> dict[str, float]:
        """Returns seconds a step, "wall" and "cpu", of what was marked since the last call."""
        (wall, cpu), (last_wall, last_cpu) = self._marks[self._skipped], self._marks[-1]
        steps = len(self._marks) - 1 - self._skipped
        self._marks.clear()
        return {"wall": (last_wall - wall) / steps, "cpu": (last_cpu - cpu) / steps}


def ratios(found: Sequence[Mapping[str, Turn]], theirs: str, ours: str, what: str) -> list[float]:
    """Returns of each round by how many times one kind took longer than another.

    Args:
        found: what `rounds` returned.
        theirs: the kind above the line.
        ours: the kind below it.
        what: "cpu" or "wall".
    """
    return [each[theirs][what] / each[ours][what] for each in found]
