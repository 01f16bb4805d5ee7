"""A picture at its own size, what the network makes of it, and what it takes away."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from workbench.core.errors import UsageError
from workbench.core.values import Value
from workbench.insight.full_size import (
    FullSizeResult,
    Numbers,
    as_floats,
    is_picture,
    is_restoring,
    run_full_size,
    with_noise,
)
from workbench.insight.latent.metrics import psnr
from workbench.insight.spec import Bytes, Picture, View, ViewContext, chosen_units, view
from workbench.layers.spec import Layer


@view(name="whole-picture", title="Whole picture")
class WholePicture(View):
    """The picture at its own size, what the network makes of it, and the difference; with noise first, if wanted.

    Of a network that restores pictures both are measured by the picture that is wanted, where that is known.
    """

    takes_whole: ClassVar[bool] = True

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return is_picture(output) and bool(layer.inputs)

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        clean = _picture(context)
        noisy = with_noise(clean, context.noise) if context.noise else clean
        made = run_full_size(context.network, context.graph, context.port, noisy)
        clean = clean[:, : made.picture.shape[1], : made.picture.shape[2]]
        shown = (
            _restored(context, clean, made)
            if is_restoring(context.graph, context.network.inputs)
            else _shown(context, clean, made)
        )
        units = chosen_units(context, len(shown))
        captions, pictures = zip(*(shown[unit] for unit in units), strict=True)
        values = _stacked(pictures)
        differs = [caption in (DIFFERENCE, CHANGE) for caption in captions]
        high = max((float(np.abs(values[number]).max()) for number in range(len(units)) if differs[number]), default=0)
        tiles = np.stack([_tile(each, high if apart else None) for each, apart in zip(values, differs, strict=True)])
        apart = CHANGE if CHANGE in captions else DIFFERENCE
        note = f"in the {apart} mid-grey is none and white +{high:.2g}" if any(differs) else "pictures as they are"
        first = min(len(units) - 1, 2 if context.noise else 1)  # what is made of it
        return Picture(tiles, units, values, 0.0, 1.0, "; ".join([note, *made.notes]), captions, first)


DIFFERENCE = "difference"
WANTED, CHANGE = "wanted", "change"


def _restored(context: ViewContext, given: Numbers, made: FullSizeResult) -> list[tuple[str, Numbers]]:
    """Captions and pictures: the picture that was given, what is made of it, what is wanted, and what is amiss."""
    name, result = context.graph.nodes[context.node].name, made.result
    size = f"{given.shape[2]}×{given.shape[1]}"
    noise = [("with noise", made.picture)] if context.noise else []
    truth = None if context.truth is None else as_floats(context.truth)[:, : result.shape[1], : result.shape[2]]
    if truth is None or truth.shape != result.shape:
        change = [(CHANGE, made.picture - result)] if result.shape == given.shape else []
        return [(f"picture {size}", given), *noise, (f"{name} {result.shape[2]}×{result.shape[1]}", result), *change]
    before = f"picture {_decibels(truth, given)}" if given.shape == truth.shape else f"picture {size}"
    after = f"{name} {_decibels(truth, result)}"
    return [(before, given), *noise, (after, result), (WANTED, truth), (DIFFERENCE, result - truth)]


def _picture(context: ViewContext) -> Numbers:
    """The one picture that is sent through, (C, H, W)."""
    arrays = context.whole or {name: tensor[0].cpu().numpy() for name, tensor in context.fields.items()}
    if len(arrays) != 1:
        raise UsageError(f"The network takes {len(arrays)} inputs, so there is no one picture to send through it.")
    (picture,) = arrays.values()
    return as_floats(picture)


def _shown(context: ViewContext, clean: Numbers, made: FullSizeResult) -> list[tuple[str, Numbers]]:
    """Captions and pictures: the picture, with noise, what is made of it, and the difference."""
    name, size = context.graph.nodes[context.node].name, f"{clean.shape[2]}×{clean.shape[1]}"
    shown = [(f"picture {size}", clean)]
    if context.noise:
        shown.append((f"with noise {_decibels(clean, made.picture)}", made.picture))
    if made.result.shape != clean.shape:
        return [*shown, (f"{name} {made.result.shape[2]}×{made.result.shape[1]}", made.result)]
    return [
        *shown,
        (f"{name} {_decibels(clean, made.result)}", made.result),
        (DIFFERENCE, made.picture - made.result),
    ]


def _decibels(clean: Numbers, other: Numbers) -> str:
    found = psnr(clean, other)
    return "unchanged" if math.isinf(found) else f"{found:.1f} dB"


def _stacked(pictures: tuple[Numbers, ...]) -> Numbers:
    """Pictures as one array (K, C, H, W); zeros fill smaller ones up, grey is repeated where others are coloured."""
    channels, height, width = (max(each.shape[axis] for each in pictures) for axis in range(3))
    found = np.zeros((len(pictures), channels, height, width), np.float32)
    for number, each in enumerate(pictures):
        found[number, :, : each.shape[1], : each.shape[2]] = each
    return found


def _tile(values: Numbers, high: float | None) -> Bytes:
    """A picture (C, H, W) in its own colours, or where `high` is given as signed numbers around mid-grey."""
    shares = values if high is None else 0.5 + values / (2 * max(high, 1e-12))
    pixels: Bytes = np.clip(np.rint(shares * 255), 0, 255).astype(np.uint8)
    return np.broadcast_to(pixels.transpose(1, 2, 0), (*values.shape[1:], 3))
