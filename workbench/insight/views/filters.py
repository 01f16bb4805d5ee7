"""The filters of a convolution."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.insight.spec import (
    Picture,
    View,
    ViewContext,
    as_planes,
    chosen_units,
    coloured,
    has_colours,
    in_colour,
    view,
)
from workbench.layers.spec import Layer


@view(name="filters", title="Filters")
class Filters(View):
    """The learnt weights of each filter, all in one range; of filters with many input channels, the mean over them."""

    needs_input: ClassVar[bool] = False

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return layer.width_setting == "out_channels" and output.kind == "map"

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        node = context.graph.nodes[context.node]
        owner = context.graph.nodes[node.share_with].name if node.share_with else node.name
        weight = context.network.modules.get_submodule(owner).get_parameter("weight").detach().cpu().float().numpy()
        if node.layer.startswith("ConvTranspose"):
            weight = weight.swapaxes(0, 1)
        units = chosen_units(context, len(weight))
        is_in_colours = has_colours(weight)
        depth = f"; of {weight.shape[2]} planes the one in the middle" if weight.ndim == 5 else ""
        weight = as_planes(weight)  # a series' filters are one pixel high
        inputs = weight.shape[1]
        if is_in_colours:
            tiles, low, high = in_colour(weight, each=False)
            note = "channels as red, green and blue; grey is zero"
        else:
            tiles, low, high = coloured(weight.mean(axis=1), signed=True, colours=context.signed)
            note = f"mean over {inputs} input channels" if inputs > 1 else "one input channel"
        chosen = list(units)  # in the range of all, so that a filter that learnt nothing is as faint as it is
        return Picture(tiles[chosen], units, weight[chosen], low, high, f"{note}{depth}; one range for all filters")
