"""Other sizes without learning, larger or smaller, by torch's ways of interpolation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.settings import FactorOfAxes, SizeOfAxes, per_axis
from workbench.layers.spec import In, Layer, Remedy, ShapeError, SuggestParam, layer
from workbench.layers.windows import Regions, Resampled, Window, Windows

TAPS: dict[str, Literal[1, 2, 4]] = {"linear": 2, "bilinear": 2, "trilinear": 2, "bicubic": 4}
LINEAR = ("linear", "bilinear", "trilinear")  # by how many axes there are


@layer(title="Interpolate", group="Shape")
class Interpolate(Layer):
    """Brings maps, series or volumes to a size, or makes them larger or smaller by a factor."""

    inputs: ClassVar[tuple[In, ...]] = (In("x", kinds={"map"}, axes=(2, 3, 4)),)
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "nearest: y[c, i, j] = x[c, ⌊i·H/h⌋, ⌊j·W/w⌋]; others weigh the neighbours"
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "interpolate": ("size", "scale_factor", "mode", "align_corners")
    }

    size: SizeOfAxes | None = Field(None, description="Height and width of the output; none where a factor is given")
    scale_factor: FactorOfAxes | None = Field(
        2.0, description="How many times higher and wider; none where a size is given"
    )
    mode: Literal["nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic", "area"] = Field(
        "nearest", description="How the new values are made"
    )
    align_corners: bool = Field(False, description="Keep the values in the corners; for linear and cubic modes")

    def output(self, x: Value) -> Value:
        axes = len(x.spatial)
        if (self.size is None) == (self.scale_factor is None):
            both = self.size is not None
            raise self._refusal(
                "needs a size or a scale_factor" + ", not both." * both + ", but has neither." * (not both),
                "size and scale_factor" if both else "neither",
                SuggestParam("scale_factor", None if both else 2.0),
            )
        name = "size" if self.size is not None else "scale_factor"
        given: object = getattr(self, name)
        if isinstance(given, tuple) and len(given) != axes:
            said = ", ".join(map(str, given))
            raise self._refusal(
                f"{name} = {said} has {len(given)} numbers, but {x} has {axes} axes behind its channels.",
                f"{len(given)} numbers",
                SuggestParam(name, given[0]),
            )
        self._check_mode(axes)
        sizes = self._sizes(x)
        if min(sizes) < 1:
            raise self._refusal(f"leaves nothing of {x}.", str(x), SuggestParam("scale_factor", 1.0))
        return x.reshaped(x.channels, *sizes)

    def _check_mode(self, axes: int) -> None:
        """Refuses modes of other numbers of axes, and corners of modes that have none.

        Raises:
            ShapeError: the mode or align_corners does not fit.
        """
        if self.mode in TAPS and self.mode != LINEAR[axes - 1] and not (self.mode == "bicubic" and axes == 2):
            raise self._refusal(
                f'mode = "{self.mode}" is not for {axes} axes behind the channels.',
                f"mode {self.mode}",
                SuggestParam("mode", LINEAR[axes - 1]),
            )
        if self.align_corners and self.mode not in TAPS:
            raise self._refusal(
                f'align_corners is for linear and cubic modes, but mode is "{self.mode}".',
                f"mode {self.mode}",
                SuggestParam("align_corners", False),
            )

    @staticmethod
    def _refusal(message: str, found: str, fix: Remedy) -> ShapeError:
        needed = f"{fix.param} {fix.value}" if isinstance(fix, SuggestParam) else ""
        return ShapeError(message, found=found, needed=needed, fixes=(fix,))

    def _sizes(self, x: Value) -> Shape:
        """The sizes of the output behind its channels."""
        axes = len(x.spatial)
        if self.size is not None:
            return per_axis(self.size, axes)
        factors = per_axis(self.scale_factor or 1.0, axes)
        return tuple(floor(size * factor) for size, factor in zip(x.spatial, factors, strict=True))

    def module(self, x: Value) -> Call:
        given = {"size": self.size} if self.size is not None else {"scale_factor": self.scale_factor}
        corners = {"align_corners": True} if self.align_corners else {}
        return call("Interpolate", home="workbench.layers.interpolate.module", **given, mode=self.mode, **corners)

    def windows(self, x: Value) -> tuple[Windows, ...]:
        factors = per_axis(self.scale_factor, len(x.spatial)) if self.scale_factor is not None else ()
        found: list[Window] = []
        for number, (whole, count) in enumerate(zip(x.spatial, self._sizes(x), strict=True)):
            if self.mode == "area":
                found.append(Regions(whole, count))
            else:
                found.append(self._resampled(whole, count, factors[number] if factors else None))
        return (tuple(found),)

    def _resampled(self, whole: int, count: int, factor: float | None) -> Resampled:
        """The window along one axis; torch goes by the factor itself where one is given."""
        if self.align_corners:
            return Resampled(Fraction(whole - 1, max(1, count - 1)), taps=TAPS[self.mode], is_even=False)
        pace = Fraction(whole, count) if factor is None else 1 / Fraction(factor)
        shift = {"nearest": Fraction(0), "nearest-exact": pace / 2}.get(self.mode, (pace - 1) / 2)
        return Resampled(pace, shift, TAPS.get(self.mode, 1), factor is not None and pace.numerator == 1)

    @classmethod
    def from_function(cls, name: str, settings: Mapping[str, Any], given: Sequence[Shape], made: Shape) -> Layer:
        """torch has None where something is not said."""
        plain = {key: value for key, value in settings.items() if value is not None and key in cls.model_fields}
        return cls.model_validate({"scale_factor": None} | plain)
