"""Plain JPEG files, as cameras and data sets have most: decoded by libjpeg-turbo alone, past Pillow.

Pillow takes twice as long for a small picture, most of it in Python and with Python's lock, so that a second thread is
of no use. It uses the same library, and the pixels are the same bit for bit. What is not plain (turned by EXIF or XMP,
printers' colours, damaged, too large) is left to it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

BEGIN, MARKER = b"\xff\xd8", 0xFF
SCAN, APP1 = 0xDA, 0xE1  # markers: where the pixels begin, and a block of EXIF or XMP
COLOURS = {"Gray": (1, "GRAY"), "YCbCr": (3, "RGB")}


def header(data: bytearray, most: int) -> tuple[int, int, int] | None:
    """Returns channels (1 for grey, 3 for colour), height and width of a plain JPEG file.

    Args:
        data: the whole file.
        most: pixels that are decoded.

    Returns:
        None for any other file, or one of more pixels.
    """
    found = _plain(data, most)
    return None if found is None else (COLOURS[found[2]][0], *found[:2])


def decoded(data: bytearray, most: int, into: NDArray[Any] | None = None) -> NDArray[np.uint8] | None:
    """Returns the pixels of a plain JPEG file, (C, H, W), lying in memory channels last; None as `header` does.

    Args:
        data: the whole file.
        most: pixels that are decoded.
        into: what is filled and returned where it takes just these pixels; black where they turn out to be damaged.
    """
    import simplejpeg

    found = _plain(data, most)
    if found is None:
        return None
    channels, colours = COLOURS[found[2]]
    rows = _rows(into, (channels, *found[:2]))
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(data, colours, buffer=rows)
    except ValueError:
        if rows is not None:
            rows[:] = 0
        return None
    return pixels.transpose(2, 0, 1) if rows is None else into


def _rows(into: NDArray[Any] | None, shape: tuple[int, ...]) -> NDArray[Any] | None:
    """Memory for a picture (C, H, W) as the decoder writes it, channels last; None where it would not fit."""
    if into is None or into.shape != shape or into.dtype != np.uint8:
        return None
    rows = into.transpose(1, 2, 0)
    return rows if rows.flags.c_contiguous else None


def _plain(data: bytearray, most: int) -> tuple[int, int, str] | None:
    """Height, width and colours of a plain JPEG file."""
    if not _is_upright(data):
        return None
    import simplejpeg

    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    return (height, width, colours) if colours in COLOURS and 0 < height * width <= most else None


def _is_upright(data: bytearray) -> bool:
    """Whether it is a JPEG file without a block that may turn it."""
    place = len(BEGIN)
    if not data.startswith(BEGIN):
        return False
    while place + 4 <= len(data) and data[place] == MARKER:
        kind = data[place + 1]
        if kind in (SCAN, APP1):
            return kind == SCAN
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return False
