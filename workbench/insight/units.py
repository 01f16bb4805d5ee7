"""One unit looked at closely: its map, what in the picture made it fire, its filter and its numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.insight.sparse import gives_codes
from workbench.insight.spec import REGISTRY, Bytes, ViewContext, as_planes, coloured, has_colours, in_colour, plane_at
from workbench.insight.spots import Spot, signal
from workbench.layers.spec import find
from workbench.model.shapes import infer


@dataclass(frozen=True)
class UnitDetail:
    """One unit (channel) of a node for one sample.

    Attributes:
        unit: its number.
        values: its map (H, W); a series is one row high, a unit of a vector one pixel.
        tile: the map in colours (H, W, 3).
        position: row and column from which the signal was sent down.
        is_strongest: whether that is the strongest position, and not one that somebody chose.
        down: the deconvnet's picture in colours, (H, W, 3); None where there is none.
        down_values: its numbers, (C, H, W).
        filter_tile: the filter in colours (h, w, 3); None where the node has none.
        is_score: whether its values are scores or another prediction, from which 1 is sent down whatever the sign.
        is_code: whether its values are codes, which draw with either sign and are strong by their size.
        is_of_series: whether the way down ends at a series, so that its numbers are (C, 1, L).
        name: of the class that it scores; "" of other units.
        plane: which plane of its map `values` are: the one at the context's moment, else that of its strongest value;
            None of flat maps.
        planes: how many its map has; 1 of flat maps.
        best_plane: which of them has its strongest value.
        grid: rows and columns that the deconvnet's picture stands for, where these are not its pixels.
        is_of_tokens: whether it ends at a text, so that they are the shares of its tokens, (1, 1, L).
    """

    unit: int
    values: NDArray[Any]
    tile: Bytes
    position: tuple[int, int]
    is_strongest: bool
    down: Bytes | None = None
    down_values: NDArray[Any] | None = None
    filter_tile: Bytes | None = None
    is_score: bool = False
    is_code: bool = False
    is_of_series: bool = False
    is_of_tokens: bool = False
    name: str = ""
    plane: int | None = None
    planes: int = 1
    best_plane: int | None = None
    grid: tuple[int, int] | None = None

    @property
    def fires(self) -> bool:
        """Whether a signal goes down from its position."""
        value = float(self.values[self.position])
        return self.is_score or value > 0 or (self.is_code and value != 0)

    @property
    def best(self) -> tuple[int, int]:
        """Row and column of the strongest value."""
        return best_of(self.values, is_code=self.is_code)

    @property
    def strongest(self) -> float:
        """The largest value of the map; of codes the one of the largest size."""
        return float(self.values[self.best])

    @property
    def mean(self) -> float:
        """The mean of the map."""
        return float(self.values.mean())

    @property
    def is_dead(self) -> bool:
        """Whether it gives nothing but zeros for this sample."""
        return not self.values.any()


def inspect_unit(context: ViewContext, unit: int, position: tuple[int, int] | None = None) -> UnitDetail | None:
    """A unit's map, its way back to the pixels, and its filter.

    Args:
        context: network, node and sample.
        unit: the channel.
        position: where the way back starts; the strongest position if None or not in the map.

    Returns:
        None where the node gives no maps and no vector, or has no such unit.
    """
    activation = context.activation()
    is_shown = activation.dim() in (2, 3, 4, 5) and activation.is_floating_point()
    if not is_shown or not 0 <= unit < activation.shape[1]:
        return None
    output, is_code = activation[0].cpu().float().numpy(), _is_code(context)
    best_plane = _strongest_plane(output[unit], is_code=is_code) if output.ndim == 4 else None
    plane = best_plane if context.moment is None or best_plane is None else plane_at(context.moment, output.shape[1])
    values = np.atleast_2d(output[unit] if plane is None else output[unit][plane])
    best = best_of(values, is_code=is_code)
    is_inside = position is not None and position[0] < values.shape[0] and position[1] < values.shape[1]
    start = position if is_inside and position is not None else best
    tile, _, _ = coloured(values[None], signed=bool((output < 0).any()), colours=context.signed)
    names = context.unit_names(len(output))
    detail = UnitDetail(
        unit,
        values,
        tile[0],
        start,
        start == best,
        is_score=context.gives_scores,
        is_code=is_code,
        name=names[unit] if names else "",
        plane=plane,
        planes=output.shape[1] if plane is not None else 1,
        best_plane=best_plane,
    )
    cls = find(context.graph.nodes[context.node].layer)
    assert cls is not None
    return replace(_sent_down(context, detail) if cls.inputs else detail, filter_tile=_filter(context, unit))


def _sent_down(context: ViewContext, detail: UnitDetail) -> UnitDetail:
    """A unit with its way back to the first field."""
    place = detail.position if detail.plane is None else (detail.plane, *detail.position)
    down = _down(context, detail.unit, place, is_code=detail.is_code)
    if down.ndim == 5:  # of a clip, the frame that is seen, else the one that the most of it comes back to
        most = int(np.abs(down).sum(axis=(0, 1, 3, 4)).argmax())
        down = down[:, :, most if context.moment is None else plane_at(context.moment, down.shape[2])]
    planes = as_planes(down)[0] if down.ndim in (2, 3, 4) else None
    has_places, is_float = down.ndim == 3, context.fields[next(iter(context.network.inputs))].is_floating_point()
    return replace(
        detail,
        down=_colours(planes, context.signed, in_colours=has_colours(down)),
        down_values=planes,
        is_of_series=has_places and is_float,
        is_of_tokens=has_places and not is_float,
    )


def best_of(values: NDArray[Any], *, is_code: bool) -> tuple[int, int]:
    """Returns row and column of the largest value of a map (H, W); of codes of the one of the largest size."""
    place = int((np.abs(values) if is_code else values).argmax())
    return place // values.shape[1], place % values.shape[1]


def _is_code(context: ViewContext) -> bool:
    shapes = infer(context.graph)
    layer, value = shapes.layers.get(context.node), shapes.values.get(context.port)
    return layer is not None and value is not None and gives_codes(layer, value)


def _strongest_plane(values: NDArray[Any], *, is_code: bool) -> int:
    """The frame or slice of a map (T, H, W) that has its strongest value."""
    return int((np.abs(values) if is_code else values).max(axis=(1, 2)).argmax())


def _down(context: ViewContext, unit: int, position: tuple[int, ...], *, is_code: bool) -> NDArray[Any]:
    """The signal of one position sent back to the first field, (1, ...) in the field's shape."""
    activation = context.activation()
    place = position[-(activation.dim() - 2) :] if activation.dim() > 2 else ()
    found = float(activation[(0, unit, *place)])
    value = found if is_code else signal(found, is_score=context.gives_scores)
    found_below: NDArray[Any] = context.way_down().down([Spot(unit, place, value)]).cpu().float().numpy()
    return found_below


def _colours(down: NDArray[Any] | None, signed: Bytes, *, in_colours: bool) -> Bytes | None:
    if down is None:
        return None
    if in_colours:
        tiles, _, _ = in_colour(down[None], each=True)
    else:
        tiles, _, _ = coloured(down.mean(axis=0)[None], signed=True, colours=signed)
    return tiles.reshape(tiles.shape[1:])


def _filter(context: ViewContext, unit: int) -> Bytes | None:
    filters = REGISTRY["filters"]
    node = context.graph.nodes[context.node]
    cls = find(node.layer)
    if cls is None or node.bypass or cls.width_setting != "out_channels":
        return None
    tiles = filters.render(replace(context, units=(unit,))).tiles
    return tiles.reshape(tiles.shape[1:])
