"""The text `NAME[:PATH][,key=value...]`, by which the command line chooses data."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workbench.core.errors import UsageError, printable
from workbench.core.files import exists
from workbench.core.values import Json
from workbench.data.paths import locate
from workbench.data.spec import REGISTRY, Source

SETTING = re.compile(r"\s*([a-z][a-z0-9_]*)=")


def parse_choice(text: str) -> tuple[str, dict[str, Json]]:
    """Reads `NAME[:PATH][,key=value...]` into the source's name and its options.

    Of a source with data sets of several names, such as torchvision, a name stands in the place of the path. Values
    are read as JSON where they are JSON, else as text. A path may hold colons and commas: it ends at the first comma
    behind which an option of the source stands, and does not end at all if there is such a file or folder.

    Raises:
        UsageError: there is no such source, it wants a path and gets none, or something is neither path nor option.
    """
    name = re.split("[:,]", text, maxsplit=1)[0]
    mark, rest = text[len(name) : len(name) + 1], text[len(name) + 1 :]
    cls = REGISTRY.find(name, "data source")
    path, settings = _parted(cls, rest) if mark == ":" else ("", rest.split(",") if mark else [])
    options: dict[str, Json] = {}
    if mark == ":":
        if not cls.chosen_by:
            raise UsageError(f'The data source "{name}" takes no path, but "{printable(path)}" was given.')
        options[cls.chosen_by] = path
    elif cls.needs_path:
        raise UsageError(f'The data source "{name}" needs a path: --data {name}:PATH.')
    return name, options | dict(_setting(cls, setting) for setting in settings)


def _parted(cls: type[Source], rest: str) -> tuple[str, list[str]]:
    """The path, and the settings behind it."""
    pieces = rest.split(",")
    if len(pieces) > 1 and exists(locate(rest, Path())):
        return rest, []
    first = next((i for i, piece in enumerate(pieces[1:], 1) if _is_option(cls, piece)), len(pieces))
    return ",".join(pieces[:first]), pieces[first:]


def _is_option(cls: type[Source], piece: str) -> bool:
    """Whether a piece between commas is `key=value`: a known option, or a plain word that may be a misspelt one."""
    found = SETTING.match(piece)
    return found is not None and (found[1] in cls.model_fields or piece[:1] != " ")


def _setting(cls: type[Source], text: str) -> tuple[str, Json]:
    found = SETTING.match(text)
    if found is None:
        options = ", ".join(name for name in cls.model_fields if name != cls.chosen_by) or "none"
        raise UsageError(
            f'"{printable(text)}" in --data is not of the form key=value. A comma parts the options of a source '
            f"({options}); one that belongs to a value or to the name of a file cannot stand behind an option."
        )
    value = text[found.end() :]
    try:
        return found[1], json.loads(value)
    except ValueError:
        return found[1], value
