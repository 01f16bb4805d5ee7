"""ShuffleNetV2 1.0x."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import ImageNetClassifier, classified, conv_bn
from workbench.project.templates.spec import GraphBuilder, template

STAGES = {"stage2": (116, 4), "stage3": (232, 8), "stage4": (464, 4)}  # width and how many blocks


def shuffle_unit(builder: GraphBuilder, name: str, x: Port, widths: tuple[int, int], *, is_first: bool) -> Port:
    """The block of Ma et al. 2018 as a folded group.

    Args:
        builder: draws it.
        name: of the group.
        x: what comes in.
        widths: how many channels come in, and how many it gives.
        is_first: whether both branches change all that comes in, and halve height and width.
    """
    narrow, half = widths[0], widths[1] // 2
    if is_first:
        one = f"{name}.branch1"
        kept = conv_bn(builder, f"{one}.0", f"{one}.1", x, narrow, 3, 2, groups=narrow)
        kept = builder.add("ReLU", f"{one}.4", conv_bn(builder, f"{one}.2", f"{one}.3", kept, half, 1))
    else:
        kept = builder.add("Chunk", f"{name}.kept", x)
        x = builder.add("Chunk", f"{name}.changed", x, index=1)
    two = f"{name}.branch2"
    x = builder.add("ReLU", f"{two}.2", conv_bn(builder, f"{two}.0", f"{two}.1", x, half, 1))
    x = conv_bn(builder, f"{two}.3", f"{two}.4", x, half, 3, 2 if is_first else 1, groups=half)
    x = builder.add("ReLU", f"{two}.7", conv_bn(builder, f"{two}.5", f"{two}.6", x, half, 1))
    builder.fold(name)
    return builder.add("ChannelShuffle", f"{name}.shuffle", builder.add("Concat", f"{name}.concat", kept, x))


@template(name="shufflenet_v2_x1_0", title="ShuffleNetV2 1.0×")
class ShuffleNetV2(ImageNetClassifier):
    """Ma et al. 2018 with torchvision's names: 2,278,604 parameters for 1000 classes.

    A block leaves half of the channels alone and mixes both halves at its end. Stages are folded groups, and so are
    their blocks.
    """

    rank: ClassVar[int] = 44
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "SGD", "lr": 0.05, "weight_decay": 4e-5}

    def build(self, builder: GraphBuilder) -> None:
        x = conv_bn(builder, "conv1.0", "conv1.1", builder.image(), 24, 3, 2)
        x = builder.add("ReLU", "conv1.2", x)
        builder.fold("conv1")
        x, narrow = builder.add("MaxPool2d", "maxpool", x, kernel_size=3, stride=2, padding=1), 24
        for stage, (width, count) in STAGES.items():
            for index in range(count):
                x = shuffle_unit(builder, f"{stage}.{index}", x, (narrow, width), is_first=index == 0)
                narrow = width
            builder.fold(stage)
        x = builder.add("ReLU", "conv5.2", conv_bn(builder, "conv5.0", "conv5.1", x, 1024, 1))
        builder.fold("conv5")
        classified(builder, builder.add("Mean", "mean", x), "fc")
