"""The tools of the canvas: layers, blocks, colours by cost, and differences from another network."""

from __future__ import annotations

from collections.abc import Callable

from workbench.gui.document.session import Session
from workbench.gui.editor.palette import Palette
from workbench.gui.editor.view import CanvasView
from workbench.gui.window.block_adder import BlockAdder
from workbench.gui.window.colour_commands import ColourCommands
from workbench.gui.window.difference_commands import DifferenceCommands
from workbench.gui.window.layer_adder import LayerAdder


class CanvasTools:
    """The tools of a window's canvas.

    Attributes:
        adder: adds layers.
        blocks: adds blocks, keeps a selection as one, repeats it.
        colours: colours boxes by what they cost.
        differences: shows what differs from another network.
    """

    def __init__(self, session: Session, canvas: CanvasView, palette: Palette, say: Callable[[str], None]) -> None:
        self.adder = LayerAdder(session, canvas, palette, say)
        self.blocks = BlockAdder(session, canvas, palette, say)
        self.colours = ColourCommands(session, canvas, say)
        self.differences = DifferenceCommands(session, canvas, say)

    def shut_down(self) -> None:
        """Ends what is under way and waits for it."""
        self.colours.shut_down()
