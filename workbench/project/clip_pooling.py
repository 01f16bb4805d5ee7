"""What networks for clips and volumes share."""

from __future__ import annotations

from typing import Any


def pooling_window(sides: list[int], wanted: tuple[int, int, int] = (2, 2, 2)) -> Any:
    """Returns the window of a pooling that leaves sides as they are which are shorter than it, and shortens the others.

    Args:
        sides: depth, height and width of what comes in; changed to those of what goes out.
        wanted: the window where there is room for it.
    """
    window = tuple(size if side >= size else 1 for size, side in zip(wanted, sides, strict=True))
    sides[:] = [side // size for side, size in zip(sides, window, strict=True)]
    return 2 if window == (2, 2, 2) else window
