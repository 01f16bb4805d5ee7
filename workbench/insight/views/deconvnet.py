"""What in the sample made a unit fire: its strongest activation sent back to the pixels."""

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
    plane_text,
    view,
)
from workbench.insight.spots import strongest_spots
from workbench.layers.spec import Layer


@view(name="deconvnet", title="Deconvnet")
class Deconvnet(View):
    """For each unit that fires, the pattern of the sample behind its strongest activation (Zeiler & Fergus 2014).

    Of scores, which go to a loss or a softmax, 1 is sent back whatever their sign.
    """

    by_unit: ClassVar[bool] = True

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return output.kind in ("map", "vector") and not layer.is_loss and bool(layer.inputs)

    @classmethod
    def note(cls, context: ViewContext, units: tuple[int, ...]) -> str:
        silent = len(units) - sum(_firing(context, units))
        text = f"the neutral colour is zero{_plane(context)}"
        if context.gives_scores:
            return f"{text}; 1 is sent back from each score, whatever its sign"
        if silent:
            fire = "does not fire" if silent == 1 else "do not fire"
            return f"{text}; {silent} of {len(units)} units, marked –, {fire} for this picture"
        return text

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        activation = context.activation()
        units = chosen_units(context, activation.shape[1])
        spots = strongest_spots(activation, units, are_scores=context.gives_scores)
        pictures = context.way_down().down(spots).cpu().float().numpy()
        fire = _firing(context, units)
        names = context.unit_names(activation.shape[1])
        called = [names[unit] if names else str(unit) for unit in units]
        captions = tuple(name if fires else f"{name} –" for name, fires in zip(called, fire, strict=True))
        note = cls.note(context, units)
        planes = as_planes(pictures, context.moment)
        if has_colours(pictures):
            tiles, low, high = in_colour(planes, each=True)
        else:
            tiles, low, high = coloured(planes.mean(axis=1), signed=True, each=True, colours=context.signed)
        return Picture(tiles, units, pictures, low, high, note, captions)


def _plane(context: ViewContext) -> str:
    """Which frame is seen of a clip, where one was chosen."""
    field = next(iter(context.fields.values()), None)
    if field is None or field.dim() != 5 or context.moment is None:
        return ""
    return f"; {plane_text(context.moment, field.shape[2])}"


def _firing(context: ViewContext, units: tuple[int, ...]) -> list[bool]:
    """Whether each unit sends a signal down."""
    if context.gives_scores:
        return [True] * len(units)
    found: list[bool] = (context.activation()[0, list(units)].reshape(len(units), -1) > 0).any(1).tolist()
    return found
