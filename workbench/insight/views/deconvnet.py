"""What in the sample made a unit fire: its strongest activation sent back to the pixels."""

from __future__ import annotations

from workbench.core.values import Value
from workbench.insight.spec import Picture, Scene, View, chosen_units, coloured, in_colour, view
from workbench.layers.spec import Layer


@view(name="deconvnet", title="Deconvnet")
class Deconvnet(View):
    """For each unit, the pattern of the sample behind its strongest activation (Zeiler & Fergus 2014)."""

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return output.kind in ("map", "vector") and not layer.is_loss and not layer.data_field

    @classmethod
    def render(cls, scene: Scene) -> Picture:
        from workbench.insight.backproject import project, strongest

        port, activation = scene.port, scene.activation()
        units = chosen_units(scene, activation.shape[1])
        down = project(scene.network, scene.graph, scene.fields, port, strongest(activation, units))
        pictures = down.cpu().float().numpy()
        note = "the neutral colour is zero"
        if pictures.shape[1] == 3:
            return Picture(in_colour(pictures), units, pictures, float("nan"), float("nan"), note)
        tiles, low, high = coloured(pictures.mean(axis=1), signed=True, each=True, colours=scene.signed)
        return Picture(tiles, units, pictures, low, high, note)
