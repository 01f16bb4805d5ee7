"""A picture drawn again from its code, with some latents moved by hand and others taken from a second picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workbench.insight.latent.codes import Code, code_of
from workbench.insight.spec import Bytes, ViewContext
from workbench.insight.views.factors import as_pictures, shown_latents

if TYPE_CHECKING:
    from torch import Tensor

MOST_LATENTS = 12  # that can be moved


@dataclass(frozen=True)
class LatentEdits:
    """What is done to a sample's code; a latent that was moved by hand is not taken from the other sample.

    Attributes:
        moved: number of a latent → its value in the place of the sample's own.
        taken: the parts whose latents are those of the other sample, by name.
    """

    moved: Mapping[int, float] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    def with_moved(self, latent: int, value: float, parts: Mapping[str, range]) -> LatentEdits:
        """With a latent moved by hand; a part is no longer taken when all its latents have been moved since."""
        moved = {**self.moved, latent: value}
        kept = frozenset(name for name in self.taken if not set(parts.get(name, ())) <= set(moved))
        return LatentEdits(moved, kept)

    def with_taken(self, part: str, is_taken: bool, parts: Mapping[str, range]) -> LatentEdits:
        """With a part taken from the other sample, which undoes what was moved of it; or no longer taken."""
        if not is_taken:
            return replace(self, taken=self.taken - {part})
        moved = {latent: value for latent, value in self.moved.items() if latent not in parts.get(part, ())}
        return LatentEdits(moved, self.taken | {part})


@dataclass(frozen=True)
class Decoded:
    """A sample's code and what is drawn from it.

    Attributes:
        names: number of each latent that can be moved → its name.
        parts: name of each part that can be taken from another sample → its latents.
        own: where the sample has the latents.
        values: where they are now.
        unmoved: drawn from the sample's own code, (H, W, 3).
        moved: drawn from the code as it is now, (H, W, 3).
        other: drawn from the other sample's own code; None without another sample.
        swapped: drawn from the other sample's code with the parts that were taken from it replaced by the sample's.
    """

    names: Mapping[int, str]
    parts: Mapping[str, range]
    own: Mapping[int, float]
    values: Mapping[int, float]
    unmoved: Bytes
    moved: Bytes
    other: Bytes | None = None
    swapped: Bytes | None = None


def parts_of(code: Code) -> dict[str, range]:
    """What can be taken from another sample: each factor with all its latents, or single latents without names."""
    if code.factors:
        return {name: range(first, last) for name, (first, last) in code.factors.items()}
    return {code.name_of(latent): range(latent, latent + 1) for latent in shown_latents(code)[:MOST_LATENTS]}


def decode(context: ViewContext, changes: LatentEdits, other: Tensor | None = None) -> Decoded | None:
    """Draws a sample from its code, with latents put elsewhere; None where nothing is drawn from the node's code.

    Args:
        context: network, node and sample.
        changes: what is moved and taken.
        other: code of another sample, (1, D); without it nothing is taken.
    """
    import torch

    from workbench.insight.probe import continued

    code = code_of(context.graph, context.node)
    if code is None:
        return None
    own, parts = context.activation(), parts_of(code)
    codes = [own, own.clone()]
    if other is not None:
        codes += [other, other.clone()]
        for latents in (parts[name] for name in changes.taken if name in parts):
            codes[1][0, latents.start : latents.stop] = other[0, latents.start : latents.stop]
            codes[3][0, latents.start : latents.stop] = own[0, latents.start : latents.stop]
    for latent, value in changes.moved.items():
        if 0 <= latent < code.latents:
            codes[1][0, latent] = value
    drawn = continued(context.network, context.fields, {code.mean: torch.cat(codes)}, frozenset({code.picture}))
    pictures = [*as_pictures(drawn[code.picture].cpu().float().numpy()), None, None]
    shown = shown_latents(code)[:MOST_LATENTS]
    return Decoded(
        {latent: code.name_of(latent) for latent in shown},
        parts,
        {latent: float(own[0, latent]) for latent in shown},
        {latent: float(codes[1][0, latent]) for latent in shown},
        *pictures[:4],
    )
