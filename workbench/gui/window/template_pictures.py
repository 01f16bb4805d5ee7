"""The pictures of templates, drawn one by one while the gallery answers already."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap

from workbench.gui.document.session import Session
from workbench.gui.editor.scene import Scene
from workbench.gui.widgets.theme import Theme
from workbench.gui.window.template_gallery import PICTURE, Gallery
from workbench.project.document import Project
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Template

TURN_MS = 1
MARGIN = 8.0
LARGEST = 0.16  # how large a network of few nodes is drawn at most


def empty_picture(theme: Theme, scale: float = 2.0) -> QPixmap:
    """A canvas with nothing on it, small."""
    pixmap = QPixmap(PICTURE * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(QColor(theme.canvas))
    return pixmap


def blank_picture(theme: Theme) -> QPixmap:
    """The picture of beginning with nothing: a place for a first node."""
    pixmap = empty_picture(theme)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.faint), 1.5, Qt.PenStyle.DashLine))
    middle = QPointF(PICTURE.width() / 2, PICTURE.height() / 2)
    box = QRectF(middle.x() - 45, middle.y() - 26, 90, 52)
    painter.drawRoundedRect(box, 6, 6)
    painter.setPen(QPen(QColor(theme.accent), 3))
    painter.drawLine(middle - QPointF(8, 0), middle + QPointF(8, 0))
    painter.drawLine(middle - QPointF(0, 8), middle + QPointF(0, 8))
    painter.end()
    return pixmap


def scene_rect(scene: Scene) -> QRectF:
    """The rectangle round all that is seen; what is in folded groups stands around them unseen."""
    whole = QRectF()
    for item in scene.items():
        if item.isVisible():
            whole |= item.sceneBoundingRect()
    return whole


def picture_of(cls: type[Template], theme: Theme) -> QPixmap:
    """A template's network as the canvas would draw it, small."""
    builder = GraphBuilder(cls.usual_samples())
    cls().build(builder)
    session = Session(Project.new(builder.graph(), {}, {}))
    scene = Scene(session, theme)
    pixmap = empty_picture(theme)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    seen = scene_rect(scene)
    scale = min((PICTURE.width() - 2 * MARGIN) / seen.width(), (PICTURE.height() - 2 * MARGIN) / seen.height())
    target = QRectF(0, 0, seen.width() * min(scale, LARGEST), seen.height() * min(scale, LARGEST))
    target.moveCenter(QRectF(0, 0, PICTURE.width(), PICTURE.height()).center())
    scene.render(painter, target, seen)
    painter.end()
    scene.deleteLater()
    session.deleteLater()
    return pixmap


class PictureDrawer(QObject):
    """Draws a gallery's pictures, one for each turn of the event loop, those in sight first."""

    def __init__(self, gallery: Gallery, theme: Theme) -> None:
        super().__init__(gallery)
        self._gallery = gallery
        self._theme = theme
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._draw_one)

    def start(self) -> None:
        """Begins, or goes on."""
        self._timer.start(TURN_MS)

    def stop(self) -> None:
        """Draws no more until it is started again."""
        self._timer.stop()

    def _draw_one(self) -> None:
        name = self._gallery.next_without_picture()
        if not name:
            self.stop()
            return
        self._gallery.show_picture(name, picture_of(REGISTRY[name], self._theme))
