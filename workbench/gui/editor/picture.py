"""The canvas as a picture: a drawing (SVG, PDF) or pixels (PNG)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QPageSize, QPaintDevice, QPainter

from workbench.gui.editor.scene import Scene
from workbench.gui.widgets.pixels import png_of
from workbench.gui.widgets.theme import DARK, LIGHT, Theme

MARGIN = 24.0
SCALE, MOST_PIXELS = 2.0, 12_000  # pixels for each unit of the canvas; of the longer side
POINTS = 0.75  # of a page, for each unit of the canvas
THEMES = {"light": LIGHT, "dark": DARK}
EMPTY = QRectF(0, 0, 200, 100)


def picture_of(scene: Scene, suffix: str, title: str, *, is_clear: bool = False, colours: str = "") -> bytes:
    """Returns the bytes of a picture of all that is on the level that is seen; nothing is marked as selected in it.

    Args:
        scene: the canvas.
        suffix: `.svg`, `.pdf` or `.png`.
        title: of a drawing.
        is_clear: whether there is nothing behind the network.
        colours: "light" or "dark"; "" for those that the canvas has.
    """
    graph = scene.session.graph
    area = scene.painted_area() if graph.nodes or graph.frames else EMPTY
    area = area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    theme = THEMES.get(colours, scene.theme)
    background = None if is_clear else QColor(theme.canvas)
    with _unselected(scene), _coloured(scene, theme):
        if suffix == ".svg":
            return _svg(scene, area, title, background)
        if suffix == ".pdf":
            return _pdf(scene, area, title, background)
        return _png(scene, area, background)


@contextmanager
def _unselected(scene: Scene) -> Iterator[None]:
    """Nothing is selected within it."""
    selected, frames = list(scene.session.selection), scene.frames.chosen()
    scene.session.select([])
    scene.frames.choose(())
    try:
        yield
    finally:
        scene.session.select(selected)
        scene.frames.choose(frames)


@contextmanager
def _coloured(scene: Scene, theme: Theme) -> Iterator[None]:
    """The canvas has another set of colours within it."""
    before = scene.theme
    if theme is before:
        yield
        return
    scene.set_theme(theme)
    try:
        yield
    finally:
        scene.set_theme(before)


def _svg(scene: Scene, area: QRectF, title: str, background: QColor | None) -> bytes:
    from PyQt6.QtSvg import QSvgGenerator  # a library that no start should wait for

    buffer, drawing = QBuffer(), QSvgGenerator()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing.setOutputDevice(buffer)
    drawing.setSize(area.size().toSize())
    drawing.setViewBox(QRectF(0, 0, area.width(), area.height()))
    drawing.setTitle(title)
    _draw(scene, drawing, QRectF(0, 0, area.width(), area.height()), area, background)
    return buffer.data().data()


def _pdf(scene: Scene, area: QRectF, title: str, background: QColor | None) -> bytes:
    from PyQt6.QtGui import QPdfWriter

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    page = QPdfWriter(buffer)
    page.setTitle(title)
    size = QSizeF(area.width() * POINTS, area.height() * POINTS)
    page.setPageSize(QPageSize(size, QPageSize.Unit.Point, "network", QPageSize.SizeMatchPolicy.ExactMatch))
    page.setPageMargins(QMarginsF(0, 0, 0, 0))
    _draw(scene, page, QRectF(0, 0, page.width(), page.height()), area, background)
    return buffer.data().data()


def _png(scene: Scene, area: QRectF, background: QColor | None) -> bytes:
    scale = min(SCALE, MOST_PIXELS / max(area.width(), area.height()))
    size = QSize(round(area.width() * scale), round(area.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32 if background else QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    _draw(scene, image, QRectF(0, 0, size.width(), size.height()), area, background)
    return png_of(image)


def _draw(scene: Scene, device: QPaintDevice, target: QRectF, area: QRectF, background: QColor | None) -> None:
    """Draws the canvas into a device, on a background of one colour or on none."""
    brush = scene.backgroundBrush()
    scene.setBackgroundBrush(QBrush())  # a clear colour would be a rectangle in drawings, which some programs fill
    painter = QPainter(device)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if background is not None:
            painter.fillRect(target, background)
        scene.render(painter, target, area)
    finally:
        painter.end()
        scene.setBackgroundBrush(brush)
