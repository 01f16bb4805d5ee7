"""What a single code draws of the picture, through all the layers below it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.values import Value
from workbench.insight.sparse import as_tiles, drawn, gives_codes
from workbench.insight.spec import Picture, Scene, View, chosen_units, view
from workbench.layers.spec import Layer


@view(name="projections", title="Projections")
class Projections(View):
    """For each feature its strongest code alone, drawn down to the picture by filters and switches (Zeiler 2011)."""

    is_particular: ClassVar[bool] = True

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return gives_codes(layer, output)

    @classmethod
    def render(cls, scene: Scene) -> Picture:
        from workbench.insight.backproject import strongest

        codes = scene.activation()
        units = chosen_units(scene, codes.shape[1])
        seeds = strongest(codes, units, by_magnitude=True)
        pictures = cropped(drawn(scene, scene.node, seeds).cpu().float().numpy())
        tiles, low, high = as_tiles(pictures, each=True)
        unused = int((seeds.flatten(1) == 0).all(1).sum())
        note = f"{pictures.shape[3]}×{pictures.shape[2]} pixels round the strongest code of each feature; grey is zero"
        if unused:
            note += f"; {unused} of {len(units)} features are not used in this sample"
        return Picture(tiles, units, pictures, low, high, note)


def cropped(pictures: NDArray[Any]) -> NDArray[Any]:
    """The part of each picture (K, C, H, W) that is not zero, all in the size of the largest: (K, C, h, w)."""
    boxes = []
    for picture in np.abs(pictures).max(axis=1):
        edges = []
        for axis in (0, 1):
            lines = np.flatnonzero(picture.any(axis=1 - axis))
            edges.append((int(lines[0]), int(lines[-1]) + 1) if len(lines) else (0, 0))
        boxes.append(edges)
    sizes = [max(1, *(edges[axis][1] - edges[axis][0] for edges in boxes)) for axis in (0, 1)]
    parts = []
    for picture, edges in zip(pictures, boxes, strict=True):
        starts = []
        for axis, ((first, last), size) in enumerate(zip(edges, sizes, strict=True)):
            middle = (first + last - size) // 2
            starts.append(min(max(0, middle), picture.shape[1 + axis] - size))
        parts.append(picture[:, starts[0] : starts[0] + sizes[0], starts[1] : starts[1] + sizes[1]])
    return np.stack(parts)
