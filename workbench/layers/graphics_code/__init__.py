"""The graphics code: a latent code whose parts stand for named factors of the scene."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from workbench.core.values import Value
from workbench.layers.call import Call, call
from workbench.layers.settings import Bounds, Names, Sizes
from workbench.layers.spec import In, Layer, SetWidth, ShapeError, SuggestParam, layer

VECTOR = frozenset({"vector"})


@layer(title="Graphics code", group="Generative")
class GraphicsCode(Layer):
    """Names the parts of a latent code; in training only the part of the factor that varies is let through."""

    stem: ClassVar[str] = "graphics_code"
    inputs: ClassVar[tuple[In, ...]] = (
        In("mu", kinds=VECTOR, axes=(1,)),
        In("logvar", kinds=VECTOR, axes=(1,)),
        In("factor", kinds={"class"}, axes=(0,), training_only=True, default_source="Factor"),
    )
    output_ports: ClassVar[tuple[str, ...]] = ("mu", "logvar")
    exact_gradient: ClassVar[bool] = False
    formula: ClassVar[str] = (
        "for latents of other factors: z ← mean of the batch, and their gradient becomes invariance·(z − mean)"
    )

    factors: Names = Field(
        ("azimuth", "elevation", "light", "identity"), min_length=1, max_length=1000, description="Names of the factors"
    )
    sizes: Annotated[Sizes, Bounds(1, 65536)] = Field(
        (1, 1, 1, 21), min_length=1, max_length=1000, description="How many latents each factor has"
    )
    invariance: float = Field(
        1.0,
        ge=0,
        le=1e6,
        description="Pull of the other latents to their mean, as for a loss summed over pixels and batch (paper: 0.01)",
    )

    def outputs(self, *values: Value) -> dict[str, Value]:
        mu, logvar, factor = values
        self._check_names(factor)
        if len(self.factors) != len(self.sizes):
            raise ShapeError(
                f"names {len(self.factors)} factors, but sizes has {len(self.sizes)} numbers.",
                port="",
                found=f"{len(self.sizes)} sizes",
                needed=f"{len(self.factors)} sizes",
                fixes=(SuggestParam("sizes", [1] * len(self.factors)),),
            )
        for port, value in (("mu", mu), ("logvar", logvar)):
            if value.shape != (sum(self.sizes),):
                raise ShapeError(
                    f"has {sum(self.sizes)} latents ({' + '.join(map(str, self.sizes))}), but {port} gets {value}.",
                    port=port,
                    found=str(value),
                    needed=str(sum(self.sizes)),
                    fixes=(SetWidth(sum(self.sizes)),),
                )
        return {"mu": mu, "logvar": logvar}

    def _check_names(self, factor: Value) -> None:
        """Refuses names that are not those of the data, or not different.

        Raises:
            ShapeError: they are not.
        """
        missing = [name for name in factor.classes if name not in self.factors]
        if missing:
            raise ShapeError(
                f"has no latents for the factor {missing[0]} of the data; it has {', '.join(self.factors)}.",
                port="factor",
                found=", ".join(factor.classes),
                needed=f"factors among {', '.join(self.factors)}",
                fixes=(SuggestParam("factors", list(factor.classes)),),
            )
        if len(set(self.factors)) != len(self.factors):
            names = [f"{name}{i}" if name in self.factors[:i] else name for i, name in enumerate(self.factors)]
            raise ShapeError(
                "names a factor twice.",
                port="",
                found=", ".join(self.factors),
                needed="different names",
                fixes=(SuggestParam("factors", names),),
            )

    def module(self, mu: Value, logvar: Value, factor: Value) -> Call:
        home = "workbench.layers.graphics_code.module"
        latents = self.slices()
        groups = tuple(latents[name] for name in factor.classes or self.factors)
        return call("GraphicsCode", sum(self.sizes), groups, invariance=self.invariance, home=home)

    def slices(self) -> dict[str, tuple[int, int]]:
        """First latent and the one behind the last, for each factor by name."""
        ends = [sum(self.sizes[: i + 1]) for i in range(len(self.sizes))]
        return {name: (end - size, end) for name, size, end in zip(self.factors, self.sizes, ends, strict=True)}
