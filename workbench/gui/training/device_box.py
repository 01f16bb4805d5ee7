"""On what a training runs: a choice of what this machine has, and of what the project says."""

from __future__ import annotations

import sys

from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QComboBox

from workbench.gui.forms.editors import Changed, Editor


def devices_here() -> tuple[str, ...]:
    """Returns the devices of this machine by torch's names; while torch is not loaded, those that every machine has.

    Loading it here would hold the window for seconds; it is loaded behind the window soon after its start.
    """
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "mps"):  # still being loaded
        return "auto", "cpu"
    cards = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return ("auto", "cpu", *cards, *(["mps"] if torch.backends.mps.is_available() else []))


class DeviceBox(QComboBox):
    """The devices; looked for when somebody is about to choose."""

    def __init__(self) -> None:
        super().__init__()
        self._stored = "auto"
        self._fill()

    def show_device(self, name: str) -> None:
        """Shows the project's choice, which another machine may have made."""
        self._stored = name
        self._fill()

    def _fill(self) -> None:
        here = devices_here()
        names = here if self._stored in here else (*here, self._stored)
        blocked = self.blockSignals(True)
        if [self.itemText(number) for number in range(self.count())] != list(names):
            self.clear()
            self.addItems(names)
        self.setCurrentText(self._stored)
        self.blockSignals(blocked)

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self._fill()
        super().focusInEvent(event)


def device_editor(changed: Changed) -> Editor:
    """Returns the field for `training.device`."""
    box = DeviceBox()
    box.currentTextChanged.connect(changed)
    return Editor(box, lambda value: box.show_device(str(value)))
