"""The network as a PNG file."""

from __future__ import annotations

from workbench.model.exports.base_picture import PictureExporter
from workbench.model.exports.spec import exporter


@exporter(name="png", title="Picture (PNG)", suffix=".png")
class Png(PictureExporter):
    """Draws the network as the canvas does, as pixels."""
