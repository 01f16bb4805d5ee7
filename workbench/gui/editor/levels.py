"""Which group of the network the canvas shows from inside; the whole network is the outermost level."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.edits import CompositeGraphEdit, Edit, GraphEdit, SetGroup
from workbench.core.frames import Frame
from workbench.core.graph import Node
from workbench.core.groups import folded_over, members, middle, open_groups
from workbench.core.inside import (
    Outside,
    drawn_inside,
    frames_inside,
    level_of_frame,
    level_round,
    level_to_see,
    outside,
    path_to,
)
from workbench.gui.document.session import Session


class Levels(QObject):
    """Goes into groups and out of them; the document stays as it is.

    Signals:
        left(): another level is to be shown, and the items have to follow.
        changed(str, str): the canvas shows another level: the one before, and the one now.

    Attributes:
        inside: the prefix of the group that one is in; "" for the whole network.
        outside: what is outside of that group.
        folded: the nodes of each folded group that is seen as a box, by its prefix.
        hidden: for each node that is not seen itself, the name of the box that stands for it, if one does.
        open: the nodes of each open group of the level, by its prefix.
        frames: the frames and notes of the level.
    """

    left = pyqtSignal()
    changed = pyqtSignal(str, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.inside, self._told = "", ""
        self.outside = Outside(frozenset(), {}, {}, frozenset())
        self.folded: Mapping[str, list[Node]] = {}
        self.hidden: Mapping[str, str] = {}
        self.open: Mapping[str, list[Node]] = {}
        self.frames: Mapping[str, Frame] = {}

    def refresh(self) -> None:
        """Reads the level from the document; a group that is no more is left first."""
        graph = self._session.graph
        self._keep_up()
        self.outside = outside(graph, self.inside)
        folded = folded_over(graph, self.inside)
        self.hidden = {**folded, **self.outside.stand_ins}
        groups: dict[str, list[Node]] = {}
        for id_, prefix in folded.items():
            groups.setdefault(prefix, []).append(graph.nodes[id_])
        self.folded = groups
        self.open = open_groups(graph, self.inside)
        self.frames = frames_inside(graph, self.inside)

    def is_here(self, id_: str) -> bool:
        """Whether a node is on the level that is shown, or in a group there."""
        return id_ not in self.outside.ids

    @property
    def path(self) -> list[str]:
        """The groups that lead to where one is, outermost first, the one that one is in last."""
        return path_to(self._session.graph, self.inside)

    def go_to(self, prefix: str) -> bool:
        """Shows a group from inside, or the whole network for ""; says whether that was another level."""
        if prefix == self.inside or (prefix and not members(self._session.graph, prefix)):
            return False
        self.inside = prefix
        self.left.emit()
        return True

    def leave(self) -> bool:
        """Goes one level out; says whether there was one."""
        return bool(self.inside) and self.go_to(next(iter(self.path[-2:-1]), ""))

    def show(self, id_: str) -> None:
        """Goes to where a node is seen."""
        if id_ in self.hidden or not self.is_here(id_):
            self.go_to(level_to_see(self._session.graph, id_))

    def show_frame(self, id_: str) -> None:
        """Goes to where a frame is seen."""
        if id_ not in self.frames:
            self.go_to(level_of_frame(self._session.graph, id_))

    def show_some(self, ids: Collection[str]) -> None:
        """Goes to where selected nodes are seen: out where none is here, and into a group that holds them all."""
        if self.inside and ids and not any(self.is_here(id_) for id_ in ids):
            self.go_to(level_round(self._session.graph, ids, self.inside))
        around = {self.hidden.get(id_, "") for id_ in ids}
        prefix = around.pop() if len(around) == 1 else ""
        if prefix in self.folded and len(self.folded[prefix]) > len(set(ids)):
            self.go_to(prefix)
            self.show_some(ids)

    def unseen(self, ids: Collection[str]) -> list[str]:
        """The nodes that are neither seen nor in a folded box of which all nodes are among these."""
        groups = ({node.id for node in nodes} for nodes in self.folded.values())
        whole = {id_ for group in groups if group.issubset(ids) for id_ in group}
        return [id_ for id_ in ids if not self.is_here(id_) or (id_ in self.hidden and id_ not in whole)]

    def _keep_up(self) -> None:
        """Leaves a group that is no more, for the innermost one round it that is."""
        graph = self._session.graph
        if self.inside and not (self.inside in graph.groups and members(graph, self.inside)):
            there = [prefix for prefix in path_to(graph, self.inside) if members(graph, prefix)]
            self.inside = there[-1] if there else ""

    def start_anew(self) -> None:
        """Shows the whole network: another one is open."""
        self.inside = ""

    def tell(self) -> None:
        """Tells of another level; to be called when the items show it."""
        before, self._told = self._told, self.inside
        if before != self.inside:
            self.changed.emit(before, self.inside)

    def drawn_here(self, edit: Edit) -> Edit:
        """Returns the edit by which what it adds is in the group that one is in.

        The box of that group stays where it stands, also if nothing says so yet.
        """
        graph = self._session.graph
        if not isinstance(edit, GraphEdit):
            return edit
        made = drawn_inside(graph, edit, self.inside)
        placeless = {prefix: graph.groups[prefix] for prefix in self.path if graph.groups[prefix].position is None}
        pins = [SetGroup(prefix, record, replace(record, position=middle(members(graph, prefix))))
                for prefix, record in placeless.items() if record.folded]  # fmt: skip
        return CompositeGraphEdit((*pins, made), made.text) if pins else made
