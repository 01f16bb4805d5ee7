"""The network as a PDF file."""

from __future__ import annotations

from workbench.model.exports.base_picture import PictureExporter
from workbench.model.exports.spec import exporter


@exporter(name="pdf", title="Drawing (PDF)", suffix=".pdf")
class Pdf(PictureExporter):
    """Draws the network as the canvas does, on a page of its size, for papers."""
