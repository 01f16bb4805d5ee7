"""Options that are texts: a column or a subject may be called by a number, which the command line reads as one."""

from __future__ import annotations


def number_as_text(value: object) -> object:
    """Returns a whole number as its text, and anything else as it is; to be used before an option is checked."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
