"""What travels along a wire."""

from __future__ import annotations

import pytest

from workbench.core.values import KINDS, Value, bytes_text, shape_text


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


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2048, "2.0 kB"), (999_940, "999.9 kB"), (999_960, "1.0 MB"),
        (3_000_000, "3.0 MB"), (4 * 2**30, "4.3 GB"), (999_960_000_000, "1.0 TB"), (2**60, "1,152,921.5 TB"),
    ],
)  # fmt: skip
def test_bytes_in_the_unit_that_people_read_best(count: int, text: str) -> None:
    assert bytes_text(count) == text
