"""What one position of a feature map sees of the input, as a box of pixels."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.model.receptive_field import ReceptiveField


@dataclass(frozen=True)
class Box:
    """A receptive field on the input.

    Attributes:
        top: first row that is seen, inside the picture.
        left: first column.
        height: rows inside the picture.
        width: columns inside the picture.
        seen: rows and columns that are seen altogether, margins included.
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
        text = f"receptive field {rows}×{columns} pixels"
        if self.height > rows or self.width > columns:
            return f"{text}, some of them beyond the opposite border"
        is_inside = (self.height, self.width) == self.seen
        return text if is_inside else f"{text}, {self.height}×{self.width} of them in the picture"


def box_of(field: ReceptiveField | None, position: tuple[int, int], size: tuple[int, int]) -> Box | None:
    """The pixels that a position sees, clipped to the picture.

    Args:
        field: of the node; None sees everything.
        position: row and column in the node's map.
        size: height and width of the input.

    Returns:
        None where the input has no rows and columns, where nothing of the picture is seen, and where the map has no
        such position.
    """
    if field is None:
        return Box(0, 0, *size, size)
    if len(field.size) != 2:
        return None
    inside, whole = field.box(position), field.box(position, clipped=False)
    if inside is None or whole is None:
        return None
    (top, bottom), (left, right) = inside
    seen = (whole[0][1] - whole[0][0] + 1, whole[1][1] - whole[1][0] + 1)
    return Box(top, left, bottom - top + 1, right - left + 1, seen)
