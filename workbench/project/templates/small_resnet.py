"""A small residual network for small pictures."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_imagenet import conv_bn
from workbench.project.templates.base_residual import basic_block
from workbench.project.templates.spec import GraphBuilder, Template, template


@template(name="small-resnet", title="Small ResNet")
class SmallResNet(Template):
    """He et al. 2016 for small pictures, three blocks of 16, 32 and 64 maps: trains on a laptop's processor."""

    rank: ClassVar[int] = 2
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "optimizer": "AdamW", "lr": 0.01, "weight_decay": 0.01}
    smallest: ClassVar[int] = 4

    def build(self, builder: GraphBuilder) -> None:
        x = conv_bn(builder, "conv1", "bn1", builder.image(), 16, 3, 1)
        x = builder.add("ReLU", "relu", x)
        for stage, width in enumerate((16, 32, 64), start=1):
            x = basic_block(builder, f"layer{stage}.0", x, width, 1 if stage == 1 else 2, projects=stage > 1)
        x = builder.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1)
        x = builder.add("Flatten", "flatten", x)
        x = builder.add("Linear", "fc", x, out_features=builder.samples.scores)
        builder.classify(x)
