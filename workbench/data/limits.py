"""How much of a source's files is taken into memory."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.values import bytes_text

MOST_BYTES = 4 * 2**30  # of one data set in memory


def check_amount(file: str | Path, count: int, advice: str) -> None:
    """Refuses what would not fit into memory.

    Args:
        file: named in the error.
        count: bytes that are wanted.
        advice: what to do about it, a whole sentence.

    Raises:
        UnreadableError: it is more than `MOST_BYTES`.
    """
    if count > MOST_BYTES:
        raise UnreadableError(
            file, f"it needs {bytes_text(count)} of memory; at most {bytes_text(MOST_BYTES)} are taken. {advice}"
        )
