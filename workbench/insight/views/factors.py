"""What each part of a code does: one latent is swept while all the others stand still."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError
from workbench.core.values import Value
from workbench.insight.latent.codes import Code, code_of, is_code
from workbench.insight.spec import Bytes, Picture, View, ViewContext, chosen_units, view
from workbench.layers.spec import Layer

STEPS = 9
REACH = 2.5  # standard deviations of the prior to each side, or as far as samples stand where that is further
FROM_A_BLOCK = 4  # latents that are shown of a factor that has many


@view(name="factors", title="Factor traversals")
class Factors(View):
    """For each latent a strip of pictures: the sample drawn again while that latent alone goes from left to right."""

    is_particular: ClassVar[bool] = True
    takes_others: ClassVar[bool] = True

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return is_code(layer) and len(output.shape) == 1

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        from workbench.insight.probe import continued

        code = code_of(context.graph, context.node)
        if code is None:
            name = context.graph.nodes[context.node].name
            raise UsageError(f"No picture is drawn from the code of {name}: wire a decoder behind it.")
        chosen_units(context, code.latents)
        units = context.units or shown_latents(code)[: context.most]
        own = context.activation()
        swept = own.repeat(len(units) * STEPS, 1)
        reaches = _reaches(context, code, units)
        for row, (unit, reach) in enumerate(zip(units, reaches, strict=True)):
            swept[row * STEPS : (row + 1) * STEPS, unit] = own.new_tensor(np.linspace(-reach, reach, STEPS))
        drawn = continued(context.network, context.fields, {code.mean: swept}, frozenset({code.picture}))[code.picture]
        pictures = drawn.cpu().float().numpy().reshape(len(units), STEPS, *drawn.shape[1:])  # (K, S, C, H, W)
        strips = pictures.transpose(0, 2, 3, 1, 4).reshape(len(units), *drawn.shape[1:3], STEPS * drawn.shape[3])
        captions = [f"{code.name_of(unit)} ±{reach:.1f}" for unit, reach in zip(units, reaches, strict=True)]
        note = "each latent from one side of 0 to the other, while all others stay"
        return Picture(as_pictures(strips), tuple(units), strips, 0.0, 1.0, note, tuple(captions))


def _reaches(context: ViewContext, code: Code, units: tuple[int, ...]) -> list[float]:
    """How far each latent is swept to both sides of 0."""
    from workbench.insight.probe import activations

    if not context.others:
        return [REACH] * len(units)
    codes = activations(context.network, context.others, frozenset({code.mean}))[code.mean]
    furthest = codes.abs().amax(0)
    return [max(REACH, float(furthest[unit])) for unit in units]


def shown_latents(code: Code) -> tuple[int, ...]:
    """The latents to show at first: of each factor the first few, of a code without names all."""
    if not code.factors:
        return tuple(range(code.latents))
    return tuple(i for first, last in code.factors.values() for i in range(first, min(last, first + FROM_A_BLOCK)))


def as_pictures(values: NDArray[np.float32]) -> Bytes:
    """Pictures (K, C, H, W) between 0 and 1 as bytes (K, H, W, 3); a channel alone is grey."""
    shares = np.clip(np.nan_to_num(values[:, :3] if values.shape[1] >= 3 else values[:, :1]), 0, 1)
    rounded = np.rint(shares * 255).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.broadcast_to(rounded, (*rounded.shape[:3], 3)).copy()
