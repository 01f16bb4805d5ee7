"""Arrays of bytes as pictures that Qt can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """Bytes (H, W, 3) as an image that owns them."""
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def png_of(picture: QWidget | QImage) -> bytes:
    """Returns an image, or what a widget looks like now, as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = picture if isinstance(picture, QImage) else picture.grab().toImage()
    image.save(buffer, "PNG")
    return buffer.data().data()
