"""The errors that people read: one readable sentence each.

WorkbenchError          something a person can mend
├── UnreadableError     a file that cannot be taken, with its name and the place in it
│   └── InaccessibleError   the system does not let it be read, so nobody knows whether it is sound
├── UsageError          a request that contradicts itself or names what does not exist
└── RunError            a training that cannot start or go on
    └── LostCheckpointsError   what it has learnt is gone, and beginning anew has to be asked for
"""

from __future__ import annotations

from pathlib import Path

LONGEST_SHOWN = 200
SENTENCE = 2000  # longest text shown where it is a sentence of the program's own with names in it


def printable(text: object, longest: int = LONGEST_SHOWN) -> str:
    """The text made safe to print: control and direction-changing characters spelt out, cut where it is too long."""
    whole = str(text)[: longest + 1]
    if not whole.isprintable():  # which control and direction-changing characters are not
        whole = "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in whole)
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


class WorkbenchError(Exception):
    """Something a person can mend; the text says what is wrong, the value found and what to do."""


class UnreadableError(WorkbenchError):
    """A file that cannot be taken as it is.

    Attributes:
        file: the file's path as the user knows it.
        field: the place in it, such as `graph.nodes[3].name`; empty when the whole file is meant.
    """

    def __init__(self, file: str | Path, reason: str, *, field: str = "") -> None:
        self.file = str(file)
        self.field = field
        self.reason = reason
        place = f" at {printable(field)}" if field else ""
        super().__init__(f"{printable(self.file)}{place}: {reason}")


class InaccessibleError(UnreadableError):
    """A file that the system does not let be read: a lost drive, missing permissions; it may well be sound."""


class UsageError(WorkbenchError):
    """A request that contradicts itself or names something that does not exist."""


class RunError(WorkbenchError):
    """A training that cannot start or go on."""


class LostCheckpointsError(RunError):
    """A run that was further, and of which no whole checkpoint is left; beginning anew has to be asked for.

    Attributes:
        run: its name.
        loss: what is lost and why, a sentence or two.
    """

    def __init__(self, run: str, passed_over: list[str]) -> None:
        self.run = run
        why = passed_over[0] if passed_over else "They were deleted or moved."
        self.loss = f"Of {printable(run)} no whole checkpoint is left. {why}"
        super().__init__(
            f"{self.loss} It can begin anew, with its settings, by --from-start; what it has left is set aside then."
        )
