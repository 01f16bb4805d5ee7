"""ConvNeXt, tiny."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import ImageNetClassifier, classified
from workbench.project.templates.spec import GraphBuilder, template

STAGES = ((96, 3), (192, 3), (384, 9), (768, 3))  # width and how many blocks
MOST_DROPPED = 0.1  # the probability that blocks are silenced rises to this
TRUNCATED = {"weight": "trunc_normal_(0, 0.02)", "bias": "zeros_"}


@template(name="convnext_tiny", title="ConvNeXt tiny")
class ConvNextTiny(ImageNetClassifier):
    """Liu et al. 2022 with torchvision's names: 28,589,128 parameters for 1000 classes.

    Large filters of single channels, layer normalisation and few activations. Stages are folded groups, and so are
    their blocks; each block has a learnt weight for every channel of its branch.
    """

    rank: ClassVar[int] = 50
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "AdamW", "lr": 1e-3, "weight_decay": 0.05}

    def build(self, builder: GraphBuilder) -> None:
        x, before, total = builder.image(), 0, sum(count for _, count in STAGES)
        for stage, (width, count) in enumerate(STAGES):
            name = f"features.{2 * stage}"
            x = self._smaller(builder, name, x, width, is_first=stage == 0)
            builder.fold(name)
            for index in range(count):
                drop = MOST_DROPPED * before / (total - 1)
                x = self._block(builder, f"features.{2 * stage + 1}.{index}", x, width, drop)
                before += 1
            builder.fold(f"features.{2 * stage + 1}")
        x = builder.add("LayerNorm2d", "classifier.0", builder.add("AdaptiveAvgPool2d", "avgpool", x))
        classified(builder, builder.add("Flatten", "classifier.1", x), "classifier.2", init=TRUNCATED)

    @staticmethod
    def _smaller(builder: GraphBuilder, name: str, x: Port, width: int, *, is_first: bool) -> Port:
        """Cuts into patches of four pixels, or later of two; the normalisation comes behind the first ones only."""
        size = 4 if is_first else 2
        settings: dict[str, Any] = {"out_channels": width, "kernel_size": size, "stride": size, "padding": 0}
        if is_first:
            x = builder.add("Conv2d", f"{name}.0", x, init=TRUNCATED, **settings)
            return builder.add("LayerNorm2d", f"{name}.1", x)
        x = builder.add("LayerNorm2d", f"{name}.0", x)
        return builder.add("Conv2d", f"{name}.1", x, init=TRUNCATED, **settings)

    @staticmethod
    def _block(builder: GraphBuilder, name: str, x: Port, width: int, drop: float) -> Port:
        own = f"{name}.block"
        settings = {"out_channels": width, "kernel_size": 7, "padding": 3, "groups": width}
        y = builder.add("Conv2d", f"{own}.0", x, init=TRUNCATED, **settings)
        y = builder.add("Permute", f"{own}.1", y, dims=(0, 2, 3, 1))
        y = builder.add("LayerNorm", f"{own}.2", y, axes=1, eps=1e-6)
        y = builder.add(
            "GELU", f"{own}.4", builder.add("Linear", f"{own}.3", y, out_features=4 * width, init=TRUNCATED)
        )
        y = builder.add("Linear", f"{own}.5", y, out_features=width, init=TRUNCATED)
        y = builder.add("Permute", f"{own}.6", y, dims=(0, 3, 1, 2))
        scale = builder.add(
            "Parameter", f"{name}.layer_scale", shape=(width, 1, 1), kind="map", init={"value": "constant_(1e-6)"},
            depth=builder.depth(y),
        )  # fmt: skip
        y = builder.add("Multiply", f"{name}.multiply", y, scale)
        y = builder.add("StochasticDepth", f"{name}.stochastic_depth", y, p=drop)
        builder.fold(name)
        return builder.add("Add", f"{name}.add", y, x)
