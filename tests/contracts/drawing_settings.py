"""Draws settings of declarations whose fields are numbers and switches, and values just outside their bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

some = settings(max_examples=30, deadline=None, derandomize=True)


def bounds(info: FieldInfo) -> dict[str, Any]:
    """The bounds of a number by pydantic's names: ge, gt, le, lt."""
    return {key: getattr(each, key) for each in info.metadata for key in ("ge", "gt", "le", "lt") if hasattr(each, key)}


def drawn_settings(cls: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Settings within their bounds, but no numbers so near zero that arithmetic ends there."""
    return st.fixed_dictionaries({}, optional={name: _values(info) for name, info in cls.model_fields.items()})


def _values(info: FieldInfo) -> st.SearchStrategy[Any]:
    if info.annotation is bool:
        return st.booleans()
    found = bounds(info)
    low, high = found.get("ge", found.get("gt", 0)), found.get("le", found.get("lt", 1))
    if info.annotation is int:
        return st.integers(int(low), min(int(high), int(low) + 20))
    assert info.annotation is float, f"how is a {info.annotation} drawn?"
    shares = st.floats(0.05, 0.95).map(lambda share: low + share * (min(high, low + 4) - low))
    return st.sampled_from([float(info.default), *([float(low)] if "ge" in found else [])]) | shares


def beyond_bounds(cls: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """For every setting values that it must not take: just outside each bound, and of another type."""
    for name, info in cls.model_fields.items():
        if info.annotation is bool:
            yield from ((name, 1), (name, "yes"))
            continue
        yield from ((name, "much"), (name, True), (name, math.nan))
        found = bounds(info)
        assert len(found) == 2, f"{cls.__name__}.{name} needs a lower and an upper bound"
        for kind, bound in found.items():
            away = math.inf if kind in ("le", "lt") else -math.inf
            value = bound if kind in ("gt", "lt") else math.nextafter(float(bound), away)
            is_whole = info.annotation is int
            yield name, bound + (1 if away > 0 else -1) if is_whole and kind in ("ge", "le") else value
