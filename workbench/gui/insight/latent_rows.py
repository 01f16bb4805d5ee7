"""A row for each part of a code: sliders for its latents, and a tick that takes the part from a second picture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QLabel, QSlider, QWidget

from workbench.gui.widgets.fields import Slider
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.layouts import clear
from workbench.insight.latent.edits import Decoded, LatentEdits

FINE = 100  # steps of a slider for 1
REACH = 4  # standard deviations of the prior to each side, or farther where a latent goes farther
NAME, SLIDER, NUMBER, TICK = range(4)  # columns


class _Slider(Slider):
    """A slider that the wheel moves only where it has the focus; else the wheel scrolls the rows."""

    def __init__(self, name: str, latent: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(-REACH * FINE, REACH * FINE)
        self.setPageStep(FINE // 2)
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(f"{name}: latent {latent} of the code"))


class LatentRows(QWidget):
    """Sliders and ticks; made anew for another code.

    Signals:
        moved(int, float): a latent was put somewhere.
        taken(str, bool): a part shall be that of the second picture, or no longer.
    """

    moved = pyqtSignal(int, float)
    taken = pyqtSignal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[int, QSlider] = {}
        self.ticks: dict[str, QCheckBox] = {}
        self._numbers: dict[int, QLabel] = {}
        self._shown: tuple[Mapping[int, str], Mapping[str, range]] = ({}, {})
        self._rows = QGridLayout(self)
        self._rows.setContentsMargins(0, 0, 4, 0)
        self._rows.setVerticalSpacing(2)
        self._rows.setHorizontalSpacing(8)
        self._rows.setColumnStretch(SLIDER, 1)

    def show_drawing(self, drawing: Decoded, changes: LatentEdits) -> None:
        """Shows values and ticks; a slider that is held by the mouse stays where the hand has it."""
        if (dict(drawing.names), dict(drawing.parts)) != self._shown:
            self._make_rows(drawing)
        for latent, slider in self.sliders.items():
            if not slider.isSliderDown():
                reach = max(slider.maximum(), ceil(abs(drawing.values[latent]) + 1) * FINE)
                slider.blockSignals(True)
                slider.setRange(-reach, reach)
                slider.setValue(round(drawing.values[latent] * FINE))
                slider.blockSignals(False)
                self._numbers[latent].setText(f"{drawing.values[latent]:+.2f}")
        for name, tick in self.ticks.items():
            tick.blockSignals(True)
            tick.setChecked(name in changes.taken)
            tick.blockSignals(False)

    def _make_rows(self, drawing: Decoded) -> None:
        clear(self._rows)
        self.sliders, self.ticks, self._numbers = {}, {}, {}
        self._shown = (dict(drawing.names), dict(drawing.parts))
        heading = plain_label("from B", faint=True)
        self._rows.addWidget(heading, 0, TICK)
        for part, latents in drawing.parts.items():
            row = self._rows.rowCount()
            shown = [latent for latent in latents if latent in drawing.names]
            self._add_tick(part, row)
            if len(latents) == 1 and shown:
                self._add_slider(latents.start, part, row)
                continue
            self._rows.addWidget(plain_label(part), row, NAME)
            words = f"{len(latents)} latents" + (f", the first {len(shown)} here" if len(shown) < len(latents) else "")
            self._rows.addWidget(plain_label(words, faint=True), row, SLIDER)
            for number, latent in enumerate(shown):
                self._add_slider(latent, drawing.names[latent], row + 1 + number)
        self._rows.setRowStretch(self._rows.rowCount(), 1)

    def _add_slider(self, latent: int, name: str, row: int) -> None:
        slider = _Slider(name, latent, self)
        slider.valueChanged.connect(partial(self._on_value_changed, latent))
        number = plain_label("", faint=True)
        number.setMinimumWidth(number.fontMetrics().horizontalAdvance("+00.00"))
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rows.addWidget(plain_label(name), row, NAME)
        self._rows.addWidget(slider, row, SLIDER)
        self._rows.addWidget(number, row, NUMBER)
        self.sliders[latent], self._numbers[latent] = slider, number

    def _add_tick(self, part: str, row: int) -> None:
        tick = QCheckBox(self)
        tick.setAccessibleName(f"{part} from B")
        tick.setToolTip(plain_tip(f"Swap {part}: A gets it from B, and B from A. A slider moved later by hand wins."))
        tick.toggled.connect(partial(self.taken.emit, part))
        self._rows.addWidget(tick, row, TICK, Qt.AlignmentFlag.AlignHCenter)
        self.ticks[part] = tick

    def _on_value_changed(self, latent: int, value: int) -> None:
        self._numbers[latent].setText(f"{value / FINE:+.2f}")
        self.moved.emit(latent, value / FINE)
