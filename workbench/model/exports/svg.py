"""The network as a SVG file."""

from __future__ import annotations

from workbench.model.exports.base_picture import PictureExporter
from workbench.model.exports.spec import exporter


@exporter(name="svg", title="Drawing (SVG)", suffix=".svg")
class Svg(PictureExporter):
    """Draws the network as the canvas does, for web pages and papers; lines stay sharp at every size."""
