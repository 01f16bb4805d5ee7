"""The line over the canvas that says in which group one is, and leads out of it."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from workbench.editing.node_text import title_of_group
from workbench.gui.editor.painting import short_name
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.zooming import ViewPlace, ZoomView
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.layouts import clear

WHOLE = "Network"
MOST_OF_ONE = 220  # pixels that the name of one group may take


class Breadcrumbs(QFrame):
    """A button for the network and for each group on the way in; it hides on the outermost level.

    When another level is shown, what is seen of the one before is remembered for the way back.

    Signals:
        moved(): another level is seen now.
    """

    moved = pyqtSignal()

    def __init__(self, scene: Scene, view: ZoomView) -> None:
        super().__init__(view.viewport())
        self._scene, self._view = scene, view
        self._places: dict[str, ViewPlace] = {}
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Where on the canvas")
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(4, 2, 4, 2)
        self._layout.setSpacing(2)
        self._room = MOST_OF_ONE
        self._shown: tuple[list[str], int] = ([], 0)
        self.buttons: list[QToolButton] = []
        scene.levels.changed.connect(self._on_level)
        scene.session.document_changed.connect(self._on_document_changed)
        self.hide()

    def fit_into(self, width: int) -> None:
        """Takes at most this width: longer names are shortened in their middle."""
        levels = len(self._scene.levels.path)
        self._room = max(24, min(MOST_OF_ONE, (width - 90) // max(1, levels) - 40))
        self._fill()

    def _fill(self) -> None:
        path = self._scene.levels.path
        if not path and self.isHidden():
            return
        if self._shown != (path, self._room):
            self._shown = (path, self._room)
            clear(self._layout)
            self.buttons = []
            for number, prefix in enumerate(["", *path]):
                if number:
                    self._add(plain_label("›", faint=True))
                self._add(self._button(prefix, is_here=number == len(path)))
        self.setVisible(bool(path))
        self._layout.activate()
        self.adjustSize()

    def _add(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)
        widget.show()  # where the line is seen already, or it would count as nothing until the next turn

    def _button(self, prefix: str, *, is_here: bool) -> QToolButton:
        text = title_of_group(self._scene.session.graph, prefix) if prefix else WHOLE
        button = QToolButton()
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard is the canvas's; Alt+Up and Esc lead out
        button.setText(short_name(text, QFontMetricsF(self.font()), self._room).replace("&", "&&"))
        button.setAccessibleName(f"Go to {text}")
        button.setToolTip(plain_tip(prefix or "The whole network; Esc goes one level out"))
        button.setEnabled(not is_here)
        button.clicked.connect(lambda: self._scene.levels.go_to(prefix))
        self.buttons.append(button)
        return button

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self._places.clear()

    def _on_level(self, before: str, now: str) -> None:
        """Shows what was seen of a level when it was left; all of it where it was not seen yet."""
        view = self._view
        self._places[before] = view.place()
        is_way_back = not now or before.startswith(now + ".")
        if is_way_back and now in self._places:
            view.return_to(self._places[now])
        else:
            view.fit()
        self.moved.emit()
