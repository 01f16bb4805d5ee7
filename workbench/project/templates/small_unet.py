"""A U-Net for few pictures and small machines."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import conv_bn
from workbench.project.templates.base_segmenting import Segmenting
from workbench.project.templates.spec import GraphBuilder, template

WIDTHS = (16, 32, 64, 128)


@template(name="small-unet", title="Small U-Net")
class SmallUNet(Segmenting):
    """A U-Net of a quarter of the widths and three halvings, with batch normalisation, for a few pictures on a CPU.

    487,730 parameters for grey pictures and two classes. Maps are enlarged by bilinear interpolation to the size of
    those on the way down, whatever it is, and joined with them.
    """

    rank: ClassVar[int] = 1
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "AdamW", "lr": 3e-3}
    smallest: ClassVar[int] = 8

    def build(self, builder: GraphBuilder) -> None:
        x, shape = builder.image(), builder.samples.shape[1:]
        skips = []
        for level, width in enumerate(WIDTHS, start=1):
            name = f"down{level}"
            if level > 1:
                x = builder.add("MaxPool2d", f"{name}.pool", x, kernel_size=2)
                shape = tuple(side // 2 for side in shape)
            x = self._two(builder, name, x, width)
            builder.fold(name)
            skips.append((x, width, shape))
        for level in range(len(WIDTHS) - 1, 0, -1):
            name, (other, width, size) = f"up{level}", skips[level - 1]
            x = builder.add("Interpolate", f"{name}.enlarge", x, size=size, scale_factor=None, mode="bilinear")
            x = self._two(builder, name, builder.add("Concat", f"{name}.concat", other, x), width)
            builder.fold(name)
        scores = self.scores(builder)
        builder.segment(builder.add("Conv2d", "head", x, out_channels=scores, kernel_size=1, padding=0))

    @staticmethod
    def _two(builder: GraphBuilder, name: str, x: Port, width: int) -> Port:
        """Two convolutions that keep the size, each with its normalisation and ReLU."""
        for number in (1, 2):
            x = conv_bn(builder, f"{name}.conv{number}", f"{name}.bn{number}", x, width, 3)
            x = builder.add("ReLU", f"{name}.relu{number}", x)
        return x
