"""Texts from outside are made safe before they are told to people."""

from __future__ import annotations

import pytest

from workbench.core.errors import LONGEST_SHOWN, RunError, UnreadableError, UsageError, WorkbenchError, printable


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain text, Straße 日本語 🧠", "plain text, Straße 日本語 🧠"),
        ("a\nb", "a<U+000A>b"),
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("\0", "<U+0000>"),
        ("\x7f\x9b", "<U+007F><U+009B>"),
        ("gpj.\u202eexe", "gpj.<U+202E>exe"),
        ("\u200b\ufeff", "<U+200B><U+FEFF>"),
        ("\u2028", "<U+2028>"),
        ("\udcff", "<U+DCFF>"),
        ("", ""),
        (17, "17"),
    ],
    ids=ascii,
)
def test_what_could_deceive_is_spelt_out(text: object, safe: str) -> None:
    assert printable(text) == safe
    assert printable(text).encode().decode() == safe


@pytest.mark.parametrize(
    ("text", "length"), [("a" * 200, 200), ("a" * 201, 200), ("a" * 10**6, 200), ("\0" * 100, 200), ("a" * 199, 199)]
)
def test_a_long_text_is_cut(text: str, length: int) -> None:
    assert len(printable(text)) == length <= LONGEST_SHOWN
    assert printable(text).endswith("…") == (printable(text) != text)


def test_a_file_error_names_file_place_and_reason() -> None:
    error = UnreadableError("my\n.cnn", "it is broken.", field="graph.nodes[3]\x1b")
    assert str(error) == "my<U+000A>.cnn at graph.nodes[3]<U+001B>: it is broken."
    assert (error.file, error.field, error.reason) == ("my\n.cnn", "graph.nodes[3]\x1b", "it is broken.")
    assert str(UnreadableError("a.cnn", "it is broken.")) == "a.cnn: it is broken."


def test_one_catch_takes_them_all() -> None:
    for kind in (UnreadableError, UsageError, RunError):
        assert issubclass(kind, WorkbenchError)
