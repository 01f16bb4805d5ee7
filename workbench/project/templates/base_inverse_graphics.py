"""What the templates of inverse graphics networks share: an encoder, a code with named factors, a decoder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.spec import DRAW_AGAIN, GraphBuilder, Template

FACTORS = ("azimuth", "elevation", "light", "identity")  # of rendered heads; the last one is the intrinsic block
Widths = tuple[tuple[int, int], ...]  # channels and kernel size of each convolution


class InverseGraphics(Template):
    """Pictures in, a code in the middle whose parts are factors of the scene, the same pictures out.

    Attributes:
        encoder: convolutions of the encoder; each is followed by pooling and a rectifier.
        hidden: width of a linear layer between encoder and code; 0 for none.
        latents: length of the code. Each factor has as many as it has dimensions, the last factor all that are left.
        grown: width of a linear layer between code and decoder; 0 for none.
        start: channels of the map that the decoder begins with.
        decoder: convolutions of the decoder, each behind an enlargement by two; the last one draws the picture.
        valid: whether convolutions keep inside their maps, so that these shrink, as in the paper.
        init: how weights and biases of linear layers start.
        logvar: what the log-variance's bias starts at: noise that does not drown a code of one latent.
        invariance: of the clamp.
        kl: settings of the KL divergence.
        is_entangled: whether the clamp is left out: a plain variational autoencoder.
    """

    group: ClassVar[str] = DRAW_AGAIN
    data: ClassVar[Mapping[str, Json]] = {"source": "heads", "batch_size": 20}
    encoder: ClassVar[Widths] = ()
    hidden: ClassVar[int] = 0
    latents: ClassVar[int] = 24
    grown: ClassVar[int] = 0
    start: ClassVar[int] = 32
    decoder: ClassVar[Widths] = ()
    valid: ClassVar[bool] = False
    init: ClassVar[Mapping[str, str]] = {}
    logvar: ClassVar[str] = "constant_(-4)"
    invariance: ClassVar[float] = 1.0
    kl: ClassVar[Mapping[str, Json]] = {"weight": 0.05, "warmup_steps": 500}
    needs_factors: ClassVar[bool] = True
    is_entangled: ClassVar[bool] = False

    def build(self, builder: GraphBuilder) -> None:
        """Draws encoder, code, decoder and both terms of the bound."""
        samples = builder.samples
        mu, logvar = self._code(builder, self._encode(builder, builder.image(normalised=False)))
        drawing = self._decode(builder, builder.add("GaussianSample", "z", mu, logvar))
        where = builder.depth(drawing)
        target = builder.add("Target", "picture", depth=where, field=samples.image, kind="map", shape=samples.shape)
        builder.add("BernoulliLoss", "reconstruction", drawing, target)
        builder.add("GaussianKL", "kl", mu, logvar, **self.kl)

    def _encode(self, builder: GraphBuilder, x: Port) -> Port:
        for number, (channels, size) in enumerate(self.encoder, 1):
            padding = 0 if self.valid else size // 2
            x = builder.add("Conv2d", f"conv{number}", x, out_channels=channels, kernel_size=size, padding=padding)
            x = builder.add("ReLU", f"relu{number}", builder.add("MaxPool2d", f"pool{number}", x, kernel_size=2))
        x = builder.add("Flatten", "flatten", x)
        if self.hidden:
            x = builder.add("ReLU", "relu", self._linear(builder, "hidden", x, self.hidden))
        return x

    def _linear(self, builder: GraphBuilder, name: str, x: Port, width: int, **init: str) -> Port:
        return builder.add("Linear", name, x, out_features=width, init={**self.init, **init})

    def _code(self, builder: GraphBuilder, x: Port) -> tuple[Port, Port]:
        """Mean and log-variance, in the disentangled network behind the clamp."""
        start = {"bias": self.logvar} if self.logvar else {}
        mu = self._linear(builder, "mu", x, self.latents)
        logvar = self._linear(builder, "logvar", x, self.latents, **start)
        if self.is_entangled:
            return mu, logvar
        names = builder.samples.factors or FACTORS
        factor = builder.add("Factor", "factor", depth=builder.depth(mu), classes=names)
        wanted = builder.samples.dimensions or (1,) * len(names)
        own = tuple(max(1, wide) for wide in wanted[:-1])
        sizes = (*own, self.latents - sum(own))
        settings: dict[str, Any] = {"factors": names, "sizes": sizes, "invariance": self.invariance}
        code = builder.add("GraphicsCode", "graphics_code", mu, logvar, factor, **settings)
        return code, Port(code.node, "logvar")

    def _decode(self, builder: GraphBuilder, x: Port) -> Port:
        height, width = builder.samples.shape[1:]
        sides = (self._start_side(height), self._start_side(width))
        if self.grown:
            x = builder.add("ReLU", "grown_relu", self._linear(builder, "grown", x, self.grown))
        x = self._linear(builder, "start", x, self.start * sides[0] * sides[1])
        x = builder.add("Unflatten", "map", builder.add("ReLU", "start_relu", x), unflattened_size=(self.start, *sides))
        last = len(self.decoder)
        for number, (channels, size) in enumerate(self.decoder, 1):
            x = builder.add("Upsample", f"up{number}", x, scale_factor=2)
            if number < last:
                padding = 0 if self.valid else size // 2
                settings: dict[str, Any] = {"out_channels": channels, "kernel_size": size, "padding": padding}
                x = builder.add("ReLU", f"drawn{number}_relu", builder.add("Conv2d", f"drawn{number}", x, **settings))
        ends = [self._last_window(side, whole) for side, whole in zip(sides, (height, width), strict=True)]
        (high, wide), (above, beside) = zip(*ends, strict=True)
        settings = {"out_channels": builder.samples.shape[0], "kernel_size": (high, wide), "padding": (above, beside)}
        return builder.add("Sigmoid", "drawing", builder.add("Conv2d", f"drawn{last}", x, **settings))

    def _before_last(self, side: int) -> int:
        """The side of the map that the last convolution sees, where the first one is `side`."""
        for _, size in self.decoder[:-1]:
            side = 2 * side - (size - 1 if self.valid else 0)
        return 2 * side

    def _start_side(self, whole: int) -> int:
        """The smallest first map that grows into pictures of that side."""
        margin = self.decoder[-1][1] - 1 if self.valid else 0
        return next(side for side in range(1, whole + 1) if self._before_last(side) - margin >= whole)

    def _last_window(self, side: int, whole: int) -> tuple[int, int]:
        """Kernel size and padding of the last convolution, which cuts off what the picture does not need."""
        spare = self._before_last(side) - whole
        padding = max(0, (self.decoder[-1][1] - spare) // 2)
        return spare + 1 + 2 * padding, padding
