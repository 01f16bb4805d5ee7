"""What a layer makes of a sample."""

from __future__ import annotations

from workbench.core.graph import Port
from workbench.core.values import Value
from workbench.insight.spec import Picture, Scene, View, chosen_units, coloured, view
from workbench.layers.spec import Layer


@view(name="feature-maps", title="Feature maps")
class FeatureMaps(View):
    """The output of each unit for the sample, all in one range of colours; a vector is drawn as a row of pixels."""

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return output.kind in ("map", "vector") and not layer.is_loss

    @classmethod
    def render(cls, scene: Scene) -> Picture:
        from workbench.insight.probe import activations

        layer_ports = [port for port in scene.network.predict_ports if port.node == scene.node]
        port = Port(scene.node, layer_ports[0].name)
        output = activations(scene.network, scene.fields, frozenset({port}))[port][0].cpu().float().numpy()
        units = chosen_units(scene, len(output))
        maps = output[list(units)]
        maps = maps.reshape(len(maps), *(maps.shape[1:] if maps.ndim == 3 else (1, -1)))
        signed = bool((maps < 0).any())
        tiles, low, high = coloured(maps, signed=signed)
        return Picture(tiles, units, maps, low, high, "one range for all maps")
