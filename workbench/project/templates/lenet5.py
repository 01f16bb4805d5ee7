"""LeNet-5 as it is drawn today."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.spec import GraphBuilder, Template, template


@template(name="lenet5", title="LeNet-5")
class LeNet5(Template):
    """The classic digit reader with today's ReLU and max pooling: 61,706 parameters on 28×28 pixels."""

    rank: ClassVar[int] = 0
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "optimizer": "AdamW", "lr": 0.004}
    smallest: ClassVar[int] = 12

    def build(self, builder: GraphBuilder) -> None:
        x = builder.image()
        x = builder.add("Conv2d", "conv1", x, out_channels=6, kernel_size=5, padding=2)
        x = builder.add("ReLU", "relu1", x)
        x = builder.add("MaxPool2d", "pool1", x, kernel_size=2)
        x = builder.add("Conv2d", "conv2", x, out_channels=16, kernel_size=5, padding=0)
        x = builder.add("ReLU", "relu2", x)
        x = builder.add("MaxPool2d", "pool2", x, kernel_size=2)
        x = builder.add("Flatten", "flatten", x)
        x = builder.add("Linear", "fc1", x, out_features=120)
        x = builder.add("ReLU", "relu3", x)
        x = builder.add("Linear", "fc2", x, out_features=84)
        x = builder.add("ReLU", "relu4", x)
        x = builder.add("Linear", "fc3", x, out_features=builder.samples.scores)
        builder.classify(x)
