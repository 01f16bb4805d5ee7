"""The line that says which sample Look shows since it was clicked, with the way there."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from workbench.gui.widgets.labels import ShortLabel
from workbench.project.probes import Probe, SampleProbe


class LookedLine(QWidget):
    """Says nothing once another sample is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.told, self.look = ShortLabel(), QPushButton("Look")
        self.look.setToolTip("See what the network makes of this sample")
        self._probe: SampleProbe | None = None
        policy = self.look.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that nothing above moves
        self.look.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.told, 1)
        row.addWidget(self.look)
        self.forget()

    def tell(self, probe: SampleProbe, label: str) -> None:
        """Says that a sample is looked at now, and what it is."""
        self._probe = probe
        self.told.setText(f"Look shows {probe.split} {probe.number} now: {label.replace(chr(10), ' · ')}")
        self.look.show()

    def forget(self) -> None:
        """Says nothing."""
        self._probe = None
        self.told.setText("")
        self.look.hide()

    def follow(self, probe: Probe) -> bool:
        """Says nothing any more if another sample is looked at; returns whether it is another one."""
        is_other = probe != self._probe
        if is_other:
            self.forget()
        return is_other
