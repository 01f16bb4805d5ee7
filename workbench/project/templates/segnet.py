"""SegNet."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import KAIMING_AND_ZERO
from workbench.project.templates.base_segmenting import VGG16, Segmenting
from workbench.project.templates.spec import GraphBuilder, template


@template(name="segnet", title="SegNet")
class SegNet(Segmenting):
    """Badrinarayanan et al. 2017: pooling remembers where each maximum stood, unpooling puts it back; 29.4M parameters.

    The way down is VGG-16's without its head, with batch normalisation, behind a local contrast normalisation of the
    picture as in the paper; the way up mirrors it. 29,455,125 parameters for pictures in colour and 21 classes.
    """

    rank: ClassVar[int] = 1
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "optimizer": "AdamW", "lr": 1e-3}
    smallest: ClassVar[int] = 32

    def build(self, builder: GraphBuilder) -> None:
        x, switches = builder.add("LocalContrastNorm", "contrast", builder.image()), []
        for number, (width, count) in enumerate(VGG16, start=1):
            x = self._convolved(builder, f"down{number}", x, (width,) * count)
            x = builder.add("MaxPool2d", f"down{number}.pool", x, kernel_size=2)
            switches.append(Port(x.node, "switches"))
            builder.fold(f"down{number}")
        for number in range(len(VGG16), 0, -1):
            width, count = VGG16[number - 1]
            last = VGG16[number - 2][0] if number > 1 else 0
            x = builder.add("MaxUnpool2d", f"up{number}.unpool", x, switches[number - 1])
            x = self._convolved(builder, f"up{number}", x, (width,) * (count - 1) + (last,) * bool(last))
            builder.fold(f"up{number}")
        builder.segment(builder.add("Conv2d", "head", x, out_channels=self.scores(builder)))

    @staticmethod
    def _convolved(builder: GraphBuilder, name: str, x: Port, widths: tuple[int, ...]) -> Port:
        """Convolutions that keep the size, each with its batch normalisation and ReLU."""
        for number, width in enumerate(widths, start=1):
            x = builder.add("Conv2d", f"{name}.conv{number}", x, out_channels=width, init=KAIMING_AND_ZERO)
            x = builder.add("ReLU", f"{name}.relu{number}", builder.add("BatchNorm2d", f"{name}.bn{number}", x))
        return x
