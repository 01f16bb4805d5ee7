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
        is_row: whether it lies on a series or a text, one row of places.
    """

    top: int
    left: int
    height: int
    width: int
    seen: tuple[int, int]
    is_row: bool = False

    @property
    def text(self) -> str:
        """What people read."""
        rows, columns = self.seen
        if self.is_row:
            text = f"receptive field {columns} {'place' if columns == 1 else 'places'}"
            return text if self.width >= columns else f"{text}, {self.width} of them inside"
        text = f"receptive field {rows}×{columns} pixels"
        if self.height > rows or self.width > columns:
            return f"{text}, some of them beyond the opposite border"
        is_inside = (self.height, self.width) == self.seen
        return text if is_inside else f"{text}, {self.height}×{self.width} of them in the picture"


def box_of(field: ReceptiveField | None, position: tuple[int, int], size: tuple[int, ...]) -> Box | None:
    """The pixels that a position sees, clipped to the picture; of a series or a text, the places.

    Args:
        field: of the node; None sees everything.
        position: row and column in the node's map.
        size: height and width of the input; (L,) of a series or a text.

    Returns:
        None where the input has no rows and columns, where nothing of the picture is seen, and where the map has no
        such position.
    """
    axes = len(size)
    if field is None:
        rows, columns = (1, *size)[-2:]
        return Box(0, 0, rows, columns, (rows, columns), is_row=axes == 1)
    if len(field.size) != axes:
        return None
    inside, whole = field.box(position[-axes:]), field.box(position[-axes:], clipped=False)
    if inside is None or whole is None:
        return None
    if axes == 1:
        ((left, right),), ((first, last),) = inside, whole
        return Box(0, left, 1, right - left + 1, (1, last - first + 1), is_row=True)
    (top, bottom), (left, right) = inside
    seen = (whole[0][1] - whole[0][0] + 1, whole[1][1] - whole[1][0] + 1)
    return Box(top, left, bottom - top + 1, right - left + 1, seen)
