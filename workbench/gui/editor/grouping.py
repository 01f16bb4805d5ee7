"""What can be done to groups: made and taken apart, folded and opened, gone into and out of."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF

from workbench.core import groups
from workbench.editing.unfolding import folded, opened
from workbench.gui.editor.changes import CanvasChanges


class Grouping:
    """The commands for groups; those that change the document are one step each."""

    def __init__(self, changes: CanvasChanges) -> None:
        self._changes, self._scene = changes, changes.scene
        self._meant = ""

    def group_selection(self) -> None:
        """Puts the selected nodes into a new group."""
        ids = list(self._scene.session.selection)
        if ids and self._changes.attempt(lambda: groups.group(self._scene.session.graph, ids)[0]):
            self._scene.sync_selection()

    def ungroup_selection(self) -> None:
        """Takes away the groups that the selected nodes, or folded boxes, are in."""
        for prefix in self._chosen_groups():
            if prefix in self._scene.groups.folded:
                with self._scene.session.one_step(f"Ungroup {prefix}"):  # its nodes need room
                    self._changes.do(opened(self._scene.arrangement(), prefix))
                    self._ungroup(prefix)
            else:
                self._ungroup(prefix)

    def _ungroup(self, prefix: str) -> None:
        self._changes.attempt(lambda: groups.ungroup(self._scene.session.graph, prefix))

    def toggle_fold(self, prefix: str = "") -> None:
        """Folds or opens a group: the named one, else those that the selected nodes are in."""
        whole = "" if prefix or self._meant else self.open_group()
        scene, chosen = self._scene, [prefix or whole] if prefix or whole else self._chosen_groups()
        if len(chosen) > 1:
            with scene.session.one_step(f"Fold or open {len(chosen)} groups"):
                for each in chosen:
                    self.toggle_fold(each)
            return
        for each in chosen:
            if each == scene.levels.inside:
                self.leave_group()
                if each in scene.groups.folded:
                    continue
            here = scene.arrangement()
            is_folded = each in here.folded
            is_done = self._changes.do_smoothly(opened(here, each) if is_folded else folded(here, each))
            if is_done and is_folded:
                self._changes.whole_requested.emit(self._room_of(each))
            if not prefix:  # the next F does the contrary
                scene.session.select([node.id for node in groups.members(scene.session.graph, each)])

    def _room_of(self, prefix: str) -> QRectF:
        """What the boxes of an open group cover, once they stand where they belong."""
        room = QRectF()
        for box in self._scene.groups.boxes_of(prefix):
            node = self._scene.session.graph.nodes[box.ids[0]]
            place = box.scene_box().topLeft() if len(box.ids) > 1 else QPointF(*node.position)
            room = room.united(QRectF(place, box.box().size()))
        return room

    def enter_group(self, prefix: str = "") -> None:
        """Shows a group from inside: the named one, else the one that is selected folded or that one node is in."""
        found = [prefix] if prefix else [each for each in self._chosen_groups() if each != self._scene.levels.inside]
        if len(found) == 1 and self._scene.levels.go_to(found[0]):
            self._scene.session.select([])
        else:
            self._changes.refused.emit("Select one group, or a node in one, to go into it.")

    def leave_group(self) -> None:
        """Goes one level out, and selects the group that one comes from."""
        before = self._scene.levels.inside
        if self._scene.levels.leave():
            self._scene.session.select([node.id for node in groups.members(self._scene.session.graph, before)])

    def rename_group(self, prefix: str, name: str) -> None:
        """Gives a group another name within the group that it is in, and its nodes with it."""
        graph = self._scene.session.graph
        self._changes.attempt(lambda: groups.rename_group(graph, prefix, groups.stem_of(graph, prefix) + name))

    def go_to_neighbour(self, name: str) -> None:
        """Goes to where what is outside the group is seen, and selects all of it."""
        graph = self._scene.session.graph
        ids = [node.id for node in groups.members(graph, name)] or [graph.named(name).id]
        self._scene.levels.show_some(ids)
        self._scene.session.select(ids)

    def open_group(self) -> str:
        """Returns the open group of which all nodes are selected, and nothing else is; "" if there is none."""
        scene, chosen = self._scene, set(self._scene.session.selection)
        open_ones = {prefix: {id_ for box in scene.groups.boxes_of(prefix) for id_ in box.ids}
                     for prefix in scene.groups.frames}  # fmt: skip
        return next((prefix for prefix, ids in open_ones.items() if ids == chosen), "")

    def mean_group(self, prefix: str) -> None:
        """Has the next command for groups meant for this one, and for none inside it."""
        self._meant = prefix

    def _chosen_groups(self) -> list[str]:
        """The folded groups that are selected; for other nodes the innermost group that they are in."""
        meant, self._meant = self._meant, ""
        if meant:
            return [meant]
        graph, hidden = self._scene.session.graph, self._scene.levels.hidden
        found = [hidden.get(id_) or groups.innermost(graph, graph.nodes[id_]) for id_ in self._scene.session.selection]
        return [prefix for prefix in dict.fromkeys(found) if prefix]
