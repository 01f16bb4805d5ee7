"""A run that another process is growing, here or on another machine: what its log has got since the last look."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from workbench.core.errors import SENTENCE, RunError, UnreadableError, WorkbenchError, printable
from workbench.core.files import open_plain, reason_of
from workbench.core.lock import Holder
from workbench.core.status import may_exist
from workbench.training.at_work import QUIET_SECONDS, trainer_of
from workbench.training.control import Control
from workbench.training.events import EpochEnded, Event, RunStarted, Warned
from workbench.training.log_rows import is_whole
from workbench.training.pace import duration_text
from workbench.training.run_folder import LONGEST_LINE, RunFolder

MARK = 256  # bytes before the place that was read to, by which a log is known again
WAIT_SECONDS = 0.25  # between two looks at a log that has not grown
MOST = 4_000_000  # bytes that are read at one look, so that no look takes long


@dataclass(frozen=True)
class Look:
    """What one look at a run has found.

    Attributes:
        events: those that are new, oldest first, as the log holds them.
        is_anew: whether the log has become another one, so that what was read before holds no more.
        has_more: whether there is more to read at once.
        trouble: a sentence where the run cannot be read just now; the next look may find it again.
    """

    events: tuple[Mapping[str, Any], ...] = ()
    is_anew: bool = False
    has_more: bool = False
    trouble: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether the run has ended by now."""
        return bool(self.events) and self.events[-1]["event"] == "RunEnded"


class Follower:
    """Reads the log of a run while somebody else writes it, each line once and only whole ones."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self._end, self._mark = 0, b""

    def look(self) -> Look:
        """Returns what has come since the last look. Nothing that can happen to a folder is an error here."""
        try:
            return self._look()
        except WorkbenchError as error:
            return Look(trouble=str(error))

    def _look(self) -> Look:
        if not may_exist(self.run.path):
            return Look(trouble=f"The run {printable(self.run.path)} is not there (any more), or its disk is not.")
        if not may_exist(self.run.log):
            if self._end:
                return Look(trouble=f"The log of {printable(self.run.name)} is gone, which its training writes.")
            return Look(trouble=f"{printable(self.run.name)} has no log yet: its training has not begun.")
        with open_plain(self.run.log) as file:
            try:
                is_anew = not self._is_known(file)
                if is_anew:
                    self._end, self._mark = 0, b""
                file.seek(self._end)
                data = file.read(MOST)
            except OSError as error:
                raise UnreadableError(self.run.log, f"the log cannot be read ({reason_of(error)}).") from None
        whole = data[: data.rfind(b"\n") + 1]
        if not whole and len(data) >= min(MOST, LONGEST_LINE):
            raise UnreadableError(self.run.log, "a line of it is longer than any that a run writes; it is damaged.")
        self._end += len(whole)
        self._mark = (self._mark + whole)[-MARK:]
        return Look(tuple(_events(whole)), is_anew=is_anew, has_more=len(data) == MOST)

    def _is_known(self, file: Any) -> bool:
        """Whether the log still goes on from where it was read to; a run that was resumed has cut it back."""
        file.seek(self._end - len(self._mark))
        return bool(file.read(len(self._mark)) == self._mark)


def _events(whole: bytes) -> list[dict[str, Any]]:
    """The events of whole lines; what no run writes is left out."""
    found = []
    for line in whole.splitlines():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and is_whole(event):
            found.append(event)
    return found


def event_of(row: Mapping[str, Any]) -> Event | None:
    """The event that a row of a log is of; None where this version does not know it."""
    cls = next((cls for cls in Event.__subclasses__() if cls.__name__ == row["event"]), None)
    if cls is None:
        return None
    given = {each.name: _value(row[each.name]) for each in fields(cls) if each.name in row}
    if cls is EpochEnded:
        import numpy as np

        matrices = {name: np.array(rows, dtype=np.int64) for name, rows in given.get("confusion", {}).items()}
        given["confusion"] = matrices
    return cls(**given)


def _value(value: Any) -> Any:
    """A value as its event has it: what could not be measured is NaN, which JSON has no word for."""
    if isinstance(value, dict):
        return {name: math.nan if each is None else each for name, each in value.items()}
    return value


def followed(run: RunFolder, control: Control) -> Iterator[Event]:
    """Yields the events of a run that somebody else trains, as they come, until it ends or `control` is cancelled.

    What it did until now is passed over: the RunStarted that comes first says at which step it stands, and whoever
    draws it reads what was before from the log, as of a run that is resumed. What keeps it from being read is said
    once, as a warning, and tried again; so is a silence where nobody knows whether the run's process still lives.

    Raises:
        RunError: the process that trained it has ended without having said so in the log.
    """
    follower, told, step, watch = Follower(run), "", 0, _Watch(run)
    catching_up: list[Mapping[str, Any]] | None = []
    while not control.is_cancelled:
        watch.ask()
        look = follower.look()
        watch.hear(look)
        if look.is_anew:
            catching_up = []
        rows = look.events
        if catching_up is not None:
            catching_up += rows
            if look.has_more:
                continue
            rows, catching_up = _caught_up(catching_up)
        for event in filter(None, map(event_of, rows)):
            step = getattr(event, "step", step)
            yield event
        if look.has_ended:
            return
        trouble = watch.trouble(look)
        if trouble and trouble != told:
            yield Warned(step, trouble, is_grave=True)
        told = trouble
        if not look.events:
            control.wait_for_cancel(WAIT_SECONDS)


class _Watch:
    """Whether a run that is followed is still being trained."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._holder: Holder = "unknown"
        self._heard_at, self._last_words = time.monotonic(), ""

    def ask(self) -> None:
        """Asks the run's lock; before a look at the log, so that an end which comes in between is in the log."""
        self._holder = trainer_of(self._run)

    def hear(self, look: Look) -> None:
        """Notes what a look has found."""
        if look.events:
            self._heard_at = time.monotonic()
            last = look.events[-1]
            self._last_words = str(last["message"]) if last["event"] == Warned.__name__ else ""

    def trouble(self, look: Look) -> str:
        """Returns what is wrong after a look that brought nothing new; "" for nothing.

        Raises:
            RunError: nobody trains the run any more.
        """
        name = printable(self._run.name)
        if look.events or look.has_more:
            return ""
        if self._holder == "nobody" and may_exist(self._run.path / "lock"):
            said = f" The last it said: {printable(self._last_words, SENTENCE)}" if self._last_words else ""
            raise RunError(
                f"The training of {name} has ended without a word: its process was killed, or its machine was "
                f"switched off.{said} Resume goes on from its last checkpoint."
            )
        silence = time.monotonic() - self._heard_at
        if not look.trouble and self._holder == "unknown" and silence >= QUIET_SECONDS:
            return (
                f"Nothing new from {name} for {duration_text(QUIET_SECONDS)}. It is trained on another machine, so "
                "that nobody here knows whether it still is. If it has ended there, stop following, and resume it."
            )
        return look.trouble


def _caught_up(rows: list[Mapping[str, Any]]) -> tuple[tuple[Mapping[str, Any], ...], list[Mapping[str, Any]] | None]:
    """How the run began, at the step where it stands now, and its end if it has; all rows again if it has not begun."""
    started = next((row for row in reversed(rows) if row["event"] == RunStarted.__name__), None)
    if started is None:
        return (), rows
    step = max((row["step"] for row in rows[rows.index(started) :] if row["event"] != "RunEnded"), default=0)
    ended = rows[-1:] if rows[-1]["event"] == "RunEnded" else []
    return ({**started, "step": step}, *ended), None
