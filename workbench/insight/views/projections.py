"""What a single code draws of the picture, through all the layers below it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.values import Value
from workbench.insight.sparse import as_tiles, drawn, gives_codes
from workbench.insight.spec import Picture, View, ViewContext, chosen_units, view
from workbench.layers.spec import Layer


@view(name="projections", title="Projections")
class Projections(View):
    """For each feature its strongest code alone, drawn down to the picture by filters and switches (Zeiler 2011)."""

    is_particular: ClassVar[bool] = True

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return gives_codes(layer, output)

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        from workbench.insight.backproject import strongest

        codes = context.activation()
        units = chosen_units(context, codes.shape[1])
        seeds = strongest(codes, units, by_magnitude=True)
        pictures = cropped(drawn(context, context.node, seeds).cpu().float().numpy())
        tiles, low, high = as_tiles(pictures, each=True)
        unused = int((seeds.flatten(1) == 0).all(1).sum())
        note = f"{pictures.shape[3]}×{pictures.shape[2]} pixels round the strongest code of each feature; grey is zero"
        if unused:
            note += f"; {unused} of {len(units)} features are not used in this sample"
        return Picture(tiles, units, pictures, low, high, note)


def cropped(pictures: NDArray[Any]) -> NDArray[Any]:
    """What is not zero of each picture (K, C, H, W), in the middle of a frame for the largest: (K, C, h, w)."""
    parts = []
    for picture in pictures:
        there = np.abs(picture).max(axis=0) > 0
        edges = [np.flatnonzero(there.any(axis=axis)) for axis in (1, 0)]
        rows, columns = (slice(lines[0], lines[-1] + 1) if len(lines) else slice(0, 1) for lines in edges)
        parts.append(picture[:, rows, columns])
    height, width = (max(part.shape[axis] for part in parts) for axis in (1, 2))
    frames = np.zeros((len(parts), pictures.shape[1], height, width), pictures.dtype)
    for frame, part in zip(frames, parts, strict=True):
        top, left = (height - part.shape[1]) // 2, (width - part.shape[2]) // 2
        frame[:, top : top + part.shape[1], left : left + part.shape[2]] = part
    return frames
