"""A small window with a list to choose from, narrowed down by typing; Enter takes a row, Escape none."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.gui.widgets.on_screen import show_popup

ROLE = Qt.ItemDataRole.UserRole


class ChoicePopup(QDialog):
    """Texts to choose from.

    Signals:
        chosen(int): the number of the text that was taken.
    """

    chosen = pyqtSignal(int)

    def __init__(self, title: str, texts: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._texts = [printable(text, SENTENCE) for text in texts]
        self.search = QLineEdit()
        self.search.setPlaceholderText(title)
        self.search.setAccessibleName(title)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.resize(380, 300)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._on_return)
        self.search.installEventFilter(self)
        self.list.itemActivated.connect(self._choose)
        self._fill("")

    def open_at(self, place: QPoint) -> None:
        """Shows the window, ready for typing."""
        show_popup(self, place)
        self.search.setFocus()

    def _fill(self, text: str) -> None:
        self.list.clear()
        words = text.lower().split()
        for number, row in enumerate(self._texts):
            if all(word in row.lower() for word in words):
                item = QListWidgetItem(row)
                item.setData(ROLE, number)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _on_return(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        number = item.data(ROLE)
        self.close()
        self.chosen.emit(number)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)
