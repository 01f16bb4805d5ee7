"""JSON as this program takes and gives it: strict when read, stable when written.

Read: UTF-8 only, no doubled keys, no NaN or Infinity, no number beyond double precision, bounded depth and text.
Written: two-space indent with short lists and flat objects on one line, so that a project differs line by line in git.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import read_bytes
from workbench.core.values import Json

DEEPEST = 40
LARGEST_INTEGER = 2**63
LONGEST_LINE = 110
NESTED = (str, list, dict)  # numbers, truth values and null are sound as they come
SURROGATE = re.compile("[\ud800-\udfff]")


class _RefusedError(ValueError):
    """What the parser's hooks raise; the text is the end of a sentence."""


def _no_constant(text: str) -> Json:
    raise _RefusedError(f"{text} is not a number that a file may hold")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _RefusedError(f"the number {printable(text[:30])} is too large")
    return value


def _integer(text: str) -> int:
    if len(text) > 20 or not -LARGEST_INTEGER <= (value := int(text)) < LARGEST_INTEGER:
        raise _RefusedError(f"the number {printable(text[:20])}… is too large")
    return value


def _no_doubles(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusedError(f'the key "{printable(double)}" stands twice in one object')
    return found


def parse(data: bytes, file: str | Path) -> Json:
    """Reads JSON bytes strictly.

    Args:
        data: the bytes.
        file: named in the error.

    Raises:
        UnreadableError: it is no JSON, or JSON that could mean two things.
    """
    try:
        value = json.loads(
            data.removeprefix(codecs.BOM_UTF8).decode("utf-8"),  # which some editors put before a text
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_integer,
            object_pairs_hook=_no_doubles,
        )
    except UnicodeDecodeError as error:
        raise UnreadableError(file, f"the file is not UTF-8 text (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableError(file, f"the file is damaged or no project: {error.msg} ({where}).") from None
    except _RefusedError as error:
        raise UnreadableError(file, f"{error}.") from None
    except RecursionError:
        raise UnreadableError(file, "it is nested too deeply.") from None
    _check(value, file, "", 0)
    return value


def _check(value: Json, file: str | Path, place: str, depth: int) -> None:
    """Refuses deep nesting and text that cannot be written back (lone surrogates)."""
    if depth > DEEPEST:
        raise UnreadableError(file, f"it is nested more than {DEEPEST} deep.", field=place)
    if isinstance(value, str):
        if SURROGATE.search(value):
            raise UnreadableError(file, "the text holds half a character (a lone surrogate).", field=place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if type(item) in NESTED:
                _check(item, file, f"{place}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, file, place, depth)
            if type(item) in NESTED:
                _check(item, file, f"{place}.{key}" if place else key, depth + 1)


def read(path: str | Path, limit: int) -> Json:
    """Reads a JSON file of at most `limit` bytes strictly.

    Raises:
        UnreadableError: the file is missing, too large, or not plain JSON.
    """
    return parse(read_bytes(path, limit), path)


def plain(value: Any) -> Json:
    """The value as plain JSON: tuples as lists, mappings as objects, non-finite numbers as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def line(value: Any) -> str:
    """The value on one line, without spaces to spare."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def printed(value: Any) -> str:
    """The value on one line in ASCII alone, for terminals of any encoding; letters beyond it are spelt \\uXXXX."""
    return json.dumps(plain(value), ensure_ascii=True, allow_nan=False, separators=(", ", ": "))


def pretty(value: Any) -> str:
    """The value over several lines, ending with a newline; what fits on a line stays on one."""
    return _pretty(plain(value), "") + "\n"


def encoded(value: Any) -> bytes:
    """What `pretty` makes, as the bytes of a file.

    Raises:
        UsageError: a text in it is not UTF-8, as a file name of another system's letters is.
    """
    text = pretty(value)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        line = text[: error.start].rpartition("\n")[2] + text[error.start :].partition("\n")[0]
        raise UsageError(
            f"This cannot be kept, since it is not UTF-8: {printable(line.strip())}. Rename the file."
        ) from None


def _pretty(value: Json, indent: str) -> str:
    short = line(value)
    if not isinstance(value, (dict, list)) or not value:
        return short
    if len(indent) + len(short) <= LONGEST_LINE and indent and not _holds_objects(value):
        return short
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{inner}{line(key)}: {_pretty(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    rows = [inner + _pretty(item, inner) for item in value]
    return "[\n" + ",\n".join(rows) + f"\n{indent}]"


def _holds_objects(value: Json) -> bool:
    """Whether objects stand directly inside a list: those get lines of their own."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)
