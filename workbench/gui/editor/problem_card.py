"""The card at the foot of the canvas while there are problems: how many, what one of them is, and its fix."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QMouseEvent, QPalette
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from workbench.core.errors import printable
from workbench.gui.editor.scene import Scene
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.other_fixes import OtherFixes
from workbench.model.problems import Problem, counted

WIDEST = 340
LINES = 3


class ProblemCard(QFrame):
    """What keeps the network from being trained, and hints about what would learn better, one at a time.

    Signals:
        node_chosen(str): the id of the node to be shown.
        resized(): it needs another place.
    """

    node_chosen = pyqtSignal(str)
    resized = pyqtSignal()

    def __init__(self, scene: Scene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self._at = 0
        self.setObjectName("problems")
        self.setAccessibleName("Problems")
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title = plain_label("", bold=True)
        self._text = plain_label("")
        self._text.setWordWrap(True)
        self.fix = QPushButton("Fix")
        self.next = QPushButton("Next")
        self.fix.setAccessibleName("Fix this problem")
        self.next.setAccessibleName("Next problem")
        self.fix.clicked.connect(self._on_fix)
        self.next.clicked.connect(self._on_next)
        self.others = OtherFixes(lambda fix: self._scene.changes.do(fix.edit))
        row = QHBoxLayout()
        row.addWidget(self.fix)
        row.addWidget(self.others)
        row.addWidget(self.next)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addLayout(row)
        self._title.setForegroundRole(QPalette.ColorRole.BrightText)
        scene.session.document_changed.connect(self._on_document_changed)
        scene.session.data_known.connect(self._show)
        self._show()

    def fit_into(self, width: int) -> None:
        """Takes at most this width."""
        self.setFixedWidth(max(160, min(WIDEST, width)))
        if not self.isHidden():
            self._show_text()
            self.adjustSize()

    def _problems(self) -> list[Problem]:
        session = self._scene.session
        return [] if session.is_locked else session.analysis.advice  # what is only shown is not mended here

    def _problem(self) -> Problem | None:
        problems = self._problems()
        return problems[self._at % len(problems)] if problems else None

    def _show(self) -> None:
        problems = self._problems()
        problem = self._problem()
        self.setVisible(problem is not None and bool(self._scene.session.graph.nodes))  # an empty canvas says it itself
        if problem is None:
            return
        count = len(problems)
        which = f" · {self._at % count + 1} of {count}" if self._at and count > 1 else ""
        self._title.setText(f"{counted(problems)}{which}")
        self.fix.setVisible(bool(problem.fixes))
        self.fix.setToolTip(plain_tip(problem.fixes[0].text if problem.fixes else ""))
        self.others.offer(problem.fixes)
        self.next.setVisible(count > 1)
        self._show_text()
        self.adjustSize()
        self.resized.emit()

    def _show_text(self) -> None:
        """The problem in a few lines, shortened if it needs more."""
        problem = self._problem()
        if problem is None:
            return
        text = printable(problem.message)
        self._text.setToolTip(plain_tip(text))
        room = (self.maximumWidth() if self.maximumWidth() < WIDEST else WIDEST) - 34
        metrics = QFontMetrics(self._text.font())
        self._text.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room * (LINES - 0.4))))

    def _on_document_changed(self, edit: object) -> None:
        self._at = 0
        self._show()

    def _on_fix(self) -> None:
        problem = self._problem()
        if problem is not None and problem.fixes:
            self._scene.changes.do(problem.fixes[0].edit)

    def _on_next(self) -> None:
        self._at = (self._at + 1) % max(1, len(self._problems()))
        self._show()
        self._choose()

    def _choose(self) -> None:
        problem = self._problem()
        node = self._scene.session.graph.by_name.get(problem.node) if problem is not None else None
        if node is not None:
            self.node_chosen.emit(node.id)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        event.accept()  # the canvas below has no part in it

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        event.accept()
        self._choose()
