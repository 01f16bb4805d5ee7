"""Which group of the network the canvas shows from inside; the whole network is the outermost level."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from workbench.core.edits import CompositeGraphEdit, Edit, GraphEdit, SetGroup
from workbench.core.groups import members, middle
from workbench.core.inside import drawn_inside, level_of_frame, level_round, level_to_see, path_to

if TYPE_CHECKING:
    from workbench.gui.editor.scene_items import SceneItems


class Levels(QObject):
    """Goes into groups and out of them; the document stays as it is.

    Signals:
        changed(str, str): the canvas shows another level: the one before, and the one now.

    Attributes:
        inside: the prefix of the group that one is in; "" for the whole network.
    """

    changed = pyqtSignal(str, str)

    def __init__(self, scene: SceneItems) -> None:
        super().__init__(scene)
        self._scene = scene
        self.inside, self._told = "", ""

    @property
    def path(self) -> list[str]:
        """The groups that lead to where one is, outermost first, the one that one is in last."""
        return path_to(self._scene.session.graph, self.inside)

    def go_to(self, prefix: str) -> bool:
        """Shows a group from inside, or the whole network for ""; says whether that was another level."""
        if prefix == self.inside or (prefix and not members(self._scene.session.graph, prefix)):
            return False
        self.inside = prefix
        self._scene.sync()
        return True

    def leave(self) -> bool:
        """Goes one level out; says whether there was one."""
        return bool(self.inside) and self.go_to(next(iter(self.path[-2:-1]), ""))

    def show(self, id_: str) -> None:
        """Goes to where a node is seen."""
        if id_ in self._scene.groups.hidden or not self._scene.is_here(id_):
            self.go_to(level_to_see(self._scene.session.graph, id_))

    def show_frame(self, id_: str) -> None:
        """Goes to where a frame is seen."""
        if id_ not in self._scene.frames.items:
            self.go_to(level_of_frame(self._scene.session.graph, id_))

    def show_some(self, ids: Collection[str]) -> None:
        """Goes to where selected nodes are seen: out where none is here, and into a group that holds them all."""
        if self.inside and ids and not any(self._scene.is_here(id_) for id_ in ids):
            self.go_to(level_round(self._scene.session.graph, ids, self.inside))
        around = {self._scene.groups.hidden.get(id_, "") for id_ in ids}
        prefix = around.pop() if len(around) == 1 else ""
        if prefix in self._scene.groups.folded and len(self._scene.groups.folded[prefix].ids) > len(set(ids)):
            self.go_to(prefix)
            self.show_some(ids)

    def unseen(self, ids: Collection[str]) -> list[str]:
        """The nodes that are neither seen nor in a folded box of which all nodes are among these."""
        chosen, groups = set(ids), self._scene.groups
        whole = {id_ for box in groups.folded.values() if chosen.issuperset(box.ids) for id_ in box.ids}
        return [id_ for id_ in ids if not self._scene.is_here(id_) or (id_ in groups.hidden and id_ not in whole)]

    def keep_up(self) -> None:
        """Leaves a group that is no more, for the innermost one round it that is; to be called before a sync."""
        graph = self._scene.session.graph
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
        graph = self._scene.session.graph
        if not isinstance(edit, GraphEdit):
            return edit
        made = drawn_inside(graph, edit, self.inside)
        placeless = {prefix: graph.groups[prefix] for prefix in self.path if graph.groups[prefix].position is None}
        pins = [SetGroup(prefix, record, replace(record, position=middle(members(graph, prefix))))
                for prefix, record in placeless.items() if record.folded]  # fmt: skip
        return CompositeGraphEdit((*pins, made), made.text) if pins else made
