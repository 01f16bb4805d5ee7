"""JSON is read strictly and written stably."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import UnreadableError
from workbench.core.strict_json import DEEPEST, LONGEST_LINE, line, parse, plain, pretty, read

some = settings(max_examples=150, deadline=None, derandomize=True, database=None)
texts = st.text(max_size=12)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=30,
)

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "damaged or no project"),
    "cut off": (b'{"a": [1, 2', "line 1, column"),
    "two values": (b"{} {}", "Extra data"),
    "trailing comma": (b"[1,]", "damaged or no project"),
    "comment": (b"[1] // one", "damaged or no project"),
    "single quotes": (b"{'a': 1}", "damaged or no project"),
    "doubled key": (b'{"a": 1, "b": {"c": 1, "c": 1}}', 'the key "c" stands twice'),
    "doubled key by escape": (b'{"a": 1, "\\u0061": 2}', 'the key "a" stands twice'),
    "deceiving doubled key": (b'{"\\u202e": 1, "\\u202e": 2}', r'the key "<U\+202E>" stands twice'),
    "NaN": (b"[NaN]", "NaN is not a number that a file may hold"),
    "Infinity": (b'{"a": Infinity}', "Infinity is not a number"),
    "-Infinity": (b"-Infinity", "-Infinity is not a number"),
    "beyond double precision": (b"[1e400]", "the number 1e400 is too large"),
    "beyond below": (b"[-1e400]", "the number -1e400 is too large"),
    "2**63": (b"[9223372036854775808]", "is too large"),
    "below -2**63": (b"[-9223372036854775809]", "is too large"),
    "a number of 100,000 digits": (b"[" + b"9" * 100_000 + b"]", "is too large"),
    "a long fraction that overflows": (b"[" + b"9" * 100_000 + b".0]", "is too large"),
    "100,000 lists deep": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "100,000 objects deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
    "a little too deep": (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), f"nested more than {DEEPEST} deep"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), r"not UTF-8 text \(byte 0\)"),
    "UTF-16 without a mark": ('{"a": 1}'.encode("utf-16-le"), "damaged or no project"),
    "Latin-1": ('{"a": "ä"}'.encode("latin-1"), r"not UTF-8 text \(byte 7\)"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf{}", "BOM"),
    "surrogate bytes": (b'"\xed\xa0\x80"', "not UTF-8 text"),
    "overlong bytes": (b'"\xc0\xaf"', "not UTF-8 text"),
    "half a character": (b'{"a": ["x", "\\ud800"]}', r"a\[1\]: .*half a character"),
    "half a character in a key": (b'{"a": {"\\udfff": 1}}', "at a: .*half a character"),
    "control character": (b'"a\nb"', "Invalid control character"),
    "null character": (b'"a\x00b"', "Invalid control character"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_mean_two_things_is_refused(name: str) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(UnreadableError, match=reason) as caught:
        parse(data, "net.cnn")
    assert str(caught.value).startswith("net.cnn")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"null", None),
        (b" [1, -1, 1.5, 1e3, -0.0, true] \n", [1, -1, 1.5, 1000.0, -0.0, True]),
        (b"[9223372036854775807, -9223372036854775808]", [2**63 - 1, -(2**63)]),
        (b'"\\ud83e\\udde0 \\u0000"', "🧠 \0"),
        ('{"größe": "日本"}'.encode(), {"größe": "日本"}),
        (b'{"a": {"a": 1}, "b": {"a": 1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (b"[" * DEEPEST + b"1" + b"]" * DEEPEST, None),
    ],
)
def test_what_is_plain_is_taken(data: bytes, value: Any) -> None:
    found = parse(data, "net.cnn")
    if value is None and data != b"null":
        assert json.dumps(found).count("[") == DEEPEST
    else:
        assert found == value
        assert type(found) is type(value)


def test_the_place_is_named() -> None:
    with pytest.raises(UnreadableError) as caught:
        parse(b'{"graph": {"nodes": [{}, {"name": "\\ud800"}]}}', "net.cnn")
    assert caught.value.field == "graph.nodes[1].name"


def test_a_file_is_read_within_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"a": 1}')
    assert read(path, 8) == {"a": 1}
    with pytest.raises(UnreadableError, match="at most 7 are taken"):
        read(path, 7)
    with pytest.raises(UnreadableError, match="no such file"):
        read(tmp_path / "b.json", 7)


@some
@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    text = pretty(value)
    found = parse(text.encode(), "net.cnn")
    assert found == value
    assert repr(found) == repr(value), "with the same types and the same order"
    assert pretty(found) == text
    assert text.endswith("\n")
    assert parse(line(value).encode(), "net.cnn") == value
    assert "\n" not in line(value)


@settings(some, max_examples=50)
@given(st.dictionaries(texts, values, min_size=1, max_size=5))
def test_rows_that_could_be_broken_are_short(value: Any) -> None:
    def breakable(row: str) -> bool:
        item = row.strip().rstrip(",")
        if item.startswith('"') and '": ' in item:
            item = item.split('": ', 1)[1]
        return item[:1] in "[{" and item[1:2] not in ("", "]", "}")

    assert all(len(row) <= LONGEST_LINE * 2 for row in pretty(value).splitlines() if breakable(row))


def test_how_a_project_looks() -> None:
    node = {"id": "a1", "name": "conv1", "params": {"kernel_size": [3, 3], "bias": False}, "position": [0.0, 1.5]}
    assert pretty({"format": 1, "nodes": [node, {"id": "b2"}], "none": [], "nothing": {}, "text": "größe"}) == (
        "{\n"
        '  "format": 1,\n'
        '  "nodes": [\n'
        '    {"id": "a1", "name": "conv1", "params": {"kernel_size": [3, 3], "bias": false}, "position": [0.0, 1.5]},\n'
        '    {"id": "b2"}\n'
        "  ],\n"
        '  "none": [],\n'
        '  "nothing": {},\n'
        '  "text": "größe"\n'
        "}\n"
    )


def test_one_change_is_one_line_of_difference() -> None:
    nodes = [{"id": str(i), "name": f"conv{i}", "params": {"out_channels": 8}} for i in range(30)]
    before = pretty({"nodes": nodes}).splitlines()
    nodes[17] = {**nodes[17], "params": {"out_channels": 9}}
    after = pretty({"nodes": nodes}).splitlines()
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_a_long_list_has_a_row_for_each_item() -> None:
    rows = pretty({"classes": [f"class number {i}" for i in range(20)]}).splitlines()
    assert len(rows) == 24
    assert rows[2] == '    "class number 0",'


def test_values_become_plain() -> None:
    value = MappingProxyType({"a": (1, (2.5, None)), 3: [math.nan, math.inf, -math.inf], "b": {"c": True}})
    assert plain(value) == {"a": [1, [2.5, None]], "3": [None, None, None], "b": {"c": True}}
    assert line(value) == '{"a": [1, [2.5, null]], "3": [null, null, null], "b": {"c": true}}'


def test_what_is_no_json_is_not_written() -> None:
    with pytest.raises(TypeError):
        pretty({"a": object()})


def test_a_mark_that_some_editors_put_before_a_text_is_passed_over() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}', "x.cnn") == {"a": 1}
