"""Where everything stands on the canvas, as a value: what edits of places are computed from, without Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from workbench.core.frames import Area, Frame, contains, inside
from workbench.core.graph import Graph
from workbench.core.graph_edits import STEP
from workbench.core.groups import members
from workbench.editing.box_sizes import WIDTH


@dataclass(frozen=True)
class StandingBox:
    """A box on the canvas: a node, a folded group, or a neighbour of the group that one is in.

    Attributes:
        ids: the nodes that it stands for.
        left: of the canvas.
        top: of the canvas.
        height: now.
        tallest: how high it may become, whatever it shows.
        lowest: how high it is without what it shows only at times.
    """

    ids: tuple[str, ...]
    left: float
    top: float
    height: float
    tallest: float
    lowest: float

    @property
    def area(self) -> Area:
        """Where it stands, as high as it may become."""
        return (self.left, self.top, WIDTH, self.tallest)

    @property
    def standing(self) -> Area:
        """Where it stands, without what it shows only at times."""
        return (self.left, self.top, WIDTH, self.lowest)

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, as it is now."""
        return (self.left + WIDTH / 2, self.top + self.height / 2)


@dataclass(frozen=True)
class OpenGroup:
    """A group that is shown as a frame round its boxes.

    Attributes:
        area: of the frame.
        keys: the boxes in it, also those in groups inside it.
    """

    area: Area
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Arrangement:
    """What stands where on the level of the network that is shown.

    Attributes:
        graph: the whole network.
        boxes: nodes and folded groups of the level, by the id of their first node.
        neighbours: the boxes of what outside is wired to the level, likewise.
        groups: the open groups of the level, by prefix.
        folded: the key of each folded group's box, by prefix.
        frames: the frames and notes of the level, by id.
        text_height: how high a frame's text is in lines of that width; only whoever has fonts can say.
    """

    graph: Graph
    boxes: Mapping[str, StandingBox]
    neighbours: Mapping[str, StandingBox]
    groups: Mapping[str, OpenGroup]
    folded: Mapping[str, str]
    frames: Mapping[str, Frame]
    text_height: Callable[[Frame, float], float]

    def keys_in(self, area: Area) -> list[str]:
        """The boxes of the level that stand wholly in an area."""
        return [key for key, box in self.boxes.items() if contains(area, box.standing)]

    def frames_in(self, id_: str) -> list[str]:
        """The other frames that lie wholly in one."""
        return inside(self.frames, id_)

    def groups_in(self, area: Area) -> list[str]:
        """The open groups whose frames lie wholly in an area."""
        return [prefix for prefix, group in self.groups.items() if contains(area, group.area)]

    def key_of(self, id_: str) -> str:
        """The key of the box that stands for a node, here or at the side."""
        for boxes in (self.boxes, self.neighbours):
            if id_ in boxes:
                return id_
        found = (key for boxes in (self.boxes, self.neighbours) for key, box in boxes.items() if id_ in box.ids)
        return next(found)

    def areas(self, without: Collection[str] = ()) -> dict[str, Area]:
        """Where all boxes are, as high as they may become, without some."""
        return {key: box.area for key, box in {**self.boxes, **self.neighbours}.items() if key not in without}


def behind_members(graph: Graph, prefix: str, ids: Collection[str]) -> dict[str, tuple[float, float]]:
    """Returns places of nodes that come into a folded group: to the right of what is in it, one below the other."""
    inside = members(graph, prefix)
    right = max(node.position[0] for node in inside) + STEP[0]
    top = min(node.position[1] for node in inside)
    return {id_: (right, top + number * STEP[1]) for number, id_ in enumerate(ids)}
