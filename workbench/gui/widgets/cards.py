"""Messages that matter as cards above the canvas: whole, with a copy, until somebody puts them away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.core.errors import SENTENCE, printable
from workbench.gui.widgets.labels import plain_label, plain_tip

MOST_CARDS = 3
RUN = "run"  # the topic of what keeps a training from beginning, and of what it says itself
PATH = re.compile(r"(?<![^\s\"'(])(?:[A-Za-z]:)?(?:[/\\][^/\\\s:;,\"]+)+[/\\]([^/\\\s:;,\"]+)")


def without_long_paths(text: str, folder: Path) -> str:
    """Returns a message with paths relative to the project's folder, and with file names alone for other places."""
    for place in (f"{folder}/", f"{folder}\\"):
        text = text.replace(place, "")
    return PATH.sub(r"\1", text)


class Card(QFrame):
    """One message.

    Attributes:
        whole: the message with every path whole, as it is copied.
        topic: what it is about; "" for nothing that ends by itself.
    """

    def __init__(self, text: str, whole: str, action: tuple[str, Callable[[], None]] | None, topic: str) -> None:
        super().__init__()
        self.whole, self.topic = whole, topic
        self.setObjectName("card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.text = plain_label(printable(text, SENTENCE), wraps=True)
        self.text.setToolTip(plain_tip(whole))
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setAccessibleName("Message")
        self.copy, self.away = QPushButton("Copy"), QToolButton()
        self.copy.setToolTip("Copy the whole message")
        self.copy.clicked.connect(self._on_copy)
        self.away.setText("✕")
        self.away.setAutoRaise(True)
        self.away.setAccessibleName("Put the message away")
        self.away.setToolTip("Put this message away")
        self.action = QPushButton(action[0]) if action is not None else None
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.addWidget(self.text, 1)
        for button in (self.action, self.copy, self.away):
            if button is not None:
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        if self.action is not None and action is not None:
            self.action.clicked.connect(action[1])

    def _on_copy(self) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.whole)


class Cards(QWidget):
    """The cards, newest first, and below them what they are about."""

    def __init__(self, below: QWidget, folder: Callable[[], Path], parent: QWidget | None = None) -> None:
        """Puts room for cards above a widget.

        Args:
            below: the canvas.
            folder: gives the project's folder, from which paths are shown.
            parent: owner.
        """
        super().__init__(parent)
        self._folder = folder
        self.cards: list[Card] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(below, 1)
        self.setFocusProxy(below)

    def show_message(self, whole: str, action: tuple[str, Callable[[], None]] | None = None, topic: str = "") -> Card:
        """Shows a message; one that is there already comes first again, and the oldest of many goes.

        Args:
            whole: the message, in whole sentences.
            action: the text of a button that does something about it, and what it does; the card goes with it.
            topic: what it is about, for `end`.

        Returns:
            The card.
        """
        for card in [card for card in self.cards if card.whole == whole]:
            self.put_away(card)
        for card in self.cards[MOST_CARDS - 1 :]:
            self.put_away(card)
        card = Card(without_long_paths(whole, self._folder()), whole, action, topic)
        card.away.clicked.connect(lambda: self.put_away(card))
        if card.action is not None:
            card.action.clicked.connect(lambda: self.put_away(card))
        self.cards.insert(0, card)
        self._layout.insertWidget(0, card)
        card.show()
        return card

    def put_away(self, card: Card) -> None:
        """Takes a card away."""
        if card in self.cards:
            self.cards.remove(card)
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()

    def end(self, topic: str) -> None:
        """Takes the cards about something away: it is over, or has begun anew."""
        for card in [card for card in self.cards if card.topic == topic]:
            self.put_away(card)

    def clear(self) -> None:
        """Takes all cards away: another project is open."""
        for card in list(self.cards):
            self.put_away(card)
