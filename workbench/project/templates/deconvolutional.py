"""What the templates of deconvolutional networks share: layers of sparse codes, learnt one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import Pencil, Samples, Template

PIECES = Samples((1, 50, 50))


class Deconvolutional(Template):
    """Layers of convolutional sparse coding on pictures of equal local contrast; each has an energy of two terms."""

    data: ClassVar[Mapping[str, Json]] = {"source": "natural", "batch_size": 20}
    samples: ClassVar[Samples | None] = PIECES
    smallest: ClassVar[int] = 14

    def picture(self, pencil: Pencil) -> Port:
        """The picture, its local contrast made equal."""
        return pencil.add("LocalContrastNorm", "contrast", pencil.image(normalised=False))

    def coded(self, pencil: Pencil, name: str, target: Port, **settings: Any) -> Port:
        """A layer that explains its input, with both terms of its energy; its codes."""
        codes = pencil.add("SparseCode2d", name, target, **settings)
        drawn = Port(codes.node, "reconstruction")
        weight = settings.get("lam", 1.5)
        pencil.add("GaussianLoss", f"{name}_error", drawn, target, weight=weight)
        pencil.add("SparsityLoss", f"{name}_sparsity", codes, p=settings.get("p", 1.0))
        return codes
