"""Frames and notes on the canvas: a titled, coloured area with a text. They are drawn and never computed with.

A frame belongs to no node and no node belongs to it: what is in it follows from places alone, so that frames can be
laid round anything, within each other too, and a network is the same with and without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.core.errors import printable
from workbench.core.values import Json, Params

Area = tuple[float, float, float, float]  # left, top, width, height
COLOURS = ("red", "amber", "green", "teal", "blue", "violet")
LONGEST_TITLE, LONGEST_NOTE = 200, 4096
LONGEST_CALLED = 40  # characters of a title in the middle of a sentence
MOST_FRAMES = 1000
LEAST = (80.0, 40.0)  # width and height below which nobody could read or take one


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; a note is a frame without a title.

    Attributes:
        title: one line at its head, or "".
        text: what is written in it, over several lines where it has them.
        colour: one of `COLOURS`, or "" for none; other words of a file are kept and shown as none.
        area: left, top, width and height on the canvas, in logical pixels.
        group: prefix of the group that it is drawn in, "" for the network itself.
        extra: keys that this version does not know, kept as they came.
    """

    title: str = ""
    text: str = ""
    colour: str = ""
    area: Area = (0.0, 0.0, *LEAST)
    group: str = ""
    extra: Params = field(default_factory=dict[str, Json], hash=False)

    @property
    def called(self) -> str:
        """How it is called in the middle of a sentence."""
        return f"frame {printable(self.title, LONGEST_CALLED)}" if self.title else "note"


def change_text(before: Frame, after: Frame) -> str:
    """Returns what the menu says of a frame's change."""
    if before.title != after.title:
        return (
            f"Rename to {printable(after.title, LONGEST_CALLED)}"
            if after.title
            else f"Take the title off {before.called}"
        )
    if before.text != after.text:
        return f"Edit the note of {before.called}" if before.title else "Edit note"
    if before.colour != after.colour:
        return f"Colour {before.called}"
    return f"Move {before.called}" if before.area[2:] == after.area[2:] else f"Resize {before.called}"


def gradual_change(before: Any, after: Any) -> str:
    """Returns what of a frame two states differ in, where that changes bit by bit: place, size or text; else ""."""
    if not isinstance(before, Frame) or not isinstance(after, Frame):
        return ""
    if replace(before, text=after.text) == after:
        return "text"
    if replace(before, area=after.area) != after:
        return ""
    return "place" if before.area[2:] == after.area[2:] else "size"


def contains(outer: Area, inner: Area) -> bool:
    """Whether an area lies wholly in another one."""
    (x, y, width, height), (left, top, wide, high) = outer, inner
    return x <= left and y <= top and left + wide <= x + width and top + high <= y + height


def shifted(area: Area, step: tuple[float, float]) -> Area:
    """Returns an area moved by a step, in whole pixels."""
    return (float(round(area[0] + step[0])), float(round(area[1] + step[1])), area[2], area[3])


def inside(frames: Mapping[str, Frame], id_: str) -> list[str]:
    """Returns the ids of the frames that lie wholly in a frame; of two with one area the later is in the first."""
    order = list(frames)
    own = frames[id_].area
    return [
        other
        for other, frame in frames.items()
        if other != id_ and contains(own, frame.area) and (frame.area != own or order.index(other) > order.index(id_))
    ]


def followed_area(area: Area, before: Iterable[Area], after: Iterable[Area], margins: Area) -> Area:
    """Returns where a frame lies after what it holds has moved.

    Args:
        area: the frame's own, before.
        before: areas of what it holds.
        after: the same, in the same order, once they have moved.
        margins: free canvas at the left, above, at the right and below, where the frame must be laid anew.

    Returns:
        The area moved along, if all has moved by the same step; else the smallest one round everything.
    """
    pairs = list(zip(before, after, strict=True))
    steps = {(new[0] - old[0], new[1] - old[1]) for old, new in pairs}
    if not steps or steps == {(0.0, 0.0)}:
        return area
    if len(steps) == 1:
        return shifted(area, steps.pop())
    return laid_round([new for _, new in pairs], margins)


def laid_round(areas: Iterable[Area], margins: Area) -> Area:
    """Returns the smallest area, in whole pixels, round some others, with margins left, above, right and below."""
    rows = list(areas)
    left, top = min(row[0] for row in rows) - margins[0], min(row[1] for row in rows) - margins[1]
    right, bottom = max(x + width for x, _, width, _ in rows), max(y + height for _, y, _, height in rows)
    size = max(LEAST[0], right + margins[2] - left), max(LEAST[1], bottom + margins[3] - top)
    return float(round(left)), float(round(top)), float(round(size[0])), float(round(size[1]))
