"""Edits of frames and notes that people think of as one: add, write, colour, lay elsewhere, take away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.core.edits import MISSING, SetFrame
from workbench.core.frames import LONGEST_NOTE, LONGEST_TITLE, MOST_FRAMES, Frame
from workbench.core.graph import Graph, GraphError
from workbench.core.graph_edits import new_id


def add_frame(graph: Graph, frame: Frame) -> SetFrame:
    """The edit that adds a frame or note, in front of those that are there.

    Raises:
        GraphError: there are as many as a file may have, or a text cannot be kept.
    """
    if len(graph.frames) >= MOST_FRAMES:
        raise GraphError(f"There are {MOST_FRAMES:,} frames and notes already; a network has no more of them.")
    _check_texts(frame)
    return SetFrame(new_id(graph), MISSING, frame, len(graph.frames))


def change_frame(graph: Graph, id_: str, **fields: Any) -> SetFrame | None:
    """The edit that gives a frame another title, text, colour or area; None where it is so already.

    Raises:
        GraphError: a text cannot be kept.
    """
    before = graph.frames[id_]
    after = replace(before, **fields)
    _check_texts(after)
    return SetFrame(id_, before, after) if after != before else None


def remove_frames(graph: Graph, ids: list[str]) -> list[SetFrame]:
    """The edits that take frames and notes away; what stands in them stays."""
    edits, order = [], list(graph.frames)
    for id_ in ids:
        edits.append(SetFrame(id_, graph.frames[id_], MISSING, order.index(id_)))
        order.remove(id_)
    return edits


def _check_texts(frame: Frame) -> None:
    """Refuses what no project file could hold."""
    for what, text, longest in (("title", frame.title, LONGEST_TITLE), ("note", frame.text, LONGEST_NOTE)):
        if len(text) > longest:
            raise GraphError(f"The {what} has {len(text):,} characters; at most {longest:,} are kept. Shorten it.")
        if any("\ud800" <= each <= "\udfff" for each in text):
            raise GraphError(f"The {what} holds a half of a character, which no file can keep. Type it anew.")
    if "\n" in frame.title:
        raise GraphError("A title is one line. Write the rest into the note.")
