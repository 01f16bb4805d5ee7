"""A three-dimensional network for short clips."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.values import Json, Value
from workbench.project.clip_pooling import pooling_window
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template, template

WIDTHS = (16, 32, 64, 128)
LONGEST = 16  # frames, or slices, up to which none are pooled together


@template(name="small-c3d", title="Small 3-D CNN")
class SmallC3d(Template):
    """Tells clips apart by four stages of 3×3×3 filters, and what is strongest in each frame; for a CPU.

    305,109 parameters for colour and 101 classes. The first stage looks at every other pixel; of up to 16 frames height
    and width alone are pooled, and what is strongest anywhere in a frame is averaged over all frames.
    """

    rank: ClassVar[int] = 5
    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "clips or volumes"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 8}
    training: ClassVar[Mapping[str, Json]] = {"epochs": 30, "optimizer": "AdamW", "lr": 3e-3}
    samples: ClassVar[Samples | None] = Samples(fields={"clip": Value((3, 16, 112, 112))}, scores=101)

    def build(self, builder: GraphBuilder) -> None:
        x = builder.given()
        depth, height, width = next(iter(builder.samples.fields.values())).shape[1:]
        sides = [depth, (height + 1) // 2, (width + 1) // 2]  # behind the first convolution
        for stage, channels in enumerate(WIDTHS, start=1):
            name = f"stage{stage}"
            stride: Any = (1, 2, 2) if stage == 1 else 1
            settings: dict[str, Any] = {"kernel_size": 3, "stride": stride, "padding": 1, "bias": False}
            x = builder.add("Conv3d", f"{name}.conv", x, out_channels=channels, **settings)
            x = builder.add("ReLU", f"{name}.relu", builder.add("BatchNorm3d", f"{name}.bn", x))
            if stage < len(WIDTHS):
                window = pooling_window(sides, (2 if sides[0] > LONGEST else 1, 2, 2))
                x = builder.add("MaxPool3d", f"{name}.pool", x, kernel_size=window)
            builder.fold(name)
        x = builder.add("AdaptiveMaxPool3d", "strongest", x, output_size=(sides[0], 1, 1))
        x = builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool3d", "mean", x, output_size=1))
        x = builder.add("Dropout", "dropout", x)
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores))
