"""Pictures from elsewhere as probes: dropped files, and pixels from the clipboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QMimeData
from PyQt6.QtGui import QImage

from workbench.core.errors import UsageError
from workbench.data.pictures import measure
from workbench.data.spec import Source
from workbench.project.probes import LARGEST_SIDE, DrawnProbe, PictureProbe, Probe


def has_picture(mime: QMimeData | None) -> bool:
    """Whether something dragged may be a picture; of several files the window takes care, which keeps all of them."""
    return mime is not None and (mime.hasImage() or sum(url.isLocalFile() for url in mime.urls()) == 1)


def probe_of(mime: QMimeData | None, shape: tuple[int, int, int], source: Source) -> Probe:
    """The probe in what was dropped or pasted: a file stays a file, pixels take the size of the network's input.

    Args:
        mime: what was dropped or pasted.
        shape: of the network's input.
        source: of the project's data, which brings pixels to that shape as it does its own pictures.

    Raises:
        UsageError: there is no picture in it.
        UnreadableError: the file is no picture.
    """
    if mime is not None:
        for url in mime.urls():
            if url.isLocalFile():
                return picture_file(Path(url.toLocalFile()))
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            channels, height, width = shape
            size = channels, min(height, LARGEST_SIDE), min(width, LARGEST_SIDE)
            return DrawnProbe.of(source.fit(pixels_of(image), size))
    raise UsageError("There is no picture to paste. Copy one first, or drop a file.")


def picture_file(path: Path) -> PictureProbe:
    """A picture file as a probe.

    Raises:
        UnreadableError: it is no picture, as its first bytes show.
    """
    measure(path)
    return PictureProbe(path)


def pixels_of(image: QImage) -> NDArray[np.uint8]:
    """The bytes of an image, (3, H, W), with white behind what is transparent."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    bits = image.constBits()
    assert bits is not None
    rows = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), image.bytesPerLine())
    rgba = rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).astype(np.float32)
    share = rgba[..., 3:] / 255
    rgb = np.rint(rgba[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
    return np.ascontiguousarray(rgb.transpose(2, 0, 1))
