"""What one position of a feature map sees of the input, as a box of pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workbench.model.cost import Field


@dataclass(frozen=True)
class Box:
    """A receptive field on the input.

    Attributes:
        top: first row that is seen, inside the picture.
        left: first column.
        height: rows inside the picture.
        width: columns inside the picture.
        seen: rows and columns that are seen altogether, padding included.
    """

    top: int
    left: int
    height: int
    width: int
    seen: tuple[int, int]

    @property
    def text(self) -> str:
        """What people read."""
        rows, columns = self.seen
        text = f"sees {rows}×{columns} pixels"
        is_inside = (self.height, self.width) == self.seen
        return text if is_inside else f"{text}, {self.height}×{self.width} of them in the picture"


def box_of(field: Field | None, position: tuple[int, int], size: tuple[int, int]) -> Box | None:
    """The pixels that a position sees, clipped to the picture.

    Args:
        field: of the node; None sees everything.
        position: row and column in the node's map.
        size: height and width of the input.

    Returns:
        None where the input has no rows and columns, or where nothing of the picture is seen.
    """
    if field is None:
        return Box(0, 0, *size, size)
    if len(field.size) != 2:
        return None
    starts, ends, seen = [], [], []
    for axis in range(2):
        middle = field.centre[axis] + position[axis] * field.stride[axis]
        low = math.floor(middle - (field.size[axis] - 1) / 2 + 1e-6)
        high = math.ceil(middle + (field.size[axis] - 1) / 2 - 1e-6)
        starts.append(max(0, low))
        ends.append(min(size[axis], high + 1))
        seen.append(high - low + 1)
    if ends[0] <= starts[0] or ends[1] <= starts[1]:
        return None
    return Box(starts[0], starts[1], ends[0] - starts[0], ends[1] - starts[1], (seen[0], seen[1]))
