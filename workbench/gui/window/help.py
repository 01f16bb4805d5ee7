"""Finding one's way: the search over all commands, the table of keys, and what the program is made of."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench import __version__
from workbench.core.errors import printable
from workbench.core.graph import Graph
from workbench.editing.finding import frames_found, nodes_found
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.on_screen import show_popup
from workbench.gui.window.commands import COMMANDS
from workbench.gui.window.keys import KeysDialog, keys_text

if TYPE_CHECKING:
    from workbench.gui.window.menus import Menus

ROLE, NODE_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
LONGEST_NOTE_LINE = 60  # characters of a note in the list
MOST_NODES = 20  # that are listed at once


class CommandSearch(QDialog):
    """Every command by name, and every node; Enter carries the first one out, or shows it.

    Signals:
        node_chosen(str): the id of the node to be shown.
        frame_chosen(str): the id of the frame or note to be shown.
    """

    node_chosen = pyqtSignal(str)
    frame_chosen = pyqtSignal(str)

    def __init__(self, menus: Menus, graph: Graph, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._menus, self._graph = menus, graph
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search a command or a node")
        self.search.setAccessibleName("Search a command or a node")
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.resize(440, 340)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._on_return)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(self._choose)
        self._fill("")

    def show_search(self) -> None:
        """Opens over the middle of the window, ready for typing."""
        parent = self.parentWidget()
        assert parent is not None
        middle = parent.mapToGlobal(parent.rect().center())
        top = parent.mapToGlobal(parent.rect().topLeft()).y() + 60
        show_popup(self, QPoint(middle.x() - self.width() // 2, top))
        self.search.setFocus()

    def _fill(self, text: str) -> None:
        self.list.clear()
        words = text.lower().split()
        for command in COMMANDS:
            action = self._menus.actions[command.name]
            line = f"{command.menu}: {command.text.rstrip('…')}"
            if not action.isEnabled() or not all(word in f"{line} {command.tip}".lower() for word in words):
                continue
            keys = keys_text(self._menus, command.name)
            item = QListWidgetItem(f"{line}    {keys}" if keys else line)
            item.setToolTip(plain_tip(command.tip))
            item.setData(ROLE, command.name)
            self.list.addItem(item)
        self._add_nodes(text)
        self.list.setCurrentRow(0)

    def _add_nodes(self, text: str) -> None:
        """The nodes of the network that fit, and the frames, behind the commands."""
        graph = self._graph
        for id_ in nodes_found(graph, text)[:MOST_NODES]:
            item = QListWidgetItem(f"Node: {printable(graph.nodes[id_].name)} ({printable(graph.nodes[id_].layer)})")
            item.setToolTip(plain_tip("Select this node and show it"))
            item.setData(NODE_ROLE, id_)
            self.list.addItem(item)
        for id_ in frames_found(graph, text)[:MOST_NODES]:
            frame = graph.frames[id_]
            note = printable(" ".join(frame.text.split()), LONGEST_NOTE_LINE)
            item = QListWidgetItem(f"Frame: {printable(frame.title)}" if frame.title else f"Note: {note}")
            item.setToolTip(plain_tip("Select this frame and show it"))
            item.setData(NODE_ROLE, id_)
            self.list.addItem(item)

    def _on_return(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        name, node = item.data(ROLE), item.data(NODE_ROLE)
        self.close()
        if node:
            (self.frame_chosen if node in self._graph.frames else self.node_chosen).emit(node)
        else:
            self._menus.actions[name].trigger()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            step = steps.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)


def show_keys(window: QWidget) -> None:
    """Shows every key and gesture in a table, in which keys can be changed."""
    from workbench.gui.window.main_window import MainWindow

    assert isinstance(window, MainWindow)
    KeysDialog(window.menus, window).open()


def show_about(window: QWidget) -> None:
    """Shows versions and licences."""
    lines = [
        f"CNN Workbench {__version__}",
        "Draw a convolutional network, train it while watching, and see what it has learnt.",
        "",
        "Free software under the GNU General Public License, version 3 or later.",
        "The digits that come with it are a part of MNIST (CC BY-SA 3.0).",
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
    ]
    for package in ("PyQt6", "pyqtgraph", "torch", "torchvision", "numpy"):
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} is not installed")
    show_dialog(window, "About CNN Workbench", plain_label("\n".join(lines), wraps=True), (520, 320))


def show_dialog(window: QWidget, title: str, content: QWidget, size: tuple[int, int]) -> None:
    """Shows something to read, with a button to close it."""
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    layout = QVBoxLayout(dialog)
    layout.addWidget(content)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.close)
    layout.addWidget(buttons)
    dialog.resize(*size)
    dialog.open()
