"""A picture as each layer of a deconvolutional network draws it."""

from __future__ import annotations

import numpy as np

from workbench.core.graph import Port
from workbench.core.values import Value
from workbench.insight.sparse import as_tiles, decibels, drawn, gives_codes, layers_down, picture_below
from workbench.insight.spec import Picture, View, ViewContext, chosen_units, view
from workbench.layers.spec import Layer


@view(name="reconstructions", title="Reconstructions")
class Reconstructions(View):
    """The picture, what the codes of each layer up to this one draw of it, and what this layer leaves over."""

    @classmethod
    def applies_to(cls, layer: Layer, output: Value) -> bool:
        return gives_codes(layer, output)

    @classmethod
    def render(cls, context: ViewContext) -> Picture:
        graph = context.graph
        layers = layers_down(graph, context.node)
        wanted = [picture_below(graph, context.node), *(Port(id_, "codes") for id_ in layers)]
        picture, *codes = context.given(*wanted)
        pictures = [picture.cpu().float().numpy()]
        captions = ["picture"]
        for id_, of_layer in zip(layers, codes, strict=True):
            pictures.append(drawn(context, id_, of_layer).cpu().float().numpy())
            captions.append(f"{graph.nodes[id_].name} {decibels(pictures[0], pictures[-1]):.1f} dB")
        pictures.append(pictures[0] - pictures[-1])
        captions.append("left over")
        units = chosen_units(context, len(pictures))
        shown = np.concatenate([pictures[unit] for unit in units])
        tiles, low, high = as_tiles(shown, each=False)
        rates = [float((of_layer != 0).sum()) / (picture.shape[2] * picture.shape[3]) for of_layer in codes]
        spent = ", ".join(f"{graph.nodes[id_].name} {rate:.3f}" for id_, rate in zip(layers, rates, strict=True))
        note = f"codes other than zero for each pixel: {spent}"
        return Picture(tiles, units, shown, low, high, note, tuple(captions[unit] for unit in units))
