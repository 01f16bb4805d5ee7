"""The main window: canvas in the middle, panels around it, the run strip at its foot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QDockWidget, QMainWindow, QStackedWidget, QToolBar, QWidget

from workbench.core.errors import printable
from workbench.gui.document.field_undo import FieldUndo
from workbench.gui.document.files import ProjectFiles
from workbench.gui.document.session import Session
from workbench.gui.editor.palette import Palette
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.view import CanvasView
from workbench.gui.inspector.panel import Inspector
from workbench.gui.threads.worker import wait_for_abandoned
from workbench.gui.training.run_bar import RunBar
from workbench.gui.training.runner import Runner
from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.cards import Cards
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.scrolling import Yielding
from workbench.gui.widgets.status_line import StatusLine
from workbench.gui.widgets.theme import Theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.canvas_strip import CanvasStrip
from workbench.gui.window.context_menus import ContextMenus
from workbench.gui.window.exporting import Exports
from workbench.gui.window.file_drops import Drops
from workbench.gui.window.handlers import WindowCommands
from workbench.gui.window.layer_adder import LayerAdder
from workbench.gui.window.live_updates import LiveUpdates
from workbench.gui.window.menus import Menus
from workbench.gui.window.workspaces import Workspaces
from workbench.model.problems import counted

if TYPE_CHECKING:
    from workbench.gui.data.panel import DataPanel
    from workbench.gui.insight.panel import LookPanel
    from workbench.gui.training.compare import ComparePanel
    from workbench.gui.training.panel import TrainPanel
    from workbench.gui.training.runs_list import RunsList

ICONS_MS = 1500  # after the panels: menus can do without glyphs for a while
LATE_PANELS = ("Data", "Train", "Look", "Compare")  # they need heavy libraries and come after the first picture


class MainWindow(QMainWindow):
    """One project in one window.

    Signals:
        rest_loaded(): every panel is there.
    """

    rest_loaded = pyqtSignal()

    def __init__(self, session: Session, theme: Theme, settings: Settings, state: Path) -> None:
        """Builds what needs no heavy library; `load_rest` brings the other panels.

        Args:
            session: the project.
            theme: colours to begin with.
            settings: what is remembered about the user.
            state: the program's place in the user's state, for unsaved work.
        """
        super().__init__()
        self.session, self.theme, self.settings = session, theme, settings
        self.files = ProjectFiles(session, self, settings, state)
        self.runner = Runner(session, self)
        self.files.stop_work = self.runner.shut_down
        self.files.is_training = lambda: self.runner.is_on
        self.scene = Scene(session, theme, self)
        self.canvas = CanvasView(self.scene)
        self.palette_list = Palette()
        self.inspector = Inspector(session)
        self.strip = RunBar(self.runner, theme)
        self.runs: RunsList | None = None
        self.train_panel: TrainPanel | None = None
        self.look_panel: LookPanel | None = None
        self.data_panel: DataPanel | None = None
        self.compare_panel: ComparePanel | None = None
        self._is_ending = False
        self.line = StatusLine(self.statusBar())  # from the beginning, so that nothing moves when it speaks
        self.say = self.line.say
        self._build_docks()
        self.adder = LayerAdder(self)
        self.commands = WindowCommands(self)
        self.menus = Menus(self)
        self.context = ContextMenus(self)
        self.workspaces = Workspaces(self, self.docks, settings)
        self._build_rest()
        self._connect()
        self._show_title()
        self._restore_size()
        self.workspaces.start()
        self.live = LiveUpdates(self)

    def _restore_size(self) -> None:
        """Takes the size and place that the window had last."""
        self.resize(1280, 800)
        geometry = self.settings.data("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def _build_docks(self) -> None:
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.cards = Cards(self.canvas, lambda: self.session.folder)
        self.setCentralWidget(self.cards)
        self.docks: dict[str, QDockWidget] = {}
        self._places: dict[str, QStackedWidget] = {}
        for title, widget in (("Layers", self.palette_list), ("Inspector", self.inspector)):
            self._dock(title, widget)
        for title in LATE_PANELS:
            place = QStackedWidget()
            place.addWidget(plain_label("  Loading …", faint=True))
            self._places[title] = place
            self._dock(title, place)

    def _dock(self, title: str, widget: QWidget) -> None:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)
        dock.setWidget(Yielding(widget))
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        dock.hide()
        self.docks[title] = dock

    def _build_rest(self) -> None:
        bar = self.menuBar()
        assert bar is not None
        bar.setCornerWidget(self.workspaces.switch)
        view = self.menus.menus["View"]
        view.addSection("Panels")
        for dock in self.docks.values():
            view.addAction(dock.toggleViewAction())
        holder = QToolBar("Run")
        holder.setObjectName("Run strip")
        holder.setMovable(False)
        holder.addWidget(self.strip)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, holder)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        CanvasStrip(self.canvas, self.scene.levels, self.workspaces, self.session)
        self.drops = Drops(self)
        self.exports = Exports(self.session, self.scene, self)
        FieldUndo(self.session, self)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self.scene.refused.connect(self.line.say_in_passing)
        self.inspector.left.connect(self.canvas.setFocus)
        for part in (self.files, self.exports):
            part.said.connect(self.say)
        self.files.opened.connect(self._on_opened)
        self.runner.said.connect(self.line.say_in_passing)  # the Data panel and the run's log keep it
        self.runner.failed.connect(self.say)
        self.runner.lost.connect(self.commands.begin_anew)
        self.runner.state_changed.connect(self._on_run_state)
        self.runner.run_started.connect(self._on_run_started)
        self.menus.recent_chosen.connect(self._on_recent_chosen)
        self.session.title_changed.connect(self._show_title)
        self.session.document_changed.connect(self._on_document_changed)
        self.session.data_known.connect(self.scene.sync)
        self.session.data_known.connect(self._show_problems)
        self._show_undo()

    def load_rest(self) -> None:
        """Makes the panels that need heavy libraries; called after the window is on the screen."""
        from workbench.gui.data.panel import DataPanel
        from workbench.gui.insight.panel import LookPanel
        from workbench.gui.training.compare import ComparePanel
        from workbench.gui.training.panel import TrainPanel
        from workbench.gui.training.runs_list import RunsList

        self.runs = RunsList(self.session, self.runner, self)
        self.data_panel = DataPanel(self.session, self.theme)
        self.train_panel = TrainPanel(self.session, self.runner, self.runs, self.theme)
        self.look_panel = LookPanel(self.session, self.theme, lambda: self.session.run_path)
        self.compare_panel = ComparePanel(self.session, self.runner, self.runs, self.theme)
        panels = (self.data_panel, self.train_panel, self.look_panel, self.compare_panel)
        for title, panel in zip(LATE_PANELS, panels, strict=True):
            self._places[title].addWidget(panel)
            self._places[title].setCurrentWidget(panel)
        self.live.connect_panels()
        QTimer.singleShot(ICONS_MS, self.menus.show_icons)
        self.rest_loaded.emit()

    def _show_title(self) -> None:
        name = printable(self.session.path.stem if self.session.path else "untitled").replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name}[*] – CNN Workbench")
        self.setWindowModified(self.session.is_modified)

    def _show_undo(self) -> None:
        stack = self.session.undo_stack
        for name, text, can in (
            ("undo", stack.undoText(), stack.canUndo()),
            ("redo", stack.redoText(), stack.canRedo()),
        ):
            action = self.menus.actions[name]
            action.setText(f"{name.capitalize()} {text}".strip().replace("&", "&&"))
            action.setEnabled(can)

    def _on_document_changed(self, edit: object) -> None:
        QTimer.singleShot(0, self._show_undo)  # the stack takes the edit in after it was applied
        self._show_problems()

    def _show_problems(self) -> None:
        problems = self.session.derived.problems
        self.say(f"{counted(problems)}: {problems[0].message}" if problems else "")

    def _on_opened(self) -> None:
        self.canvas.fit()
        self.strip.clear()
        self._show_undo()

    def _on_recent_chosen(self, path: str) -> None:
        self.files.open_file(Path(path))

    def _on_run_started(self, event: object) -> None:
        self.files.home.autosave.touch()  # what an untitled network learns is worth keeping too

    def _on_run_state(self, state: str) -> None:
        if state == "idle":
            self.files.home.move_runs()
        for name, is_on in (
            ("run", state in ("idle", "paused")),
            ("pause", state in ("running", "preparing")),
            ("one_batch", state in ("idle", "paused")),
            ("one_epoch", state in ("idle", "paused")),
            ("stop", state in ("preparing", "running", "paused")),
            ("continue_run", state == "idle"),
            ("change_rate", state in ("running", "paused")),
        ):
            self.menus.actions[name].setEnabled(is_on)

    def set_theme(self, theme: Theme) -> None:
        """Draws everything in another set of colours."""
        self.theme = theme
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, theme)
        late = (self.data_panel, self.train_panel, self.look_panel, self.compare_panel)
        for part in (self.scene, self.strip, *late):
            if part is not None:
                part.set_theme(theme)
        self.menus.show_icons()

    def end_unasked(self) -> None:
        """The system ends the program: unsaved work is kept for the next start, and nothing is asked."""
        self._is_ending = True
        modal = QApplication.activeModalWidget()
        while modal is not None:
            modal.close()
            modal, before = QApplication.activeModalWidget(), modal
            if modal is before:
                break
        if modal is None:
            self.close()
        QTimer.singleShot(0, self.close)  # a question that was open has to be left first

    def _may_close(self) -> bool:
        return self._is_ending or self.files.may_leave() or self._is_ending

    def closeEvent(self, event: QCloseEvent | None) -> None:
        assert event is not None
        event.ignore()  # an exception below must not close the window
        if not self._may_close():
            return
        self.workspaces.remember()
        self.settings.keep("geometry", self.saveGeometry())
        self.settings.flush()
        self.hide()  # what is still under way ends behind the scenes
        try:
            self._end_work()
        except Exception:
            self.show()
            raise
        event.accept()

    def _end_work(self) -> None:
        """Ends every thread and lets go of the project."""
        self.live.shut_down()
        self.runner.shut_down()
        for panel in (self.exports, self.runs, self.data_panel, self.train_panel, self.look_panel):
            if panel is not None:
                panel.shut_down()
        wait_for_abandoned()
        if self._is_ending:
            self.files.home.leave_unasked()
        else:
            self.files.home.move_out()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        assert event is not None
        self.drops.enter(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        assert event is not None
        self.drops.drop(event)
