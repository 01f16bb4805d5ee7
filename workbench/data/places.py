"""Where a source's files lie, and how much of them is taken into memory."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.files import expanded

MOST_BYTES = 4 * 2**30  # of one data set in memory


def locate(path: str, folder: Path) -> Path:
    """The path that a person named: `~` is their home, a relative one starts from the project's folder."""
    try:
        return folder / expanded(Path(path))
    except UnreadableError:  # `~name` of nobody
        return folder / path


def amount(count: int) -> str:
    """A number of bytes for people: `4.0 GiB`."""
    size = float(count)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} GiB"


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
            file, f"it needs {amount(count)} of memory; at most {amount(MOST_BYTES)} are taken. {advice}"
        )
