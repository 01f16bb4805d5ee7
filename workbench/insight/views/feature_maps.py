"""What a layer makes of a sample."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.insight.coloured_maps import ColouredMaps
from workbench.insight.spec import Picture, View, ViewContext, as_planes, chosen_units, plane_text, view
from workbench.layers.spec import Layer

ONE_RANGE = "one range for all maps"


@view(name="feature-maps", title="Feature maps")
class FeatureMaps(View):
    """The output of each unit for the sample, all in one range of colours; a vector is drawn as a row of pixels."""

    shows_positions: ClassVar[bool] = True

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return output.kind in ("map", "vector") and not layer.is_loss

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        output = context.activation()[0].cpu().float().numpy()
        units = chosen_units(context, len(output))
        maps = output if len(units) == len(output) and not context.units else output[list(units)]
        note = f"{ONE_RANGE}; {plane_text(context.moment, maps.shape[1])}" if maps.ndim == 4 else ONE_RANGE
        maps = as_planes(maps[:, None], context.moment)[:, 0]
        drawn = ColouredMaps.of(maps, table=context.signed)
        names = context.unit_names(len(output))
        captions = tuple(names[unit] for unit in units) if names else ()
        return Picture(drawn, units, maps, *drawn.range, note, captions)
