"""Sums that are typed into number fields have their value, and what is none has no value."""

from __future__ import annotations

import pytest

from workbench.core.expressions import LONGEST, evaluate


@pytest.mark.parametrize(("text", "value"), [
    ("2*64", 128), ("(28 - 5) / 2", 11.5), ("8/2", 4), ("1 + 2 * 3", 7), ("10 - 2 - 3", 5), ("8 / 2 / 2", 2),
    ("-3 + +4", 1), ("--2", 2), ("1e-3", 0.001), (".5 * 2", 1.0), ("  7  ", 7),
])  # fmt: skip
def test_a_sum_has_its_value(text: str, value: float) -> None:
    found = evaluate(text)
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize("text", [
    "", "2 *", "* 2", "(1", "1)", "()", "1 2", "two", "1 / 0", "1e400", "9e9 * 9e9", "2 ** 3", "1" * (LONGEST + 1),
])  # fmt: skip
def test_what_is_no_sum_has_no_value(text: str) -> None:
    assert evaluate(text) is None
