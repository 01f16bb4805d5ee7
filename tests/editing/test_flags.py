"""Marks of nodes are set and taken off together, and problems are mended one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from tests.editing.arranging import done
from tests.graph_factories import changed, drawn, line, picture
from workbench.editing.flags import first_fix, fixes_of, flipped
from workbench.model.analysis import Analysis


@pytest.mark.parametrize(("field", "names", "text", "marked"), [
    ("bypass", ["relu1"], "Bypass relu1", {"relu1"}),
    ("bypass", ["relu1", "relu2"], "Bypass 2 nodes", {"relu1", "relu2"}),
    ("frozen", ["conv1", "relu1"], "Freeze conv1", {"conv1"}),
    ("frozen", ["conv1", "fc1", "pool1"], "Freeze 2 nodes", {"conv1", "fc1"}),
])  # fmt: skip
def test_nodes_are_marked_and_back(
    field: Literal["bypass", "frozen"], names: list[str], text: str, marked: set[str]
) -> None:
    graph = drawn("lenet5")
    ids = [graph.named(name).id for name in names]
    edit = flipped(graph, ids, field)
    assert edit is not None
    assert edit.text == text
    after = done(graph, [edit])
    assert {node.name for node in after if getattr(node, field)} == marked
    back = flipped(after, ids, field)
    assert back is not None
    assert back.text.startswith({"bypass": "Use", "frozen": "Unfreeze"}[field])
    assert done(after, [back]) == graph


def test_where_some_are_marked_the_others_follow() -> None:
    graph = changed(drawn("lenet5"), "relu1", bypass=True)
    edit = flipped(graph, [graph.named(name).id for name in ("relu1", "relu2")], "bypass")
    assert edit is not None
    assert edit.text == "Bypass relu2"


def test_nothing_to_mark_is_no_edit() -> None:
    graph = drawn("lenet5")
    assert flipped(graph, [], "bypass") is None
    assert flipped(graph, [graph.named("relu1").id], "frozen") is None


def test_a_mark_that_a_file_brought_can_be_taken_off_what_has_no_weights() -> None:
    graph = changed(drawn("lenet5"), "relu1", frozen=True)
    edit = flipped(graph, [graph.named("relu1").id], "frozen")
    assert edit is not None
    assert edit.text == "Unfreeze relu1"


def test_problems_are_mended_one_after_the_other() -> None:
    graph = line(picture(), ("fc1", "Linear", {}), ("relu", "ReLU", {}), ("unflat", "Linear", {}))
    analysis = Analysis(graph)
    assert first_fix(analysis, "relu") is None
    fix = first_fix(analysis, "fc1")
    assert fix is not None
    one = fixes_of(analysis, ["gone", "relu", "fc1"])
    assert one is not None
    assert one.text == fix.text
    after = done(graph, [one])
    assert "fc1" not in Analysis(after).first_problems
    assert fixes_of(analysis, ["relu"]) is None


def test_two_problems_are_mended_in_one_step() -> None:
    graph = line(picture(), ("a", "Linear", {}), ("b", "Linear", {}))
    graph = replace(graph, edges=(graph.edges[0], replace(graph.edges[0], target=graph.edges[1].target)))
    edit = fixes_of(Analysis(graph), ["a", "b"])
    assert edit is not None
    assert edit.text == "Fix 2 problems"
    after = done(graph, [edit])
    assert not {"a", "b"} & set(Analysis(after).shapes.faults)
