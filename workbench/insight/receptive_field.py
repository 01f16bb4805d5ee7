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
        what: the input is counted in, as people read it.
        planes: of a clip or volume, the first and the last plane that is seen; None of other input.
    """

    top: int
    left: int
    height: int
    width: int
    seen: tuple[int, int]
    is_row: bool = False
    planes: tuple[int, int] | None = None
    what: str = "pixels"

    @property
    def text(self) -> str:
        """What people read."""
        rows, columns = self.seen
        if self.is_row:
            text = f"receptive field {columns} {'place' if columns == 1 else 'places'}"
            return text if self.width >= columns else f"{text}, {self.width} of them inside"
        text = f"receptive field {rows}×{columns} {self.what}"
        if self.height > rows or self.width > columns:
            return f"{text}, some of them beyond the opposite border"
        if (self.height, self.width) != self.seen:
            text += f", {self.height}×{self.width} of them in the picture"
        return text if self.planes is None else f"{text}, planes {self.planes[0] + 1} to {self.planes[1] + 1}"


def box_of(field: ReceptiveField | None, position: tuple[int, ...], size: tuple[int, ...]) -> Box | None:
    """The pixels that a position sees, clipped to the picture; of a series or a text, the places.

    Args:
        field: of the node; None sees everything.
        position: row and column in the node's map; of a clip or volume with the plane before them.
        size: height and width of the input; (L,) of a series or a text, (T, H, W) of a clip or volume, where the box
            is that on each of the planes that are seen.

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
    (top, bottom), (left, right) = inside[-2:]
    rows, columns = (last - first + 1 for first, last in whole[-2:])
    return Box(top, left, bottom - top + 1, right - left + 1, (rows, columns), planes=inside[0] if axes == 3 else None)
