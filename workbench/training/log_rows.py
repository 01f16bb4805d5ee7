"""Which rows of a run's log are events that a run writes; whoever reads a log gets no others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from workbench.training import events

LARGEST_COUNT = 2**53
LARGEST_NUMBER = 1e100  # beyond it sums and axes overflow; no loss that is a number comes near


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < LARGEST_COUNT


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and abs(value) <= LARGEST_NUMBER


def _is_metrics(value: object) -> bool:
    """Whether these are numbers by name; one that could not be measured is null or NaN."""
    return isinstance(value, dict) and all(
        each is None or _is_number(each) or (isinstance(each, float) and math.isnan(each)) for each in value.values()
    )


def _are_matrices(value: object) -> bool:
    """Whether these are square tables of counts by name."""
    return isinstance(value, dict) and all(
        isinstance(rows, list)
        and all(isinstance(row, list) and len(row) == len(rows) and all(map(_is_count, row)) for row in rows)
        for rows in value.values()
    )


def _is_optional(each: Field[Any]) -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


CHECKS: dict[str, Callable[[object], bool]] = {
    "int": _is_count,
    "float": _is_number,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "Reason": lambda value: isinstance(value, str),
    "Metrics": _is_metrics,
    "Mapping[str, int]": _is_metrics,
    "Mapping[str, NDArray[np.int64]]": _are_matrices,
}
# Event → its logged fields, each with its check and whether it may be missing.
FIELDS = {
    cls.__name__: [
        (each.name, CHECKS[str(each.type)], _is_optional(each))
        for each in fields(cls)
        if each.metadata.get("logged", True)
    ]
    for cls in events.Event.__subclasses__()
}


def is_whole(row: Mapping[str, Any]) -> bool:
    """Returns whether a row holds what a run writes; one of a kind that this version does not know does."""
    kind = row.get("event")
    if not isinstance(kind, str):
        return False
    return all(check(row[name]) if name in row else is_optional for name, check, is_optional in FIELDS.get(kind, []))
