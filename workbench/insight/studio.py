"""A picture drawn again from its code, with some latents moved by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.insight.codes import code_of
from workbench.insight.spec import Bytes, Scene
from workbench.insight.views.factors import as_pictures, shown_latents

MOST_LATENTS = 12  # that can be moved


@dataclass(frozen=True)
class Drawing:
    """A sample's code and what is drawn from it.

    Attributes:
        names: number of each latent that can be moved → its name.
        own: where the sample has them.
        values: where they are now.
        unmoved: drawn from the sample's own code, (H, W, 3).
        moved: drawn from the code as it is now, (H, W, 3).
    """

    names: Mapping[int, str]
    own: Mapping[int, float]
    values: Mapping[int, float]
    unmoved: Bytes
    moved: Bytes


def draw(scene: Scene, moved: Mapping[int, float]) -> Drawing | None:
    """Draws a sample from its code, with latents put elsewhere; None where nothing is drawn from the node's code.

    Args:
        scene: network, node and sample.
        moved: number of a latent → its value in the place of the sample's own.
    """
    from workbench.insight.probe import continued

    code = code_of(scene.graph, scene.node)
    if code is None:
        return None
    own = scene.activation()
    both = own.repeat(2, 1)
    for latent, value in moved.items():
        if 0 <= latent < code.latents:
            both[1, latent] = value
    drawn = continued(scene.network, scene.fields, {code.mean: both}, frozenset({code.picture}))[code.picture]
    pictures = as_pictures(drawn.cpu().float().numpy())
    shown = shown_latents(code)[:MOST_LATENTS]
    return Drawing(
        {latent: code.name_of(latent) for latent in shown},
        {latent: float(own[0, latent]) for latent in shown},
        {latent: float(both[1, latent]) for latent in shown},
        pictures[0],
        pictures[1],
    )
