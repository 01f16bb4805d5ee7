"""Four layers of sparse codes as in Zeiler et al. 2011: each draws the picture itself, by filters and switches."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_deconvolutional import Deconvolutional, layer_by_layer
from workbench.project.templates.spec import GraphBuilder, Samples, template

POOLED: Mapping[str, Any] = {"solver": "ista", "iterations": 10, "pool": 2, "pool_maps": 2}
PLAIN: Mapping[str, Any] = {"solver": "ista", "iterations": 10}


@template(name="deconv4", title="Deconvolutional network, four layers (2011)")
class Deconv4(Deconvolutional):
    """Learns strokes, corners and larger patterns, each layer from the picture itself (smaller than Zeiler's of 2011).

    The paper has 15, 50, 100 and 150 maps of 7×7 filters on 150×150 pixels, blocks of 3×3 and thousands of pictures.
    As there, lam falls from layer to layer, since patterns of many strokes are longer than a stroke.
    """

    rank: ClassVar[int] = 2
    data: ClassVar[Mapping[str, Json]] = {
        "source": "natural",
        "options": {"crops": 60, "size": 80},
        "batch_size": 12,
    }
    samples: ClassVar[Samples | None] = Samples((1, 80, 80))
    training: ClassVar[Mapping[str, Json]] = {
        "schedule": "constant",
        "stages": layer_by_layer(10, 6, 4, 4, together=2),
    }

    def build(self, builder: GraphBuilder) -> None:
        layers = (
            {"out_channels": 16, "kernel_size": 7, "lam": 1.0, **POOLED},
            {"out_channels": 32, "kernel_size": 5, "lam": 0.15, **POOLED},
            {"out_channels": 48, "kernel_size": 5, "lam": 0.05, **POOLED},
            {"out_channels": 64, "kernel_size": 5, "lam": 0.015, **PLAIN},
        )
        self.stacked(builder, self.picture(builder), layers)
