"""SRCNN."""

from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.project.templates.base_restoring import Restoring
from workbench.project.templates.spec import GraphBuilder, template

NORMAL = {"weight": "normal_(0, 0.001)", "bias": "zeros_"}


@template(name="srcnn", title="SRCNN")
class SrCnn(Restoring):
    """Dong et al. 2014: makes enlarged pictures sharp in three layers of 9×9, 1×1 and 5×5; 8,129 parameters for grey.

    The nodes `smaller` and `enlarge` make pictures half as large and bring them back by bicubic interpolation, to learn
    from; bypass both to sharpen pictures that were enlarged elsewhere. Unlike the paper's the layers keep the size.
    """

    rank: ClassVar[int] = 1
    smallest: ClassVar[int] = 2

    def build(self, builder: GraphBuilder) -> None:
        x = builder.image(normalised=False) if builder.samples.clean else self._degraded(builder)
        for number, (width, kernel) in enumerate(((64, 9), (32, 1)), start=1):
            settings: dict[str, Any] = {"out_channels": width, "kernel_size": kernel, "padding": kernel // 2}
            x = builder.add("ReLU", f"relu{number}", builder.add("Conv2d", f"conv{number}", x, **settings))
        last: dict[str, Any] = {"out_channels": self.channels(builder), "kernel_size": 5, "padding": 2}
        builder.redraw(builder.add("Conv2d", "sharp", x, **last))

    def _degraded(self, builder: GraphBuilder) -> Port:
        """The picture made half as large and as large as before again."""
        size = builder.samples.shape[1:]
        settings: dict[str, Any] = {"size": size, "scale_factor": None, "mode": "bicubic"}
        return builder.add("Interpolate", "enlarge", self.made_smaller(builder), **settings)
