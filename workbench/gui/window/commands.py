"""Every command of the window in one table: text, key, menu. Menus, keys, the command search and tests come from it."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtGui import QKeySequence


@dataclass(frozen=True)
class Command:
    """One entry.

    Attributes:
        name: by which its handler is found.
        text: in the menu.
        menu: which menu.
        keys: key sequences, the first one shown; standard keys by Qt's name with a leading "@".
        tip: what it does, for the status bar.
        is_canvas_only: whether its key works only while the canvas has the focus, as single letters do.
        has_line: whether a line stands above it in the menu.
        heading: what stands above it in the menu, over it and those that follow.
        is_switch: whether it is marked in the menu while it is switched on.
    """

    name: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    is_canvas_only: bool = False
    has_line: bool = False
    heading: str = ""
    is_switch: bool = False


def _canvas(name: str, text: str, menu: str, key: str, tip: str, *, line: bool = False, heading: str = "") -> Command:
    keys = tuple(key.split(" ")) if key else ()
    return Command(name, text, menu, keys, tip, is_canvas_only=True, has_line=line, heading=heading)


COMMANDS = (
    Command("new_project", "New…", "File", ("@New",), "A new network from a template"),
    Command("open_project", "Open…", "File", ("@Open",), "Open a project"),
    Command("import_network", "Import…", "File", ("Ctrl+I",), "Bring in a network of torchvision, ONNX and others"),
    Command("load_weights", "Load weights…", "File", (), "Weights of a file into this network, as far as they fit"),
    Command("save_project", "Save", "File", ("@Save",), "Write the project to its file", has_line=True),
    Command("save_project_as", "Save as…", "File", ("Ctrl+Shift+S",), "Write the project to another file"),
    Command("offer_recovery", "Recover unsaved work…", "File", (), "Changes that a crash left behind"),
    Command(
        "export_network", "Export…", "File", ("Ctrl+E",), "Code, weights, ONNX, a picture or a table", has_line=True
    ),
    Command("close", "Quit", "File", ("Ctrl+Q",), "Close the window", has_line=True),
    Command("undo", "Undo", "Edit", ("@Undo",), "Undo the last change"),
    Command("redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "Redo the change that was undone"),
    _canvas("cut_to_clipboard", "Cut", "Edit", "@Cut", "Move the selected nodes to the clipboard", line=True),
    _canvas("copy_selection", "Copy", "Edit", "@Copy", "Copy the selected nodes and the wires between them"),
    _canvas("paste", "Paste", "Edit", "@Paste", "Put the nodes of the clipboard on the canvas"),
    _canvas("paste_with_inputs", "Paste with inputs", "Edit", "Ctrl+Shift+V", "Paste, and keep the wires coming in"),
    _canvas("duplicate_selection", "Duplicate", "Edit", "Ctrl+D", "Copy the selected nodes beside themselves"),
    _canvas("delete_selection", "Delete", "Edit", "Del", "Take the selection away and close the gap", line=True),
    _canvas("cut_selection", "Delete and leave a gap", "Edit", "Shift+Del", "Take the selection and its wires away"),
    _canvas("select_all", "Select all", "Edit", "@SelectAll", "Select every node and frame"),
    Command("find_node", "Find…", "Edit", ("@Find",), "Search a node by name or layer, or a frame; in Data, a sample"),
    Command("show_settings", "Settings…", "Edit", ("Ctrl+,",), "Colours, text, folder, threads", has_line=True),
    Command("show_build", "Build", "View", ("Ctrl+1",), "Draw the network", heading="Workspaces"),
    Command("show_data", "Data", "View", ("Ctrl+2",), "See what the network learns from"),
    Command("show_train", "Train", "View", ("Ctrl+3",), "Train it and watch"),
    Command("show_look", "Look", "View", ("Ctrl+4",), "See what it has learnt"),
    Command("show_compare", "Compare", "View", ("Ctrl+5",), "Lay runs side by side"),
    Command(
        "previous_wrong",
        "Previous wrong sample",
        "View",
        ("Alt+Left",),
        "Look at the one before of those that the network gets wrong",
        heading="Look",
    ),
    Command(
        "next_wrong", "Next wrong sample", "View", ("Alt+Right",), "Look at what the network gets wrong, worst first"
    ),
    _canvas("fit", "Show everything", "View", "Home", "Zoom so that the whole network is seen", heading="Canvas"),
    _canvas("fit_selection", "Show the selection", "View", ".", "Zoom to the selected nodes"),
    _canvas("zoom_in", "Zoom in", "View", "@ZoomIn", "Enlarge the canvas"),
    _canvas("zoom_out", "Zoom out", "View", "@ZoomOut", "Make the canvas smaller"),
    _canvas("zoom_reset", "Actual size", "View", "Ctrl+0", "Zoom to 100 %"),
    Command(
        "toggle_minimap",
        "Minimap",
        "View",
        ("Ctrl+M",),
        "Show or hide the small overview",
        is_switch=True,
    ),
    Command(
        "toggle_theme",
        "Dark colours",
        "View",
        ("Ctrl+Shift+L",),
        "Change between light and dark",
        heading="Window",
        is_switch=True,
    ),
    _canvas("colour_by_cost", "Colour by cost…", "View", "H", "Parameters, multiply-adds, memory or measured time"),
    Command("reset_workspaces", "Reset workspaces", "View", (), "Every panel back in its place"),
    Command("focus_next_panel", "Next panel", "View", ("F6",), "Move the keyboard to the next panel"),
    Command("focus_previous_panel", "Previous panel", "View", ("Shift+F6",), "Move it to the one before"),
    Command(
        "add_layer",
        "Add layer…",
        "Network",
        ("Shift+A",),
        "Search a layer and put it behind the selected node",
    ),
    Command("add_block", "Add block…", "Network", ("Shift+B",), "Choose a part of a known network, or one of yours"),
    Command(
        "adapt_to_data",
        "Adapt to this data",
        "Network",
        (),
        "Fit a network that has weights to the data, for fine-tuning: last layer, picture size, head first",
    ),
    Command(
        "compare_network", "Compare with…", "Network", (), "What this network has otherwise than another project's"
    ),
    Command("fix_problems", "Fix problems", "Network", ("F8",), "Apply the first fix of each problem"),
    _canvas("tidy", "Tidy up", "Network", "Ctrl+L", "Lay the network, or the selection, out in order"),
    _canvas(
        "rename_selected",
        "Rename",
        "Network",
        "F2",
        "Give it another name; a node gets other first weights",
        line=True,
    ),
    _canvas("edit_settings", "Edit settings", "Network", "Return Enter", "Go to its fields; Esc comes back"),
    _canvas("replace_selected", "Replace…", "Network", "Ctrl+R", "Put another layer in the node's place"),
    _canvas("toggle_bypass", "Bypass", "Network", "M", "Let what comes in pass through the node"),
    _canvas("toggle_freeze", "Freeze", "Network", "Shift+F", "Keep the weights of the node as they are in training"),
    _canvas("fix_selected", "Fix the selected nodes", "Network", "Shift+F8", "Apply the first fix of their problems"),
    _canvas("connect_selected", "Connect…", "Network", "W", "List what the selected node can be wired to"),
    _canvas("insert_on_wire", "Insert on the wire…", "Network", "I", "Search a layer for the selected wire"),
    _canvas(
        "group_selection",
        "Group",
        "Network",
        "Ctrl+G",
        "Put the nodes into a group; new names mean other first weights",
        line=True,
    ),
    _canvas(
        "ungroup_selection",
        "Ungroup",
        "Network",
        "Ctrl+Shift+G",
        "Take the group apart; new names mean other first weights",
    ),
    _canvas(
        "toggle_fold",
        "Fold or open the group",
        "Network",
        "F",
        "Show a group as one node, or its nodes again",
    ),
    _canvas(
        "enter_group",
        "Go into the group",
        "Network",
        "Alt+Down",
        "Show the selected group from inside",
    ),
    _canvas("save_block", "Save as block…", "Network", "", "Keep the selected nodes in the list of layers"),
    _canvas(
        "repeat_selection",
        "Repeat…",
        "Network",
        "Ctrl+Shift+D",
        "Put the selected nodes once more behind them, or N times",
    ),
    _canvas("leave_group", "Go out of the group", "Network", "Alt+Up", "Show what is round the group"),
    _canvas(
        "add_frame",
        "Frame or note",
        "Network",
        "C",
        "Put a frame round what is selected; without a selection, a note where the mouse is",
        line=True,
    ),
    _canvas("edit_note", "Edit the note", "Network", "Shift+F2", "Write into the selected frame"),
    _canvas("colour_frame", "Colour the frame…", "Network", "Shift+C", "Of the selected frames"),
    _canvas("fit_frame", "Fit the frame", "Network", "Alt+C", "Lay it round what is in it"),
    _canvas("select_in_frame", "Select what is in the frame", "Network", "", "All its nodes"),
    Command("run", "Run", "Train", ("F5",), "Train, or resume"),
    Command("pause", "Pause", "Train", ("Pause", "Ctrl+F5"), "Pause after this batch"),
    Command("one_batch", "One batch", "Train", ("F10",), "Train one batch, then pause"),
    Command("one_epoch", "One epoch", "Train", ("F11",), "Train to the end of the epoch, then pause"),
    Command("stop", "Stop", "Train", ("Shift+F5",), "End the run; what it has learnt stays"),
    Command("change_rate", "Change the learning rate…", "Train", (), "Of the training under way, from now on"),
    Command("continue_run", "Resume the last run", "Train", (), "Resume a run that was stopped or killed"),
    Command("search_commands", "Search commands…", "Help", ("Ctrl+K",), "Find a command or a node by its name"),
    Command("show_help", "Help for the node", "Help", ("F1",), "What the selected node's layer does, and its settings"),
    _canvas("show_keys", "Keys", "Help", "?", "The table of all keys"),
    Command("show_about", "About", "Help", (), "Versions and licences"),
)
# Glyphs of QtAwesome's set mdi6 for the commands that are looked for most.
ICONS = {
    "new_project": "file-plus-outline", "open_project": "folder-open-outline", "save_project": "content-save-outline",
    "export_network": "export-variant", "undo": "undo", "redo": "redo",
    "cut_to_clipboard": "content-cut", "copy_selection": "content-copy", "paste": "content-paste",
    "delete_selection": "delete-outline", "find_node": "magnify", "show_settings": "cog-outline",
    "show_build": "graph-outline", "show_data": "database-outline", "show_train": "chart-line",
    "show_look": "eye-outline", "show_compare": "compare", "fit": "fit-to-page-outline",
    "zoom_in": "magnify-plus-outline", "zoom_out": "magnify-minus-outline", "reset_workspaces": "restore",
    "add_layer": "plus", "fix_problems": "wrench-outline", "tidy": "sitemap-outline",
    "rename_selected": "rename-outline", "replace_selected": "swap-horizontal", "group_selection": "group",
    "ungroup_selection": "ungroup", "run": "play", "pause": "pause", "one_batch": "skip-next",
    "one_epoch": "fast-forward", "stop": "stop", "continue_run": "play-pause", "search_commands": "magnify",
    "add_frame": "note-outline",
    "show_help": "help-circle-outline", "show_keys": "keyboard-outline", "show_about": "information-outline",
}  # fmt: skip
MENUS = ("File", "Edit", "View", "Network", "Train", "Help")


def key_sequence(key: str) -> QKeySequence:
    """The key of an entry: the platform's standard one by its name behind "@", or spelt out."""
    return QKeySequence(getattr(QKeySequence.StandardKey, key[1:])) if key.startswith("@") else QKeySequence(key)
