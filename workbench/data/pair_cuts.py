"""How pictures that belong together become samples of one size, and which of them are held out."""

from __future__ import annotations

from dataclasses import replace

from workbench.core.errors import UnreadableError
from workbench.data.cuts import Cuts, held_out, squares, whole
from workbench.data.folder_listing import some
from workbench.data.paired_folders import Pairing, PicturePair
from workbench.data.sized_pictures import SizedPictures, measured
from workbench.data.spec import SPLITS


def cut_pairs(
    pairing: Pairing, options: SizedPictures, *, side: int | None, overlap: int, seed: int, role: int = 0
) -> tuple[list[PicturePair], Cuts]:
    """Plans the samples: each pair as a whole, or cut into squares, of which no picture has some in two splits.

    Args:
        pairing: the pairs.
        options: how large samples are, and how pictures are brought to it.
        side: of squares, in pixels; None for whole pictures.
        overlap: of neighbouring squares, in pixels.
        seed: of which pairs are held out where they are cut.
        role: the picture of each pair that says how large it is.

    Returns:
        The pairs in the order of their splits, and the cuts, in the same order.

    Raises:
        UnreadableError: no picture is as large as a square.
    """
    pairs = pairing.pairs
    paths = [pairing.root / pair.paths[role] for pair in pairs]
    if side is None:
        shape, notes = options.shape_of(paths)
        return pairs, whole(shape, len(pairs), notes)
    shapes = measured(paths)
    channels: int = options.channels or max((shape[0] for shape in shapes if shape), default=1)
    sizes = [None if shape is None else options.whole_size(shape[1:]) for shape in shapes]
    cuts = squares(channels, sizes, side, overlap)
    large = [index for index, corners in enumerate(cuts.corners) if corners]
    if any(shapes) and not large:
        raise UnreadableError(pairing.root, f"no picture is as large as a square of {side}×{side} pixels.")
    small = [pairs[index].paths[role] for index, found in enumerate(sizes) if found and not cuts.corners[index]]
    if small:
        cuts.notes.append(f"Left out, smaller than a square of {side}×{side} pixels ({len(small):,}): {some(small)}")
    splits, notes = held_out([pairs[index].split for index in large], seed)
    moved = dict(zip(large, splits, strict=True))
    pairs = [replace(pair, split=moved.get(index, pair.split)) for index, pair in enumerate(pairs)]
    return _in_order(pairs, replace(cuts, notes=cuts.notes + notes))


def _in_order(pairs: list[PicturePair], cuts: Cuts) -> tuple[list[PicturePair], Cuts]:
    """Sorts the pairs and their cuts by their splits."""
    order = sorted(range(len(pairs)), key=lambda index: SPLITS.index(pairs[index].split))
    sizes, corners = [cuts.sizes[index] for index in order], [cuts.corners[index] for index in order]
    return [pairs[index] for index in order], replace(cuts, sizes=sizes, corners=corners)
