"""The shallow network for brain waves of Schirrmeister et al."""

from typing import Any, ClassVar

from workbench.core.values import Value
from workbench.project.templates.base_brain_waves import XAVIER, BrainWaves
from workbench.project.templates.spec import GraphBuilder, Samples, template

FILTERS, KERNEL, POOL, STRIDE = 40, 25, 75, 15  # samples at 250 Hz
SMALLEST = 1e-6  # power whose logarithm is taken where there is none


@template(name="shallow-convnet", title="Shallow ConvNet for brain waves")
class ShallowConvNet(BrainWaves):
    """Schirrmeister et al. 2017: 47,364 parameters for 22 electrodes, 1,125 samples and four classes.

    Filters along time, each summed up over the electrodes with weights of its own, then the logarithm of their mean
    squares: how strong a frequency is, at a place on the head. So it tells apart what differs in power and not in form.
    """

    samples: ClassVar[Samples | None] = Samples(fields={"eeg": Value((1, 22, 1125))}, scores=4)

    def build(self, builder: GraphBuilder) -> None:
        _, electrodes, length = next(iter(builder.samples.fields.values())).shape
        kernel = min(KERNEL, length)
        pool = min(POOL, length - kernel + 1)
        whole: dict[str, Any] = {"out_channels": FILTERS, "padding": 0, "init": XAVIER}
        x = builder.chain(
            builder.given(),
            ("Conv2d", "time", {"kernel_size": (1, kernel), **whole}),
            ("Conv2d", "place", {"kernel_size": (electrodes, 1), "bias": False, **whole}),
            ("BatchNorm2d", "bn", {}),
            ("Power", "square", {"exponent": 2.0}),
            ("AvgPool2d", "mean", {"kernel_size": (1, pool), "stride": (1, min(STRIDE, pool))}),
            ("Hardtanh", "above_zero", {"min_val": SMALLEST, "max_val": 1e6}),
            ("Log", "log", {}),
            ("Dropout", "dropout", {}),
            ("Flatten", "flatten", {}),
        )
        builder.classify(builder.add("Linear", "fc", x, out_features=builder.samples.scores, init=XAVIER))
