"""YOLO's files: `data.yaml`, of which a few plain keys are read, and a text file of objects for each picture."""

from __future__ import annotations

import math
import re
from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import read_bytes
from workbench.data.drawn_objects import ObjectOutline

LARGEST_YAML, LARGEST_LABELS = 2**20, 2**24  # bytes
MOST_OBJECTS = 10_000  # of a picture
KEY = re.compile(r"""(?P<key>[A-Za-z_][\w-]*)\s*:(?:\s+(?P<rest>.*)|\Z)""")
NUMBERED = re.compile(r"""["']?(?P<key>\d+)["']?\s*:\s+(?P<rest>\S.*)""")
ROUNDING = 1e-3  # by which coordinates may leave the picture

Values = dict[str, str | list[str]]


def read_yaml(path: Path) -> Values:
    """Reads the keys of a data.yaml: texts, and lists of texts; numbered entries (`0: cat`) are a list too.

    Raises:
        UnreadableError: it is no text, or a line is of another kind; names the line.
    """
    try:
        lines = read_bytes(path, LARGEST_YAML).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UnreadableError(path, f"it is not UTF-8 text (at byte {error.start:,}).") from None
    found: Values = {}
    key = ""
    is_nested = False  # below a key that nobody here needs
    for number, raw in enumerate(lines, 1):
        text = _without_comment(raw)
        plain = text.strip()
        if not plain or plain in ("---", "..."):
            continue
        is_inside = text[0] in " \t" or plain.startswith("- ")
        match = None if is_inside else KEY.fullmatch(plain)
        if match:
            key, rest = match["key"], (match["rest"] or "").strip()
            if key in found:
                raise UnreadableError(path, f'the key "{key}" comes twice.', field=f"line {number}")
            found[key] = _inline(path, rest, number) if rest else []
            is_nested = False
        elif is_inside and key and not is_nested:
            is_nested = not _add(path, found, key, plain, number)
        elif not is_inside:
            raise UnreadableError(path, f'"{printable(plain)}" is no "key: value".', field=f"line {number}")
    return found


def _add(path: Path, found: Values, key: str, plain: str, number: int) -> bool:
    """Adds a line below a key to its list; False where it is of another kind, below a key that is not read."""
    values = found[key]
    numbered = NUMBERED.fullmatch(plain)
    if isinstance(values, list) and plain.startswith("- "):
        values.append(_unquoted(plain[2:].strip()))
        return True
    if isinstance(values, list) and numbered:
        if int(numbered["key"]) != len(values):
            raise UnreadableError(path, f"the next number should be {len(values)}.", field=f"line {number}")
        values.append(_unquoted(numbered["rest"]))
        return True
    if key in ("names", "train", "val", "test", "path"):
        raise UnreadableError(path, f'"{printable(plain)}" below "{key}" is not understood.', field=f"line {number}")
    return False


def _without_comment(line: str) -> str:
    """A line without a comment: `#` at its start or behind a blank, outside of quotes."""
    quote = ""
    for at, each in enumerate(line):
        if quote:
            quote = "" if each == quote else quote
        elif each in "\"'" and (at == 0 or line[at - 1] in " ,[{:"):
            quote = each
        elif each == "#" and (at == 0 or line[at - 1] in " \t"):
            return line[:at].rstrip()
    return line.rstrip()


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        inner = text[1:-1]
        return inner.replace("''", "'") if text[0] == "'" else inner.replace('\\"', '"')
    return text


def _inline(path: Path, text: str, number: int) -> str | list[str]:
    """A value on its key's line: a text, `[a, b]` or `{0: a, 1: b}`."""
    if text[0] not in "[{":
        return _unquoted(text)
    if text[-1] != {"[": "]", "{": "}"}[text[0]]:
        raise UnreadableError(path, "a list must end on the line that it begins on.", field=f"line {number}")
    parts = [part.strip() for part in re.findall(r"""(?:"[^"]*"|'[^']*'|[^,"'])+""", text[1:-1])]
    if text[0] == "[":
        return [_unquoted(part) for part in parts if part]
    found: Values = {"": []}
    for part in filter(None, parts):
        if not NUMBERED.fullmatch(part):
            raise UnreadableError(path, f'"{printable(part)}" is no "number: name".', field=f"line {number}")
        _add(path, found, "", part, number)
    return found[""]


def read_objects(path: Path, classes: int) -> tuple[ObjectOutline, ...]:
    """Reads the objects of a picture: on each line a class with a box (middle and size), or with corners.

    Args:
        path: of the text file.
        classes: how many there are.

    Returns:
        Outlines in shares of the picture's width and height.

    Raises:
        UnreadableError: a line is wrong; names it.
    """
    try:
        lines = read_bytes(path, LARGEST_LABELS).decode("ascii").splitlines()
    except UnicodeDecodeError:
        raise UnreadableError(path, "it is no text of numbers.") from None
    if len(lines) > MOST_OBJECTS:
        raise UnreadableError(path, f"it has {len(lines):,} lines; at most {MOST_OBJECTS:,} are taken.")
    return tuple(_object(path, line.split(), number, classes) for number, line in enumerate(lines, 1) if line.strip())


def _object(path: Path, cells: list[str], number: int, classes: int) -> ObjectOutline:
    place = f"line {number}"
    try:
        values = [float(cell) for cell in cells]
    except ValueError:
        raise UnreadableError(path, f'"{printable(" ".join(cells))}" are no numbers.', field=place) from None
    if not (len(values) == 5 or (len(values) >= 7 and len(values) % 2)):
        told = f"{len(values)} numbers are neither a class with a box (5) nor one with corners (7 or more, odd)."
        raise UnreadableError(path, told, field=place)
    kind, *shares = values
    if not (kind.is_integer() and 0 <= kind < classes):
        raise UnreadableError(path, f"there is no class {cells[0]}: they go from 0 to {classes - 1}.", field=place)
    for share, cell in zip(shares, cells[1:], strict=True):
        if not (math.isfinite(share) and -ROUNDING <= share <= 1 + ROUNDING):
            raise UnreadableError(path, f"{cell} is no share of the picture, from 0 to 1.", field=place)
    if len(shares) > 4:
        return ObjectOutline(int(kind), (0, 0, 0, 0), (tuple(shares),))
    x, y, width, height = shares
    edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
    return ObjectOutline(int(kind), (left, top, right - left, bottom - top))
