"""The five workspaces: arrangements of the same docks round the same canvas, each remembered as the user leaves it."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QButtonGroup, QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from workbench.gui.settings import Settings
from workbench.gui.widgets.labels import plain_tip

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
VERSION = 1  # of the arrangement; another one makes what was remembered void


@dataclass(frozen=True)
class Place:
    """Where a dock stands in a workspace: its area, and its share of the window along the area's free axis."""

    dock: str
    area: Qt.DockWidgetArea
    share: float


@dataclass(frozen=True)
class Workspace:
    """One arrangement: which docks are seen, and what it is for."""

    name: str
    tip: str
    places: tuple[Place, ...]


WORKSPACES = (
    Workspace(
        "Build",
        "Draw the network",
        (Place("Layers", LEFT, 0.15), Place("Inspector", RIGHT, 0.24), Place("Look", RIGHT, 0.24)),
    ),
    Workspace("Data", "See what the network learns from", (Place("Data", BOTTOM, 0.66),)),
    Workspace("Train", "Train it and watch", (Place("Train", BOTTOM, 0.66),)),
    Workspace("Look", "See what it has learnt", (Place("Look", BOTTOM, 0.68),)),
    Workspace("Compare", "Lay runs side by side", (Place("Compare", BOTTOM, 0.66),)),
)


class Workspaces(QObject):
    """Changes between the workspaces of a window."""

    def __init__(self, window: QMainWindow, docks: dict[str, QDockWidget], settings: Settings) -> None:
        super().__init__(window)
        self._window, self._docks, self._settings = window, docks, settings
        self.current = ""
        self.switch = QWidget()
        row = QHBoxLayout(self.switch)
        row.setContentsMargins(0, 2, 8, 2)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        for number, workspace in enumerate(WORKSPACES, start=1):
            button = QToolButton()
            button.setText(workspace.name)
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setToolTip(plain_tip(f"{workspace.tip} (Ctrl+{number})"))
            button.setAccessibleName(f"{workspace.name} workspace")
            button.setObjectName("workspace")
            self._group.addButton(button, number - 1)
            row.addWidget(button)
            self.buttons[workspace.name] = button
        self._group.idClicked.connect(self._on_clicked)

    def _on_clicked(self, number: int) -> None:
        self.show(WORKSPACES[number].name)

    def show(self, name: str) -> None:
        """Shows a workspace as it was left; the first time as it is meant."""
        workspace = next(each for each in WORKSPACES if each.name == name)
        if self.current == name:
            return
        self.remember()
        self.current = name
        self.buttons[name].setChecked(True)
        state = self._settings.data(f"docks/{name}")
        if state is None or not self._window.restoreState(state, VERSION):
            self._arrange(workspace)
        self._settings.keep("workspace", name)

    def start(self) -> None:
        """Shows the workspace of the last session."""
        name = self._settings.text("workspace")
        self.show(name if name in self.buttons else WORKSPACES[0].name)

    def remember(self) -> None:
        """Keeps the arrangement of the workspace that is shown."""
        if self.current and self._window.isVisible():
            self._settings.keep(f"docks/{self.current}", self._window.saveState(VERSION))

    def reset(self) -> None:
        """Every workspace as it is meant."""
        self._settings.forget_group("docks")
        self._arrange(next(each for each in WORKSPACES if each.name == self.current))

    def _arrange(self, workspace: Workspace) -> None:
        window = self._window
        for dock in self._docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for place in workspace.places:
            dock = self._docks[place.dock]
            window.addDockWidget(place.area, dock)
            dock.show()
        for place in workspace.places:
            is_row = place.area == BOTTOM
            size = (window.height() if is_row else window.width()) * place.share
            direction = Qt.Orientation.Vertical if is_row else Qt.Orientation.Horizontal
            window.resizeDocks([self._docks[place.dock]], [round(size)], direction)
        for area in (LEFT, RIGHT):
            column = [self._docks[place.dock] for place in workspace.places if place.area == area]
            if len(column) > 1:
                shares = [round(window.height() / len(column))] * len(column)
                window.resizeDocks(column, shares, Qt.Orientation.Vertical)
