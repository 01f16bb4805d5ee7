"""The line over the canvas in which a node or frame is searched: what fits lights up, Enter walks through it."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QKeyEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from workbench.editing.finding import frames_found, nodes_found
from workbench.gui.editor.box_item import BoxItem
from workbench.gui.editor.free_frame_item import FreeFrameItem
from workbench.gui.editor.scene import Scene
from workbench.gui.widgets.labels import plain_label

WIDEST = 360


class FindLine(QFrame):
    """Finds nodes, and after them frames. Enter goes to the next, Shift+Enter to the one before, Escape closes it.

    Signals:
        node_chosen(str): the id of the node to be shown.
        frame_chosen(str): the id of the frame or note to be shown.
    """

    node_chosen = pyqtSignal(str)
    frame_chosen = pyqtSignal(str)

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self._found: list[str] = []
        self._lit: list[BoxItem | FreeFrameItem] = []
        self._at = -1
        self.setObjectName("find")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.line = QLineEdit()
        self.line.setPlaceholderText("Find a node by name or layer, or a frame")
        self.line.setAccessibleName("Find a node or frame")
        self.line.setToolTip("Enter goes to the next, Shift+Enter to the one before, Esc closes")
        self.count = plain_label("", faint=True)
        self.count.setMinimumWidth(
            self.count.fontMetrics().horizontalAdvance("888 of 888")
        )  # nothing moves as it counts
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.count)
        self.line.textChanged.connect(self._on_text)
        scene.session.document_changed.connect(self._on_document_changed)
        self.hide()

    def open(self) -> None:
        """Shows the line, with what was searched last selected."""
        self.show()
        self.raise_()
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search()

    def fit_into(self, width: int) -> None:
        """Takes at most this width."""
        self.setFixedWidth(max(160, min(WIDEST, width)))
        self.adjustSize()

    def _search(self) -> None:
        graph = self._scene.session.graph
        self._found = [*nodes_found(graph, self.line.text()), *frames_found(graph, self.line.text())]
        chosen = self._scene.session.selection or self._scene.frames.chosen()
        self._at = self._found.index(chosen[0]) if len(chosen) == 1 and chosen[0] in self._found else -1
        self._light(self._found)
        self._say()

    def _say(self) -> None:
        count = len(self._found)
        place = f"{self._at + 1} of {count}" if self._at >= 0 else f"{count} found" if count else "none"
        self.count.setText(place if self.line.text().strip() else "")

    def _light(self, ids: list[str]) -> None:
        """Lights up the boxes that stand for these nodes, and these frames, and no others."""
        frames, scene = self._scene.frames.items, self._scene
        found: list[BoxItem | FreeFrameItem] = [frames[id_] for id_ in ids if id_ in frames]
        found += [scene.box_of(id_) for id_ in ids if id_ in scene.nodes and scene.is_here(id_)]
        wanted = list({id(item): item for item in found}.values())
        for box in self._lit:
            if box not in wanted and box.scene() is not None:
                box.set_lit(False)
        for box in wanted:
            box.set_lit(True)
        self._lit = wanted

    def _go(self, step: int) -> None:
        """Shows the next node that fits, or the one before; behind the last one comes the first."""
        if not self._found:
            return
        first = 0 if step > 0 else len(self._found) - 1
        self._at = first if self._at < 0 else (self._at + step) % len(self._found)
        self._say()
        found = self._found[self._at]
        (self.frame_chosen if found in self._scene.session.graph.frames else self.node_chosen).emit(found)

    def _on_text(self, text: str) -> None:
        self._search()

    def _on_document_changed(self, edit: object) -> None:
        if self.isVisible():
            self._search()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._light([])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape:
            parent = self.parentWidget()
            self.hide()
            if parent is not None:
                parent.setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)
