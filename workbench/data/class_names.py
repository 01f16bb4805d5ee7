"""The names of classes: composed alike whatever system wrote them, safe to print, and no two the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from workbench.core.errors import printable

LONGEST = 2048  # characters, with control characters spelt out; a folder's name has at most 255


def composed(name: str) -> str:
    """Returns the name with composed letters (NFC), as which `Bäume` of a Mac and of Linux are one name."""
    return unicodedata.normalize("NFC", name)


def class_names(names: Iterable[str]) -> tuple[str, ...]:
    """Returns the names as a data set's classes bear them, in the same order.

    They are keys for whatever is said of a class, so they are not cut to what fits on a line, and where two of them
    look the same once control characters are spelt out, the second gets a number.
    """
    found: dict[str, None] = {}
    for name in names:
        made = safe = printable(composed(name), LONGEST)
        number = 2
        while made in found:
            made = f"{safe} ({number})"
            number += 1
        found[made] = None
    return tuple(found)


def alike(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Returns groups of names that differ by capitals and blanks alone."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("".join(composed(name).casefold().split()), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]
