"""C3D."""

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.values import Json, Value
from workbench.project.clip_pooling import pooling_window
from workbench.project.templates.base_imagenet import SMALL_LINEAR
from workbench.project.templates.spec import OTHER_DATA, SMALL_PICTURE, GraphBuilder, Samples, Template, template

STAGES = ((64, 1), (128, 1), (256, 2), (512, 2), (512, 2))  # width and how many convolutions
KAIMING = {"weight": "kaiming_normal_", "bias": "zeros_"}


@template(name="c3d", title="C3D")
class C3d(Template):
    """Tran et al. 2015: tells clips of sixteen frames apart by 3×3×3 filters; 78,409,573 parameters for 101 classes.

    A clip is channels × frames × height × width, 3×16×112×112 in the paper. Stages are folded groups. For clips below
    64×64 the last pooling takes all places, and the head has two layers of 512.
    """

    rank: ClassVar[int] = 4
    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "clips or volumes"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 8}
    training: ClassVar[Mapping[str, Json]] = {"epochs": 16, "optimizer": "SGD", "lr": 3e-3, "clip_grad_norm": 5.0}
    samples: ClassVar[Samples | None] = Samples(fields={"clip": Value((3, 16, 112, 112))}, scores=101)

    def build(self, builder: GraphBuilder) -> None:
        _, *sides = next(iter(builder.samples.fields.values())).shape
        is_small = min(sides[1:]) < SMALL_PICTURE
        x = builder.given()
        for stage, (width, count) in enumerate(STAGES, start=1):
            for number in range(1, count + 1):
                name = f"stage{stage}"
                x = builder.add("Conv3d", f"{name}.conv{number}", x, out_channels=width, init=KAIMING)
                x = builder.add("ReLU", f"{name}.relu{number}", x)
            settings: dict[str, Any] = {
                "kernel_size": pooling_window(sides, (1, 2, 2) if stage == 1 else (2, 2, 2)),
                "padding": (0, 1, 1) if stage == 5 else 0,
            }
            if is_small and stage == len(STAGES):
                x = builder.add("AdaptiveMaxPool3d", f"{name}.pool", x, output_size=1)
            else:
                x = builder.add("MaxPool3d", f"{name}.pool", x, **settings)
            builder.fold(name)
        x = builder.add("Flatten", "flatten", x)
        for name in ("fc6", "fc7"):
            wide = 512 if is_small else 4096
            x = builder.add("ReLU", f"relu_{name}", builder.add("Linear", name, x, out_features=wide))
            x = builder.add("Dropout", f"dropout_{name}", x)
        builder.classify(builder.add("Linear", "fc8", x, out_features=builder.samples.scores, init=SMALL_LINEAR))
