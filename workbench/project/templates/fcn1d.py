"""A fully convolutional network for series."""

from typing import ClassVar

from workbench.project.templates.base_series import SeriesClassifier
from workbench.project.templates.spec import GraphBuilder, template

LAYERS = ((128, 8), (256, 5), (128, 3))  # width and kernel


@template(name="fcn1d", title="FCN for series")
class Fcn1d(SeriesClassifier):
    """Wang et al. 2017: three convolutions and a mean over all steps; 265,349 parameters for one channel, five classes.

    Batch normalisation comes behind each convolution. The length of the series does not matter.
    """

    rank: ClassVar[int] = 1

    def build(self, builder: GraphBuilder) -> None:
        x = builder.given()
        for number, (width, kernel) in enumerate(LAYERS, start=1):
            x = self.conv_bn(builder, f"conv{number}", f"bn{number}", x, width, kernel)
            x = builder.add("ReLU", f"relu{number}", x)
        self.classified(builder, x)
