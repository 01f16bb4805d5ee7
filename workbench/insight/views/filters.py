"""The filters of a convolution."""

from __future__ import annotations

from typing import ClassVar

from workbench.core.values import Value
from workbench.insight.spec import Picture, Scene, View, chosen_units, coloured, in_colour, view
from workbench.layers.spec import Layer


@view(name="filters", title="Filters")
class Filters(View):
    """The learnt weights of each filter; of filters with many input channels, the mean over them."""

    needs_input: ClassVar[bool] = False

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return layer.width_setting == "out_channels" and output.kind == "map"

    @classmethod
    def render(cls, scene: Scene) -> Picture:
        node = scene.graph.nodes[scene.node]
        owner = scene.graph.nodes[node.share_with].name if node.share_with else node.name
        weight = scene.network.modules.get_submodule(owner).get_parameter("weight").detach().cpu().float().numpy()
        if node.layer.startswith("ConvTranspose"):
            weight = weight.swapaxes(0, 1)
        units = chosen_units(scene, len(weight))
        weight = weight[list(units)]
        weight = weight[..., None, :] if weight.ndim == 3 else weight  # a series' filters are one pixel high
        if weight.shape[1] == 3:
            note = "channels as red, green and blue; grey is zero"
            return Picture(in_colour(weight), units, weight, float("nan"), float("nan"), note)
        tiles, low, high = coloured(weight.mean(axis=1), signed=True, colours=scene.signed)
        inputs = weight.shape[1]
        note = f"mean over {inputs} input channels" if inputs > 1 else "one input channel"
        return Picture(tiles, units, weight, low, high, note)
