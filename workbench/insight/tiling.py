"""Tiles in a grid, with the unit's number under each where there is room."""

from __future__ import annotations

import io
import math

import numpy as np

from workbench.insight.spec import Bytes, Picture

GAP = 2
PAPER, INK = (32, 35, 40), (200, 206, 213)
HEADER = 26
LABEL = 14


def columns_for(count: int, height: int, width: int) -> int:
    """How many tiles side by side make the grid about twice as wide as high."""
    return max(1, min(count, math.ceil(math.sqrt(2 * count * height / max(1, width)))))


def grid(
    tiles: Bytes, columns: int, *, zoom: int = 1, below: int = 0, paper: tuple[int, int, int] | None = None
) -> Bytes:
    """Tiles (K, H, W, 3) as one picture, with gaps of 2 pixels; pixels stay pixels when enlarged.

    Args:
        tiles: the tiles.
        columns: how many side by side.
        zoom: whole factor of enlargement.
        below: empty rows under each tile.
        paper: colour of the gaps; dark if none is given.
    """
    count, height, width = tiles.shape[:3]
    rows = -(-count // columns)
    large = tiles.repeat(zoom, axis=1).repeat(zoom, axis=2) if zoom > 1 else tiles
    cells = np.empty((rows * columns, height * zoom + GAP + below, width * zoom + GAP, 3), dtype=np.uint8)
    cells[:] = PAPER if paper is None else paper
    cells[:count, GAP : GAP + height * zoom, GAP:] = large
    _, step_y, step_x, _ = cells.shape
    picture = np.empty((rows * step_y + GAP, columns * step_x + GAP, 3), dtype=np.uint8)
    picture[:] = PAPER if paper is None else paper
    whole = cells.reshape(rows, columns, step_y, step_x, 3).swapaxes(1, 2)
    picture[:-GAP, :-GAP] = whole.reshape(rows * step_y, columns * step_x, 3)
    return picture


def npz(picture: Picture) -> bytes:
    """The numbers behind a view's picture as the bytes of an .npz file."""
    data = io.BytesIO()
    np.savez(data, values=picture.values, units=np.array(picture.units), tiles=picture.tiles)
    return data.getvalue()


def png(picture: Picture, title: str) -> bytes:
    """A view's picture as the bytes of a PNG file, with title, range and the units' numbers."""
    from PIL import Image, ImageDraw, ImageFont

    count, height, width = picture.tiles.shape[:3]
    font = ImageFont.load_default(12)
    widest = max((ImageFont.load_default(10).getlength(text) + 2 for text in picture.captions), default=0)
    zoom = max(1, min(16, 96 // max(height, width)), math.ceil(widest / width))
    columns = columns_for(count, height, width)
    below = LABEL if width * zoom >= 24 else 0
    cells = Image.fromarray(grid(picture.tiles, columns, zoom=zoom, below=below))
    text = f"{title}   {range_text(picture)}"
    size = max(cells.width, int(font.getlength(text)) + 16), cells.height + HEADER
    image = Image.new("RGB", size, PAPER)
    image.paste(cells, (0, HEADER))
    draw = ImageDraw.Draw(image)
    draw.text((8, HEADER // 2), text, fill=INK, anchor="lm", font=font)
    for number in range(count if below else 0):
        x = GAP + number % columns * (width * zoom + GAP)
        y = HEADER + GAP + number // columns * (height * zoom + GAP + below) + height * zoom
        text = picture.caption(number).replace("×", "x").replace("–", "-")  # which the font lacks
        draw.text((x + 1, y), text, fill=INK, anchor="lt", font=ImageFont.load_default(10))
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def range_text(picture: Picture) -> str:
    """The range of the colours in words."""
    if math.isnan(picture.low):
        return "each tile in its own range"
    if picture.low == -picture.high:
        return f"±{picture.high:.3g}, zero is neutral"
    return f"{picture.low:.3g} to {picture.high:.3g}"
