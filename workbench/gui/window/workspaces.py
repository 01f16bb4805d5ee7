"""The five workspaces: arrangements of the same docks round the same canvas, each remembered as the user leaves it.

Qt's `restoreState` keeps some 10 kB of every call for good (measured with Qt 6.11), and workspaces are changed all day.
So one whose docks are where they are meant is shown by moving and sizing docks, and only another one by that call.

Qt gives all that a window grows to what is in its middle. Panels below the canvas keep their share of its height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from PyQt6.QtCore import QByteArray, QEvent, QObject, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QButtonGroup, QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.user_settings import Settings

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
SETTLE_MS = 80  # after the last change of height of a window that opens over the whole screen
MOST_DIGITS = 6  # of a height that is remembered
VERSION = 2  # of the arrangement; another one makes what was remembered void


@dataclass(frozen=True)
class DockPlace:
    """Where a dock stands in a workspace: its area, and its share of the window along the area's free axis."""

    dock: str
    area: Qt.DockWidgetArea
    share: float


@dataclass(frozen=True)
class Workspace:
    """One arrangement: which docks are seen, what it is for, and whether the canvas is more than a strip above them."""

    name: str
    tip: str
    places: tuple[DockPlace, ...]
    is_for_canvas: bool = False


WORKSPACES = (
    Workspace(
        "Build",
        "Draw the network",
        (DockPlace("Layers", LEFT, 0.15), DockPlace("Inspector", RIGHT, 0.24), DockPlace("Look", RIGHT, 0.24)),
        is_for_canvas=True,
    ),
    Workspace("Data", "See what the network learns from", (DockPlace("Data", BOTTOM, 0.66),)),
    Workspace("Train", "Train it and watch", (DockPlace("Train", BOTTOM, 0.66),)),
    Workspace("Look", "See what it has learnt", (DockPlace("Look", BOTTOM, 0.68),)),
    Workspace("Compare", "Lay runs side by side", (DockPlace("Compare", BOTTOM, 0.66),)),
)


class Workspaces(QObject):
    """Changes between the workspaces of a window.

    Signals:
        left(bool): a workspace is left; whether it was for the canvas.
        entered(bool): another one is shown; whether it is for the canvas.
    """

    left = pyqtSignal(bool)
    entered = pyqtSignal(bool)

    def __init__(self, window: QMainWindow, docks: dict[str, QDockWidget], settings: Settings) -> None:
        super().__init__(window)
        self._window, self._docks, self._settings = window, docks, settings
        self.current = ""
        self._sizes: dict[str, dict[str, QSize]] = {}  # workspace → sizes of its docks, which are where they are meant
        self._window_height: dict[str, int] = {}  # workspace → how high the window was for these sizes
        self._is_restored = False  # whether what is shown is still as high as it was remembered
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)
        self._exact: dict[str, float] = {}  # dock → its height before it was rounded to pixels
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
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Keeps the share of the panels below the canvas when the window gets another height."""
        is_shown = event is not None and event.type() == QEvent.Type.Show
        if watched is self._window and self._is_restored and (is_shown or isinstance(event, QResizeEvent)):
            if self._window.isMaximized() or self._window.isFullScreen():
                self._settling.start(SETTLE_MS)  # its height comes later, and perhaps in steps
            elif is_shown:
                self._settle()
        elif watched is self._window and isinstance(event, QResizeEvent) and event.oldSize().height() > 0:
            self._scale(event.size().height() / event.oldSize().height())
        return False

    def _settle(self) -> None:
        """Gives the panels of a restored window their heights, now that it has its own."""
        self._is_restored = False
        state = self._settings.data(f"docks/{self.current}")
        if state is not None and (self._window.isMaximized() or self._window.isFullScreen()):
            self._restore(state)  # the first time it was squeezed into the height that the window had then
        self._fit_to_height(_named(self.current))

    def _scale(self, factor: float) -> None:
        """Sizes the panels below the canvas in proportion."""
        found = {
            name: dock
            for name, dock in self._docks.items()
            if not dock.isHidden() and not dock.isFloating() and self._window.dockWidgetArea(dock) == BOTTOM
        }
        if not found or factor == 1.0:
            return
        for name, dock in found.items():
            before = self._exact.get(name, 0.0)
            self._exact[name] = factor * (before if abs(before - dock.height()) <= 1 else dock.height())
        heights = [round(self._exact[name]) for name in found]
        self._window.resizeDocks(list(found.values()), heights, Qt.Orientation.Vertical)

    def _on_clicked(self, number: int) -> None:
        self.show(WORKSPACES[number].name)

    def show(self, name: str) -> None:
        """Shows a workspace as it was left; the first time as it is meant."""
        workspace = _named(name)
        if self.current == name:
            return
        focus = self._window.focusWidget()
        if self._settling.isActive():
            self._settling.stop()
            self._settle()
        if self.current:
            self.left.emit(_named(self.current).is_for_canvas)
        self.remember()
        self.current = name
        self.buttons[name].setChecked(True)
        state = self._settings.data(f"docks/{name}")
        if name in self._sizes:
            self._bring_back(workspace, self._sizes[name])
        elif state is None or not self._restore(state):
            self._arrange(workspace)
        elif self._window.isVisible():
            self._fit_to_height(workspace)
        else:
            self._is_restored = True  # nothing has a size before the window is shown
        self._settings.keep("workspace", name)
        self._leave_fields(focus)
        self.entered.emit(workspace.is_for_canvas)

    def _leave_fields(self, before: QWidget | None) -> None:
        """Gives the canvas the keyboard where Qt gave it to a field, since what had it is not seen any more.

        Args:
            before: what had it before the workspace was changed.
        """
        canvas = self._window.centralWidget()
        if canvas is not None and before is not None and not before.isVisible():
            canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _restore(self, state: QByteArray) -> bool:
        """Puts the docks where a remembered state has them, which shows a dock that it does not know."""
        for dock in self._docks.values():
            dock.hide()
        return self._window.restoreState(state, VERSION)

    def _fit_to_height(self, workspace: Workspace) -> None:
        """Gives panels below the canvas, which were remembered in pixels, their share of the height of the window."""
        text = self._settings.text(f"docks/{workspace.name} height")
        kept, height = int(text) if text.isdecimal() and len(text) < MOST_DIGITS else 0, self._window.height()
        if 0 < kept < height:
            self._scale(height / kept)
        for place in workspace.places:
            most = round(height * place.share)
            if place.area == BOTTOM and kept > height and self._docks[place.dock].height() > most:
                self._window.resizeDocks([self._docks[place.dock]], [most], Qt.Orientation.Vertical)

    def start(self) -> None:
        """Shows the workspace of the last session."""
        name = self._settings.text("workspace")
        self.show(name if name in self.buttons else WORKSPACES[0].name)

    def remember(self) -> None:
        """Keeps the arrangement of the workspace that is shown."""
        if self.current and self._window.isVisible():
            self._remember_sizes(_named(self.current))
            self._settings.keep(f"docks/{self.current}", self._window.saveState(VERSION))
            self._settings.keep(f"docks/{self.current} height", str(self._window.height()))

    def _remember_sizes(self, workspace: Workspace) -> None:
        """Keeps the sizes of the docks, if those are where they are meant."""
        self._sizes.pop(workspace.name, None)
        wanted = {place.dock: place.area for place in workspace.places}
        found = {name: dock for name, dock in self._docks.items() if not dock.isHidden()}
        is_meant = found.keys() == wanted.keys() and all(
            not dock.isFloating()
            and self._window.dockWidgetArea(dock) == wanted[name]
            and not self._window.tabifiedDockWidgets(dock)
            for name, dock in found.items()
        )
        if is_meant and _are_below_each_other([found[place.dock] for place in workspace.places if place.area == RIGHT]):
            self._sizes[workspace.name] = {name: dock.size() for name, dock in found.items()}
            self._window_height[workspace.name] = self._window.height()

    def _bring_back(self, workspace: Workspace, sizes: Mapping[str, QSize]) -> None:
        """Shows a workspace whose docks are where they are meant, each as large as it was."""
        wanted = {place.dock for place in workspace.places}
        for name, dock in self._docks.items():
            dock.setVisible(name in wanted and self._window.dockWidgetArea(dock) == _area_of(workspace, name))
        for place in workspace.places:
            dock = self._docks[place.dock]
            if dock.isFloating():
                dock.setFloating(False)
            if self._window.dockWidgetArea(dock) != place.area:
                self._window.addDockWidget(place.area, dock)
            dock.show()
        docks = [self._docks[place.dock] for place in workspace.places]
        widths = [sizes[place.dock].width() for place in workspace.places]
        grown = self._window.height() / self._window_height[workspace.name]
        heights = [round(sizes[place.dock].height() * grown) for place in workspace.places]
        self._window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        self._window.resizeDocks(docks, heights, Qt.Orientation.Vertical)

    def reset(self) -> None:
        """Every workspace as it is meant."""
        self._settings.forget_group("docks")
        self._sizes.clear()
        self._arrange(_named(self.current))

    def _arrange(self, workspace: Workspace) -> None:
        window = self._window
        for dock in self._docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for place in workspace.places:
            dock = self._docks[place.dock]
            window.addDockWidget(place.area, dock)
            dock.show()
        for name, dock in self._docks.items():
            if _area_of(workspace, name) is None:  # a kept state knows only docks that have a place
                window.addDockWidget(BOTTOM, dock)
                dock.hide()
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


def _named(name: str) -> Workspace:
    return next(each for each in WORKSPACES if each.name == name)


def _area_of(workspace: Workspace, dock: str) -> Qt.DockWidgetArea | None:
    """Where a dock is meant to stand in a workspace; None if it is not in it."""
    return next((place.area for place in workspace.places if place.dock == dock), None)


def _are_below_each_other(docks: list[QDockWidget]) -> bool:
    """Whether docks stand in a column, in this order."""
    return all(one.x() == other.x() and one.geometry().bottom() < other.y() for one, other in pairwise(docks))
