"""What travels along a wire."""

from __future__ import annotations

import pytest

from workbench.core.values import KINDS, Value, shape_text


def test_sizes_of_a_map() -> None:
    value = Value((16, 7, 5))
    assert (value.channels, value.spatial, value.elements, value.memory) == (16, (7, 5), 560, 2240)
    assert str(value) == shape_text(value.shape) == "16×7×5"


def test_a_single_value() -> None:
    value = Value((), "class", "int64")
    assert (value.elements, value.memory, str(value)) == (1, 8, "a single value")


def test_bytes_are_bytes() -> None:
    assert Value((3, 4), dtype="uint8").memory == 12


@pytest.mark.parametrize(("kind", "expected"), [(None, "class_probs"), ("vector", "vector")])
def test_another_shape_keeps_the_rest(kind: str | None, expected: str) -> None:
    value = Value((2, 3), "class_probs", "float32", ("cat", "dog")).reshaped(6, kind=kind)
    assert value == Value((6,), expected, "float32", ("cat", "dog"))
    assert expected in KINDS
