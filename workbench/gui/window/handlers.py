"""What each command of the table does: the one place where their names meet the parts of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from workbench.gui.document.files import ProjectFiles
from workbench.gui.document.session import Session
from workbench.gui.editor.scene import Scene
from workbench.gui.editor.view import CanvasView
from workbench.gui.training.runner import Runner
from workbench.gui.window.canvas_tools import CanvasTools
from workbench.gui.window.exporting import Exports
from workbench.gui.window.find_command import FindCommand
from workbench.gui.window.help_commands import HelpCommands
from workbench.gui.window.look_commands import LookCommands
from workbench.gui.window.menus import Handlers, Marks
from workbench.gui.window.project_commands import ProjectCommands
from workbench.gui.window.training_commands import TrainingCommands
from workbench.gui.window.view_commands import ViewCommands
from workbench.gui.window.workspaces import WORKSPACES, Workspaces


@dataclass(frozen=True)
class Parts:
    """The parts of a window that carry out commands; `close` closes it."""

    session: Session
    files: ProjectFiles
    exports: Exports
    runner: Runner
    scene: Scene
    canvas: CanvasView
    tools: CanvasTools
    workspaces: Workspaces
    projects: ProjectCommands
    trainings: TrainingCommands
    view: ViewCommands
    look: LookCommands
    find: FindCommand
    help: HelpCommands
    close: Callable[[], object]


def handlers(parts: Parts) -> Handlers:
    """Returns what each command does, by its name in the table."""
    return {**_files(parts), **_editing(parts), **_seeing(parts), **_network(parts), **_training(parts), **_help(parts)}


def marks(parts: Parts) -> Marks:
    """Returns of each switch whether it is on, by its name in the table."""
    return {
        "toggle_minimap": lambda: parts.canvas.shows_minimap,
        "toggle_theme": lambda: parts.view.is_dark,
    }


def _files(parts: Parts) -> Handlers:
    return {
        "new_project": parts.projects.new_project,
        "import_network": parts.projects.import_network,
        "load_weights": parts.projects.weights.load_weights,
        "open_project": parts.files.open_project,
        "save_project": parts.files.save_project,
        "save_project_as": parts.files.save_project_as,
        "offer_recovery": parts.files.offer_recovery,
        "export_network": parts.exports.choose,
        "close": parts.close,
    }


def _editing(parts: Parts) -> Handlers:
    commands = parts.scene.commands
    return {
        "undo": parts.session.undo_stack.undo,
        "redo": parts.session.undo_stack.redo,
        "cut_to_clipboard": commands.cut_to_clipboard,
        "copy_selection": commands.copy_selection,
        "paste": commands.paste,
        "paste_with_inputs": commands.paste_with_inputs,
        "duplicate_selection": commands.duplicate_selection,
        "delete_selection": commands.delete_selection,
        "cut_selection": commands.cut_selection,
        "select_all": commands.select_all,
        "find_node": parts.find.find,
        "show_settings": parts.view.show_settings,
    }


def _seeing(parts: Parts) -> Handlers:
    canvas, workspaces = parts.canvas, parts.workspaces
    return {
        **{f"show_{each.name.lower()}": partial(workspaces.show, each.name) for each in WORKSPACES},
        "previous_wrong": parts.look.previous_wrong,
        "next_wrong": parts.look.next_wrong,
        "fit": canvas.fit,
        "fit_selection": canvas.fit_selection,
        "zoom_in": canvas.zoom_in,
        "zoom_out": canvas.zoom_out,
        "zoom_reset": canvas.zoom_reset,
        "toggle_minimap": canvas.toggle_minimap,
        "colour_by_cost": parts.tools.colours.colour_by_cost,
        "toggle_theme": parts.view.toggle_theme,
        "reset_workspaces": workspaces.reset,
        "focus_next_panel": parts.view.focus_next_panel,
        "focus_previous_panel": parts.view.focus_previous_panel,
    }


def _network(parts: Parts) -> Handlers:
    commands, grouping, framing, adder = (
        parts.scene.commands,
        parts.scene.grouping,
        parts.canvas.framing,
        parts.tools.adder,
    )
    return {
        "add_layer": adder.add_layer,
        "compare_network": parts.tools.differences.compare_network,
        "add_block": parts.tools.blocks.add_block,
        "save_block": parts.tools.blocks.save_block,
        "repeat_selection": parts.tools.blocks.repeat_selection,
        "adapt_to_data": parts.projects.adapt_to_data,
        "fix_problems": commands.fix_problems,
        "tidy": commands.tidy,
        "rename_selected": parts.canvas.rename_selected,
        "edit_settings": parts.view.edit_settings,
        "replace_selected": adder.replace_selected,
        "toggle_bypass": commands.toggle_bypass,
        "toggle_freeze": commands.toggle_freeze,
        "fix_selected": commands.fix_selected,
        "connect_selected": adder.connect_selected,
        "insert_on_wire": adder.insert_on_wire,
        "group_selection": grouping.group_selection,
        "ungroup_selection": grouping.ungroup_selection,
        "toggle_fold": grouping.toggle_fold,
        "enter_group": grouping.enter_group,
        "leave_group": grouping.leave_group,
        "add_frame": framing.add_frame,
        "edit_note": framing.edit_note,
        "colour_frame": framing.colour_frame,
        "fit_frame": framing.fit_frame,
        "select_in_frame": framing.select_in_frame,
    }


def _training(parts: Parts) -> Handlers:
    runner = parts.runner
    return {
        "run": runner.run,
        "pause": runner.pause,
        "one_batch": runner.one_batch,
        "one_epoch": runner.one_epoch,
        "stop": runner.stop,
        "change_rate": parts.trainings.change_rate,
        "continue_run": parts.trainings.continue_run,
    }


def _help(parts: Parts) -> Handlers:
    return {
        "search_commands": parts.help.search_commands,
        "show_help": parts.help.show_help,
        "show_keys": parts.help.show_keys,
        "show_about": parts.help.show_about,
    }
