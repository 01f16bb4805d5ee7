"""The gallery of templates: pictures in groups under headings, found by typing, the chosen one framed."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.gui.widgets.labels import plain_tip
from workbench.gui.widgets.theme import Theme

PICTURE = QSize(216, 124)
ROLE = Qt.ItemDataRole.UserRole
WORDS = Qt.ItemDataRole.UserRole + 1  # what a search is held against
SPACING, LINES, FRAME = 8, 2, 4


def icon_of(picture: QPixmap) -> QIcon:
    """A picture as an icon that keeps its colours where it is chosen."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


class Gallery(QListWidget):
    """Tiles with a picture and a name; one of them is chosen."""

    def __init__(self, theme: Theme, empty: QPixmap, parent: QWidget | None = None) -> None:
        """Makes an empty gallery.

        Args:
            theme: colours of the frame.
            empty: what a tile has in the place of its picture until that is there.
            parent: the window.
        """
        super().__init__(parent)
        self._empty = icon_of(empty)
        self._without_picture: dict[str, QListWidgetItem] = {}
        self.setAccessibleName("Templates")
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setIconSize(PICTURE)
        self.setSpacing(SPACING)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Framed(theme, self))
        self._headings: list[QListWidgetItem] = []

    def add_heading(self, text: str) -> None:
        """Adds a line over the tiles that follow."""
        item = QListWidgetItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = self.font()
        font.setBold(True)
        item.setFont(font)
        item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.addItem(item)
        self._headings.append(item)
        self._stretch()

    def add_tile(self, name: str, title: str, tip: str) -> None:
        """Adds a network under the last heading, without its picture."""
        item = QListWidgetItem(self._empty, title)
        self._without_picture[name] = item
        item.setData(ROLE, name)
        item.setData(WORDS, f"{name} {title} {tip} {self._headings[-1].text() if self._headings else ''}".lower())
        item.setToolTip(plain_tip(tip))
        item.setSizeHint(QSize(PICTURE.width() + 2 * FRAME, PICTURE.height() + LINES * self._line() + 4 * FRAME))
        self.addItem(item)

    def show_picture(self, name: str, picture: QPixmap) -> None:
        """Gives a tile its picture."""
        self._without_picture.pop(name).setIcon(icon_of(picture))

    def next_without_picture(self) -> str:
        """The first tile in sight that has no picture yet, else the first one of all; "" once all have theirs."""
        viewport = self.viewport()
        sight = viewport.rect() if viewport is not None else QRect()
        waiting = self._without_picture.items()
        seen = (name for name, item in waiting if not item.isHidden() and self.visualItemRect(item).intersects(sight))
        return next(seen, next(iter(self._without_picture), ""))

    @property
    def chosen(self) -> str:
        """The name of the tile that is chosen; "" if none is."""
        item = self.currentItem()
        return str(item.data(ROLE) or "") if item is not None else ""

    def choose(self, name: str) -> None:
        """Chooses a tile by its name."""
        for item in self._items():
            if item.data(ROLE) == name:
                self.setCurrentItem(item)

    def search(self, text: str) -> None:
        """Shows only the tiles in which every word is found, and the headings that still have some."""
        words, heading, first = text.lower().split(), None, None
        for item in self._items():
            if item in self._headings:
                heading = item
                heading.setHidden(True)
                continue
            is_found = all(word in item.data(WORDS) for word in words)
            item.setHidden(not is_found)
            if is_found:
                first = first or item
                if heading is not None:
                    heading.setHidden(False)
        current = self.currentItem()
        if current is None or current.isHidden():
            self.setCurrentItem(first)

    def _items(self) -> list[QListWidgetItem]:
        return [item for row in range(self.count()) if (item := self.item(row)) is not None]

    def _line(self) -> int:
        return self.fontMetrics().height()

    def _stretch(self) -> None:
        """Makes headings as wide as the list, so that tiles begin below them."""
        viewport = self.viewport()
        width = (viewport.width() if viewport is not None else 0) - 2 * SPACING
        for item in self._headings:
            item.setSizeHint(QSize(max(width, PICTURE.width()), 2 * self._line()))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        tiles = [item for item in self._items() if item.data(ROLE) and not item.isHidden()]
        if event is not None and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and tiles:
            self.setCurrentItem(tiles[0 if event.key() == Qt.Key.Key_Home else -1])  # Qt's own would end at a heading
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._stretch()
        super().resizeEvent(event)


class _Framed(QStyledItemDelegate):
    """Draws the chosen tile with a frame round picture and name."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        super().initStyleOption(option, index)
        if option is not None and not index.data(ROLE):
            option.decorationSize = QSize(0, 0)
            option.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        if painter is not None and option.state & QStyle.StateFlag.State_Selected:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.accent), 3))
            painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), 6, 6)
            painter.restore()
