"""Reads text files of data: whole within a bound, or their first lines to see what they are."""

from __future__ import annotations

import codecs
from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.files import open_plain, read_buffer
from workbench.data.listening import heard

MOST_TEXT = 2**28  # bytes of one text file; its cells need several times as much while they are read
FIRST_BYTES = 2**16
PIECE = 2**23  # bytes that are decoded at once
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
NOT_UTF8 = "The file is not UTF-8; its text was read as Windows-1252, so look at letters with accents."


def read_text(path: Path, most: int = MOST_TEXT) -> tuple[str, tuple[str, ...]]:
    """Reads a text file, in UTF-8 (or UTF-16 with its mark), else as Windows-1252.

    Args:
        path: of the file.
        most: bytes that it may have.

    Returns:
        The text without a byte-order mark, and notes on how it was understood.

    Raises:
        UnreadableError: it cannot be read, is empty, is too large, or is no text.
    """
    data = read_buffer(path, most)
    if not data or data.isspace():
        raise UnreadableError(path, "the file is empty.")
    notes: tuple[str, ...] = ()
    try:
        text = _decoded(data, "utf-16" if data.startswith(MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        text, notes = _decoded(data, "cp1252", "replace"), (NOT_UTF8,)
    if "\0" in text:
        raise UnreadableError(path, "this is no text file: there are zero bytes in it. Choose a file of text.")
    return text, notes


def _decoded(data: bytearray, encoding: str, errors: str = "strict") -> str:
    """The text of a file, a piece at a time, so that somebody can stop it.

    Raises:
        UnicodeDecodeError: it is not of that encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    view = memoryview(data)
    pieces = [
        decoder.decode(view[start : start + PIECE])
        for start in heard(range(0, len(data), PIECE), "pieces of text", together=1)
    ]
    return "".join((*pieces, decoder.decode(b"", final=True)))


def first_lines(path: Path, count: int = 100) -> list[str]:
    """Returns the first lines of a text file; none where it cannot be read or is no text."""
    try:
        with open_plain(path) as file:
            data = file.read(FIRST_BYTES)
    except (UnreadableError, OSError):
        return []
    encoding = "utf-16" if data.startswith(MARKS) else "utf-8-sig"
    text = data.decode(encoding, errors="replace")
    return [] if "\0" in text else text.splitlines()[:count]
