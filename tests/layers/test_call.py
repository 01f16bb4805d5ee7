"""A torch call as data: what it prints is plain ASCII Python that means the same."""

from __future__ import annotations

import ast
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from workbench.layers.call import call, literal

HOSTILE = [
    "",
    "'",
    '"',
    "'\"",
    "\"'\"'",
    "'''",
    '"""',
    "\\",
    "\\'",
    '\\"',
    "\\\\'\"",
    "ends with \\",
    "\n",
    "\r\n",
    "\t\v\f",
    "\0",
    "\x1b[31mred",
    "\x7f",
    "\u2028line\u2029paragraph",
    "\u202eright to left",
    "\ufeffbom",
    "Straße",
    "日本語",
    "🧠",
    "\ud800",
    "e\u0301",
    "{x}",
    "%s %(a)s",
    "#comment",
    "); import os; os.abort() #",
    "', __import__('os').abort(), '",
    '"), __import__("os").abort(), ("',
    "\\N{BULLET}\\u0041\\x41",
    " " * 300,
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_hostile_text_stays_a_text(text: str) -> None:
    line = literal(text)
    assert ast.literal_eval(line) == text
    assert line.isascii()
    assert line.isprintable()


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text())
def test_every_text_stays_a_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert literal(text).isascii()


def test_plain_texts_have_double_quotes() -> None:
    assert literal("same") == '"same"'


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ((), "()"),
        ((1,), "(1,)"),
        ((1, 2), "(1, 2)"),
        (((1,), "a"), '((1,), "a")'),
        ([1], "[1]"),
        ([], "[]"),
        (None, "None"),
        (True, "True"),
        (-3, "-3"),
        (0.1, "0.1"),
        (1e-300, "1e-300"),
        (-0.0, "-0.0"),
    ],
)
def test_values_as_literals(value: Any, line: str) -> None:
    assert literal(value) == line
    assert repr(ast.literal_eval(line)) == repr(value)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), b"x", {}, {1}, object(), (1, float("nan"))]
)
def test_what_has_no_literal_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be a literal"):
        literal(value)


def test_the_line_names_its_arguments() -> None:
    line = call("nn.Conv2d", 1, 6, kernel_size=(5, 3), padding="same", bias=False)
    assert line.source() == 'nn.Conv2d(1, 6, kernel_size=(5, 3), padding="same", bias=False)'


def test_a_call_builds_torchs_module() -> None:
    built = call("nn.Linear", 3, 2, bias=False).build()
    assert type(built) is nn.Linear
    assert tuple(built.weight.shape) == (2, 3)
    assert built.bias is None


def test_a_call_builds_a_class_of_ours() -> None:
    built = call("Concat", 2, home="workbench.layers.concat.module").build()
    assert type(built).__module__ == "workbench.layers.concat.module"
    assert built(torch.zeros(1, 2, 3), torch.zeros(1, 2, 4)).shape == (1, 2, 7)


def test_weights_come_from_torchs_generator() -> None:
    line = call("nn.Linear", 4, 4)
    torch.manual_seed(3)
    first = line.build().weight
    torch.manual_seed(3)
    assert torch.equal(first, line.build().weight)
    assert not torch.equal(first, line.build().weight)
