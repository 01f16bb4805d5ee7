"""The commands of the window that are nobody else's: history, workspaces, colours, help, the way round the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QLocale, QObject, Qt
from PyQt6.QtWidgets import QApplication, QInputDialog, QWidget

from workbench.core.errors import SENTENCE, WorkbenchError, printable
from workbench.core.graph import Node
from workbench.core.number_text import plain_number
from workbench.core.values import Json
from workbench.gui.widgets import theme as themes
from workbench.gui.widgets.message_boxes import Button, ask, tell
from workbench.project.checks import mend
from workbench.project.data_choice import choose_data
from workbench.project.document import CompositeEdit, checked
from workbench.project.storage import runs_folder
from workbench.training.config import TrainingConfig

if TYPE_CHECKING:
    from workbench.gui.window.main_window import MainWindow


class WindowCommands(QObject):
    """One method for each command of the table that names no other owner."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.canvas.overlays.empty.template_requested.connect(self.new_project)
        window.palette_list.help_requested.connect(self.show_layer_help)

    def close(self) -> None:
        """Closes the window."""
        self._window.close()

    def new_project(self, data: str = "") -> None:
        """Opens the templates; with `data` (NAME:PATH) that data is chosen already."""
        from workbench.gui.window.new_dialog import NewDialog

        dialog = NewDialog(self._window.theme, data, self._window)
        if dialog.exec() and dialog.project is not None and self._window.files.may_leave():
            self._window.files.show_new(dialog.project)
            if dialog.notes:
                more = len(dialog.notes) - 1
                text = dialog.notes[0] + (f" The Data panel has {more} more notes." if more else "")
                self._window.line.say_in_passing(text)
        dialog.deleteLater()

    def use_data(self, source: str, options: dict[str, Json]) -> None:
        """Gives this network other data, and shows it."""
        session = self._window.session
        session.push(choose_data(session.project, source, options, session.path))
        self.show_data()

    def undo(self) -> None:
        """Takes the last change back."""
        self._window.session.undo_stack.undo()

    def redo(self) -> None:
        """Makes it again."""
        self._window.session.undo_stack.redo()

    def select_all(self) -> None:
        """Selects every node, frame and note of the level that is shown."""
        scene, session = self._window.scene, self._window.session
        session.select([id_ for id_ in session.graph.nodes if scene.is_here(id_)])
        scene.frames.choose(list(scene.frames.items))

    def show_build(self) -> None:
        """The workspace for drawing."""
        self._window.workspaces.show("Build")

    def show_data(self) -> None:
        """The workspace for data."""
        self._window.workspaces.show("Data")

    def show_train(self) -> None:
        """The workspace for training."""
        self._window.workspaces.show("Train")

    def show_look(self) -> None:
        """The workspace for looking."""
        self._window.workspaces.show("Look")

    def next_wrong(self, step: int = 1) -> None:
        """Looks at the next sample that the network gets wrong, the surest mistake first."""
        look = self._window.look_panel
        if look is None:
            self._window.line.say_in_passing("The Look panel is still loading.")
            return
        if not look.isVisible():
            self.show_look()
        look.probe.walk_wrong(step)

    def previous_wrong(self) -> None:
        """Looks at the one before."""
        self.next_wrong(-1)

    def show_compare(self) -> None:
        """The workspace for comparing runs."""
        self._window.workspaces.show("Compare")

    def reset_workspaces(self) -> None:
        """Every panel back in its place."""
        self._window.workspaces.reset()

    @property
    def is_dark(self) -> bool:
        """Whether the colours are the dark ones."""
        return self._window.theme is themes.DARK

    def toggle_theme(self) -> None:
        """Changes between light and dark."""
        self._window.set_theme(themes.LIGHT if self._window.theme is themes.DARK else themes.DARK)
        self._window.settings.keep("theme", self._window.theme.name)

    def show_settings(self) -> None:
        """The settings of the program."""
        from workbench.gui.window.preferences import Preferences

        dialog = Preferences(self._window)
        dialog.exec()
        dialog.deleteLater()

    def fix_problems(self) -> None:
        """Applies the first fix of each problem, as one step."""
        _, fixes = mend(self._window.session.project)
        if fixes:
            self._window.scene.do(CompositeEdit(tuple(fix.edit for fix in fixes), "Fix problems"))
        else:
            self._window.line.say_in_passing("There is nothing that can be mended with one click.")

    def continue_run(self) -> None:
        """Goes on with the newest run that was stopped or killed."""
        from workbench.training.run_folder import unfinished

        try:
            run = unfinished(runs_folder(self._window.session.run_path))
        except WorkbenchError as error:
            tell(self._window, "No run could be looked at", str(error))
            return
        if not run:
            self._window.line.say_in_passing("There is no run to go on with: all are finished, or there is none yet.")
        else:
            self._window.runner.resume(run)

    def begin_anew(self, run: str, loss: str) -> None:
        """Asks whether a run that has no whole checkpoint any more shall begin anew, and does it."""
        answers = {Button.Cancel: "Leave it", Button.Yes: "Begin anew"}
        more = "It keeps its settings; its log and what is left of its checkpoints are set aside in its folder."
        if ask(self._window, printable(loss, SENTENCE), answers, more=more) == Button.Yes:
            self._window.runner.resume(run, from_start=True)

    def change_rate(self) -> None:
        """Asks for another learning rate and gives it to the training under way."""
        now = f"{self._window.runner.rate:.4g}"
        text, is_given = QInputDialog.getText(self._window, "Learning rate", "From the next batch on", text=now)
        if not is_given:
            return
        try:
            rate = float(plain_number(text, QLocale().decimalPoint()))
            self._window.runner.request_rate(checked(TrainingConfig, {"lr": rate}, "training").lr)
        except WorkbenchError as error:
            tell(self._window, "It was not changed", str(error))
        except ValueError:
            tell(self._window, "It was not changed", f'"{text}" is no number.')

    def search_commands(self) -> None:
        """Finds a command, or a node, by its name."""
        from workbench.gui.window.help import CommandSearch

        search = CommandSearch(self._window.menus, self._window.session.graph, self._window)
        search.node_chosen.connect(self._window.canvas.reveal_node)
        search.frame_chosen.connect(self._window.canvas.framing.select)
        search.show_search()

    def show_help(self) -> None:
        """What the layer of the selected node does; without a node the table of keys."""
        from workbench.gui.window.node_help import show_node_help

        session = self._window.session
        nodes = [session.graph.nodes[id_] for id_ in session.selection if id_ in session.graph.nodes]
        if nodes:
            show_node_help(self._window, nodes[-1])
        else:
            self.show_keys()

    def show_layer_help(self, layer: str) -> None:
        """What a layer of the list does."""
        from workbench.gui.window.node_help import show_node_help

        show_node_help(self._window, Node("", layer, layer))

    def show_keys(self) -> None:
        """The table of all keys."""
        from workbench.gui.window.help import show_keys

        show_keys(self._window)

    def show_about(self) -> None:
        """Versions and licences."""
        from workbench.gui.window.help import show_about

        show_about(self._window)

    def edit_settings(self) -> None:
        """Moves the keyboard to the first field of what is selected."""
        window = self._window
        if not window.docks["Inspector"].isVisible():
            window.workspaces.show("Build")
        window.inspector.begin()

    def focus_next_panel(self, step: int = 1) -> None:
        """Moves the keyboard to the next panel."""
        window = self._window
        docks = [dock for dock in window.docks.values() if dock.isVisible()]
        stops: list[QWidget] = [window.canvas, *docks, window.strip]
        focus = QApplication.focusWidget()
        at = next((i for i, stop in enumerate(stops) if focus and (stop is focus or stop.isAncestorOf(focus))), 0)
        stop = stops[(at + step) % len(stops)]
        inside = [] if stop is window.canvas else stop.findChildren(QWidget)
        takers = [each for each in inside if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible()]
        (takers[0] if takers else stop).setFocus(Qt.FocusReason.TabFocusReason)

    def focus_previous_panel(self) -> None:
        """Moves the keyboard to the panel before."""
        self.focus_next_panel(-1)
