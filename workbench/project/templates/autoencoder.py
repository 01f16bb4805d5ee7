"""A convolutional autoencoder that unpools by switches."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import DRAW_AGAIN, GraphBuilder, Template, template


@template(name="autoencoder", title="Autoencoder with switches")
class Autoencoder(Template):
    """Learns to draw its input again: pooling remembers where each maximum stood, unpooling puts it back there."""

    group: ClassVar[str] = DRAW_AGAIN
    rank: ClassVar[int] = 0
    training: ClassVar[Mapping[str, Json]] = {"epochs": 5, "optimizer": "AdamW", "lr": 0.005}
    smallest: ClassVar[int] = 4

    def build(self, builder: GraphBuilder) -> None:
        samples = builder.samples
        x = builder.image(normalised=False)
        x = builder.add("ReLU", "relu1", builder.add("Conv2d", "conv1", x, out_channels=16))
        pool1 = builder.add("MaxPool2d", "pool1", x, kernel_size=2)
        x = builder.add("ReLU", "relu2", builder.add("Conv2d", "conv2", pool1, out_channels=8))
        pool2 = builder.add("MaxPool2d", "pool2", x, kernel_size=2)
        x = builder.add("ReLU", "relu3", builder.add("Conv2d", "conv3", pool2, out_channels=8))
        x = builder.add("MaxUnpool2d", "unpool2", x, Port(pool2.node, "switches"))
        x = builder.add("ReLU", "relu4", builder.add("Conv2d", "conv4", x, out_channels=16))
        x = builder.add("MaxUnpool2d", "unpool1", x, Port(pool1.node, "switches"))
        x = builder.add("Conv2d", "reconstruction", x, out_channels=samples.shape[0])
        target = builder.add("Target", "picture", depth=11, field=samples.image, kind="map", shape=samples.shape)
        builder.add("MSELoss", "loss", x, target)
