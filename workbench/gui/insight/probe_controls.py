"""The three ways to a probe, each a row of controls: a sample of the data, a picture file, a drawing."""

from __future__ import annotations

import random

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QPixmap
from PyQt6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QToolButton,
    QWidget,
)

from workbench.data.spec import SPLITS
from workbench.gui.forms.number_fields import NumberField, WholeField
from workbench.gui.widgets.fields import ComboBox
from workbench.gui.widgets.halves import Halves, row_of
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.project.probes import SampleProbe

UNKNOWN_SIZE = 10_000_000  # samples, until the data is loaded
LEAST_NUMBER, BESIDE_NUMBER = 52, 28  # pixels of the field for a number; those beside its digits


def tool_button(text: str, tip: str, name: str = "") -> QToolButton:
    """A small button with a tooltip and a name for those who cannot see it."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(plain_tip(tip))
    button.setAccessibleName(name or text)
    return button


class SampleControls(Halves):
    """Which sample of the data.

    Signals:
        sample_chosen(object): a SampleProbe.
    """

    sample_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: dict[str, int] = {}
        self.split = ComboBox()
        self.split.setAccessibleName("Split")
        self.split.setToolTip("Which part of the data")
        self.split.addItems(["test", "validation", "train"])
        self.split.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.split.setMinimumContentsLength(3)
        self.number = WholeField()
        self.number.setAccessibleName("Sample")
        self.number.setToolTip("Number of the sample, counted from 0")
        self.number.setRange(0, UNKNOWN_SIZE)
        self.number.setWrapping(True)
        self.number.setMinimumWidth(LEAST_NUMBER)
        self.previous = tool_button("◀", "The sample before", "Previous sample")
        self.next = tool_button("▶", "The next sample", "Next sample")
        self.random = tool_button("Any", "Any sample of this part, by chance", "Random sample")
        self.put((self.split, self.number), (self.previous, self.next, self.random))
        self.split.currentIndexChanged.connect(self._on_split_changed)
        self.number.valueChanged.connect(self._on_changed)
        self.previous.clicked.connect(self.number.stepDown)
        self.next.clicked.connect(self.number.stepUp)
        self.random.clicked.connect(self._on_random)

    @property
    def probe(self) -> SampleProbe:
        """The sample that is chosen."""
        return SampleProbe(self.split.currentText(), self.number.value())

    def show_probe(self, probe: SampleProbe) -> None:
        """Shows a sample as chosen, without saying so."""
        for widget in (self.split, self.number):
            widget.blockSignals(True)
        if self.split.findText(probe.split) < 0:
            self.split.addItem(probe.split)
        self.split.setCurrentText(probe.split)
        self._limit()
        self.number.setMaximum(max(self.number.maximum(), probe.number))
        self.number.setValue(probe.number)
        for widget in (self.split, self.number):
            widget.blockSignals(False)

    def show_sizes(self, sizes: dict[str, int]) -> None:
        """Takes over how many samples there are."""
        if sizes == self._sizes:
            return
        self._sizes = sizes
        here = self.probe
        self.split.blockSignals(True)
        self.split.clear()
        self.split.addItems([name for name in reversed(SPLITS) if sizes.get(name)] or ["test"])
        self.split.setCurrentText(here.split)
        self.split.blockSignals(False)
        self.number.blockSignals(True)
        self._limit()
        self.number.blockSignals(False)
        if self.probe != here:
            self._on_changed()

    def _limit(self) -> None:
        size = self._sizes.get(self.split.currentText(), UNKNOWN_SIZE)
        self.number.setRange(0, max(0, size - 1))
        digits = self.fontMetrics().horizontalAdvance(str(max(0, size - 1))) if self._sizes else 0
        self.number.setMinimumWidth(max(LEAST_NUMBER, digits + BESIDE_NUMBER))

    def _on_split_changed(self) -> None:
        self.number.blockSignals(True)
        self._limit()
        self.number.blockSignals(False)
        self._on_changed()

    def _on_changed(self) -> None:
        self.sample_chosen.emit(self.probe)

    def _on_random(self) -> None:
        size = self._sizes.get(self.split.currentText(), 1)
        self.number.setValue(random.randrange(size))


class PictureControls(QWidget):
    """Which picture file.

    Signals:
        open_requested(): a file shall be chosen.
        paste_requested(): the clipboard's picture shall be taken.
    """

    open_requested = pyqtSignal()
    paste_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.open = tool_button("Open picture…", "Choose a picture file; one can also be dropped on this panel")
        self.paste = tool_button("Paste", "Take the picture that was copied (Ctrl+V)", "Paste picture")
        layout = row_of(self.open, self.paste)
        layout.addStretch(1)
        self.setLayout(layout)
        self.open.clicked.connect(self.open_requested)
        self.paste.clicked.connect(self.paste_requested)


class DrawControls(Halves):
    """The pen.

    Signals:
        pen_changed(float): its width, in pixels of the input.
        colour_changed(object): a QColor.
        clear_requested(): the paper shall be black again.
        centred_changed(bool): whether the centre of mass is brought to the middle.
    """

    pen_changed = pyqtSignal(float)
    colour_changed = pyqtSignal(object)
    clear_requested = pyqtSignal()
    centred_changed = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor("white")
        self.pen = NumberField(step=0.5)
        self.pen.setAccessibleName("Pen width")
        self.pen.setToolTip("Width of the pen, in pixels of the input")
        self.pen.setRange(0.5, 64)
        self.pen.setDecimals(1)
        self.colour = tool_button("", "Colour of the pen", "Pen colour")
        self.colour.setIconSize(QSize(14, 14))
        self.centre = QCheckBox("Centre")
        self.centre.setToolTip(
            "Move the drawing's centre of mass to the middle before the network sees it, as in MNIST"
        )
        self.clear = tool_button("Clear", "Black paper again (Delete)", "Clear drawing")
        label = plain_label("Pen", faint=True)
        label.setBuddy(self.pen)
        self.put((label, self.pen, self.colour), (self.centre, self.clear), left=True)
        self.pen.valueChanged.connect(self.pen_changed)
        self.clear.clicked.connect(self.clear_requested)
        self.centre.toggled.connect(self.centred_changed)
        self.colour.clicked.connect(self._on_colour_clicked)
        self._show_colour()

    def _show_colour(self) -> None:
        swatch = QPixmap(14, 14)
        swatch.fill(self._colour)
        self.colour.setIcon(QIcon(swatch))

    def _on_colour_clicked(self) -> None:
        chosen = QColorDialog.getColor(self._colour, self, "Colour of the pen")
        if chosen.isValid():
            self._colour = chosen
            self._show_colour()
            self.colour_changed.emit(chosen)
