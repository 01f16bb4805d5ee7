"""EfficientNet-B0."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_inverted import Inverted, InvertedBlock, inverted_residual
from workbench.project.templates.spec import GraphBuilder, template

# How many times as wide inside, kernel, stride of the first one, width, how many blocks.
STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)  # fmt: skip
MOST_DROPPED = 0.2  # the probability that blocks are silenced rises to this


@template(name="efficientnet_b0", title="EfficientNet-B0")
class EfficientNetB0(Inverted):
    """Tan & Le 2019 with torchvision's names: 5,288,548 parameters for 1000 classes.

    Stages are folded groups, and so are their blocks. Deeper blocks are silenced more often while it trains.
    """

    rank: ClassVar[int] = 45
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "AdamW", "lr": 2e-3, "weight_decay": 0.01}

    def build(self, builder: GraphBuilder) -> None:
        x, narrow, before = self.stem(builder, 32, "SiLU"), 32, 0
        total = sum(count for *_, count in STAGES)
        for stage, (times, kernel, first, width, count) in enumerate(STAGES, start=1):
            for index in range(count):
                block = InvertedBlock(
                    narrow, times * narrow, width, kernel, first if index == 0 else 1, max(1, narrow // 4), "SiLU",
                    drop=MOST_DROPPED * before / total,
                )  # fmt: skip
                x = inverted_residual(builder, f"features.{stage}.{index}", x, block)
                narrow, before = width, before + 1
            builder.fold(f"features.{stage}")
        x = self.top(builder, f"features.{len(STAGES) + 1}", x, 4 * narrow, "SiLU")
        width = builder.samples.scores**-0.5
        self.dropped_out(builder, x, {"weight": f"uniform_({-width:.4f}, {width:.4f})", "bias": "zeros_"})
