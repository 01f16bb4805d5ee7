"""What two networks differ in: the second one drawn with colours, what it lacks of the first, and a list."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, printable
from workbench.core.graph import Graph, Node
from workbench.core.names import prefixes
from workbench.editing.node_text import short_count
from workbench.editing.room import free_spot
from workbench.editing.unfolding import opened
from workbench.gui.document.session import Session
from workbench.gui.editor.ghost_item import SIZE, GhostItem
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.tints import COLOURS, UNCHANGED, Tint
from workbench.gui.editor.view import CanvasView
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.theme import Theme
from workbench.model.analysis import Analysis
from workbench.model.comparison import Change, Kind, changes, cost_change
from workbench.project.document import Project

NODE = Qt.ItemDataRole.UserRole
KINDS: tuple[Kind, ...] = ("added", "removed", "changed")
COSTS = {"parameters": "parameters", "macs": "multiply-adds", "memory": "memory"}


class DifferenceDialog(QDialog):
    """Shows the second network; nothing in it can be changed.

    Attributes:
        found: what differs.
        ghosts: boxes of the nodes that only the first one has, by name.
    """

    def __init__(
        self, before: tuple[str, Graph], after: tuple[str, Graph], theme: Theme, parent: QWidget | None = None
    ) -> None:
        """Compares two networks.

        Args:
            before: what the first one is called, and the network.
            after: the second one.
            theme: the colours.
            parent: the window.
        """
        super().__init__(parent)
        self._before, self._after = before[1], after[1]
        self.found = changes(self._before, self._after)
        self.setWindowTitle(f"{printable(before[0])} → {printable(after[0])}")
        self.session = Session(Project.new(self._after, {}, {}), parent=self)
        self.session.is_locked = True
        self.scene = Scene(self.session, theme, self)
        self.view = CanvasView(self.scene)
        self.list = QListWidget()
        self.ghosts: dict[str, GhostItem] = {}
        self._theme = theme
        self._lay_out(before[0], after[0])
        self._fill()
        self._open_groups()
        self._colour()
        self.scene.levels.changed.connect(self._colour)
        QTimer.singleShot(0, self.view.fit)

    def _lay_out(self, first: str, second: str) -> None:
        self.list.setAccessibleName("Differences")
        self.list.currentItemChanged.connect(self._on_chosen)
        legend = QHBoxLayout()
        for kind, colour in (*COLOURS.items(), ("unchanged", UNCHANGED)):
            patch = QLabel()
            patch.setFixedSize(14, 14)
            patch.setStyleSheet(f"background: {colour}; border-radius: 3px;")
            legend.addWidget(patch)
            legend.addWidget(plain_label(str(kind)))
        legend.addStretch(1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(plain_label(self.summary(first, second), wraps=True))
        column.addWidget(self.list, 1)
        column.addLayout(legend)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.view)
        split.setSizes([340, 800])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(split, 1)
        layout.addWidget(buttons)
        self.resize(1160, 680)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        assert close is not None
        close.setFocus()  # a list that is given the focus chooses its first row, and the view would go there

    def summary(self, first: str, second: str) -> str:
        """Returns what differs in a few sentences, with what it costs."""
        if not self.found:
            return f"{printable(first)} and {printable(second)} have the same network."
        nodes = {kind: len({each.node for each in self.found if each.kind == kind}) for kind in KINDS}
        counted = ", ".join(f"{count} {kind}" for kind, count in nodes.items() if count)
        costs = [
            f"{COSTS[name]} {short_count(was)} → {short_count(now)}"
            for name, (was, now) in cost_change(self._before, self._after).items()
            if was != now
        ]
        is_known = not any(Analysis(graph).shapes.faults for graph in (self._before, self._after))
        told = ", ".join(costs) + ("" if is_known else ", as far as is known")
        return f"Nodes: {counted}." + (f" {told[0].upper()}{told[1:]}." if costs else "")

    def _fill(self) -> None:
        for change in self.found:
            item = QListWidgetItem(printable(change.text, SENTENCE))
            item.setData(NODE, change.node)
            item.setToolTip(plain_tip(change.text))
            self.list.addItem(item)

    def _open_groups(self) -> None:
        """Opens the folded groups that hold something that is other inside, but for those that are new."""
        names = [change.node for change in self.found if change.what or change.kind == "removed"]
        for prefix in sorted({each for name in names for each in prefixes(name)}, key=lambda each: each.count(".")):
            here = self.scene.arrangement()
            if prefix in here.folded:
                self.session.push(opened(here, prefix))

    def _colour(self) -> None:
        """Colours every box of the level that is seen, and draws what is no longer there."""
        by_node: dict[str, list[Change]] = {}
        for change in self.found:
            if change.kind != "removed":
                by_node.setdefault(self._after.named(change.node).id, []).append(change)
        for box in self.scene.boxes():
            own = [change for id_ in box.ids for change in by_node.get(id_, ())]
            kinds: set[Kind] = {change.kind for change in own}
            kind: Kind | None = None
            if own:
                is_new = kinds == {"added"} and all(id_ in by_node for id_ in box.ids)
                kind = "added" if is_new else "changed"
            box.set_tint(Tint(COLOURS[kind] if kind else UNCHANGED, _text(own)))
        self._draw_ghosts()

    def _draw_ghosts(self) -> None:
        for ghost in self.ghosts.values():
            self.scene.removeItem(ghost)
        self.ghosts = {}
        inside = self.scene.levels.inside
        taken = list(self.scene.taken())
        for change in self.found:
            if change.kind != "removed" or (inside and not change.node.startswith(f"{inside}.")):
                continue
            node = self._before.named(change.node)
            place = free_spot(taken, self._place_of(node), SIZE)
            taken.append((*place, *SIZE))
            self.ghosts[change.node] = GhostItem(node, place, self._theme)
            self.scene.addItem(self.ghosts[change.node])

    def _place_of(self, node: Node) -> tuple[float, float]:
        """Where a node that is no longer there would stand: beside what it was wired to, as it was then."""
        before, now = self._before, self.session.graph
        x, y = node.position
        ends = [*before.incoming[node.id].values(), *(edge.target for edge in before.outgoing[node.id])]
        names = [before.nodes[port.node].name for port in ends]
        near = next((name for name in names if name in now.by_name), None)
        if near is None:
            return x, y
        (old_x, old_y), (new_x, new_y) = before.named(near).position, now.named(near).position
        return x + new_x - old_x, y + new_y - old_y

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        """Shows the node that a row is about."""
        if item is None:
            return
        name = item.data(NODE)
        if name in self.ghosts:
            self.view.centerOn(self.ghosts[name])
        elif name in self._after.by_name:
            self.view.show_node(self._after.named(name).id)


def _text(own: list[Change]) -> str:
    """What differs at a box, in a few words."""
    if not own:
        return ""
    whats = list(dict.fromkeys(change.what or change.kind for change in own))
    return ", ".join(printable(each) for each in whats[:2]) + (", …" if len(whats) > 2 else "")
