"""What there is to know about a network with a code in its middle: which latents stand for what, and what they draw.

Shared by the view of traversals, the studio and the measures of disentanglement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.graph import Graph, Port
from workbench.layers.gaussian_sample import GaussianSample
from workbench.layers.graphics_code import GraphicsCode
from workbench.model.shapes import Shapes, infer


@dataclass(frozen=True)
class Code:
    """A code and the picture that is drawn from it.

    Attributes:
        node: id of the node looked at.
        mean: port of the codes' means, (D,).
        picture: port of the picture that is drawn from a code.
        latents: how long a code is.
        factors: name of each factor → its first latent and the one behind its last; empty if no latent has a name.
    """

    node: str
    mean: Port
    picture: Port
    latents: int
    factors: Mapping[str, tuple[int, int]]

    def name_of(self, latent: int) -> str:
        """A latent for people: `azimuth`, `identity 3`, or its number alone."""
        for name, (first, last) in self.factors.items():
            if first <= latent < last:
                return name if last - first == 1 else f"{name} {latent - first + 1}"
        return f"latent {latent}"


def is_code(layer: object) -> bool:
    """Whether a layer gives a code that a picture could be drawn from."""
    return isinstance(layer, (GraphicsCode, GaussianSample))


def code_of(graph: Graph, node: str = "", shapes: Shapes | None = None) -> Code | None:
    """The code at a node, or without one the network's first, named ones before others; None if there is none.

    Args:
        graph: the network.
        node: id of the node.
        shapes: its shapes, if they are known already.
    """
    shapes = shapes or infer(graph)
    found = [id_ for id_ in graph.order if is_code(shapes.layers.get(id_)) and node in ("", id_)]
    found.sort(key=lambda id_: not isinstance(shapes.layers[id_], GraphicsCode))
    for id_ in found:
        layer = shapes.layers[id_]
        mean = Port(id_, layer.output_ports[0])
        picture = _picture_behind(graph, shapes, id_)
        if mean in shapes.values and len(shapes.values[mean].shape) == 1 and picture is not None:
            factors = layer.slices() if isinstance(layer, GraphicsCode) else {}
            return Code(id_, mean, picture, shapes.values[mean].shape[0], factors)
    return None


def _picture_behind(graph: Graph, shapes: Shapes, node: str) -> Port | None:
    """The last map on the way from a node that a loss compares or that is an output."""
    behind = {node}
    for id_ in graph.order:
        if any(source.node in behind for source in graph.incoming[id_].values()):
            behind.add(id_)
    ends = []
    for id_ in graph.order:
        layer = shapes.layers.get(id_)
        if layer is None or id_ not in behind:
            continue
        wire = graph.incoming[id_].get("prediction") if layer.is_loss else None
        if layer.is_loss and wire is None:
            continue
        port = wire or (Port(id_, layer.output_ports[0]) if layer.output_ports else None)
        if port and port.node in behind and port in shapes.values and len(shapes.values[port].shape) == 3:
            ends.append((layer.is_loss, port))
    ends.sort(key=lambda end: end[0])
    return ends[-1][1] if ends else None
