"""Reads times out of tables: dates and times as people and programs write them, or plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from workbench.core.errors import printable
from workbench.data.listening import heard
from workbench.data.spec import Array
from workbench.data.text_table import MISSING, TextTable

START = datetime(1970, 1, 1)
FORMATS = (
    "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d", "%Y-%m", "%b %d %Y", "%B %d %Y", "%b %d, %Y",
    "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %Y", "%B %Y", "%d.%m.%Y", "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S", "%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S", "%m/%d/%y", "%d/%m/%y",
)  # fmt: skip
FIRST = 50  # cells by which a column is judged


def seconds_of(text: str, form: str = "") -> float:
    """Returns the seconds since 1970 of a date with or without a time of day; without a zone it is taken as UTC.

    Args:
        text: the date.
        form: as `strptime` has it; "" is ISO 8601.

    Raises:
        ValueError: it is no such date.
    """
    found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    if found.tzinfo is not None:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return (found - START).total_seconds()


def date_text(seconds: float) -> str:
    """Returns a time as people read it: 2009-03-31, with the time of day where there is one."""
    found = datetime.fromtimestamp(seconds, UTC)
    return found.strftime("%Y-%m-%d" if seconds % 86400 == 0 else "%Y-%m-%d %H:%M:%S")


def number_text(number: float) -> str:
    """Returns a time that is a plain number."""
    return f"{number:.15g}"


def is_date(text: str) -> bool:
    """Returns whether a text is a date in one of the ways that are known; numbers are none."""
    return not text.isdecimal() and any(_fits(text, form) for form in ("", *FORMATS))


def _fits(text: str, form: str) -> bool:
    try:
        seconds_of(text, form)
    except (ValueError, OverflowError):
        return False
    return True


def times(table: TextTable, column: int, form: str | None = None) -> tuple[Array, Callable[[float], str], list[str]]:
    """Reads the times of a column.

    Args:
        table: with the column.
        column: its number.
        form: how dates are written, as `strptime` has it; found out by default.

    Returns:
        A number for each row, how such a number is written for people, and notes on how the dates were understood.

    Raises:
        UnreadableError: a cell is no time, or day and month cannot be told apart; names row, column and cell.
    """
    cells = table.cells(column)
    if (row := next((i for i, cell in enumerate(heard(cells, "times")) if cell.lower() in MISSING), None)) is not None:
        raise table.bad_cell(row, column, "a time is needed there. Fill it in or leave the row out.")
    if form is None and table.is_numeric(column) and not _are_days(cells):
        return table.numbers(column), number_text, []
    forms = [form] if form is not None else [each for each in ("", *FORMATS) if _fits(cells[0], each)]
    fitting = [each for each in forms if all(_fits(cell, each) for cell in heard(cells, "times"))]
    if not fitting:
        form = max(forms, key=lambda each: _first_bad(cells, each), default="")
        reason = "this is no date" + (f" as {form} says." if form else ". Say with time_format how dates are written.")
        raise table.bad_cell(_first_bad(cells, form) if forms else 0, column, reason)
    made = {each: np.array([seconds_of(cell, each) for cell in heard(cells, "times")]) for each in fitting}
    if len(fitting) > 1:
        steady = [each for each in fitting if (np.diff(made[each]) >= 0).all() or (np.diff(made[each]) <= 0).all()]
        if len(steady) != 1 and not all(np.array_equal(made[each], made[fitting[0]]) for each in fitting):
            raise table.bad_cell(
                0, column, f"which is the day? It may be {' or '.join(fitting)}. Say it with time_format."
            )
        fitting = steady or fitting
    chosen = fitting[0]
    notes = [f'Dates such as "{printable(cells[0])}" were read as {chosen}.'] if chosen and form is None else []
    return made[chosen], date_text, notes


def _are_days(cells: list[str]) -> bool:
    """Whether whole numbers are dates such as 20240131."""
    return all(len(cell) == 8 and cell.isdecimal() and _fits(cell, "%Y%m%d") for cell in cells)


def _first_bad(cells: list[str], form: str) -> int:
    return next((i for i, cell in enumerate(cells) if not _fits(cell, form)), len(cells) - 1)
