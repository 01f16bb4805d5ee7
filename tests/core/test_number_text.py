"""Numbers as people of many languages write them."""

from __future__ import annotations

import pytest

from workbench.core.number_text import AmbiguousError, plain_number


@pytest.mark.parametrize(
    ("text", "point", "plain"),
    [
        ("0,004", ".", "0.004"), ("0.004", ",", "0.004"), ("12,5", ".", "12.5"), (",25", ".", ".25"), ("3,", ".", "3."),
        ("1,234", ",", "1.234"), ("1.234", ".", "1.234"), ("1.234", "٫", "1.234"), ("0,12,3", ".", "0,12,3"),
        ("1 234", ".", "1234"), ("1\u202f234,5", ",", "1234.5"), ("1’234.5", ".", "1234.5"), ("1'23", ".", "1'23"),
        ("1.234,5", ".", "1234.5"), ("1,234.5", ",", "1234.5"), ("1,23.4", ".", "1,23.4"), ("1.2,3.4", ".", "1.2,3.4"),
        ("12,345,678", ".", "12345678"), ("12.345.678", ",", "12345678"), ("1.2.3", ".", "1.2.3"),
        ("٤٫٥", "٫", "4.5"), ("۰٫۰۷", "٫", "0.07"), ("३,५", ".", "3.5"), ("７．２５", ".", "7.25"),
        ("−3", ".", "-3"), ("\u200f٣", "٫", "3"), ("2×4", ".", "2*4"), ("1,5e-3", ".", "1.5e-3"), ("2 3", ".", "2 3"),
        ("(2,5 + 1) * 2", ".", "(2.5 + 1) * 2"), ("10²", ".", "10²"), ("lr = 0,3", ".", "lr = 0.3"), ("", ".", ""),
    ],
)  # fmt: skip
def test_a_number_in_plain_digits(text: str, point: str, plain: str) -> None:
    assert plain_number(text, point) == plain


@pytest.mark.parametrize(
    ("text", "point", "one", "other"),
    [("2,500", ".", "2500", "2.500"), ("2.500", ",", "2500", "2.500"), ("10,000", "٫", "10000", "10.000")],
)
def test_what_may_be_two_numbers_is_not_guessed(text: str, point: str, one: str, other: str) -> None:
    with pytest.raises(AmbiguousError) as caught:
        plain_number(text, point)
    assert f'"{text}" may be {one} or {other}' in str(caught.value)
