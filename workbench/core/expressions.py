"""Sums that people type into number fields, such as `2*64` or `(28 - 5) / 2`."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

LONGEST = 60
LARGEST = 1e15
TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[-+*/()])")
OPERATORS: tuple[dict[str, Callable[[float, float], float]], ...] = (
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv},
)


class _WrongError(ValueError):
    """It is no sum."""


def evaluate(text: str) -> int | float | None:
    """The value of a sum of numbers with + - * / and brackets; None if it is none, or has no value."""
    try:
        rest = _tokens(text)
        value = _level(rest, 0)
    except (_WrongError, ZeroDivisionError, OverflowError):
        return None
    if rest or not math.isfinite(value) or abs(value) > LARGEST:
        return None
    return int(value) if value == int(value) and not _is_fraction(text) else value


def _is_fraction(text: str) -> bool:
    return "." in text or "e" in text.lower()


def _tokens(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise _WrongError
    text, found = text.rstrip(), []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise _WrongError
        found.append(match.group(1))
        at = match.end()
    return found


def _level(rest: list[str], level: int) -> float:
    """Sums, and below them products; what is read is taken off the front."""
    if level == len(OPERATORS):
        return _single(rest)
    value = _level(rest, level + 1)
    while rest and rest[0] in OPERATORS[level]:
        value = OPERATORS[level][rest.pop(0)](value, _level(rest, level + 1))
    return value


def _single(rest: list[str]) -> float:
    """A number, a sign before one, or a sum in brackets."""
    if not rest:
        raise _WrongError
    token = rest.pop(0)
    if token in "+-":
        value = _single(rest)
        return -value if token == "-" else value
    if token == "(":
        value = _level(rest, 0)
        if not rest or rest.pop(0) != ")":
            raise _WrongError
        return value
    if token in OPERATORS[1] or token == ")":
        raise _WrongError
    return float(token)
