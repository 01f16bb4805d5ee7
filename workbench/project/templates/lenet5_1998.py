"""LeNet-5 close to the paper."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.spec import GraphBuilder, Template, template


@template(name="lenet5-1998", title="LeNet-5 of 1998")
class LeNet51998(Template):
    """LeCun et al. 1998 with tanh and average pooling: 61,706 parameters on 28×28 pixels.

    As in most accounts of it, C3 is fully connected, pooling has no weights of its own, and a linear layer with
    cross-entropy stands for the radial basis units of the paper.
    """

    rank: ClassVar[int] = 1
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "optimizer": "AdamW", "lr": 0.003}
    smallest: ClassVar[int] = 12

    def build(self, builder: GraphBuilder) -> None:
        x = builder.image()
        x = builder.add("Conv2d", "c1", x, out_channels=6, kernel_size=5, padding=2)
        x = builder.add("Tanh", "tanh1", x)
        x = builder.add("AvgPool2d", "s2", x, kernel_size=2)
        x = builder.add("Conv2d", "c3", x, out_channels=16, kernel_size=5, padding=0)
        x = builder.add("Tanh", "tanh2", x)
        x = builder.add("AvgPool2d", "s4", x, kernel_size=2)
        x = builder.add("Flatten", "flatten", x)
        x = builder.add("Linear", "c5", x, out_features=120)
        x = builder.add("Tanh", "tanh3", x)
        x = builder.add("Linear", "f6", x, out_features=84)
        x = builder.add("Tanh", "tanh4", x)
        x = builder.add("Linear", "output", x, out_features=builder.samples.scores)
        builder.classify(x)
