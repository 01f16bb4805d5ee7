"""The inverse graphics network of Kulkarni et al. 2015 as published: 4,131,137 weights for 150×150 pixels."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.values import Json
from workbench.project.templates.base_inverse_graphics import InverseGraphics, Widths
from workbench.project.templates.spec import Samples, template


@template(name="dcign", title="Inverse graphics network as published (DC-IGN 2015)")
class Dcign(InverseGraphics):
    """Is the network of the paper to the weight; days on a processor, hours on a graphics card."""

    rank: ClassVar[int] = 4
    data: ClassVar[Mapping[str, Json]] = {
        "source": "heads",
        "options": {"size": 150},
        "batch_size": 20,
        "ratios": {"azimuth": 1.0, "elevation": 1.0, "light": 1.0, "identity": 10.0},
    }
    # Their RMSprop is Adam with a quicker second moment.
    training: ClassVar[Mapping[str, Json]] = {
        "epochs": 20,
        "optimizer": "Adam",
        "lr": 0.0005,
        "optimizers": {"Adam": {"beta2": 0.99}},
        "schedule": "constant",
    }
    samples: ClassVar[Samples | None] = Samples((1, 150, 150))
    smallest: ClassVar[int] = 150
    encoder: ClassVar[Widths] = ((96, 5), (48, 5), (24, 5))
    latents: ClassVar[int] = 200
    start: ClassVar[int] = 24
    decoder: ClassVar[Widths] = ((48, 7), (96, 7), (96, 7), (1, 7))
    valid: ClassVar[bool] = True
    init: ClassVar[Mapping[str, str]] = {"weight": "normal_(0, 0.01)", "bias": "normal_(0, 0.01)"}
    logvar: ClassVar[str] = ""
    invariance: ClassVar[float] = 0.01
    kl: ClassVar[Mapping[str, Json]] = {"weight": 1.0}
