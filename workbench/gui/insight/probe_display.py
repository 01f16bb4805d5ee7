"""The probe as it is shown: a picture with a mask, words or the drawing pad, and what the network says beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from workbench.core.errors import SENTENCE, printable
from workbench.gui.insight.bars import ClassBars
from workbench.gui.insight.drawing_pad import DrawingPad
from workbench.gui.insight.mask_choice import MaskChoice
from workbench.gui.insight.pixel_image import PixelImage
from workbench.gui.insight.word_sheet import WordSheet
from workbench.gui.widgets.colour_names import ColourNames
from workbench.gui.widgets.frame_slider import FrameSlider
from workbench.gui.widgets.halves import SCROLL_BAR
from workbench.gui.widgets.labels import plain_label
from workbench.gui.widgets.opacity_row import OpacityRow
from workbench.gui.widgets.scrolling import scrolling
from workbench.gui.widgets.theme import Theme
from workbench.insight.receptive_field import Box
from workbench.insight.units import UnitDetail
from workbench.inspection.render_request import RenderResult
from workbench.project.probes import PictureProbe

ROOMY = 420  # from this width on the picture gets more of it than the bars
LEAST_PICTURE = 112  # so wide the picture stays beside the bars, or they go below it


class ProbeDisplay(QWidget):
    """Shows one answer at a time."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input, self.pad, self.words = PixelImage("input", theme), DrawingPad(theme), WordSheet(theme)
        self.bars, self.over, self.colours = ClassBars(theme), MaskChoice(), ColourNames(theme)
        self.opacity = OpacityRow()
        self.frames, self.sheet = FrameSlider(), plain_label("", wraps=True)
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._sheet = scrolling(self.sheet)
        self._answer: RenderResult | None = None
        self._told = ""  # what the picture is called
        self._is_drawing = False
        self._stack = QStackedWidget()
        for widget in (self.input, self.pad, self.words, self._sheet):
            self._stack.addWidget(widget)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.addWidget(self._stack, 2)
        self._middle.addWidget(self.bars, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.over)
        layout.addWidget(self.opacity)
        layout.addWidget(self.frames)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.colours)
        self.over.chosen.connect(self._show_picture)
        self.opacity.changed.connect(self._show_picture)
        self.opacity.hide()
        self.colours.show_colours(())

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for widget in (self.input, self.pad, self.words, self.bars):
            widget.set_theme(theme)
        self.colours.theme = theme
        self.colours.update()

    def show_answer(self, answer: RenderResult) -> None:
        """Shows the probe as the network sees it, and what the network says."""
        probe = answer.request.probe
        name = probe.path.name if isinstance(probe, PictureProbe) else str(probe)
        self._answer, self._told = answer, f"{name} is {answer.truth}" if answer.truth else name
        if answer.frames != self.frames.count or answer.is_clip != self.frames.is_clip:
            self.frames.show_frames(answer.frames, is_clip=answer.is_clip)
        self.over.offer(answer.overlays)
        self.opacity.setVisible(bool(answer.overlays))
        self._show_picture()
        self.words.show_words(answer.tokens, self._told)
        self.sheet.setText("\n".join([f"{self._told}\n", answer.sheet]) if answer.sheet else "")
        self.bars.show_shares(answer.shares, *(answer.labels or [answer.truth]))
        self.bars.setVisible(bool(answer.shares))  # where there are none, the sample has the whole room
        self._show_part()

    def _show_picture(self) -> None:
        """Shows the probe of the answer, with the chosen mask over it."""
        answer = self._answer
        if answer is None:
            return
        words = " · ".join(answer.words.split("\n"))
        empty = "" if answer.image is not None else answer.problem or words or "This input is no picture."
        over = self.over.overlay
        pixels = answer.image if over is None else over.pixels(self.opacity.opacity)
        self.opacity.slider.setEnabled(over is not None and over.opaque is not None)
        caption = " · ".join(filter(None, (self._told, over.note if over is not None else "")))
        self.input.show_pixels(pixels, caption, printable(empty, SENTENCE), answer.grid)
        self.colours.show_colours(over.colours if over is not None else ())

    def clear(self, text: str = "") -> None:
        """Takes away what is of another sample, with words in its place."""
        self._answer = None
        self.input.show_pixels(None, "input", text)
        self.words.show_words((), "")
        self.sheet.setText("")
        for widget in (self.input, self.words):
            widget.show_box(None)
        self.over.offer({})
        self.opacity.hide()
        self.frames.show_frames(0, is_clip=True)
        self.colours.show_colours(())
        self.bars.show_shares(())
        self._show_part()

    def show_pad(self, *, is_on: bool) -> None:
        """Shows the pad, or the answer's probe again."""
        self._is_drawing = is_on
        self._show_part()

    def _show_part(self) -> None:
        """Shows the pad where somebody draws, else the sample as words or as a picture."""
        words = self.words if self.words.words else self._sheet if self.sheet.text() else self.input
        self._stack.setCurrentWidget(self.pad if self._is_drawing else words)

    def show_box(self, box: Box | None, moved: tuple[int, int]) -> None:
        """Marks what a position sees.

        Args:
            box: on the probe as the network sees it; None for nothing.
            moved: how many rows down and columns right the network sees the drawing of where it lies on the pad.
        """
        self.input.show_box(box)
        self.words.show_box(box)
        if box is not None:
            box = Box(box.top - moved[0], box.left - moved[1], box.height, box.width, box.seen)
        self.pad.show_box(box)

    def show_detail(self, detail: UnitDetail | None, colours: NDArray[np.uint8] | None = None) -> None:
        """Colours the words of a text by their shares of what a unit sees; without a unit they have no colours.

        Args:
            detail: the unit.
            colours: 256 of them, for negative shares to positive ones.
        """
        shares = None
        if detail is not None and detail.is_of_tokens and detail.fires and detail.down_values is not None:
            shares = detail.down_values[0, 0]
        self.words.show_shares(shares if shares is not None and len(shares) == len(self.words.words) else None, colours)

    def arrange(self, width: int, height: int) -> None:
        """Puts the bars beside the picture, or below it where that is higher than wide or names need the width.

        Args:
            width: of the whole side, in pixels of the screen.
            height: likewise.
        """
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        room, wanted = width - self._middle.spacing(), 0 if self.bars.isHidden() else self.bars.whole_width
        more = SCROLL_BAR if self._middle.direction() == down else 0  # or it would turn with the bar that it causes
        high = 1.5 if more == 0 else 1.3
        is_below = height > high * width or wanted + LEAST_PICTURE + more > room
        self._middle.setDirection(down if is_below else right)
        bars = max(wanted, round(room * (0.4 if width > ROOMY else 0.5)))
        for part, share in ((self._stack, room - bars), (self.bars, bars)):
            self._middle.setStretchFactor(part, 1 if is_below else max(1, share))
