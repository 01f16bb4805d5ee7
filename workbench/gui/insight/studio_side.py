"""The studio: a code by hand. Its parts are moved, or taken from a second picture, and both are drawn again at once."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPixmap, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from workbench.gui.insight.latent_rows import LatentRows
from workbench.gui.insight.pixel_image import CAPTION, SMALLEST, PixelImage
from workbench.gui.insight.probe_controls import SampleControls, tool_button
from workbench.gui.widgets.halves import row_of
from workbench.gui.widgets.labels import plain_label, plain_tip
from workbench.gui.widgets.pixels import image_of
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.insight.latent.edits import LatentEdits
from workbench.inspection.render_request import RenderResult
from workbench.project.probes import Probe, SampleProbe

WIDEST, ROOMY = 480, 380  # the latter has room for words beside the choice of a sample
LEAST_ROWS = 72  # pixels of the sliders that are seen at the least; the rest scrolls
SMALL = 32
SPACING = 4
PICTURES = (
    ("A", "Picture A, the sample on the left, drawn from its own code"),
    ("A changed", "Picture A, drawn from its code as the sliders and ticks below have it"),
    ("B swapped", "Picture B with the ticked parts replaced by those of A: the other half of the swap"),
    ("B", "Picture B, another sample, drawn from its own code"),
)


class StudioSide(QWidget):
    """Four pictures, the choice of the second sample, and a row for each part of the code.

    Signals:
        changed(): the code shall be another, or the second sample.
        measure_requested(): the code shall be measured.
    """

    changed = pyqtSignal()
    measure_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes = LatentEdits()
        self._parts: Mapping[str, range] = {}
        self.unmoved, self.drawn, self.swapped, self.other = (
            PixelImage(caption, theme, hint, self) for caption, hint in PICTURES
        )
        self.rows = LatentRows()
        self.measure = tool_button(
            "Measure", "Measure how well each latent stands for its factor, on the test pictures"
        )
        self.reset = tool_button("Reset", "Back to the code of picture A: nothing moved, nothing taken from B")
        self.sample = SampleControls()
        self.sample.show_probe(SampleProbe("test", 1))
        self._label, self.small = plain_label("Picture B"), QLabel()
        self._has_chosen = False
        self._build()
        self.reset.clicked.connect(self._on_reset)
        self.measure.clicked.connect(self.measure_requested)
        self.sample.sample_chosen.connect(self._on_sample_chosen)
        self.rows.moved.connect(self._on_moved)
        self.rows.taken.connect(self._on_taken)

    def _build(self) -> None:
        self._label.hide()
        self.small.setFixedSize(SMALL, SMALL)
        self.small.setAccessibleName("Picture B")
        for widget in (self.sample.split, self.sample.number, self.sample.previous, self.sample.next):
            widget.setAccessibleName(f"{widget.accessibleName()} of picture B")
        self.sample.random.setAccessibleName("Random picture B")
        top = row_of(plain_label("Studio", bold=True), self.measure, self.reset)
        top.insertStretch(1, 1)
        second = row_of(self._label, self.small, self.sample)
        second.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACING)
        self._scroll = scrolling(self.rows)
        self._scroll.setMinimumHeight(LEAST_ROWS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        layout.addLayout(top)
        layout.addLayout(self._grid)
        layout.addLayout(second)
        layout.addWidget(self._scroll, 1)

    def _pictures(self) -> tuple[PixelImage, ...]:
        return self.unmoved, self.drawn, self.swapped, self.other

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for picture in self._pictures():
            picture.set_theme(theme)

    def _arrange(self) -> None:
        """Puts the pictures side by side, or in two rows where that makes them larger."""
        room = self.height() - self._below()
        sides = {4: min(self.width() // 4, room - CAPTION), 2: min(self.width() // 2, room // 2 - CAPTION)}
        columns = max(sides, key=lambda each: (sides[each], each))
        order = self._pictures() if columns == 4 else (self.unmoved, self.other, self.drawn, self.swapped)
        for number, picture in enumerate(order):
            self._grid.addWidget(picture, *divmod(number, columns))
            picture.setMaximumHeight(max(SMALLEST, sides[columns]) + CAPTION)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _below(self) -> int:
        """How much height all but the pictures takes."""
        controls = self.reset.sizeHint().height() + max(SMALL, self.sample.sizeHint().height())
        return controls + max(LEAST_ROWS, self.rows.sizeHint().height()) + 4 * SPACING

    def width_for(self, height: int) -> int:
        """How much width it can use, whatever the height: sliders are the finer the longer they are."""
        return WIDEST

    def height_for(self, width: int) -> int:
        """How much height it takes in so much width, with all its rows."""
        return self._below() + width // len(PICTURES) + CAPTION

    def other_for(self, probe: Probe) -> SampleProbe | None:
        """The second sample to look at beside a probe; beside one from elsewhere only when it is wanted."""
        is_wanted = isinstance(probe, SampleProbe) or self._has_chosen or self.changes.taken
        return self.sample.probe if is_wanted else None

    def put_back(self) -> None:
        """Nothing is moved any more; what is taken from the second sample stays, for the next first one too."""
        self.changes = LatentEdits(taken=self.changes.taken)

    def forget(self) -> None:
        """Nothing is moved or taken any more."""
        self.changes = LatentEdits()

    def show_answer(self, answer: RenderResult) -> None:
        """Shows pictures and values; a slider that is held by the mouse stays where the hand has it."""
        drawing = answer.drawing
        if drawing is None:
            return
        self._parts = drawing.parts
        empty = "Choose picture B below."
        self.unmoved.show_pixels(drawing.unmoved)
        self.drawn.show_pixels(drawing.moved)
        self.swapped.show_pixels(drawing.swapped, empty=empty)
        self.other.show_pixels(drawing.other, empty=empty)
        self.sample.show_sizes(dict(answer.sizes))
        self.small.setVisible(answer.other_image is not None)
        if answer.other_image is not None:
            self.small.setPixmap(QPixmap.fromImage(image_of(answer.other_image)).scaled(SMALL, SMALL))
            self.small.setToolTip(plain_tip(f"Picture B as the data has it: {answer.request.other}"))
        self.rows.show_drawing(drawing, self.changes)
        self.reset.setEnabled(self.changes != LatentEdits())
        self._arrange()

    def _on_moved(self, latent: int, value: float) -> None:
        self.changes = self.changes.with_moved(latent, value, self._parts)
        self.changed.emit()

    def _on_taken(self, part: str, is_taken: bool) -> None:
        self.changes = self.changes.with_taken(part, is_taken, self._parts)
        self.changed.emit()

    def _on_sample_chosen(self, probe: SampleProbe) -> None:
        self._has_chosen = True
        self.changed.emit()

    def _on_reset(self) -> None:
        self.forget()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._label.setVisible(self.width() >= ROOMY)
        self._arrange()
