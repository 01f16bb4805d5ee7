"""What both sizes of MobileNetV3 have in common."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_imagenet import SMALL_LINEAR, classified
from workbench.project.templates.base_inverted import Inverted, InvertedBlock, inverted_residual
from workbench.project.templates.spec import GraphBuilder

NORM = {"eps": 1e-3, "momentum": 0.01}
STEM = 16


def squeezed(wide: int) -> int:
    """To how many numbers channels are squeezed: about a quarter, a multiple of 8."""
    quarter = wide // 4
    nearest = max(8, (quarter + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * quarter else nearest + 8


class MobileNetV3(Inverted):
    """Howard et al. 2019 with torchvision's names.

    Attributes:
        blocks: kernel, width inside, width, whether channels are weighed, whether it is hard-swish and no ReLU, stride.
        hidden: width of the layer before the scores.
    """

    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "AdamW", "lr": 2e-3, "weight_decay": 0.01}
    blocks: ClassVar[tuple[tuple[int, int, int, bool, bool, int], ...]] = ()
    hidden: ClassVar[int] = 1024

    def build(self, builder: GraphBuilder) -> None:
        x, narrow = self.stem(builder, STEM, "Hardswish", **NORM), STEM
        for number, (kernel, wide, width, is_weighed, is_swish, stride) in enumerate(self.blocks, start=1):
            block = InvertedBlock(
                narrow, wide, width, kernel, stride, squeezed(wide) if is_weighed else 0,
                "Hardswish" if is_swish else "ReLU", "Hardsigmoid", NORM,
            )  # fmt: skip
            x = inverted_residual(builder, f"features.{number}", x, block)
            narrow = width
        x = self.top(builder, f"features.{len(self.blocks) + 1}", x, 6 * narrow, "Hardswish", **NORM)
        x = builder.add("Linear", "classifier.0", x, out_features=self.hidden, init=SMALL_LINEAR)
        x = builder.add("Dropout", "classifier.2", builder.add("Hardswish", "classifier.1", x), p=0.2)
        classified(builder, x, "classifier.3", init=SMALL_LINEAR)
