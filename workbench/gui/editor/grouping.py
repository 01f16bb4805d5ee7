"""What can be done to groups: made and taken apart, folded and opened, gone into and out of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.core import groups
from workbench.gui.editor.unfolding import opened

if TYPE_CHECKING:
    from workbench.gui.editor.scene_commands import SceneCommands


class Grouping:
    """The commands for groups; those that change the document are one step each."""

    def __init__(self, scene: SceneCommands) -> None:
        self._scene = scene
        self._meant = ""

    def group_selection(self) -> None:
        """Puts the selected nodes into a new group."""
        ids = list(self._scene.session.selection)
        if ids and self._scene.attempt(lambda: groups.group(self._scene.session.graph, ids)[0]):
            self._scene.sync_selection()

    def ungroup_selection(self) -> None:
        """Takes away the groups that the selected nodes, or folded boxes, are in."""
        scene = self._scene
        for prefix in self._chosen_groups():
            scene.attempt(lambda prefix=prefix: groups.ungroup(scene.session.graph, prefix))  # type: ignore[misc]

    def toggle_fold(self, prefix: str = "") -> None:
        """Folds or opens a group: the named one, else those that the selected nodes are in."""
        scene = self._scene
        for each in [prefix] if prefix else self._chosen_groups():
            if each == scene.levels.inside:
                self.leave_group()
                if each in scene.groups.folded:
                    continue
            is_box = each in scene.groups.folded
            scene.do_smoothly(opened(scene, each) if is_box else groups.folded(scene.session.graph, each))
        scene.sync_selection()

    def enter_group(self, prefix: str = "") -> None:
        """Shows a group from inside: the named one, else the one that is selected folded or that one node is in."""
        found = [prefix] if prefix else [each for each in self._chosen_groups() if each != self._scene.levels.inside]
        if len(found) == 1 and self._scene.levels.go_to(found[0]):
            self._scene.session.select([])
        else:
            self._scene.refused.emit("Select one group, or a node in one, to go into it.")

    def leave_group(self) -> None:
        """Goes one level out, and selects the group that one comes from."""
        before = self._scene.levels.inside
        if self._scene.levels.leave():
            self._scene.session.select([node.id for node in groups.members(self._scene.session.graph, before)])

    def rename_group(self, prefix: str, name: str) -> None:
        """Gives a group another name, and its nodes with it."""
        self._scene.attempt(lambda: groups.rename_group(self._scene.session.graph, prefix, name))

    def mean_group(self, prefix: str) -> None:
        """Has the next command for groups meant for this one, and for none inside it."""
        self._meant = prefix

    def _chosen_groups(self) -> list[str]:
        """The folded groups that are selected; for other nodes the innermost group that they are in."""
        meant, self._meant = self._meant, ""
        if meant:
            return [meant]
        graph, hidden = self._scene.session.graph, self._scene.groups.hidden
        found = [hidden.get(id_) or groups.innermost(graph, graph.nodes[id_]) for id_ in self._scene.session.selection]
        return [prefix for prefix in dict.fromkeys(found) if prefix]
