"""ESPCN."""

from typing import Any, ClassVar

from workbench.project.templates.base_restoring import TIMES, Restoring
from workbench.project.templates.spec import GraphBuilder, template


@template(name="espcn", title="ESPCN")
class EspCn(Restoring):
    """Shi et al. 2016: works on the small picture and shuffles channels into pixels at the end, twice as large.

    21,284 parameters for grey pictures made twice as large. The node `smaller` makes pictures half as large to learn
    from; bypass it, and the node `fit` that cuts the answer to the size of the picture, to enlarge pictures.
    """

    rank: ClassVar[int] = 2
    smallest: ClassVar[int] = 2

    def build(self, builder: GraphBuilder) -> None:
        x = self.made_smaller(builder)
        for number, (width, kernel) in enumerate(((64, 5), (32, 3)), start=1):
            settings: dict[str, Any] = {"out_channels": width, "kernel_size": kernel, "padding": kernel // 2}
            x = builder.add("Tanh", f"tanh{number}", builder.add("Conv2d", f"conv{number}", x, **settings))
        x = builder.add("Conv2d", "conv3", x, out_channels=self.channels(builder) * TIMES**2)
        x = builder.add("PixelShuffle", "shuffle", x, upscale_factor=TIMES)
        if any(side % TIMES for side in builder.samples.shape[1:]):
            rows, columns = (-(side % TIMES) for side in builder.samples.shape[1:])
            x = builder.add("Pad", "fit", x, padding=(0, columns, 0, rows))
        builder.redraw(x)
