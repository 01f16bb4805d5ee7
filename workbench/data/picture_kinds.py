"""What a picture file is by its first bytes: whether it is of a format that is read, and which kind of it is not."""

from __future__ import annotations

import re
from io import BytesIO

from workbench.core.errors import printable

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF", "PPM")
STARTS = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "BMP": rb"BM",
    "WEBP": rb"RIFF....WEBP",
    "GIF": rb"GIF8[79]a",
    "TIFF": rb"II\*\0|MM\0\*|II\+\0|MM\0\+",
    "PPM": rb"P[1-6]\s",
}
BITS, SAMPLES, SAMPLE_FORMAT = 258, 277, 339  # TIFF tags
VALUES = {1: "whole numbers", 2: "signed whole numbers", 3: "floats", 5: "complex whole numbers", 6: "complex numbers"}


def format_of(data: bytes) -> str:
    """Returns the format that the first bytes of a file announce; "" if it is none of those that are read."""
    return next((name for name, start in STARTS.items() if re.match(start, data, re.DOTALL)), "")


def unidentified(data: bytes) -> str:
    """Returns why Pillow does not know a file, as a sentence: it is no picture, or one of a kind that is not read."""
    name = format_of(data)
    if not name:
        start = ascii(bytes(data[:8]))[1:]
        return f"this is no {', '.join(FORMATS[:-1])} or {FORMATS[-1]} picture (it begins with {start})."
    kind = _tiff_kind(data) if name == "TIFF" else ""
    what = f"of {kind}" if kind else "of a kind"
    return f"this is a {name} picture {what} that is not read, or a damaged one. Save it with 8 bits, grey or RGB."


def _tiff_kind(data: bytes) -> str:
    """What the pixels of a TIFF are: `3 bands of 32-bit floats`; "" if its header cannot be read."""
    from PIL import TiffImagePlugin

    try:
        tags = TiffImagePlugin.ImageFileDirectory_v2(data[:8])
        stream = BytesIO(data)
        stream.seek(tags.next)
        tags.load(stream)
        bands, bits, kind = tags.get(SAMPLES, 1), tags.get(BITS, (1,)), tags.get(SAMPLE_FORMAT, (1,))
        first = bits[0] if isinstance(bits, tuple) else bits
        values = VALUES.get(kind[0] if isinstance(kind, tuple) else kind, "unknown values")
        return printable(f"{bands} band{'s' if bands != 1 else ''} of {first}-bit {values}", 60)
    except Exception:  # whatever comes to Pillow with a damaged header; the sentence is right without it
        return ""
