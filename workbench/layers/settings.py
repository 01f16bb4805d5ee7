"""The types of settings that several layers share: one number for each axis, with bounds.

A bound is an object in the annotation, so that forms, help and the contract tests read it from the same place as the
check itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

N = TypeVar("N", int, float)


@dataclass(frozen=True)
class Bounds:
    """Smallest and largest value of every number in a setting, both allowed."""

    low: float
    high: float

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Checks after the type has been checked."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def check(self, value: Any) -> Any:
        """The value itself.

        Raises:
            ValueError: a number in it is out of bounds.
        """
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, (int, float)) and not self.low <= number <= self.high:
                raise ValueError(f"must be {self.low} to {self.high}")
        return value


def as_tuple(value: Any) -> Any:
    """A list, as JSON has it, as the tuple that a frozen setting is."""
    return tuple(value) if isinstance(value, list) else value


def _shortest(value: Any) -> Any:
    """(3, 3) says no more than 3."""
    return value[0] if isinstance(value, tuple) and len(value) > 1 and len(set(value)) == 1 else value


def _same(value: Any) -> Any:
    """A tuple of numbers that are all alike, be it one, says no more than that number."""
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def _listed(value: Any) -> Any:
    """A number by itself, as torch takes it for a list of one, is that list."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return (value,) if is_number else as_tuple(value)


def _single(value: Any) -> Any:
    """A tuple of one, as torch's one-dimensional modules keep it, is that one."""
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


Pair = Annotated[int | tuple[int, int], BeforeValidator(as_tuple), AfterValidator(_shortest)]
PairOrSame = Annotated[int | tuple[int, int] | Literal["same"], BeforeValidator(as_tuple), AfterValidator(_shortest)]
Triple = Annotated[int | tuple[int, int, int], BeforeValidator(as_tuple), AfterValidator(_shortest)]
TripleOrSame = Annotated[
    int | tuple[int, int, int] | Literal["same"], BeforeValidator(as_tuple), AfterValidator(_shortest)
]
SingleOrSame = Annotated[int | Literal["same"], BeforeValidator(_single)]
Single = Annotated[int, BeforeValidator(_single)]
Sizes = Annotated[tuple[int, ...], BeforeValidator(as_tuple)]
Numbers = Annotated[tuple[float, ...], BeforeValidator(as_tuple)]
Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Listed = Annotated[tuple[int, ...], BeforeValidator(_listed)]
ListedNumbers = Annotated[tuple[float, ...], BeforeValidator(_listed)]

Size1 = Annotated[Single, Bounds(1, 1024)]
Step1 = Annotated[Single, Bounds(1, 1024)]
Margin1 = Annotated[Single, Bounds(0, 1024)]
Size2 = Annotated[Pair, Bounds(1, 1024)]
Margin2 = Annotated[Pair, Bounds(0, 1024)]
Size3 = Annotated[Triple, Bounds(1, 1024)]
Margin3 = Annotated[Triple, Bounds(0, 1024)]
MarginOrSame1 = Annotated[SingleOrSame, Bounds(0, 1024)]
MarginOrSame2 = Annotated[PairOrSame, Bounds(0, 1024)]
MarginOrSame3 = Annotated[TripleOrSame, Bounds(0, 1024)]
Shape1to4 = Annotated[Sizes, Bounds(1, 65536)]

MOST_AXES = 6  # of one value, the batch not counted

Dims = Annotated[Listed, Bounds(-MOST_AXES, MOST_AXES)]
SizeOfAxes = Annotated[
    int | Annotated[tuple[int, ...], MinLen(1), MaxLen(3)],
    BeforeValidator(as_tuple),
    AfterValidator(_same),
    Bounds(1, 65536),
]
FactorOfAxes = Annotated[
    float | Annotated[tuple[float, ...], MinLen(1), MaxLen(3)],
    BeforeValidator(as_tuple),
    AfterValidator(_same),
    Bounds(1 / 64, 64),
]

MOST_CHANNELS = 65536


def per_axis(value: N | tuple[N, ...], axes: int) -> tuple[N, ...]:
    """A setting with one number for each axis, spelt out."""
    return value if isinstance(value, tuple) else (value,) * axes
