"""A temporal convolutional network."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json, Value
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template, template

LEVELS, WIDTH, KERNEL = 8, 25, 7
DROPPED = 0.05
NORMAL = {"weight": "normal_(0, 0.01)"}


def causal_level(
    builder: GraphBuilder, name: str, x: Port, dilation: int, *, is_wider: bool, kernel: int = KERNEL
) -> Port:
    """Adds two convolutions that see only what came before, with a shortcut around them, and returns their output.

    Args:
        builder: draws them.
        name: of their group.
        x: what comes in.
        dilation: steps between what a filter looks at.
        is_wider: whether what comes in has fewer channels, so that the shortcut needs a convolution.
        kernel: how many steps a filter looks at.
    """
    y = x
    for number in (1, 2):
        y = builder.add("Pad", f"{name}.before{number}", y, padding=((kernel - 1) * dilation, 0))
        settings = {"out_channels": WIDTH, "kernel_size": kernel, "padding": 0, "dilation": dilation}
        y = builder.add("Conv1d", f"{name}.conv{number}", y, init=NORMAL, **settings)
        y = builder.add("ReLU", f"{name}.relu{number}", y)
        y = builder.add("Dropout", f"{name}.dropout{number}", y, p=DROPPED)
    if is_wider:
        x = builder.add("Conv1d", f"{name}.shortcut", x, out_channels=WIDTH, kernel_size=1, padding=0, init=NORMAL)
    builder.fold(name)
    return builder.add("ReLU", f"{name}.relu3", builder.add("Add", f"{name}.add", y, x))


@template(name="tcn", title="TCN")
class Tcn(Template):
    """Bai et al. 2018 at their sequential MNIST: reads a picture pixel by pixel, never ahead; 66,510 parameters.

    Each level doubles how far back it looks, up to 3,061 pixels; the scores are made of what is known at the last one.
    Figures are for grey pictures and ten classes. The paper's weight normalisation is left out. Series are read step by
    step as they are.
    """

    rank: ClassVar[int] = 3
    group: ClassVar[str] = OTHER_DATA
    instead: ClassVar[Samples | None] = Samples(fields={"series": Value((1, 128))})
    training: ClassVar[Mapping[str, Json]] = {"epochs": 20, "optimizer": "AdamW", "lr": 2e-3, "clip_grad_norm": 1.0}

    def build(self, builder: GraphBuilder) -> None:
        if builder.samples.fields:
            x, narrow = builder.given(), next(iter(builder.samples.fields.values())).channels
        else:
            narrow, *sides = builder.samples.shape
            x = builder.add("Reshape", "pixels", builder.image(), shape=(narrow, prod(sides)))
        for level in range(LEVELS):
            x = causal_level(builder, f"level{level + 1}", x, 2**level, is_wider=narrow != WIDTH)
            narrow = WIDTH
        x = builder.add("Flatten", "flatten", builder.add("Slice", "last", x, dim=2, start=-1))
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores, init=NORMAL))
