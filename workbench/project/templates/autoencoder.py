"""A convolutional autoencoder that unpools by switches."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import DRAW_AGAIN, Pencil, Template, template


@template(name="autoencoder", title="Autoencoder with switches")
class Autoencoder(Template):
    """Learns to draw its input again: pooling remembers where each maximum stood, unpooling puts it back there."""

    group: ClassVar[str] = DRAW_AGAIN
    rank: ClassVar[int] = 0
    training: ClassVar[Mapping[str, Json]] = {"epochs": 5, "optimizer": "AdamW", "lr": 0.005}
    smallest: ClassVar[int] = 4

    def draw(self, pencil: Pencil) -> None:
        samples = pencil.samples
        x = pencil.image(normalised=False)
        x = pencil.add("ReLU", "relu1", pencil.add("Conv2d", "conv1", x, out_channels=16))
        pool1 = pencil.add("MaxPool2d", "pool1", x, kernel_size=2)
        x = pencil.add("ReLU", "relu2", pencil.add("Conv2d", "conv2", pool1, out_channels=8))
        pool2 = pencil.add("MaxPool2d", "pool2", x, kernel_size=2)
        x = pencil.add("ReLU", "relu3", pencil.add("Conv2d", "conv3", pool2, out_channels=8))
        x = pencil.add("MaxUnpool2d", "unpool2", x, Port(pool2.node, "switches"))
        x = pencil.add("ReLU", "relu4", pencil.add("Conv2d", "conv4", x, out_channels=16))
        x = pencil.add("MaxUnpool2d", "unpool1", x, Port(pool1.node, "switches"))
        x = pencil.add("Conv2d", "reconstruction", x, out_channels=samples.shape[0])
        target = pencil.add("Target", "picture", depth=11, field=samples.image, kind="map", shape=samples.shape)
        pencil.add("MSELoss", "loss", x, target)
