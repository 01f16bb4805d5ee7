"""Where a large picture may be cut into pieces, so that what a network makes of them fits together without a seam."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from workbench.core.graph import Graph
from workbench.core.values import Shape
from workbench.model.receptive_field import Box, ReceptiveField
from workbench.model.receptive_fields import ReceptiveFields, receptive_fields
from workbench.model.resizing import RESULT
from workbench.model.shapes import Shapes, infer

LEAST_SIDE = 32  # of a piece
FINEST = 4096  # parts of a pixel by which steps are distinguished

Slices = tuple[slice, slice]


def why_whole(part: Graph, size: Shape) -> str:
    """Why a picture can only go through a network as a whole, as half a sentence; empty if it can be cut.

    Args:
        part: the network for pictures of that size, with the node `RESULT` at its end.
        size: height and width of the picture.
    """
    shapes = infer(part)
    for id_, layer in shapes.layers.items():
        windows = None if part.nodes[id_].bypass else layer.windows(*shapes.inputs[id_])
        if windows is None and layer.cutting() is None and not part.nodes[id_].bypass:
            return f"{part.nodes[id_].name} weighs the whole of it"
        if not all(window.moves_evenly for wire in windows or () for window in wire):
            return f"{part.nodes[id_].name} does not treat all places alike"
    step = _step(shapes, receptive_fields(part))
    return f"its layers keep step every {step} pixels only" if step >= max(size) else ""


def pieces(part: Graph, size: Shape, side: int) -> Iterator[tuple[Slices, Slices]]:
    """Pieces side by side, and each with what must be seen around it.

    Args:
        part: a network for which `why_whole` gives no reason.
        size: height and width of the picture.
        side: about how many rows and columns may go through at once.
    """
    shapes = infer(part)
    fields = receptive_fields(part)
    field, step = fields[RESULT], _step(shapes, fields)
    overlap = _overlap(shapes) if field is None else math.ceil(max(field.size) / 2)
    inner = max(-(-LEAST_SIDE // step), side // step - 2 * -(-overlap // step)) * step
    for y in range(0, size[0], inner):
        for x in range(0, size[1], inner):
            box = tuple((start, min(start + inner, n) - 1) for start, n in zip((y, x), size, strict=True))
            outer = [
                slice(max(0, low // step * step), min(-(-(high + 1) // step) * step, n))
                for (low, high), n in zip(_seen(field, box, overlap), size, strict=True)
            ]
            yield (slice(y, box[0][1] + 1), slice(x, box[1][1] + 1)), (outer[0], outer[1])


def _seen(field: ReceptiveField | None, box: Box, overlap: int) -> Box:
    """What is seen of the picture by a piece of the result, and the piece itself; parts of it may lie outside."""
    seen = field.around(box) if field is not None else tuple((low - overlap, high + overlap) for low, high in box)
    return tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(seen, box, strict=True))


def _step(shapes: Shapes, fields: ReceptiveFields) -> int:
    """Pixels whose multiples are positions of every map, so that pieces are pooled and strided as the whole is."""
    strides = {stride for field in fields.values() if field is not None for stride in field.stride}
    cuts = [cutting.step for layer in shapes.layers.values() if (cutting := layer.cutting()) is not None]
    return math.lcm(math.prod(cuts), *(Fraction(s).limit_denominator(FINEST).numerator for s in strides))


def _overlap(shapes: Shapes) -> int:
    """How many pixels around a piece matter where layers weigh everything: their overlaps and all windows."""
    found = 0
    for id_, layer in shapes.layers.items():
        windows, cutting = layer.windows(*shapes.inputs[id_]), layer.cutting()
        found += cutting.overlap if cutting is not None else 0
        ends = [window.seen(0, 0, None) for wire in windows or () for window in wire]
        found += max((max(-low, high) for low, high in filter(None, ends)), default=0)
    return found
