"""What models in archives have in common: how much one may claim to hold, and how a damaged one fails."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from pathlib import Path

from workbench.core.errors import UnreadableError

MOST_PACKED = 100  # times as large as the file all that is in it may claim to be
ALWAYS = 100 * 2**20  # bytes that any file may claim
# What reading a damaged or odd zip raises, encrypted ones and methods that are not known included.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, MemoryError, NotImplementedError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip


def check_claim(path: Path, claimed: int, size: int) -> None:
    """Refuses a file that claims to hold far more than it has bytes: reading it would fill the memory.

    Args:
        path: of the file.
        claimed: bytes of all that is in it, unpacked.
        size: bytes of the file.

    Raises:
        UnreadableError: it claims too much.
    """
    if claimed > max(ALWAYS, MOST_PACKED * size):
        raise UnreadableError(path, f"its parts claim to be {claimed:,} bytes, far more than the file; it is not read.")
