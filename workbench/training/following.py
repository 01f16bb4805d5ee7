"""A run that another process is growing, here or on another machine: what its log has got since the last look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import UnreadableError, WorkbenchError, printable
from workbench.core.files import open_plain, reason_of
from workbench.core.status import may_exist
from workbench.training.log_rows import is_whole
from workbench.training.run_folder import LONGEST_LINE, RunFolder

MARK = 256  # bytes before the place that was read to, by which a log is known again
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
