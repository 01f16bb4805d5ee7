"""EEGNet."""

from typing import Any, ClassVar

from workbench.core.values import Value
from workbench.project.templates.base_brain_waves import XAVIER, BrainWaves
from workbench.project.templates.spec import GraphBuilder, Samples, template

FILTERS, DEPTH = 8, 2  # frequencies that are looked for, and places on the head for each


@template(name="eegnet", title="EEGNet")
class EegNet(BrainWaves):
    """Lawhern et al. 2018, EEGNet-8,2: 2,258 parameters for 64 electrodes, one second at 128 Hz and two classes.

    A recording is a map of 1 × electrodes × samples. First come filters of half a second along time, then for each of
    them two that weigh all electrodes, then separable ones along time. The paper's bounds on the size of weights are
    left out.
    """

    samples: ClassVar[Samples | None] = Samples(fields={"eeg": Value((1, 64, 128))}, scores=2)

    def build(self, builder: GraphBuilder) -> None:
        electrodes = next(iter(builder.samples.fields.values())).shape[1]
        wide = FILTERS * DEPTH
        settings: dict[str, Any] = {"padding": "same", "bias": False, "init": XAVIER}
        x = builder.add("Conv2d", "time.conv", builder.given(), out_channels=FILTERS, kernel_size=(1, 64), **settings)
        x = builder.add("BatchNorm2d", "time.bn", x, eps=1e-3, momentum=0.01)
        builder.fold("time")
        whole: dict[str, Any] = {"kernel_size": (electrodes, 1), "padding": 0, "groups": FILTERS, "bias": False}
        x = builder.add("Conv2d", "place.conv", x, out_channels=wide, init=XAVIER, **whole)
        x = builder.add("BatchNorm2d", "place.bn", x, eps=1e-3, momentum=0.01)
        x = builder.add("AvgPool2d", "place.pool", builder.add("ELU", "place.elu", x), kernel_size=(1, 4))
        x = builder.add("Dropout", "place.dropout", x)
        builder.fold("place")
        x = builder.add(
            "Conv2d", "separable.depthwise", x, out_channels=wide, kernel_size=(1, 16), groups=wide, **settings
        )
        x = builder.add("Conv2d", "separable.pointwise", x, out_channels=wide, kernel_size=1, **settings)
        x = builder.add("BatchNorm2d", "separable.bn", x, eps=1e-3, momentum=0.01)
        x = builder.add("AvgPool2d", "separable.pool", builder.add("ELU", "separable.elu", x), kernel_size=(1, 8))
        x = builder.add("Dropout", "separable.dropout", x)
        builder.fold("separable")
        x = builder.add("Flatten", "flatten", x)
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores, init=XAVIER))
