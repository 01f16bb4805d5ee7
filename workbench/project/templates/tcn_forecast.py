"""A temporal convolutional network that forecasts."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json, Value
from workbench.project.templates.spec import OTHER_DATA, GraphBuilder, Samples, Template, template
from workbench.project.templates.tcn import NORMAL, WIDTH, causal_level

LEVELS, KERNEL = 4, 3


@template(name="tcn_forecast", title="TCN, forecasting")
class TcnForecast(Template):
    """Foretells the next value of a series by convolutions that never look ahead (Bai et al. 2018).

    Four levels of 25 maps look back over 61 steps; what is known at the last one becomes a single number. Of prices the
    best forecast of tomorrow is mostly today, which `naive` in the data says and which the error is to be held against.
    """

    rank: ClassVar[int] = 3
    group: ClassVar[str] = OTHER_DATA
    reads: ClassVar[str] = "windows of a series, and how it goes on"
    data: ClassVar[Mapping[str, Json]] = {"batch_size": 64}
    training: ClassVar[Mapping[str, Json]] = {"epochs": 10, "optimizer": "AdamW", "lr": 1e-3, "clip_grad_norm": 1.0}
    samples: ClassVar[Samples | None] = Samples(fields={"series": Value((1, 30)), "future": Value((), "scalar")})

    def build(self, builder: GraphBuilder) -> None:
        _, future = builder.samples.fields
        x = builder.given()
        narrow = next(iter(builder.samples.fields.values())).channels
        for level in range(LEVELS):
            is_wider = level == 0 and narrow != WIDTH
            x = causal_level(builder, f"level{level + 1}", x, 2**level, is_wider=is_wider, kernel=KERNEL)
        x = builder.add("Flatten", "flatten", builder.add("Slice", "last", x, dim=2, start=-1))
        x = builder.add("Linear", "forecast", x, out_features=1, init=NORMAL)
        target = builder.add("Target", future, depth=builder.depth(x), field=future, kind="scalar")
        builder.add("MSELoss", "loss", x, target)
