"""What the templates of deconvolutional networks share: layers of sparse codes, learnt one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import DECONVOLVE, GraphBuilder, Samples, Template

PIECES = Samples((1, 50, 50))
LAM = 1.5


def layer_by_layer(*epochs: int, together: int = 0) -> list[Json]:
    """Stages in which `layer1`, `layer2` ... learn in turn, each from its own energy, and then all from all.

    Args:
        epochs: of each layer.
        together: of the stage at the end; 0 for none.
    """
    names = [f"layer{number}" for number in range(1, len(epochs) + 1)]
    stages: list[Json] = []
    for name, count in zip(names, epochs, strict=True):
        silent: dict[str, Json] = {
            f"{other}_{term}": 0.0 for other in names if other != name for term in ("error", "sparsity")
        }
        stages.append({"epochs": count, "train": [name], "losses": silent})
    return [*stages, {"epochs": together}] if together else stages


class Deconvolutional(Template):
    """Layers of convolutional sparse coding on pictures of equal local contrast; each has an energy of two terms."""

    group: ClassVar[str] = DECONVOLVE
    data: ClassVar[Mapping[str, Json]] = {"source": "natural", "batch_size": 20}
    samples: ClassVar[Samples | None] = PIECES
    smallest: ClassVar[int] = 14

    def picture(self, builder: GraphBuilder) -> Port:
        """The picture, its local contrast made equal."""
        return builder.add("LocalContrastNorm", "contrast", builder.image(normalised=False))

    def coded(self, builder: GraphBuilder, name: str, target: Port, *below: Port, **settings: Any) -> Port:
        """A layer of sparse codes with both terms of its energy.

        Args:
            builder: draws it.
            name: of its node.
            target: what it explains: the codes of the layer below (2010), or the picture.
            below: the `synthesis` of the layer below, where it draws the picture itself (2011).
            settings: of the layer.

        Returns:
            The port of its codes.
        """
        codes = builder.add("DeepSparseCode2d" if below else "SparseCode2d", name, target, *below, **settings)
        drawn = Port(codes.node, "reconstruction")
        builder.add("GaussianLoss", f"{name}_error", drawn, target, weight=settings.get("lam", LAM))
        builder.add("SparsityLoss", f"{name}_sparsity", codes, p=settings.get("p", 1.0))
        return codes

    def stacked(self, builder: GraphBuilder, picture: Port, layers: Sequence[Mapping[str, Any]]) -> list[Port]:
        """Layers that each draw the picture through all below (Zeiler et al. 2011); the codes of each.

        Args:
            builder: draws them.
            picture: what all of them explain.
            layers: settings of each, the lowest first.
        """
        codes: list[Port] = []
        for number, settings in enumerate(layers, start=1):
            below = [Port(codes[-1].node, "synthesis")] if codes else []
            codes.append(self.coded(builder, f"layer{number}", picture, *below, **settings))
        return codes
