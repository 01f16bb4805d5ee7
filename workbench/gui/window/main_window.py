"""The main window: canvas in the middle, panels around it, the run strip at its foot."""

from __future__ import annotations

from pathlib import Path

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
from workbench.gui.widgets.appearance import Appearance
from workbench.gui.widgets.cards import Cards
from workbench.gui.widgets.fields import finish_typing
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.on_screen import keep_size, restore_size
from workbench.gui.widgets.scrolling import Yielding
from workbench.gui.widgets.status_line import StatusLine
from workbench.gui.widgets.theme import Theme
from workbench.gui.widgets.user_settings import Settings
from workbench.gui.window.action_states import ActionStates
from workbench.gui.window.advice import FixAdvice, RateAdvice
from workbench.gui.window.canvas_strip import CanvasStrip
from workbench.gui.window.canvas_tools import CanvasTools
from workbench.gui.window.context_menus import ContextMenus
from workbench.gui.window.exporting import Exports
from workbench.gui.window.file_drops import Drops
from workbench.gui.window.find_command import FindCommand
from workbench.gui.window.handlers import Parts, handlers, marks
from workbench.gui.window.help_commands import HelpCommands
from workbench.gui.window.live_updates import LiveUpdates
from workbench.gui.window.look_commands import LookCommands
from workbench.gui.window.menus import Menus
from workbench.gui.window.panels import TITLES, PanelMaker, Panels, panels_one_by_one
from workbench.gui.window.project_commands import ProjectCommands
from workbench.gui.window.training_commands import TrainingCommands
from workbench.gui.window.view_commands import ViewCommands
from workbench.gui.window.workspaces import Workspaces
from workbench.model.problems import counted

ICONS_MS = 1500  # after the panels: menus can do without glyphs for a while


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
        self.session, self.settings = session, settings
        self.appearance = Appearance(theme, self)
        self.files = ProjectFiles(session, self, settings, state)
        self.runner = Runner(session, self)
        self.files.stop_work = self.runner.finish
        self.files.is_training = lambda: self.runner.is_on
        self.scene = Scene(session, theme, self)
        self.canvas = CanvasView(self.scene)
        self.palette_list = Palette()
        self.inspector = Inspector(session)
        self.strip = RunBar(self.runner, theme)
        self.panels: Panels | None = None
        self.live: LiveUpdates | None = None
        self._is_ending = False
        self.line = StatusLine(self.statusBar())  # from the beginning, so that nothing moves when it speaks
        self.say = self.line.say
        self._build_docks()
        self.exports = Exports(session, self.scene, self)
        self.tools = CanvasTools(session, self.canvas, self.palette_list, self.line.say_in_passing)
        lists = (self.palette_list.tree, self.palette_list.search)
        self.menus = Menus(self, self.canvas, lists, settings)
        self.context = ContextMenus(self.canvas, self.tools.adder, self.menus)
        self.workspaces = Workspaces(self, self.docks, settings)
        self._make_commands()
        self.drops = Drops(session, self.projects.use_data, self)
        self._build_rest()
        self._connect()
        self._show_title()
        restore_size(self, settings)
        self.workspaces.start()

    def _make_commands(self) -> None:
        """Makes what carries out the commands of the menus, and binds it to them."""
        say, show = self.line.say_in_passing, self.workspaces.show
        self.projects = ProjectCommands(self.session, self.files, self.appearance, show=show, say=say, window=self)
        self.trainings = TrainingCommands(self.session, self.runner, say, self)
        self.help = HelpCommands(self.menus, self.session, self.canvas, self)
        parts = Parts(
            session=self.session,
            files=self.files,
            exports=self.exports,
            runner=self.runner,
            scene=self.scene,
            canvas=self.canvas,
            tools=self.tools,
            workspaces=self.workspaces,
            projects=self.projects,
            trainings=self.trainings,
            view=ViewCommands(
                self.workspaces,
                self.docks,
                self.inspector,
                stops=lambda docks: [self.canvas, *docks, self.strip],
                appearance=self.appearance,
                settings=self.settings,
                window=self,
            ),
            look=LookCommands(lambda: self.panels, show, say),
            find=FindCommand(self.canvas, self.workspaces, lambda: self.panels),
            help=self.help,
            close=self.close,
        )
        self.menus.bind(handlers(parts), marks(parts))
        ActionStates(self.menus, self.session, self.runner)

    def _build_docks(self) -> None:
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.cards = Cards(self.canvas, lambda: self.session.folder)
        self.setCentralWidget(self.cards)
        self.docks: dict[str, QDockWidget] = {}
        self._places: dict[str, QStackedWidget] = {}
        for title, widget in (("Layers", self.palette_list), ("Inspector", self.inspector)):
            self._dock(title, widget)
        for title in TITLES:
            place = QStackedWidget()
            place.addWidget(plain_label("  Loading …", faint=True))
            self._places[title] = place
            self._dock(title, place)
        self.rest = PanelMaker(panels_one_by_one(self.session, self.runner, self.appearance, self), self)

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
        FieldUndo(self.session, self)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self.scene.changes.refused.connect(self.line.say_in_passing)
        self.inspector.left.connect(self.canvas.setFocus)
        for part in (self.files, self.exports, self.projects.weights, self.drops):
            part.said.connect(self.say)
        for signal in (self.files.home.troubled, self.drops.pictures.refused):
            signal.connect(self.cards.show_message)
        RateAdvice(self.session, self.runner, self.cards)
        FixAdvice(self.session, self.runner, self.cards).settled.connect(self.strip.clear)
        self.drops.project_dropped.connect(self.files.open_file)
        self.drops.look_requested.connect(lambda: self.workspaces.show("Look"))
        self.projects.take(self.drops)
        self.canvas.overlays.empty.template_requested.connect(self.projects.new_project)
        self.palette_list.help_requested.connect(self.help.show_layer_help)
        self.appearance.theme_changed.connect(self.scene.set_theme)
        self.appearance.theme_changed.connect(self.strip.set_theme)
        self.appearance.theme_changed.connect(self.menus.show_icons)
        self.rest.made.connect(self._on_panels_made)
        self.files.opened.connect(self._on_opened)
        self.runner.said.connect(self.line.say_in_passing)  # the Data panel and the run's log keep it
        self.runner.failed.connect(self.say)
        self.runner.lost.connect(self.trainings.begin_anew)
        self.runner.state_changed.connect(self._on_run_state)
        self.runner.run_started.connect(lambda _: self.files.home.autosave.touch())  # untitled ones are worth it too
        self.menus.recent_chosen.connect(lambda path: self.files.open_file(Path(path)))
        self.session.title_changed.connect(self._show_title)
        self.session.document_changed.connect(self._on_document_changed)
        self.session.data_known.connect(self.scene.sync)
        self.session.data_known.connect(self._show_problems)

    def load_rest(self) -> None:
        """Makes the panels that need heavy libraries, now; `rest.start` makes them by and by."""
        self.rest.finish()

    def _on_panels_made(self, panels: Panels) -> None:
        self.panels = panels
        for title, panel in panels.by_title():
            self._places[title].addWidget(panel)
            self._places[title].setCurrentWidget(panel)
        self.exports.run = lambda: panels.look.header.runs.run
        self.files.opened.connect(panels.train.drawn.tell_again)
        self.projects.weights.loaded.connect(panels.look.look_again)
        panels.look.probe.refused.connect(self.cards.show_message)
        self.live = LiveUpdates(
            self.session, self.runner, self.scene, panels, strip=self.strip, show=self.workspaces.show
        )
        QTimer.singleShot(ICONS_MS, self.menus.show_icons)
        self.rest_loaded.emit()

    def _show_title(self) -> None:
        name = printable(self.session.path.stem if self.session.path else "untitled").replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name}[*] – CNN Workbench")
        self.setWindowModified(self.session.is_modified)

    def _on_document_changed(self, edit: object) -> None:
        if edit is None:
            self.cards.clear()
        self._show_problems()

    def _show_problems(self) -> None:
        problems = self.session.analysis.problems
        self.say(f"{counted(problems)}: {problems[0].message}" if problems else "")

    def _on_opened(self) -> None:
        self.canvas.begin()
        self.strip.clear()

    def _on_run_state(self, state: str) -> None:
        if state == "idle":
            self.files.home.move_runs()
        else:
            self.load_rest()  # what comes of the run is shown there

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
        finish_typing()
        if not self._may_close():
            return
        self.workspaces.remember()
        keep_size(self, self.settings)
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
        self.rest.end()
        for part in (self.live, self.drops.pictures, self.runner, self.exports, self.projects, self.tools, self.panels):
            if part is not None:
                part.shut_down()
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
