"""What an empty canvas says: how one begins, with the buttons for it."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from workbench.core.edits import GraphEdit
from workbench.gui.editor.scene import Scene
from workbench.gui.widgets.labels import plain_label
from workbench.model.wire_fixes import input_fix

WIDTH = 380
HOW = "Or drop pictures, a folder of them or a project here. A double-click or the Tab key adds any layer."


class EmptyNote(QFrame):
    """Lies over a canvas without nodes.

    Signals:
        template_requested(): the user wants a network from a template.
    """

    template_requested = pyqtSignal()

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self.setObjectName("empty")
        self.setAccessibleName("Nothing is drawn yet")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.add = QPushButton("Add an Input")
        self.template = QPushButton("New from a template…")
        self.add.clicked.connect(self._on_add)
        self.template.clicked.connect(self.template_requested)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.template)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 18)
        layout.setSpacing(10)
        title = plain_label("Nothing is drawn yet", bold=True)
        how = plain_label(HOW, wraps=True, faint=True)
        for label in (title, how):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(title)
        layout.addLayout(row)
        layout.addWidget(how)

    def lie_in(self, width: int, height: int) -> None:
        """Lies in the middle of a canvas of that size, if nothing is on that."""
        self.setVisible(not self._scene.session.graph.nodes and not self._scene.session.graph.frames)
        self.setFixedWidth(max(200, min(WIDTH, width - 24)))
        self.adjustSize()
        self.lie_in_middle(width, height)

    def lie_in_middle(self, width: int, height: int) -> None:
        """Lies in the middle of a canvas of that size."""
        self.move((width - self.width()) // 2, max(0, (height - self.height()) // 2))

    def _on_add(self) -> None:
        """Adds the Input that the problem's fix would add."""
        session = self._scene.session
        edit = input_fix(session.graph, session.analysis.shapes).edit
        assert isinstance(edit, GraphEdit)
        before = set(session.graph.nodes)
        if self._scene.changes.do(edit):
            session.select([id_ for id_ in session.graph.nodes if id_ not in before])
            self._scene.changes.fit_requested.emit()
            view = self.parentWidget()
            if view is not None:
                view.setFocus()
