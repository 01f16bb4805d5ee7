"""How good a picture a layer of sparse codes draws with how many codes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.core.chart import Axes, Sheet
from workbench.core.values import Value
from workbench.insight.sparse import decibels, gives_codes
from workbench.insight.spec import Bytes, Picture, View, ViewContext, chosen_units, view
from workbench.layers.spec import Layer

if TYPE_CHECKING:
    from torch import Tensor

FACTORS = tuple(float(factor) for factor in np.geomspace(1 / 8, 8, 9))
LEAST_ITERATIONS = 60  # so that the curve measures the filters, and not of a search that was broken off
SHEET = Sheet(480, 320, 1, "#c8ced5", "#8a929c", "#33373d", "#202328")
LEARNT, BY_LOT = "#5aa9ff", "#ffa03c"


@view(name="rate-distortion", title="Rate and distortion")
class RateDistortion(View):
    """For weights from an eighth of lam to eight times it: codes spent on the sample, and how well they draw it."""

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return gives_codes(layer, output)

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        units = chosen_units(context, 1)
        learnt, by_lot = curves(context)
        values = np.array([[each.rates, each.decibels] for each in (learnt, by_lot)], dtype=np.float32)
        own = len(FACTORS) // 2
        note = (
            f"at its own lam {learnt.decibels[own]:.1f} dB from {learnt.rates[own]:.3f} codes for each pixel; "
            f"random filters {by_lot.decibels[own]:.1f} dB from {by_lot.rates[own]:.3f}"
        )
        name = context.graph.nodes[context.node].name
        return Picture(_chart(name, learnt, by_lot), units, values[None], 0.0, float(values.max()), note, (name,))


@dataclass(frozen=True)
class Curve:
    """How one bank of filters does.

    Attributes:
        rates: codes that are not zero, for each pixel of the picture.
        decibels: how much stronger the picture is than what is left over.
    """

    rates: tuple[float, ...]
    decibels: tuple[float, ...]


def curves(context: ViewContext) -> tuple[Curve, Curve]:
    """The curves of the learnt filters, and of random ones of the same shape and length (Zeiler et al. 2010, 4.2)."""
    import torch

    sources = context.graph.incoming[context.node]
    x, *below = context.given(*(sources[name] for name in ("x", "below") if name in sources))
    module: Any = copy.deepcopy(context.network.modules.get_submodule(context.graph.nodes[context.node].name)).eval()
    module.iterations = max(module.iterations, LEAST_ITERATIONS)
    learnt = _curve(module, x, *below)
    weight = module.weight
    drawn = torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)).to(weight) * module.connected
    with torch.no_grad():
        weight.copy_(drawn / torch.linalg.vector_norm(drawn, dim=(1, 2, 3), keepdim=True))
    return learnt, _curve(module, x, *below)


def _curve(module: Any, x: Tensor, *below: Any) -> Curve:
    import torch

    lam, rates, heights = module.lam, [], []
    picture = x.cpu().numpy()
    for factor in FACTORS:
        module.lam = lam * factor
        with torch.no_grad():
            codes, drawn = module(x, *below)[:2]
        rates.append(float((codes != 0).sum()) / (x.shape[2] * x.shape[3]))
        heights.append(decibels(picture, drawn.cpu().numpy()))
    module.lam = lam
    return Curve(tuple(rates), tuple(heights))


def _chart(name: str, learnt: Curve, by_lot: Curve) -> Bytes:
    """Both curves on one sheet, (1, H, W, 3)."""
    from PIL import ImageDraw

    image = SHEET.image()
    lines = [tuple(zip(each.rates, each.decibels, strict=True)) for each in (learnt, by_lot)]
    axes = Axes(ImageDraw.Draw(image), lines, is_share=False, sheet=SHEET)
    axes.frame(f"{name}: dB", "codes other than zero for each pixel")
    for line, colour in zip(lines, (LEARNT, BY_LOT), strict=True):
        axes.curve(line, colour, has_dots=True)
    axes.legend([("learnt", LEARNT), ("random", BY_LOT)])
    return np.asarray(image)[None].copy()
