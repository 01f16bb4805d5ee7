"""What networks for series share (Wang et al. 2017)."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json, Value
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template


class SeriesClassifier(Template):
    """Tells series of measurements apart, each as channels × steps."""

    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "series of measurements"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 16}
    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 300, "optimizer": "AdamW", "lr": 1e-3, "average_decay": 0.98,
    }  # fmt: skip
    samples: ClassVar[Samples | None] = Samples(fields={"series": Value((1, 128))}, scores=5)

    @staticmethod
    def conv_bn(builder: GraphBuilder, conv: str, bn: str, x: Port, width: int, kernel: int) -> Port:
        """A convolution that keeps the length, and its batch normalisation."""
        x = builder.add("Conv1d", conv, x, out_channels=width, kernel_size=kernel, padding="same")
        return builder.add("BatchNorm1d", bn, x)

    @staticmethod
    def classified(builder: GraphBuilder, x: Port) -> None:
        """The mean over all steps, and the scores."""
        x = builder.add("Flatten", "flatten", builder.add("AdaptiveAvgPool1d", "avgpool", x))
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores))
