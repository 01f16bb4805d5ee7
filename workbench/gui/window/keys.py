"""The keys of commands as the user wants them: kept in the settings, shown and changed in a table."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.window.commands import COMMANDS, MENUS, key_sequence
from workbench.gui.window.menus import BY_NAME, Menus

ROLE = Qt.ItemDataRole.UserRole
NATIVE = QKeySequence.SequenceFormat.NativeText
CHOOSE = "Choose a command to give it other keys."
GESTURES = (
    ("Tab, or double-click on empty canvas", "Add a layer by search"),
    ("Drag from a port", "Draw a wire; dropped on empty canvas it offers what fits"),
    (
        "Drag from the layer list",
        "Add a layer where it is dropped; on a wire it goes in between, on a node it replaces",
    ),
    ("Ctrl and drag with the right button", "Cut every wire that is crossed"),
    ("Rest on a port", "What feeds it and what it feeds stays, the rest is dimmed"),
    ("Right-click, the menu key or Shift+F10", "What can be done to a node, group, wire, port or the canvas"),
    ("Wheel, two fingers, middle drag, Space and drag", "Zoom and move the canvas"),
    ("Arrow keys", "Walk from node to node; with Shift, select more; with Ctrl, move the selected ones"),
    ("Drag a frame's title, or a note", "Move it with what is in it; with Alt alone; its edges and corners size it"),
    ("Double-click on a frame or note", "Rename it by its title, write into it below"),
    ("Ctrl+Shift and arrow keys", "Size the selected frame or note"),
    ("Drop a file on the window", "Project, picture to look at, or folder of pictures"),
)


class KeysDialog(QDialog):
    """Every key and gesture in a table; the keys of the chosen command can be changed below it."""

    def __init__(self, menus: Menus, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys")
        self._menus = menus
        self.table = QTreeWidget()
        self.edit = QKeySequenceEdit()
        self.take, self.usual = QPushButton("Use these keys"), QPushButton("As they were made")
        self.message = plain_label(CHOOSE, wraps=True, faint=True)
        self._lay_out()
        self._fill()
        self.table.currentItemChanged.connect(self._on_chosen)
        self.take.clicked.connect(self._on_take)
        self.usual.clicked.connect(self._on_usual)
        self._on_chosen()

    def _lay_out(self) -> None:
        self.table.setAccessibleName("Keys")
        self.table.setHeaderLabels(["Command", "Keys", "What it does"])
        self.table.setRootIsDecorated(False)
        header = self.table.header()
        assert header is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.edit.setAccessibleName("New keys")
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        row = QHBoxLayout()
        for widget in (self.edit, self.take, self.usual):
            row.addWidget(widget, 1 if widget is self.edit else 0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.message)
        layout.addLayout(row)
        layout.addWidget(buttons)
        self.resize(860, 640)

    def _fill(self) -> None:
        for command in sorted(COMMANDS, key=lambda each: MENUS.index(each.menu)):
            item = QTreeWidgetItem([f"{command.menu}: {command.text.rstrip('…')}", "", command.tip])
            item.setData(0, ROLE, command.name)
            item.setToolTip(2, plain_tip(command.tip))
            self.table.addTopLevelItem(item)
        for gesture, text in GESTURES:
            self.table.addTopLevelItem(QTreeWidgetItem(["Canvas", gesture, text]))
        self._show_keys()

    def _show_keys(self) -> None:
        for number in range(self.table.topLevelItemCount()):
            item = self.table.topLevelItem(number)
            if item is not None and item.data(0, ROLE):
                item.setText(1, keys_text(self._menus, item.data(0, ROLE)))

    def _command(self) -> str:
        item = self.table.currentItem()
        return str(item.data(0, ROLE) or "") if item is not None else ""

    def _on_chosen(self) -> None:
        name = self._command()
        for widget in (self.edit, self.take, self.usual):
            widget.setEnabled(bool(name))
        sequences = self._menus.actions[name].shortcuts() if name else []
        self.edit.setKeySequence(sequences[0] if sequences else QKeySequence())
        self.message.setText("Type the new keys; none takes them away." if name else CHOOSE)

    def _on_take(self) -> None:
        name, sequence = self._command(), self.edit.keySequence()
        other = self._menus.has_keys(sequence, name)
        if other is not None:
            self.message.setText(f"{sequence.toString(NATIVE)} is {other.menu}: {other.text.rstrip('…')} already.")
            return
        self._menus.set_keys(name, sequence)
        self._show_keys()
        self.message.setText("It has no keys from now on." if sequence.isEmpty() else "They hold from now on.")

    def _on_usual(self) -> None:
        name = self._command()
        self._menus.set_keys(name, None)
        self._show_keys()
        self._on_chosen()
        lost = [(keys, self._menus.has_keys(keys, name)) for keys in map(key_sequence, BY_NAME[name].keys)]
        taken = [
            f"{keys.toString(NATIVE)} is {other.menu}: {other.text.rstrip('…')} now" for keys, other in lost if other
        ]
        if taken:
            self.message.setText(f"{', '.join(taken)}. Give that other keys first.")


def keys_text(menus: Menus, name: str) -> str:
    """Returns the keys of a command as people write them."""
    return ", ".join(each.toString(NATIVE) for each in menus.actions[name].shortcuts())
