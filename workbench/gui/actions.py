"""Every command of the window in one table: text, key, menu. Menus, keys and tests are made from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One entry.

    Attributes:
        name: method of the main window that does it.
        text: in the menu.
        menu: which menu.
        keys: key sequences, the first one shown; standard keys by Qt's name with a leading "@".
        tip: what it does, for the status bar.
    """

    name: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    tip: str = ""


COMMANDS = (
    Command("open_project", "Open…", "File", ("@Open",), "Open a project"),
    Command("save_project", "Save", "File", ("@Save",), "Write the project to its file"),
    Command("save_project_as", "Save as…", "File", ("Ctrl+Shift+S",), "Write the project to another file"),
    Command("close", "Quit", "File", ("Ctrl+Q",), "Close the window"),
    Command("undo", "Undo", "Edit", ("@Undo",), "Take the last change back"),
    Command("redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Make it again"),
    Command("delete_selection", "Delete", "Edit", ("Del",), "Take the selected nodes and wires away"),
    Command("select_all", "Select all", "Edit", ("@SelectAll",), "Select every node"),
    Command("fit_canvas", "Show everything", "View", ("Home",), "Zoom so that the whole network is seen"),
    Command("toggle_theme", "Light or dark", "View", ("Ctrl+Shift+L",), "Change between light and dark colours"),
    Command("add_layer", "Add layer…", "Network", ("Shift+A",), "Search a layer and put it behind the selected node"),
    Command("fix_problems", "Fix problems", "Network", ("F8",), "Apply the first fix of each problem"),
    Command("run_training", "Run", "Train", ("F5",), "Train, or go on"),
    Command("pause_training", "Pause", "Train", ("F6",), "Hold after this batch"),
    Command("stop_training", "Stop", "Train", ("Shift+F5",), "End the run; what it has learnt stays"),
)
MENUS = ("File", "Edit", "View", "Network", "Train")
