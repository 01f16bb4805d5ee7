"""What a layer makes of a sample."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.insight.spec import Picture, View, ViewContext, chosen_units, coloured, view
from workbench.layers.spec import Layer


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
        maps = output[list(units)]
        maps = maps.reshape(len(maps), *(maps.shape[1:] if maps.ndim == 3 else (1, -1)))
        signed = bool((maps < 0).any())
        tiles, low, high = coloured(maps, signed=signed, colours=context.signed)
        return Picture(tiles, units, maps, low, high, "one range for all maps")
