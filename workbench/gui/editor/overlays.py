"""What lies over the canvas: the card of problems, the minimap, the line to find a node and the field for a name."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QRectF, Qt
from PyQt6.QtWidgets import QToolButton, QWidget

from workbench.core.groups import stem_of
from workbench.editing.box_sizes import HEADER, WIDTH
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.breadcrumbs import Breadcrumbs
from workbench.gui.editor.colouring import Colouring
from workbench.gui.editor.empty_note import EmptyNote
from workbench.gui.editor.find_line import FindLine
from workbench.gui.editor.group_item import FoldedItem
from workbench.gui.editor.legend import CostLegend
from workbench.gui.editor.minimap import Minimap
from workbench.gui.editor.node_item import NodeItem
from workbench.gui.editor.problem_card import ProblemCard
from workbench.gui.editor.rename_line import RenameLine
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.zooming import ZoomView

INSET = 12
LEAST_WIDTH, LEAST_HEIGHT = 420, 300  # of a canvas on which the minimap shows itself unasked


class Overlays(QObject):
    """Places them when the canvas changes.

    Attributes:
        card: what is wrong.
        minimap: the overview. Unasked it is there while only a part of the network is seen.
        line: the field for a name.
        find: the line in which a node is searched.
        empty: what is said while there are no nodes.
        zoom: how large everything is; pressed, it shows everything as large as it is.
        breadcrumbs: in which group one is.
        colouring: what boxes are coloured by.
        legend: what the colours mean.
    """

    def __init__(self, view: ZoomView, scene: Scene) -> None:
        super().__init__(view)
        self._view, self._scene = view, scene
        self._wants_minimap: bool | None = None
        viewport = view.viewport()
        assert viewport is not None
        # in the viewport: over it, Qt could not scroll the picture and would paint all of it anew
        self.card = ProblemCard(scene, viewport)
        self.minimap = Minimap(view, scene)
        self.line = RenameLine(viewport)
        self.line.accepted.connect(self._on_name)
        self._group = ""  # the open group that gets the name; "" for what is selected
        self.find = FindLine(scene, viewport)
        self.empty = EmptyNote(scene, viewport)
        self.zoom = _zoom_button(view, viewport)
        self.breadcrumbs = Breadcrumbs(scene, view)
        self.colouring = Colouring(scene)
        self.legend = CostLegend(view, self.colouring, viewport)
        for each in (self.card, self.minimap, self.find, self.empty, self.zoom, self.breadcrumbs, self.legend):
            each.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)  # the canvas below has no part in it
        self.card.resized.connect(self.refresh)
        self.breadcrumbs.moved.connect(self.refresh)
        scene.session.document_changed.connect(self._on_document_changed)
        scene.session.selection_changed.connect(self._on_selection_changed)

    def refresh(self) -> None:
        """Puts everything where it belongs."""
        view = self._view
        taken = self.minimap.width() + INSET if self._wants() else 0
        self.empty.lie_in(view.width(), view.height())
        zoom = f"{view.transform().m11():.0%}"
        if zoom != self.zoom.text():
            self.zoom.setText(zoom)
            self.zoom.adjustSize()
        self.zoom.setVisible(bool(self._scene.nodes))
        self.breadcrumbs.fit_into(view.width() - self.zoom.width() - 3 * INSET)
        self.find.fit_into(view.width() - 2 * INSET)
        self.card.fit_into(view.width() - 2 * INSET - taken)
        self.stay()

    def stay(self) -> None:
        """Goes back to its place after the canvas was scrolled, which takes along all that lies in it."""
        view = self._view
        self.minimap.setVisible(self._wants())
        self.minimap.move(view.width() - self.minimap.width() - INSET, view.height() - self.minimap.height() - INSET)
        self.minimap.update()
        self.zoom.move(INSET, INSET)
        self.legend.move(INSET, 2 * INSET + self.zoom.height())
        self.breadcrumbs.move(self.zoom.width() + 2 * INSET, INSET)
        self.find.move(view.width() - self.find.width() - INSET, INSET)
        self.card.move(INSET, view.height() - self.card.height() - INSET)
        self.empty.lie_in_middle(view.width(), view.height())

    def _wants(self) -> bool:
        """Whether the minimap is wanted: as was chosen, or else while only a part of the network is seen."""
        view = self._view
        if self._wants_minimap is not None:
            return self._wants_minimap
        is_roomy = view.width() >= LEAST_WIDTH and view.height() >= LEAST_HEIGHT
        return is_roomy and bool(self._scene.nodes) and not view.seen().contains(view.network())

    def height_at_head(self) -> float:
        """How much of the canvas the groups that one is in, and the legend, cover."""
        crumbs = [self.breadcrumbs] if self._scene.levels.inside else []  # they may not have heard of it yet
        shown = [*crumbs, *([self.legend] if self.legend.isVisibleTo(self._view) else [])]
        return max((float(each.y() + each.height()) for each in shown), default=0.0)

    def height_at_foot(self) -> float:
        """How much of the canvas the card covers."""
        return float(self.card.height() + 2 * INSET) if self.card.isVisibleTo(self._view) else 0.0

    def toggle_minimap(self) -> None:
        """Shows the overview, or hides it; from now on it stays so."""
        self._wants_minimap = not self.minimap.isVisible()
        self.refresh()

    def open_find(self) -> None:
        """Opens the line in which a node is searched."""
        self.refresh()
        self.find.open()

    def open_rename_group(self, prefix: str) -> None:
        """Opens the field over the title of an open group."""
        self._group = prefix
        title = self._scene.groups.frames[prefix].title_rect()
        name = prefix.removeprefix(stem_of(self._scene.session.graph, prefix))
        self.line.open_over(self._view.mapFromScene(title).boundingRect(), name)

    def _on_name(self, name: str) -> None:
        if self._group:
            self._scene.grouping.rename_group(self._group, name)
        else:
            self._scene.commands.rename_to(name)

    def open_rename(self, box: BoxItem) -> None:
        """Opens the field over the header of a box."""
        self._group = ""
        header = QRectF(0, 0, WIDTH, HEADER).translated(box.pos())
        place = self._view.mapFromScene(header).boundingRect()
        name = box.node.name if isinstance(box, NodeItem) else box.prefix if isinstance(box, FoldedItem) else ""
        self.line.open_over(place, name.removeprefix(stem_of(self._scene.session.graph, name)))

    def _on_document_changed(self, edit: object) -> None:
        self.refresh()

    def _on_selection_changed(self, ids: list[str]) -> None:
        self.minimap.draw_anew()


def _zoom_button(view: ZoomView, parent: QWidget) -> QToolButton:
    """A button without a frame; it never has the keyboard, which is the canvas's."""
    button = QToolButton(parent)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAccessibleName("Zoom")
    button.setToolTip("How large everything is shown; press for actual size (Ctrl+0), Home shows everything")
    button.clicked.connect(view.zoom_reset)
    return button
