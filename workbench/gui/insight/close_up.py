"""What is seen large beside the tiles: one unit of a node, the studio of a code, or one tile of whole pictures."""

from __future__ import annotations

from PyQt6.QtWidgets import QStackedWidget, QWidget

from workbench.gui.insight.pixel_image import CAPTION, PixelImage
from workbench.gui.insight.studio_side import StudioSide
from workbench.gui.insight.unit_side import UnitSide
from workbench.gui.widgets.theme import Theme
from workbench.insight.spec import REGISTRY
from workbench.inspection.render_request import RenderResult


class CloseUp(QStackedWidget):
    """Shows one of the three, whichever there is."""

    def __init__(self, unit: UnitSide, studio: StudioSide, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit, self._studio = unit, studio
        self.large = PixelImage("picture", theme)
        self._sides = (1, 1)  # height and width of the tile that is seen large
        for page in (unit, studio, self.large):
            self.addWidget(page)

    def set_theme(self, theme: Theme) -> None:
        """Draws in another set of colours."""
        for page in (self._unit, self._studio, self.large):
            page.set_theme(theme)

    def show_answer(self, answer: RenderResult | None, chosen: int) -> None:
        """Shows the studio where there is a drawing, of whole pictures the chosen tile, else the unit."""
        picture = answer.picture if answer is not None else None
        if answer is not None and answer.drawing is not None:
            self._studio.show_answer(answer)
            self.setCurrentWidget(self._studio)
        elif answer is not None and picture is not None and REGISTRY[answer.request.view].takes_whole:
            number = picture.units.index(chosen)
            self._sides = picture.sides
            self.large.show_pixels(picture.tile(number), picture.caption(number))
            self.setCurrentWidget(self.large)
        else:
            self.setCurrentWidget(self._unit)

    def width_for(self, height: int) -> int:
        """How much width what is shown can use in so much height."""
        if self.currentWidget() is self.large:
            return max(1, height - CAPTION) * self._sides[1] // self._sides[0]
        shown = self._studio if self.currentWidget() is self._studio else self._unit
        return shown.width_for(height)

    def height_for(self, width: int, most: int) -> int:
        """How much height what is shown takes in so much width; pictures can do with less, down to `most`."""
        if self.currentWidget() is self._studio:
            return self._studio.height_for(width)
        if self.currentWidget() is self.large:
            return min(most, width * self._sides[0] // self._sides[1] + CAPTION)
        return min(most, self._unit.height_for(width))
