"""Finds in a table over time which columns are what, and takes its series in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.data.folder_listing import some
from workbench.data.listening import heard
from workbench.data.spec import Array
from workbench.data.text_table import MISSING, TextTable
from workbench.data.time_windows import TimeSeries
from workbench.data.times import is_date, number_text, times

TIME_COLUMNS = ("date", "time", "datetime", "timestamp", "day", "month", "year", "ds", "period")
TARGET_COLUMNS = ("target", "y", "value", "price", "close", "adj close", "adjusted close")
DAY = 86400


@dataclass(frozen=True)
class TimeTable:
    """A table over time whose columns are known.

    Attributes:
        table: the table.
        series: its series in the order of time, with the columns `columns`.
        columns: numbers of the table's columns that are used, in the order of `TimeSeries.values`.
        inputs: places in `columns` of those that are seen.
        targets: places in `columns` of those that are foretold.
        time_text: how a time is written.
        notes: how it was understood.
    """

    table: TextTable
    series: list[TimeSeries]
    columns: list[int]
    inputs: list[int]
    targets: list[int]
    time_text: Callable[[float], str]
    notes: list[str]

    def names(self, places: Sequence[int]) -> list[str]:
        """Returns the names of columns by their places."""
        return [self.table.header[self.columns[place]] for place in places]


@dataclass(frozen=True)
class ColumnChoice:
    """The options by which columns are chosen; None where they are to be found."""

    time: str | None
    time_format: str | None
    key: str | None
    target: str | None
    inputs: str | None
    missing: str


def arranged(table: TextTable, choice: ColumnChoice) -> TimeTable:
    """Takes the series out of a table.

    Raises:
        UnreadableError: a cell is not as it has to be; names row, column and cell.
        UsageError: a column that an option names is not there, or there are none to be found.
    """
    notes = [*table.notes]
    time = _time_column(table, choice.time, notes)
    when, text, more = (
        (np.arange(len(table.rows), dtype=float), lambda row: f"row {number_text(row + 1)}", [])
        if time is None
        else times(table, time, choice.time_format)
    )
    notes += more
    key = _key_column(table, choice.key, time, when, notes)
    targets, inputs = _value_columns(table, choice, {time, key}, notes)
    columns = list(dict.fromkeys((*inputs, *targets)))
    values = np.stack([table.numbers(column) for column in columns], axis=1)
    series = _series(table, key, when, values)
    if any((np.diff(each.rows) < 0).any() for each in series):
        notes.append("The rows were brought into the order of their times.")
    _check_times(table, time, series)
    series = [_filled(table, columns, each, choice.missing) for each in heard(series, "series")]
    if gaps := int(np.isnan(values).any(axis=1).sum()):
        how = "left out" if choice.missing == "drop" else "filled with the value before (or left out at the beginning)"
        notes.append(f"{gaps:,} of {len(values):,} rows lack values and were {how} (missing).")
    notes += _spacing_note(series) if text is not number_text and time is not None else []
    return TimeTable(
        table, series, columns, [columns.index(i) for i in inputs], [columns.index(i) for i in targets], text, notes
    )


def _time_column(table: TextTable, wanted: str | None, notes: list[str]) -> int | None:
    if wanted is not None:
        return table.index("time", wanted) if wanted else None
    found = table.found(TIME_COLUMNS)
    if found is None:
        found = next((i for i, cell in enumerate(table.rows[0]) if is_date(cell)), None)
        if found is None:
            raise UsageError(
                f"{printable(table.path)}: which column holds the times? There are: {some(table.header)} Name it with "
                "time=COLUMN, or give time= where the rows are in the order of time."
            )
        notes.append(f'The column "{printable(table.header[found])}" was taken as the time.')
    return found


def _key_column(table: TextTable, wanted: str | None, time: int | None, when: Array, notes: list[str]) -> int | None:
    """The column that says which series a row is of; None if there is one series."""
    if wanted is not None:
        return table.index("key", wanted) if wanted else None
    if len(np.unique(when)) == len(when):
        return None
    for column in range(len(table.header)):
        if column != time and not table.is_numeric(column):
            names = table.cells(column)
            if len(set(zip(names, when, strict=True))) == len(when):
                notes.append(
                    f'The column "{printable(table.header[column])}" was taken to tell the series apart (key).'
                )
                return column
    return None


def _named(table: TextTable, option: str, names: str) -> list[int]:
    found = [table.index(option, name) for name in names.split(";") if name.strip()]
    if not found or len(set(found)) < len(found):
        raise UsageError(f'{option}="{printable(names)}": name one or several columns, each once, parted by ";".')
    return found


def _value_columns(
    table: TextTable, choice: ColumnChoice, taken: set[int | None], notes: list[str]
) -> tuple[list[int], list[int]]:
    """The columns that are foretold, and those that are seen."""
    if choice.target and choice.inputs:
        return _named(table, "target", choice.target), _named(table, "inputs", choice.inputs)
    rest = [i for i in range(len(table.header)) if i not in taken]
    numeric = [i for i in rest if _holds_numbers(table, i)]
    if not numeric:
        raise UnreadableError(table.path, "there is no column of numbers beside the time.")
    if choice.target:
        targets = _named(table, "target", choice.target)
    else:
        names = {table.header[i].casefold(): i for i in numeric}
        targets = [next((names[name] for name in TARGET_COLUMNS if name in names), numeric[-1])]
        if len(numeric) > 1:
            notes.append(f'The column "{printable(table.header[targets[0]])}" is what is foretold (target).')
    if choice.inputs:
        return targets, _named(table, "inputs", choice.inputs)
    if words := [table.header[i] for i in rest if i not in numeric]:
        notes.append(f"Columns that do not hold numbers, left out ({len(words):,}): {some(words)}")
    return targets, numeric


def _holds_numbers(table: TextTable, column: int) -> bool:
    """Whether a column holds numbers, if only in half of its cells: the others are mistakes then, and are named."""
    return 2 * sum(table.number(row[column]) is not None for row in heard(table.rows, "rows")) > len(
        table.rows
    ) and any(row[column].lower() not in MISSING for row in table.rows)


def _series(table: TextTable, key: int | None, when: Array, values: Array) -> list[TimeSeries]:
    names = table.cells(key) if key is not None else [""] * len(when)
    number = {name: i for i, name in enumerate(dict.fromkeys(names))}
    owners = np.array([number[name] for name in names])
    order = np.lexsort((when, owners))  # by series, then by time; stable
    parts = np.split(order, np.flatnonzero(np.diff(owners[order])) + 1)
    return [TimeSeries(name, rows, when[rows], values[rows]) for name, rows in zip(number, parts, strict=True)]


def _check_times(table: TextTable, time: int | None, series: list[TimeSeries]) -> None:
    for each in series:
        if time is not None and len(same := np.flatnonzero(np.diff(each.times) == 0)):
            before, row = sorted(each.rows[same[0] : same[0] + 2])
            of = f' of "{printable(each.name)}"' if each.name else ""
            raise table.bad_cell(
                int(row),
                time,
                f"row {before + 1:,}{of} has the same time. Keep one, or name the column that tells series apart with "
                "key=COLUMN.",
            )


def _filled(table: TextTable, columns: list[int], series: TimeSeries, missing: str) -> TimeSeries:
    """The series without gaps."""
    gaps = np.isnan(series.values)
    if not gaps.any():
        return series
    if missing == "refuse":
        step, place = np.argwhere(gaps)[np.argmin(series.rows[np.argwhere(gaps)[:, 0]])]
        raise table.bad_cell(
            int(series.rows[step]),
            columns[place],
            f"{int(gaps.any(axis=1).sum()):,} rows lack values. Choose missing=previous or missing=drop.",
        )
    values = series.values.copy()
    if missing == "previous":
        for step in heard(range(1, len(values)), "rows"):
            values[step] = np.where(gaps[step], values[step - 1], values[step])
    kept = ~np.isnan(values).any(axis=1)
    return TimeSeries(series.name, series.rows[kept], series.times[kept], values[kept])


def _spacing_note(series: list[TimeSeries]) -> list[str]:
    """A note where the rows are not evenly spaced in time; months are taken as even."""
    gaps = np.concatenate([np.diff(each.times) for each in series]) / DAY
    if not len(gaps) or gaps.max() <= 1.2 * gaps.min():
        return []
    return [f"Rows are {gaps.min():.3g} to {gaps.max():.3g} days apart; each counts as one step."]
