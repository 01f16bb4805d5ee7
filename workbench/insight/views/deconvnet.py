"""What in the sample made a unit fire: its strongest activation sent back to the pixels."""

from __future__ import annotations

from workbench.core.values import Value
from workbench.insight.spec import Picture, Scene, View, chosen_units, coloured, in_colour, view
from workbench.layers.spec import Layer


@view(name="deconvnet", title="Deconvnet")
class Deconvnet(View):
    """For each unit that fires, the pattern of the sample behind its strongest activation (Zeiler & Fergus 2014).

    Of scores, which go to a loss or a softmax, 1 is sent back whatever their sign.
    """

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return output.kind in ("map", "vector") and not layer.is_loss and not layer.data_field

    @classmethod
    def render(cls, scene: Scene) -> Picture:
        from workbench.insight.backproject import project, strongest

        port, activation = scene.port, scene.activation()
        units = chosen_units(scene, activation.shape[1])
        seeds = strongest(activation, units, are_scores=scene.gives_scores)
        pictures = project(scene.network, scene.graph, scene.fields, port, seeds).cpu().float().numpy()
        fire = seeds.flatten(1).any(1).tolist()
        captions = tuple(str(unit) if fires else f"{unit} –" for unit, fires in zip(units, fire, strict=True))
        note = _note(scene, fire.count(False), len(units))
        if pictures.shape[1] == 3:
            tiles, low, high = in_colour(pictures, each=True)
        else:
            tiles, low, high = coloured(pictures.mean(axis=1), signed=True, each=True, colours=scene.signed)
        return Picture(tiles, units, pictures, low, high, note, captions)


def _note(scene: Scene, silent: int, units: int) -> str:
    note = "the neutral colour is zero"
    if scene.gives_scores:
        return f"{note}; 1 is sent back from each score, whatever its sign"
    if silent:
        return (
            f"{note}; {silent} of {units} units, marked –, {'does' if silent == 1 else 'do'} not fire for this picture"
        )
    return note
