"""The list of all layers, by group, with search: Enter adds one behind the selected node, a drag anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PyQt6.QtCore import QMimeData, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QFont, QIcon, QKeyEvent, QPainter, QPixmap
from PyQt6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from workbench.core.errors import printable
from workbench.editing.block_choice import BlockChoice, block_choices, choice_of
from workbench.editing.finding import ranked
from workbench.gui.widgets.context_menu import ContextMenu, Entries, Entry
from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.layer_colours import group_colour
from workbench.gui.widgets.on_screen import show_popup
from workbench.layers.groups import group_named
from workbench.layers.spec import REGISTRY, Layer

BEGIN = ("Input", "Target")  # what every network needs comes first in its group
LAYER_TYPE = "application/x-cnn-workbench-layer"
BLOCK_TYPE = "application/x-cnn-workbench-block"
LAYER_ROLE = Qt.ItemDataRole.UserRole
BLOCK_ROLE = Qt.ItemDataRole.UserRole + 1
BLOCKS, OWN_BLOCKS = "Blocks", "Your blocks"
ABOVE_BLOCKS = "Data"  # the group of layers below which blocks are listed, where they are seen


def dot(group: str, size: int = 12) -> QIcon:
    """A square in the colour of a palette group."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(group_colour(group)))
    painter.drawRoundedRect(2, 2, size - 4, size - 4, 2, 2)
    painter.end()
    return QIcon(pixmap)


class LayerTree(QTreeWidget):
    """Rows that can be dragged: what is dragged is the name of a layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Layers")
        self.setHeaderHidden(True)
        self.setIndentation(8)
        self.setRootIsDecorated(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QTreeWidget.DragDropMode.DragOnly)

    def mimeTypes(self) -> list[str]:
        return [LAYER_TYPE, BLOCK_TYPE]

    def mimeData(self, items: Iterable[QTreeWidgetItem]) -> QMimeData | None:
        item = next(iter(items), None)
        if item is None:
            return None
        if name := item.data(0, LAYER_ROLE):
            return layer_data(name)
        return block_data(key) if (key := item.data(0, BLOCK_ROLE)) else None


def layer_data(layer: str) -> QMimeData:
    """A layer as it is dragged."""
    data = QMimeData()
    data.setData(LAYER_TYPE, layer.encode())
    return data


def block_data(key: str) -> QMimeData:
    """A block as it is dragged."""
    data = QMimeData()
    data.setData(BLOCK_TYPE, key.encode())
    return data


def dragged_block(data: QMimeData | None) -> BlockChoice | None:
    """The block that is dragged, or None for anything else."""
    if data is None or not data.hasFormat(BLOCK_TYPE):
        return None
    return choice_of(bytes(data.data(BLOCK_TYPE).data()).decode(errors="replace"))


def dragged_layer(data: QMimeData | None) -> str:
    """The layer that is dragged, or "" for anything else."""
    if data is None or not data.hasFormat(LAYER_TYPE):
        return ""
    name = bytes(data.data(LAYER_TYPE).data()).decode(errors="replace")
    return name if name in REGISTRY else ""


class Palette(QWidget):
    """All layers and blocks.

    Signals:
        chosen(str): the layer to add.
        block_chosen(str): the block to add, by its key.
        deletion_requested(str): a block of the user's own is wanted no more, by its key.
        pointed(): it was chosen with the mouse, whose hand goes on at the canvas.
        help_requested(str): the help of this layer is wanted.
    """

    chosen = pyqtSignal(str)
    block_chosen = pyqtSignal(str)
    deletion_requested = pyqtSignal(str)
    pointed = pyqtSignal()
    help_requested = pyqtSignal(str)

    def __init__(
        self, parent: QWidget | None = None, *, fitting: Sequence[str] | None = None, others: Sequence[str] = ()
    ) -> None:
        """Lists all layers, or only the fitting ones and then others, in their order."""
        super().__init__(parent)
        self._fitting = fitting
        self._listed = None if fitting is None else [*fitting, *others]
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search layers and blocks")
        self.search.setAccessibleName("Search layers")
        self.search.setClearButtonEnabled(True)
        self.tree = LayerTree()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.search)
        layout.addWidget(self.tree)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._choose_first)
        self.tree.itemActivated.connect(self._on_activated)
        self.tree.itemDoubleClicked.connect(self._on_double_clicked)
        ContextMenu(self.tree, self._entries)
        self._fill("")

    def names(self) -> list[str]:
        """The layers that are listed, from top to bottom."""
        found = []
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            assert item is not None
            found += [item, *(child for i in range(item.childCount()) if (child := item.child(i)) is not None)]
        return [name for item in found if (name := item.data(0, LAYER_ROLE))]

    def _found(self, text: str) -> list[tuple[str, type[Layer]]]:
        found = ranked(text, self._fitting or ())
        if self._listed is None:
            return found
        if text:
            return [(name, layer) for name, layer in found if name in self._listed]
        return [(name, REGISTRY[name]) for name in self._listed]

    def _fill(self, text: str) -> None:
        self.tree.clear()
        found = self._found(text)
        is_flat = bool(text) or self._listed is not None
        if is_flat:
            for name, layer in found:
                self._add(self.tree.invisibleRootItem(), name, layer)
            for choice in block_choices(text) if self._listed is None else ():
                self._add_block(self.tree.invisibleRootItem(), choice)
        else:
            titles = {layer.group for _, layer in found}
            for group in sorted(titles, key=lambda title: (group_named(title).order, title)):
                members = [(name, layer) for name, layer in found if layer.group == group]
                members.sort(key=lambda row: BEGIN.index(row[0]) if row[0] in BEGIN else len(BEGIN))
                self._add_group(group, members)
                if group == ABOVE_BLOCKS:
                    self._add_blocks()
        if first := self.tree.topLevelItem(0):
            self.tree.setCurrentItem(first if is_flat else first.child(0))

    def _add_group(self, group: str, members: list[tuple[str, type[Layer]]]) -> None:
        header = self._add_header(group)
        for name, layer in members:
            self._add(header, name, layer)
        header.setExpanded(True)

    def _add_blocks(self) -> None:
        """Lists the program's blocks and the user's own, each under their heading."""
        choices = block_choices()
        for title, is_own in ((BLOCKS, False), (OWN_BLOCKS, True)):
            rows = [choice for choice in choices if choice.is_own == is_own]
            header = self._add_header(title) if rows else None
            for choice in rows:
                self._add_block(header, choice)
            if header is not None:
                header.setExpanded(True)

    def _add_header(self, text: str) -> QTreeWidgetItem:
        header = QTreeWidgetItem([text])
        header.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = QFont()
        font.setBold(True)
        header.setFont(0, font)
        self.tree.addTopLevelItem(header)
        return header

    def _add_block(self, parent: QTreeWidgetItem | None, choice: BlockChoice) -> None:
        assert parent is not None
        item = QTreeWidgetItem([printable(choice.title)])
        item.setIcon(0, dot(BLOCKS))
        item.setToolTip(0, plain_tip(choice.about))
        item.setData(0, BLOCK_ROLE, choice.key)
        parent.addChild(item)

    def list_again(self) -> None:
        """Lists everything anew: the user's blocks are others."""
        self._fill(self.search.text())

    def _add(self, parent: QTreeWidgetItem | None, name: str, layer: type[Layer]) -> None:
        assert parent is not None
        item = QTreeWidgetItem([name])
        item.setIcon(0, dot(layer.group))
        item.setToolTip(0, plain_tip(f"{layer.title}\n{layer.summary()}\n{layer.formula}"))
        item.setData(0, Qt.ItemDataRole.UserRole, name)
        parent.addChild(item)

    def _on_activated(self, item: QTreeWidgetItem, column: int) -> None:
        if name := item.data(0, LAYER_ROLE):
            self.chosen.emit(name)
        elif key := item.data(0, BLOCK_ROLE):
            self.block_chosen.emit(key)

    def _on_double_clicked(self, item: QTreeWidgetItem, column: int) -> None:
        """Some systems choose a row with one click, so that the second one is what gives the keyboard away."""
        if item.data(0, LAYER_ROLE):
            self.pointed.emit()

    def _entries(self, place: QPoint | None) -> Entries:
        """What a right-click on a layer offers."""
        item = self.tree.currentItem() if place is None else self.tree.itemAt(place)
        name = item.data(0, LAYER_ROLE) if item is not None else ""
        key = item.data(0, BLOCK_ROLE) if item is not None else ""
        if key and item is not None:
            add_it = Entry(f"Add {item.text(0)}…", lambda: self.block_chosen.emit(key), item.toolTip(0))
            choice = choice_of(key)
            if choice is None or not choice.is_own:
                return [add_it]
            return [add_it, Entry("Delete…", lambda: self.deletion_requested.emit(key), "Take its file away")]
        if not name:
            return []

        def add() -> None:
            self.chosen.emit(name)
            if place is not None:
                self.pointed.emit()

        about = REGISTRY[name].summary()
        return [
            Entry(f"Add {name}", add, about),
            Entry(f"Help for {name}", lambda: self.help_requested.emit(name), "What it does, and its settings"),
        ]

    def _choose_first(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._on_activated(item, 0)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.search.hasFocus():
            self.tree.setFocus()
        super().keyPressEvent(event)


class SearchPopup(Palette):
    """The same list as a small window at the pointer; Escape closes it."""

    def __init__(self, parent: QWidget, *, fitting: Sequence[str] | None = None, others: Sequence[str] = ()) -> None:
        super().__init__(parent, fitting=fitting, others=others)
        self.setWindowFlags(Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(240, 320)
        self.chosen.connect(self.close)
        self.block_chosen.connect(self.close)

    def open_at(self, place: QPoint) -> None:
        """Shows the popup, ready for typing."""
        self.search.clear()
        show_popup(self, place)
        self.search.setFocus()
