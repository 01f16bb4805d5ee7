"""The main window: canvas in the middle, panels around it, commands from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QApplication, QDockWidget, QMainWindow, QStackedWidget, QWidget

from workbench.core.edits import Several
from workbench.core.errors import shown
from workbench.gui import theme as themes
from workbench.gui.actions import COMMANDS, MENUS
from workbench.gui.editor.adding import added
from workbench.gui.editor.palette import Palette, SearchPopup
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.view import CanvasView
from workbench.gui.files import ProjectFiles
from workbench.gui.inspector.panel import Inspector
from workbench.gui.session import Session
from workbench.gui.theme import Theme
from workbench.gui.widgets.labels import plain_label
from workbench.project.checks import mend

if TYPE_CHECKING:
    from workbench.gui.insight.panel import LookPanel
    from workbench.gui.training.panel import TrainPanel

LIVE_MS = 500


def key_sequence(key: str) -> QKeySequence:
    """A key of the command table: a standard one of the platform by its name behind "@", or spelt out."""
    return QKeySequence(getattr(QKeySequence.StandardKey, key[1:])) if key.startswith("@") else QKeySequence(key)


class MainWindow(QMainWindow):
    """One project in one window.

    Signals:
        mistake_found(str): an error that nobody foresaw, from any thread.
    """

    mistake_found = pyqtSignal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.files = ProjectFiles(session, self)
        self.actions_by_name: dict[str, QAction] = {}
        self.scene = Scene(session, theme, self)
        self.canvas = CanvasView(self.scene)
        self.palette_list = Palette()
        self.inspector = Inspector(session)
        self.setCentralWidget(self.canvas)
        self._docks: dict[str, QDockWidget] = {}
        self._dock("Layers", self.palette_list, Qt.DockWidgetArea.LeftDockWidgetArea)
        self._dock("Inspector", self.inspector, Qt.DockWidgetArea.RightDockWidgetArea)
        self._train_place = QStackedWidget()
        self._train_place.addWidget(plain_label("  Loading the training panel …", faint=True))
        self._dock("Train", self._train_place, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.train_panel: TrainPanel | None = None
        self.look_panel: LookPanel | None = None
        self._build_menus()
        self._popup: SearchPopup | None = None
        self.palette_list.chosen.connect(self._on_layer_chosen)
        self.canvas.search_requested.connect(self._on_search_requested)
        self.scene.refused.connect(self.say)
        self.files.said.connect(self.say)
        self.files.opened.connect(self.canvas.fit)
        self.mistake_found.connect(self.say)
        session.title_changed.connect(self._show_title)
        session.document_changed.connect(self._on_document_changed)
        self._show_title()
        self.resize(1280, 800)
        self.resizeDocks(list(self._docks.values())[:2], [190, 290], Qt.Orientation.Horizontal)
        self.resizeDocks([self._docks["Train"]], [230], Qt.Orientation.Vertical)
        self.say("Ready.")

    def _dock(self, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self._docks[title] = dock

    def _build_menus(self) -> None:
        bar = self.menuBar()
        assert bar is not None
        menus = {name: bar.addMenu(name) for name in MENUS}
        for command in COMMANDS:
            action = QAction(command.text, self)
            action.setShortcuts([key_sequence(key) for key in command.keys])
            action.setStatusTip(command.tip)
            action.triggered.connect(getattr(self.files, command.name, None) or getattr(self, command.name))
            menu = menus[command.menu]
            assert menu is not None
            menu.addAction(action)
            self.actions_by_name[command.name] = action
        view = menus["View"]
        assert view is not None
        view.addSeparator()
        for dock in self._docks.values():
            view.addAction(dock.toggleViewAction())

    def load_rest(self) -> None:
        """Makes the panels that need heavy libraries; called after the window is on the screen."""
        from workbench.gui.insight.panel import LookPanel
        from workbench.gui.training.panel import TrainPanel

        panel = TrainPanel(self.session, self.theme)
        panel.said.connect(self.say)
        self._train_place.addWidget(panel)
        self._train_place.setCurrentWidget(panel)
        self.train_panel = panel
        look = LookPanel(self.session, self.theme, panel.run_path)
        self._dock("Look", look, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.tabifyDockWidget(self._docks["Train"], self._docks["Look"])
        self._docks["Train"].raise_()
        panel.snapshot_taken.connect(look.show_live)
        panel.run_ended.connect(look.show_stored)
        self.look_panel = look
        self._live_timer = QTimer(self)
        self._live_timer.setInterval(LIVE_MS)
        self._live_timer.timeout.connect(self._on_live_timer)
        self._live_timer.start()

    def _on_live_timer(self) -> None:
        """Asks the running training for its weights while somebody looks."""
        if self.train_panel is not None and self.look_panel is not None and self.look_panel.isVisible():
            self.train_panel.request_snapshot()

    def say(self, text: str) -> None:
        """A line in the status bar."""
        bar = self.statusBar()
        assert bar is not None
        bar.showMessage(shown(text))

    def _show_title(self) -> None:
        name = self.session.path.stem if self.session.path else "untitled"
        self.setWindowTitle(f"{name}[*] – CNN Workbench")
        self.setWindowModified(self.session.is_modified)

    def _on_document_changed(self, edit: object) -> None:
        count = len(self.session.derived.problems)
        self.say("No problems." if not count else f"{count} problem{'s' if count > 1 else ''}: "
                 f"{self.session.derived.problems[0].message} (F8 applies fixes)")  # fmt: skip

    def _on_layer_chosen(self, layer: str, place: QPointF | None = None) -> None:
        behind = self.session.selection[0] if len(self.session.selection) == 1 else ""
        where = (place.x(), place.y()) if place is not None else None
        if where is None and not behind:
            middle = self.canvas.middle()
            where = (middle.x(), middle.y())
        edit, node = added(self.session.graph, self.session.derived.shapes, layer, behind, where)
        if self.scene.do(edit):
            self.session.select([node])

    def _on_search_requested(self, place: QPointF) -> None:
        self._popup = SearchPopup(self)
        self._popup.chosen.connect(lambda layer: self._on_layer_chosen(layer, place))
        self._popup.open_at(self.canvas.mapToGlobal(self.canvas.mapFromScene(place)))

    def add_layer(self) -> None:
        """Opens the search for a layer."""
        self._on_search_requested(self.canvas.middle())

    def undo(self) -> None:
        """Takes the last change back."""
        self.session.undo_stack.undo()

    def redo(self) -> None:
        """Makes it again."""
        self.session.undo_stack.redo()

    def delete_selection(self) -> None:
        """Takes the selected nodes and wires away."""
        self.scene.delete_selection()

    def select_all(self) -> None:
        """Selects every node."""
        self.session.select(list(self.session.graph.nodes))

    def fit_canvas(self) -> None:
        """Shows the whole network."""
        self.canvas.fit()

    def toggle_theme(self) -> None:
        """Changes between light and dark."""
        self.theme = themes.LIGHT if self.theme is themes.DARK else themes.DARK
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, self.theme)
        self.scene.set_theme(self.theme)
        if self.train_panel is not None:
            self.train_panel.curves.set_theme(self.theme)
        if self.look_panel is not None:
            self.look_panel.set_theme(self.theme)

    def fix_problems(self) -> None:
        """Applies the first fix of each problem, as one step."""
        _, fixes = mend(self.session.project)
        if fixes:
            self.scene.do(Several(tuple(fix.edit for fix in fixes), "Fix problems"))

    def run_training(self) -> None:
        """Trains, or goes on."""
        self._tell_trainer("run")

    def pause_training(self) -> None:
        """Holds the training."""
        self._tell_trainer("pause")

    def stop_training(self) -> None:
        """Ends the training."""
        self._tell_trainer("stop")

    def _tell_trainer(self, what: str) -> None:
        if self.train_panel is None:
            self.say("The training panel is still loading.")
        else:
            getattr(self.train_panel, what)()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 - Qt's name
        assert event is not None
        event.ignore()  # an exception below must not close the window
        if not self.files.may_discard():
            return
        if self.train_panel is not None:
            self._live_timer.stop()
            self.train_panel.shut_down()
        if self.look_panel is not None:
            self.look_panel.shut_down()
        event.accept()
