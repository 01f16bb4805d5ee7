"""FCN-8s."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_imagenet import KAIMING_AND_ZERO
from workbench.project.templates.base_segmenting import VGG16, Segmenting
from workbench.project.templates.spec import GraphBuilder, template


@template(name="fcn8s", title="FCN-8s")
class Fcn8s(Segmenting):
    """Long et al. 2015: VGG-16 as a filter, its scores joined at three sizes; 134,489,759 parameters for 21 classes.

    The two layers that weigh all places in VGG-16 are convolutions here. Scores of a thirty-second of the size are
    enlarged and added to those of the sixteenth, and both to those of the eighth. The convolutions keep the size
    (padding 3 at the 7×7 one), where the paper puts a margin of 100 pixels around the picture. For pictures below 64×64
    those two have 512 filters of single pixels.
    """

    rank: ClassVar[int] = 2
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "optimizer": "AdamW", "lr": 1e-4}
    smallest: ClassVar[int] = 32

    def build(self, builder: GraphBuilder) -> None:
        image = builder.image()
        x, pooled = image, []
        for number, (width, count) in enumerate(VGG16, start=1):
            x = self._stage(builder, f"stage{number}", x, width, count)
            pooled.append(x)
        wide, kernel = (512, 1) if builder.samples.is_small else (4096, 7)
        for name, size in (("fc6", kernel), ("fc7", 1)):
            settings: dict[str, Any] = {"out_channels": wide, "kernel_size": size, "padding": size // 2}
            x = builder.add("Conv2d", f"{name}.conv", x, init=KAIMING_AND_ZERO, **settings)
            x = builder.add("Dropout", f"{name}.dropout", builder.add("ReLU", f"{name}.relu", x))
            builder.fold(name)
        x = self._scored(builder, "score_fr", x)
        for name, other in (("pool4", pooled[3]), ("pool3", pooled[2])):
            scored = self._scored(builder, f"score_{name}", other)
            x = self._enlarged(builder, f"up_{name}", x, scored, 2)
            x = builder.add("Add", f"fuse_{name}", x, scored)
        builder.segment(self._enlarged(builder, "up_image", x, image, 8))

    @staticmethod
    def _stage(builder: GraphBuilder, name: str, x: Port, width: int, count: int) -> Port:
        for number in range(1, count + 1):
            x = builder.add("Conv2d", f"{name}.conv{number}", x, out_channels=width, init=KAIMING_AND_ZERO)
            x = builder.add("ReLU", f"{name}.relu{number}", x)
        builder.fold(name)
        return builder.add("MaxPool2d", f"{name}.pool", x, kernel_size=2)

    def _scored(self, builder: GraphBuilder, name: str, x: Port) -> Port:
        settings: dict[str, Any] = {"out_channels": self.scores(builder), "kernel_size": 1, "padding": 0}
        return builder.add("Conv2d", name, x, init={"weight": "zeros_", "bias": "zeros_"}, **settings)

    def _enlarged(self, builder: GraphBuilder, name: str, x: Port, like: Port, times: int) -> Port:
        """Scores so many times larger, cut to the size of another map."""
        settings: dict[str, Any] = {"kernel_size": 2 * times, "stride": times, "bias": False}
        x = builder.add("ConvTranspose2d", f"{name}.enlarge", x, out_channels=self.scores(builder), **settings)
        builder.fold(name)
        return builder.add("Crop", f"{name}.crop", x, like)
