"""What networks share that learn the noise of a picture, which is then taken off (Zhang et al. 2017)."""

from typing import Any, ClassVar

from workbench.project.templates.base_imagenet import KAIMING_AND_ZERO, conv_bn
from workbench.project.templates.base_restoring import Restoring
from workbench.project.templates.spec import GraphBuilder

STD = 0.1  # of the noise, in pixels between 0 and 1: the paper's 25 of 255
NEARLY_NOTHING = {"weight": "normal_(0, 0.001)", "bias": "zeros_"}  # so that a picture begins as it is


class NoiseLearner(Restoring):
    """Convolutions that keep the size, all but the first and the last with batch normalisation.

    Attributes:
        layers: how many there are.
        width: their channels.
    """

    layers: ClassVar[int] = 17
    width: ClassVar[int] = 64

    def build(self, builder: GraphBuilder) -> None:
        noisy = builder.image(normalised=False)
        if not builder.samples.clean:
            noisy = builder.add("GaussianNoise", "noise", noisy, std=STD)
        x = builder.add("Conv2d", "first.conv", noisy, out_channels=self.width, init=KAIMING_AND_ZERO)
        x = builder.add("ReLU", "first.relu", x)
        builder.fold("first")
        for number in range(2, self.layers):
            x = conv_bn(builder, f"middle.conv{number}", f"middle.bn{number}", x, self.width, 3)
            x = builder.add("ReLU", f"middle.relu{number}", x)
        builder.fold("middle")
        settings: dict[str, Any] = {"out_channels": self.channels(builder), "bias": True}
        found = builder.add("Conv2d", "found_noise", x, init=NEARLY_NOTHING, **settings)
        if self.channels(builder) == builder.samples.shape[0]:
            found = builder.add("Subtract", "clean", noisy, found)
        builder.redraw(found)
