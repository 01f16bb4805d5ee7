"""Layers of sparse codes, one above the other: which there are below a node, and what their codes draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.graph import Graph, Port
from workbench.core.values import Value
from workbench.insight.spec import Bytes, ViewContext, in_colour
from workbench.layers.sparse_coding import SparseCoding
from workbench.layers.spec import Layer, find

if TYPE_CHECKING:
    from torch import Tensor


def gives_codes(layer: Layer, output: Value) -> bool:
    """Whether a layer searches for sparse codes."""
    return isinstance(layer, SparseCoding) and output.kind == "map"


def layers_down(graph: Graph, node: str) -> tuple[str, ...]:
    """The ids of the layers of sparse codes that a node's codes are drawn through, the lowest first, it the last."""
    below = graph.ancestors([node])
    found = []
    for id_ in graph.order:
        cls = find(graph.nodes[id_].layer)
        if id_ in below and cls is not None and issubclass(cls, SparseCoding):
            found.append(id_)
    return tuple(found)


def picture_below(graph: Graph, node: str) -> Port:
    """The port of the picture that is explained in the end: what the lowest layer of sparse codes takes in."""
    return graph.incoming[layers_down(graph, node)[0]]["x"]


def drawn(context: ViewContext, node: str, signals: Tensor) -> Tensor:
    """What codes of a node draw of the picture, through all layers below and the sample's switches.

    Args:
        context: network and sample.
        node: id of a layer of sparse codes.
        signals: codes, (K, ...).

    Returns:
        (K, C, H, W).
    """
    from workbench.insight.backproject import backproject

    port = Port(node, "codes")
    return backproject(
        context.network, context.graph, context.fields, port, signals, onto=picture_below(context.graph, node)
    )


def as_tiles(pictures: NDArray[Any], *, each: bool) -> tuple[Bytes, float, float]:
    """Signed pictures (K, C, H, W) in their colours, or grey where they have not three channels; zero is mid-grey.

    Args:
        pictures: the numbers.
        each: whether every tile has a range of its own.

    Returns:
        The tiles (K, H, W, 3), and the values of black and white; NaN where each tile has its own.
    """
    shown = pictures if pictures.shape[1] == 3 else pictures.mean(axis=1, keepdims=True).repeat(3, axis=1)
    return in_colour(shown, each=each)


def decibels(picture: NDArray[Any], drawn_picture: NDArray[Any]) -> float:
    """How much stronger a picture is than what a drawing of it lacks: 10 log10 of the ratio of their squares."""
    error = float(np.square(drawn_picture - picture).sum())
    return 10 * float(np.log10(max(float(np.square(picture).sum()), 1e-12) / max(error, 1e-12)))
