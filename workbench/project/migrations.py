"""Older project files brought to today's format, one small step for each version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.values import Json
from workbench.training.old_settings import training_of_format_2

FORMAT = 2


def _from_1(value: dict[str, Json]) -> dict[str, Json]:
    """Settings of optimisers and schedules lay side by side in format 1, whoever had them."""
    return value | ({"training": training_of_format_2(value["training"])} if "training" in value else {})


# Format n → the function that makes format n + 1 of it; every format ever written has a sample in tests/formats.
STEPS: dict[int, Callable[[dict[str, Json]], dict[str, Json]]] = {1: _from_1}


def migrate(value: Json, file: str | Path) -> Json:
    """The file's JSON in today's format.

    Raises:
        UnreadableError: it is no project, or of a newer program.
    """
    if not isinstance(value, dict) or "format" not in value:
        raise UnreadableError(file, 'this is no project: it has no "format".', field="format")
    found = value["format"]
    if type(found) is not int or found < 1:
        raise UnreadableError(
            file, f"the format must be a number from 1 on, found {printable(repr(found))}.", field="format"
        )
    if found > FORMAT:
        reason = f"it was made by a newer version (format {found}; this one reads up to {FORMAT}). Update the program."
        raise UnreadableError(file, reason, field="format")
    for version in range(found, FORMAT):
        value = STEPS[version](value)
    return value
