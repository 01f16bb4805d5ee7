"""DnCNN."""

from typing import ClassVar

from workbench.project.templates.base_imagenet import KAIMING, KAIMING_AND_ZERO, conv_bn
from workbench.project.templates.base_restoring import Restoring
from workbench.project.templates.spec import GraphBuilder, template

LAYERS, WIDTH = 17, 64
STD = 0.1  # of the noise, in pixels between 0 and 1: the paper's 25 of 255


@template(name="dncnn", title="DnCNN")
class DnCnn(Restoring):
    """Zhang et al. 2017: learns the noise of a picture, which is then taken off; 17 layers.

    556,097 parameters for grey pictures. The node `noise` puts noise of 0.1 on the pictures to learn from; bypass it to
    clean pictures that are noisy. Data of noisy pictures with their clean ones needs no such node. The picture without
    the noise that was found is compared with the one before, which comes to the same as comparing the noise.
    """

    rank: ClassVar[int] = 0

    def build(self, builder: GraphBuilder) -> None:
        noisy = builder.image(normalised=False)
        if not builder.samples.clean:
            noisy = builder.add("GaussianNoise", "noise", noisy, std=STD)
        x = builder.add("Conv2d", "first.conv", noisy, out_channels=WIDTH, init=KAIMING_AND_ZERO)
        x = builder.add("ReLU", "first.relu", x)
        builder.fold("first")
        for number in range(2, LAYERS):
            x = conv_bn(builder, f"middle.conv{number}", f"middle.bn{number}", x, WIDTH, 3)
            x = builder.add("ReLU", f"middle.relu{number}", x)
        builder.fold("middle")
        settings = {"out_channels": self.channels(builder), "bias": True}
        found = builder.add("Conv2d", "found_noise", x, init=KAIMING, **settings)
        if self.channels(builder) == builder.samples.shape[0]:
            found = builder.add("Subtract", "clean", noisy, found)
        builder.redraw(found)
