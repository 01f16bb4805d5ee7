"""What a pulled wire may be wired to, all wires that could be drawn, and what deleting leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.editing.arranging import done, scattered
from tests.graph_factories import drawn, line, picture, wired
from workbench.core.frames import Frame
from workbench.core.graph import Edge, Graph, Port
from workbench.core.groups import border, members
from workbench.editing.adding import LooseEnd
from workbench.editing.connecting import wirings_of
from workbench.editing.deleting import deleted, without_frames
from workbench.editing.wire_rules import WireCheck
from workbench.model.shapes import infer


def parts() -> Graph:
    """Nodes of many kinds without wires, but for image → conv → relu."""
    graph = scattered(
        picture(), ("conv", "Conv2d", {}), ("relu", "ReLU", {}), ("fc", "Linear", {}), ("add", "Add", {}),
        ("loss", "CrossEntropyLoss", {}), ("target", "Target", {}), ("strange", "Unheard", {}),
    )  # fmt: skip
    return wired(wired(graph, "image.y", "conv.x"), "conv.y", "relu.x")


def check(graph: Graph, name: str, port: str, side: str, cut: Edge | None = None) -> WireCheck:
    return WireCheck(graph, infer(graph), LooseEnd(Port(name, port), "out" if side == "out" else "in"), cut)


@pytest.mark.parametrize(("start", "side", "to", "mark", "text"), [
    ("relu.y", "out", "add.x.0", "fits", "×"),
    ("relu.y", "out", "relu.x", "never", "cannot feed itself"),
    ("relu.y", "out", "conv.x", "never", "in a circle"),
    ("conv.x", "in", "relu.y", "never", "in a circle"),
    ("relu.y", "out", "fc.x", "fixable", ""),
    ("relu.y", "out", "strange.anything", "fits", ""),
    ("strange.y", "out", "fc.x", "fits", ""),
    ("add.x.0", "in", "conv.y", "fits", "×"),
])  # fmt: skip
def test_kinds_and_the_direction_of_the_flow(start: str, side: str, to: str, mark: str, text: str) -> None:
    graph = parts()
    name, _, port = start.partition(".")
    trial = check(graph, name, port, side)
    assert trial.side == ("in" if side == "out" else "out")
    verdict = trial.by_kind(Port(*to.split(".", 1)))
    assert verdict.mark == mark
    assert text in verdict.text
    looked = trial.look(Port(*to.split(".", 1)))
    assert (looked.mark == "never") == (mark == "never")
    assert trial.look(Port(*to.split(".", 1))) is looked


def test_a_wire_that_is_tried_out_tells_its_fix() -> None:
    graph = parts()
    verdict = check(graph, "relu", "y", "out").look(Port("fc", "x"))
    assert verdict.text.startswith("Then: ")


@pytest.mark.parametrize("sizes", [((1, 8, 8), (1, 6, 6)), ((2, 8, 8), (3, 9, 9))])
def test_two_sizes_that_do_not_add_up_are_never_silent(sizes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    other = ("other", "Input", {"shape": [*sizes[1]]})
    graph = scattered(picture(sizes[0]), ("relu", "ReLU", {}), ("add", "Add", {}), other)
    graph = wired(wired(graph, "image.y", "relu.x"), "relu.y", "add.x.0")
    verdict = check(graph, "other", "y", "out").look(Port("add", "x.1"))
    assert verdict.mark == "fixable"
    assert verdict.text


def test_a_wire_that_was_taken_off_is_moved_in_one_step() -> None:
    graph = parts()
    cut = graph.edges[1]
    trial = check(graph, "conv", "y", "out", cut)
    assert cut not in trial.graph.edges
    assert trial.look(Port("add", "x.0")).mark != "never"
    assert trial.look(Port("fc", "x")).text.startswith("Then: ")
    after = done(graph, [trial.edit(Port("add", "x.0"))])
    assert after.incoming["relu"] == {}
    assert after.incoming["add"] == {"x.0": Port("conv", "y")}
    assert cut not in done(graph, [trial.cutting()]).edges


def test_all_wirings_can_be_drawn_and_are_in_order() -> None:
    graph = parts()
    rows = wirings_of(graph, infer(graph), "conv")
    texts = [row.text for row in rows]
    assert texts
    for row in rows:
        assert done(graph, [row.edit]) != graph
    assert len(set(texts)) == len(texts)
    assert not any(text.startswith("image → conv") for text in texts)  # it is there
    fixable = [" – " in text for text in texts]
    assert fixable == sorted(fixable)


@pytest.mark.parametrize(("id_", "only", "texts"), [
    ("relu", "add", ["relu → add", "add → relu (instead of conv)"]),
    ("add", "relu", ["relu → add", "add → relu (instead of conv)"]),
    ("image", "relu", ["image → relu (instead of conv)"]),
    ("conv", "image", []),
    ("target", "loss", ["target → loss · target"]),
])  # fmt: skip
def test_wirings_with_one_node(id_: str, only: str, texts: list[str]) -> None:
    graph = parts()
    found = [row.text for row in wirings_of(graph, infer(graph), id_, only)]
    assert found == texts


@pytest.mark.parametrize("template", ["lenet5", "resnet18", "autoencoder"])
def test_a_deleted_activation_leaves_no_gap(template: str) -> None:
    graph = drawn(template, (3, 32, 32))
    node = next(node for node in graph if node.layer == "ReLU" and len(graph.outgoing[node.id]) == 1)
    (source,) = graph.incoming[node.id].values()
    edit = deleted(graph, [node.id], joins=True)
    assert edit is not None
    assert edit.text == f"Delete {node.name}"
    after = done(graph, [edit])
    assert Edge(source, graph.outgoing[node.id][0].target) in after.edges
    assert not infer(after).faults
    apart = deleted(graph, [node.id], joins=False)
    assert apart is not None
    assert len(done(graph, [apart]).edges) == len(graph.edges) - 2


@pytest.mark.parametrize("name", ["conv1", "flatten", "image"])
def test_a_gap_is_not_closed_where_that_makes_a_problem(name: str) -> None:
    graph = line(picture(), ("conv1", "Conv2d", {}), ("flatten", "Flatten", {}), ("fc", "Linear", {}))
    edit = deleted(graph, [name], joins=True)
    assert edit is not None
    after = done(graph, [edit])
    assert len(after.edges) == {"conv1": 2, "flatten": 1, "image": 2}[name]


def test_several_nodes_in_a_row_are_joined_over() -> None:
    graph = line(picture(), ("a", "ReLU", {}), ("b", "ReLU", {}), ("c", "ReLU", {}))
    edit = deleted(graph, ["a", "b"], joins=True)
    assert edit is not None
    assert edit.text == "Delete 2 nodes"
    assert done(graph, [edit]).edges == (Edge(Port("image", "y"), Port("c", "x")),)


def test_where_one_join_makes_a_problem_the_others_stay() -> None:
    graph = line(picture(), ("flat", "Flatten", {}), ("fc", "Linear", {}), ("more", "ReLU", {}))
    graph = wired(replace(graph, edges=graph.edges[:2]), "flat.y", "more.x")
    edit = deleted(graph, ["flat"], joins=True)
    assert edit is not None
    after = done(graph, [edit])
    assert after.edges == (Edge(Port("image", "y"), Port("more", "x")),)


def test_a_merge_has_no_main_input_and_an_unknown_layer_only_its_single_one() -> None:
    graph = line(picture(), ("a", "ReLU", {}), ("add", "Add", {}), ("out", "ReLU", {}), ("b", "ReLU", {}))
    graph = wired(replace(graph, edges=graph.edges[:3]), "image.y", "b.x")
    graph = replace(graph, edges=tuple(edge for edge in graph.edges if edge.target.node != "add"))
    graph = wired(wired(graph, "a.y", "add.x.0"), "b.y", "add.x.1")
    edit = deleted(graph, ["add"], joins=True)
    assert edit is not None
    assert done(graph, [edit]).incoming["out"] == {}
    strange = graph.with_node(replace(graph.nodes["b"], layer="Unheard"))
    edit = deleted(strange, ["b"], joins=True)
    assert edit is not None
    assert done(strange, [edit]).incoming["add"]["x.1"] == Port("image", "y")


@pytest.mark.parametrize(("template", "block"), [
    ("resnet18", "layer1.0"), ("resnet18", "layer1.1"), ("mobilenet_v2", "features.3"), ("googlenet", "inception3b"),
    ("convnext_tiny", "features.1.0"),
])  # fmt: skip
def test_a_deleted_block_leaves_no_gap_where_all_its_ways_begin_at_one_place(template: str, block: str) -> None:
    graph = drawn(template, (3, 64, 64))
    ids = [node.id for node in members(graph, block)]
    around = border(graph, ids)
    (source,) = {graph.incoming[port.node][port.name] for port in around.inputs}
    edit = deleted(graph, ids, joins=True)
    assert edit is not None
    after = done(graph, [edit])
    targets = [edge.target for edge in graph.edges if edge.source in around.outputs and edge.target.node not in ids]
    assert {after.incoming[port.node].get(port.name) for port in targets} == {source}
    assert not infer(after).faults


@pytest.mark.parametrize(("count", "text"), [(1, "Cut wire"), (2, "Cut 2 wires")])
def test_wires_alone_are_cut(count: int, text: str) -> None:
    graph = parts()
    edit = deleted(graph, [], graph.edges[:count], joins=True)
    assert edit is not None
    assert edit.text == text
    assert done(graph, [edit]).edges == graph.edges[count:]


def test_nothing_to_delete_is_no_edit() -> None:
    graph = parts()
    assert deleted(graph, [], joins=True) is None
    assert without_frames(graph, None, []) is None


@pytest.mark.parametrize(("frames", "nodes", "text"), [
    (["f"], [], "Delete frame Stage"), (["f", "n"], [], "Delete 2 frames"), (["f"], ["relu"], "Delete relu"),
])  # fmt: skip
def test_frames_go_with_or_without_nodes(frames: list[str], nodes: list[str], text: str) -> None:
    graph = replace(parts(), frames={"f": Frame("Stage"), "n": Frame(text="note")})
    edit = without_frames(graph, deleted(graph, nodes, joins=False), frames)
    assert edit is not None
    assert edit.text == text
    after = done(graph, [edit])
    assert set(after.frames) == {"f", "n"} - set(frames)
    assert set(after.nodes) == set(graph.nodes) - set(nodes)
