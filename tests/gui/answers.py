"""Answers for dialogs that a test does not see."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QMessageBox

from workbench.gui.widgets.message_boxes import Button


class Answers:
    """Answers every dialog, and remembers what was asked.

    Attributes:
        asked: the questions, in order.
        more: what stood below each of them.
        give: the answers to the next ones; OK where there is none.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.more: list[str] = []
        self.give: list[Button] = []
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._answer(box))

    def _answer(self, box: QMessageBox) -> Button:
        self.asked.append(box.text())
        self.more.append(box.informativeText())
        return self.give.pop(0) if self.give else Button.Ok
