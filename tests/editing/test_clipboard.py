"""What is copied comes back with new ids and free names; what is no network is refused in a sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.graph_factories import line, picture
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.frames import Frame
from workbench.core.graph import Graph, GraphError, Group, Port
from workbench.editing import clipboard as fragments
from workbench.editing.clipboard import copied, pasted, read
from workbench.model.shapes import infer
from workbench.project.format import MOST_NODES


def network() -> Graph:
    """image → conv1 → g.relu → g.pool → fc."""
    graph = line(
        picture(),
        ("conv1", "Conv2d", {"out_channels": 4, "unknown": [1, {"a": None}]}),
        ("relu", "ReLU", {}),
        ("pool", "MaxPool2d", {}),
        ("flatten", "Flatten", {}),
    )
    for id_ in ("relu", "pool"):
        graph = graph.with_node(replace(graph.nodes[id_], name=f"g.{id_}"))
    conv = replace(graph.nodes["conv1"], frozen=True, extra={"future": True})
    return replace(graph.with_node(conv), groups={"g": Group(title="Block")})


def test_nodes_come_back_with_new_ids_free_names_and_the_wires_between_them() -> None:
    graph = network()
    made = pasted(graph, read(copied(graph, ["conv1", "relu"])), (40.0, 40.0))
    after = made.edit.apply(graph)
    assert made.edit.inverse().apply(after) == graph
    first, second = (after.nodes[id_] for id_ in made.ids)
    assert (first.name, second.name) == ("conv2", "g.relu2")
    assert first.position == (40.0, 40.0)
    assert (first.params, first.frozen, first.extra) == (
        graph.nodes["conv1"].params,
        True,
        {"future": True},
    )
    assert after.incoming[second.id] == {"x": Port(first.id, "y")}
    assert after.incoming[first.id] == {}


def test_a_group_that_was_copied_whole_becomes_a_group_of_its_own() -> None:
    graph = network()
    made = pasted(graph, read(copied(graph, ["relu", "pool"])), (0.0, 0.0))
    after = made.edit.apply(graph)
    assert {after.nodes[id_].name for id_ in made.ids} == {"g2.relu", "g2.pool"}
    assert after.groups == {"g": Group(title="Block"), "g2": Group(title="Block")}


def test_wires_from_outside_come_along_only_if_asked_and_still_there() -> None:
    graph = network()
    text = copied(graph, ["conv1"])
    made = pasted(graph, read(text), (0.0, 0.0), keeps_inputs=True)
    assert made.edit.apply(graph).incoming[made.ids[0]] == {"x": Port("image", "y")}
    elsewhere = pasted(Graph(), read(text), (0.0, 0.0), keeps_inputs=True)
    assert elsewhere.edit.apply(Graph()).edges == ()


def test_into_another_graph_names_stay_and_shapes_follow() -> None:
    graph = network()
    made = pasted(Graph(), read(copied(graph, list(graph.nodes))), (0.0, 0.0))
    other = made.edit.apply(Graph())
    assert [node.name for node in other] == [node.name for node in graph]
    assert len(infer(other).values) == len(infer(graph).values)


def test_shared_weights_follow_their_owner() -> None:
    graph = line(picture(), ("a", "Conv2d", {}), ("b", "Conv2d", {}))
    graph = graph.with_node(replace(graph.nodes["b"], share_with="a"))
    both = pasted(graph, read(copied(graph, ["a", "b"])), (0.0, 0.0))
    after = both.edit.apply(graph)
    assert after.nodes[both.ids[1]].share_with == both.ids[0]
    one = pasted(graph, read(copied(graph, ["b"])), (0.0, 0.0))
    assert one.edit.apply(graph).nodes[one.ids[0]].share_with == "a"
    far = pasted(Graph(), read(copied(graph, ["b"])), (0.0, 0.0))
    assert far.edit.apply(Graph()).nodes[far.ids[0]].share_with == ""


@pytest.mark.parametrize(
    "text", ["", "hello", "{", "[1, 2]", '{"nodes": []}', '{"cnn-workbench": "nodes", "format": 1}']
)
def test_what_is_no_network_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="no part of a network"):
        read(text)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 2}, "format 2"),
        ({"format": "1"}, "format"),
        ({"nodes": [{"id": "a", "name": "train", "layer": "ReLU"}]}, "cannot be a name"),
        ({"nodes": 3}, "a list"),
        ({"incoming": [{"from": ["a b", "y"], "to": ["conv1", "x"]}]}, "cannot be an id"),
        ({"incoming": [{"from": [], "to": ["conv1", "x"]}]}, "a text"),
        ({"incoming": [{"from": ["a", "y"], "to": ["nobody", "x"]}]}, "no node with the id"),
    ],
)
def test_what_is_damaged_is_refused_with_its_place(change: dict[str, object], reason: str) -> None:
    row = json.loads(copied(network(), ["conv1"]))
    with pytest.raises(UnreadableError, match=reason):
        read(json.dumps({**row, **change}))


def test_more_than_a_file_may_hold_is_not_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_NODES >= 1000
    monkeypatch.setattr(fragments, "MOST_NODES", 6)
    with pytest.raises(GraphError, match="at most 6 nodes"):
        pasted(network(), read(copied(network(), ["conv1", "relu"])), (0.0, 0.0))


def test_a_text_without_end_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST_BYTES", 10)
    with pytest.raises(UsageError):
        read(copied(network(), ["conv1"]))


def framed() -> Graph:
    """The network with a frame, a note in it, and one elsewhere."""
    frames = {
        "f": Frame("Stage", "why", "blue", (0.0, 0.0, 400.0, 200.0), extra={"locked": True}),
        "n": Frame(text="a note", area=(10.0, 50.0, 90.0, 40.0)),
        "o": Frame("Other", area=(900.0, 0.0, 90.0, 40.0)),
    }
    return replace(network(), frames=frames)


def test_frames_come_along_with_new_ids_at_their_new_place() -> None:
    graph = framed()
    made = pasted(graph, read(copied(graph, ["conv1", "relu"], ["f", "n"])), (40.0, 30.0))
    after = made.edit.apply(graph)
    assert made.edit.inverse().apply(after) == graph
    assert made.edit.text == "Paste 2 nodes"
    stage, note = (after.frames[id_] for id_ in made.frames)
    assert stage == replace(graph.frames["f"], area=(40.0, 30.0, 400.0, 200.0))
    assert note.area == (50.0, 80.0, 90.0, 40.0)
    assert len(after.frames) == 5
    assert not set(made.frames) & {*graph.frames, *graph.nodes, *made.ids}


@pytest.mark.parametrize(("ids", "text"), [
    (["f"], "Paste frame Stage"), (["n"], "Paste note"), (["f", "o"], "Paste 2 frames and notes"),
])  # fmt: skip
def test_frames_are_copied_without_nodes(ids: list[str], text: str) -> None:
    made = pasted(Graph(), read(copied(framed(), [], ids)), (0.0, 0.0))
    assert made.edit.text == text
    assert made.ids == ()
    assert [each.title for each in made.edit.apply(Graph()).frames.values()] == [
        framed().frames[id_].title for id_ in ids
    ]


def test_more_frames_than_a_file_may_hold_are_refused() -> None:
    many = replace(Graph(), frames={f"f{i}": Frame() for i in range(1000)})
    with pytest.raises(GraphError, match="at most 1,000 frames and notes"):
        pasted(many, read(copied(framed(), [], ["n"])), (0.0, 0.0))


@pytest.mark.parametrize("part", [
    {"frames": [{"id": "f", "area": [0, 0, 0, 9]}]}, {"frames": [{"id": "conv1", "area": [0, 0, 9, 9]}]},
])  # fmt: skip
def test_frames_of_a_damaged_clipboard_are_refused(part: dict[str, object]) -> None:
    row = json.loads(copied(network(), ["conv1"])) | part
    with pytest.raises(UnreadableError, match=r"the clipboard at graph\.frames"):
        read(json.dumps(row))


def test_wires_without_nodes_are_passed_over() -> None:
    row = json.loads(copied(framed(), [], ["n"])) | {"incoming": [{"from": ["a", "y"], "to": ["b", "x"]}]}
    assert read(json.dumps(row)).incoming == ()
