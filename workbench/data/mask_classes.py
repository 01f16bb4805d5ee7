"""Which classes the levels of masks mean, and which of them do not count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import is_plain_file, read_bytes
from workbench.data.class_names import class_names
from workbench.data.folder_listing import some
from workbench.data.mask_files import MOST_VALUES, NOTHING, Levels

VOID = "void"
VOID_NAMES = frozenset({"void", "unlabelled", "unlabeled", "ignore", "ignored"})
VOID_LEVEL = 255
FEWEST_LEVELS = 32  # highest number from which on numbers without neighbours are grey levels
NAME_FILES = ("classes.txt", "label_colors.txt", "label_colours.txt")
LARGEST = 2**20  # bytes of a file of names
COLOURED = re.compile(r"(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\d{1,3})[\s,;]+(\S.*)")


@dataclass(frozen=True)
class NamedClasses:
    """Names of classes from a file, and their colours as red·65536 + green·256 + blue; none where it has only names."""

    path: Path
    names: tuple[str, ...]
    colours: tuple[int, ...] = ()


@dataclass(frozen=True)
class MaskClasses:
    """What the levels of masks mean.

    Attributes:
        levels: that occur or could, in order.
        numbers: the class of each of them; `NOTHING` where it does not count.
        names: of the classes.
        notes: what a person should know about it.
    """

    levels: Levels
    numbers: Levels
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def of(self, masks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the class of each level; what does not count, or was `NOTHING` before, has the number behind them."""
        void = len(self.names)
        table = np.append(np.where(self.numbers == NOTHING, void, self.numbers), void)
        places = np.searchsorted(self.levels, masks)
        return np.asarray(table[np.where(masks == NOTHING, len(self.levels), places)], np.int64)


def read_names(path: Path) -> NamedClasses:
    """Reads a file of classes: on each line a name, or red, green, blue and a name.

    Raises:
        UnreadableError: it cannot be read, is empty, names a class or a colour twice, or mixes both kinds of lines.
    """
    try:
        lines = read_bytes(path, LARGEST).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UnreadableError(path, f"it is not UTF-8 text (at byte {error.start:,}).") from None
    rows = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip() and line.strip()[0] != "#"]
    matches = [(number, text, COLOURED.fullmatch(text)) for number, text in rows]
    if not rows or len(rows) > MOST_VALUES:
        raise UnreadableError(path, f"it names {len(rows):,} classes; from 1 to {MOST_VALUES:,} are taken.")
    is_coloured = matches[0][2] is not None
    names, colours = [], []
    for number, text, match in matches:
        if (match is not None) != is_coloured:
            wanted = (
                "red, green, blue and a name, as the lines before" if is_coloured else "a name, as the lines before"
            )
            raise UnreadableError(path, f'"{printable(text)}" is not {wanted}.', field=f"line {number}")
        names.append(match[4].strip() if match else text)
        if match:
            red, green, blue = (int(match[each]) for each in (1, 2, 3))
            if max(red, green, blue) > 255:
                raise UnreadableError(path, f"a colour has a part above 255 ({text}).", field=f"line {number}")
            colours.append(red << 16 | green << 8 | blue)
        for what, found in (("name", names), ("colour", colours)):
            if found and found[-1] in found[:-1]:
                raise UnreadableError(path, f"it has the {what} of an earlier line.", field=f"line {number}")
    return NamedClasses(path, class_names(names), tuple(colours))


def find_names(folder: Path) -> NamedClasses | None:
    """Reads the file of classes in a folder, by its usual names; None where there is none."""
    path = next((folder / name for name in NAME_FILES if is_plain_file(folder / name)), None)
    return None if path is None else read_names(path)


def mask_classes(
    root: Path, levels: Levels, *, are_colours: bool, named: NamedClasses | None, void: int | None
) -> MaskClasses:
    """Says which class each level of some masks means.

    Colours are those of the names, or else classes in their order. Two grey levels are two classes. More of them are
    the numbers of classes, but where they are wide apart (0, 85, 170, 255) each is the next class.

    Args:
        root: named in errors.
        levels: the different ones, in order.
        are_colours: whether they are red·65536 + green·256 + blue.
        named: names of classes from a file.
        void: the grey level, or for colours the class, that does not count; -1 for none; None to guess.

    Raises:
        UnreadableError: there are more levels than classes, or more than a thousand.
    """
    if len(levels) > MOST_VALUES:
        what = "colours" if are_colours else "levels"
        raise UnreadableError(root, f"the masks have {len(levels):,} different {what}; at most {MOST_VALUES:,} can be.")
    if are_colours:
        return _of_colours(levels, named, void)
    return _of_numbers(root, levels, named, void)


def _of_colours(levels: Levels, named: NamedClasses | None, void: int | None) -> MaskClasses:
    notes = []
    if named and named.colours:
        names, colours = list(named.names), list(named.colours)
        if unknown := [f"#{level:06x}" for level in levels if level not in colours]:
            text = f"{printable(named.path.name)} does not name, which became {VOID} ({len(unknown):,})"
            notes.append(f"Colours that {text}: {some(unknown)}")
    else:
        colours = [int(level) for level in levels]
        names = [f"#{colour:06x}" for colour in colours]
        if named:
            notes.append(f"{printable(named.path.name)} has no colours, so the classes are named by their colours.")
        else:
            notes.append(
                "Each colour of the masks became a class. For names write lines such as 128 0 0 road into classes.txt."
            )
    if void is None:
        void = next((number for number, name in enumerate(names) if name.lower() in VOID_NAMES), -1)
    if void >= len(names):
        notes.append(f"void={void} is no class: there are {len(names)}, from 0 on.")
    number_of = {colour: number for number, colour in enumerate(colours)}
    numbers = np.array([number_of.get(int(level), NOTHING) for level in levels], np.int64)
    return _without(levels, numbers, names, void, notes)


def _of_numbers(root: Path, levels: Levels, named: NamedClasses | None, void: int | None) -> MaskClasses:
    notes: list[str] = []
    names = list(named.names) if named else []
    if named and void is None:
        void = next((number for number, name in enumerate(names) if name.lower() in VOID_NAMES), None)
    if void is None:
        void = _guessed_void(levels, len(names))
        if void != NOTHING:
            notes.append(f"The level {void} of the masks was taken as {VOID} (void={void}; void=-1 makes it a class).")
    elif void >= 0 and void not in levels:
        notes.append(f"No mask has the level {void} that void names.")
    counted = levels[levels != void]
    if not len(counted):
        raise UnreadableError(root, f"the masks have no level but {void}, which does not count.")
    highest = int(counted[-1])
    if len(counted) == 2 and highest != 1 and len(names) in (0, 2):
        return _renumbered(levels, counted, names, notes)
    if highest >= max(FEWEST_LEVELS, len(names)) and len(counted) > 1 and (np.diff(counted) > 1).all():
        return _renumbered(levels, counted, names if len(names) == len(counted) else [], notes)
    if named and highest >= len(names):
        raise UnreadableError(
            root,
            f"the masks have the level {highest}, but {printable(named.path.name)} names {len(names)} classes, from 0 "
            "on. Name it there, or say with void=LEVEL that it does not count.",
        )
    if highest >= MOST_VALUES:
        raise UnreadableError(root, f"the masks have the level {highest:,}; classes go up to {MOST_VALUES - 1}.")
    names = names or [str(number) for number in range(max(highest + 1, 2))]
    numbers = np.where(levels == void, NOTHING, levels)
    return _without(levels, numbers, names, void if 0 <= void < len(names) else NOTHING, notes)


def _guessed_void(levels: Levels, named: int) -> int:
    """The level that does not count: 255 above small numbers, or the one behind the classes that a file names."""
    others = levels[levels != VOID_LEVEL]
    is_above = VOID_LEVEL in levels and levels[-1] == VOID_LEVEL and len(others) >= 2
    if is_above and (not (np.diff(others) > 1).all() or others[-1] < FEWEST_LEVELS):
        return VOID_LEVEL
    return int(levels[-1]) if named > 1 and levels[-1] == named else NOTHING


def _renumbered(levels: Levels, counted: Levels, names: list[str], notes: list[str]) -> MaskClasses:
    """Makes each grey level a class, in their order."""
    told = ", ".join(map(str, counted[:8])) + (", …" if len(counted) > 8 else "")
    notes = [*notes, f"The levels {told} of the masks became the classes 0 to {len(counted) - 1}."]
    number_of = {int(level): number for number, level in enumerate(counted)}
    numbers = np.array([number_of.get(int(level), NOTHING) for level in levels], np.int64)
    return MaskClasses(levels, numbers, tuple(names or map(str, counted)), tuple(notes))


def _without(levels: Levels, numbers: Levels, names: Sequence[str], void: int, notes: list[str]) -> MaskClasses:
    """Takes one class out of the others: its places do not count, and those behind it move up."""
    if not 0 <= void < len(names):
        return MaskClasses(levels, numbers, tuple(names), tuple(notes))
    kept = [name for number, name in enumerate(names) if number != void]
    moved = np.where(numbers > void, numbers - 1, numbers)
    notes = [*notes, f'The class {void}, "{printable(names[void])}", does not count.']
    return MaskClasses(levels, np.where(numbers == void, NOTHING, moved), tuple(kept), tuple(notes))
