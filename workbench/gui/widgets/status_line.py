"""The line at the foot of the window: what stands there, and what passes by."""

from __future__ import annotations

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QStatusBar

from workbench.core.errors import SENTENCE, printable

PASSING_MS, PER_LETTER_MS = 4000, 50  # time to notice a sentence, and to read it


class StatusLine(QObject):
    """Says things in a status bar. What passes, a refusal or the tip of a menu, gives way to what stood there."""

    def __init__(self, bar: QStatusBar | None) -> None:
        assert bar is not None
        super().__init__(bar)
        self._bar = bar
        self._standing = ""
        bar.messageChanged.connect(self._on_message_changed)

    def say(self, text: str) -> None:
        """Shows a line until there is another one."""
        self._standing = printable(text, SENTENCE)
        self._bar.showMessage(self._standing)

    def say_in_passing(self, text: str) -> None:
        """Shows a line for as long as it takes to read it."""
        line = printable(text, SENTENCE)
        self._bar.showMessage(line, PASSING_MS + PER_LETTER_MS * len(line))

    def _on_message_changed(self, text: str) -> None:
        if not text and self._standing:
            self._bar.showMessage(self._standing)
