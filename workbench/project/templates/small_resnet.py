"""A small residual network for small pictures."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.resnet18 import basic_block, conv_bn
from workbench.project.templates.spec import Pencil, Template, template


@template(name="small-resnet", title="Small ResNet")
class SmallResNet(Template):
    """He et al. 2016 for small pictures, three blocks of 16, 32 and 64 maps: trains on a laptop's processor."""

    rank: ClassVar[int] = 2
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "optimizer": "AdamW", "lr": 0.01, "weight_decay": 0.01}
    smallest: ClassVar[int] = 4

    def draw(self, pencil: Pencil) -> None:
        x = conv_bn(pencil, "conv1", "bn1", pencil.image(), 16, 3, 1)
        x = pencil.add("ReLU", "relu", x)
        for stage, width in enumerate((16, 32, 64), start=1):
            x = basic_block(pencil, f"layer{stage}.0", x, width, 1 if stage == 1 else 2, projects=stage > 1)
        x = pencil.add("AdaptiveAvgPool2d", "avgpool", x, output_size=1)
        x = pencil.add("Flatten", "flatten", x)
        x = pencil.add("Linear", "fc", x, out_features=pencil.samples.scores)
        pencil.classify(x)
