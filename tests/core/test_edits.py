"""Every change knows its opposite: hundreds of random ones, undone and redone, leave no trace."""

from __future__ import annotations

import random
import secrets
from dataclasses import replace

import pytest

from workbench.core import graph_edits as drawing
from workbench.core.edits import (
    MISSING,
    AddEdge,
    AddNode,
    CompositeGraphEdit,
    GraphEdit,
    RemoveEdge,
    RemoveNode,
    SetField,
    SetFrame,
    SetGroup,
    SetParam,
    changes_layout_only,
)
from workbench.core.frames import Frame
from workbench.core.graph import Edge, Graph, GraphError, Group, Node, Port
from workbench.core.names import free_name

PARAMS = ("kernel_size", "stride", "bias")


def ordered(graph: Graph) -> tuple[object, ...]:
    """Everything in the graph with the order of nodes and wires."""
    return (list(graph.nodes.items()), graph.edges, dict(graph.groups), list(graph.frames.items()), dict(graph.extra))


def fresh(chance: random.Random, graph: Graph) -> Node:
    """A new node."""
    name = free_name(chance.choice(["conv1", "relu", "block.add"]), list(graph.by_name))
    params = {param: chance.randrange(9) for param in PARAMS if chance.random() < 0.5}
    return Node(drawing.new_id(graph), name, "Conv2d", params, extra={"unknown": [1, {"a": None}]})


def wire(chance: random.Random, graph: Graph) -> tuple[Port, Port]:
    """Two ports that a wire may join without a circle."""
    first, second = sorted(chance.sample(range(len(graph.order)), 2))
    return Port(graph.order[first], "y"), Port(graph.order[second], f"x.{chance.randrange(3)}")


def random_edit(chance: random.Random, graph: Graph) -> GraphEdit:
    """Any kind of edit that fits the graph, made directly or as people make them."""
    nodes, edges = list(graph), graph.edges
    if len(nodes) < 3:
        return AddNode(fresh(chance, graph), chance.choice([-1, 0, len(nodes)]))
    node = chance.choice(nodes)
    kinds = ["add", "field", "param", "default", "rename", "remove", "wire", "group", "several", "frame"]
    match chance.choice(kinds + ["cut", "insert"] * bool(edges)):
        case "add":
            return AddNode(fresh(chance, graph), chance.randrange(-1, len(nodes) + 1))
        case "remove" if len(nodes) > 6:
            return drawing.remove(graph, node)
        case "rename":
            others = [other.name for other in nodes if other is not node]
            return drawing.rename(graph, node, free_name(chance.choice(["conv", "a.b", "a.c"]), others))
        case "param":
            return drawing.set_param(node, chance.choice(PARAMS), chance.choice([1, None, [3, 3], "same", False]))
        case "default":
            return drawing.set_param(node, chance.choice(PARAMS), MISSING)
        case "wire":
            source, target = wire(chance, graph)
            return drawing.connect(graph, source, target)
        case "cut":
            at = chance.randrange(len(edges))
            return RemoveEdge(edges[at], at)
        case "insert":
            return drawing.insert(graph, chance.choice(edges).target, "ReLU", "relu", {}, ("x", "y"))
        case "group":
            before = graph.groups.get("block", MISSING)
            after = chance.choice([MISSING, Group(chance.random() < 0.5, "Title", ports=("x",), extra={"k": 1})])
            return SetGroup("block", before, after)
        case "frame" if graph.frames and chance.random() < 0.7:
            at = chance.randrange(len(graph.frames))
            id_, before = list(graph.frames.items())[at]
            after = replace(before, text=before.text + "x", area=(chance.random(), 0.0, 90.0, 50.0))
            return SetFrame(id_, before, chance.choice([MISSING, after]), at)
        case "frame":
            return SetFrame(drawing.new_id(graph), MISSING, Frame("Stage"), chance.randrange(-1, len(graph.frames) + 1))
        case "several":
            first = random_edit(chance, graph)
            return CompositeGraphEdit((first, random_edit(chance, first.apply(graph))), "Two at once")
    field, value = chance.choice(
        [
            ("position", (chance.random(), 3.5)),
            ("bypass", not node.bypass),
            ("frozen", not node.frozen),
            ("layer", chance.choice(["ReLU", "NoSuchLayer"])),
            ("init", {"weight": "kaiming_normal_"}),
            ("share_with", chance.choice(nodes).id),
        ]
    )
    return SetField(node.id, field, getattr(node, field), value, node.name)


@pytest.mark.parametrize("seed", range(4))
def test_300_edits_undone_and_redone_leave_no_trace(seed: int) -> None:
    chance = random.Random(seed)
    start = Graph(extra={"future": True})
    states, edits = [start], []
    for _ in range(300):
        edits.append(random_edit(chance, states[-1]))
        states.append(edits[-1].apply(states[-1]))
        _ = states[-1].order
    assert {type(edit) for edit in edits} >= {AddNode, RemoveEdge, SetField, SetParam, SetGroup, CompositeGraphEdit}
    graph = states[-1]
    for edit, before in zip(reversed(edits), reversed(states[:-1]), strict=True):
        graph = edit.inverse().apply(graph)
        assert ordered(graph) == ordered(before), edit
    assert graph == start
    for edit, after in zip(edits, states[1:], strict=True):
        graph = edit.apply(graph)
        assert ordered(graph) == ordered(after), edit


@pytest.mark.parametrize("seed", range(40))
def test_the_opposite_of_the_opposite_is_the_edit(seed: int) -> None:
    chance = random.Random(seed)
    graph = small()
    for _ in range(10):
        edit = random_edit(chance, graph)
        again = edit.inverse().inverse()
        changed = edit.apply(graph)
        assert ordered(again.apply(graph)) == ordered(changed)
        assert edit.text
        assert edit.inverse().text
        graph = changed


A, B, C = Node("a", "conv1", "Conv2d", {"stride": 2}), Node("b", "relu", "ReLU"), Node("c", "fc", "Linear")
AB, BC = Edge(Port("a", "y"), Port("b", "x")), Edge(Port("b", "y"), Port("c", "x"))


def small() -> Graph:
    """conv1 → relu → fc."""
    return Graph({"a": A, "b": B, "c": C}, (AB, BC), {"block": Group(title="Block")})


D = Node("d", "new", "ReLU")
FITTING = [
    AddNode(D, 1),
    AddEdge(Edge(Port("a", "y"), Port("c", "z")), 0),
    RemoveEdge(AB, 0),
    SetField("a", "name", "conv1", "conv9"),
    SetParam("a", "stride", 2, 3),
    SetParam("a", "padding", MISSING, None),
    SetGroup("block", Group(title="Block"), MISSING),
    SetGroup("other", MISSING, Group()),
    CompositeGraphEdit((RemoveEdge(BC, 1), RemoveNode(C, 2)), "Delete fc"),
]


@pytest.mark.parametrize("edit", FITTING, ids=lambda edit: type(edit).__name__)
def test_an_edit_fits_once(edit: GraphEdit) -> None:
    """What has been done cannot be done again, nor taken back before."""
    with pytest.raises(GraphError):
        edit.inverse().apply(small())
    changed = edit.apply(small())
    assert ordered(edit.inverse().apply(changed)) == ordered(small())
    with pytest.raises(GraphError):
        edit.apply(changed)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (AddNode(A), "id a already"),
        (AddNode(D, 4), "place 4"),
        (AddNode(D, -2), "place -2"),
        (RemoveNode(C, 2), "fc still has wires"),
        (RemoveNode(replace(C, name="other"), 2), "this step expects"),
        (RemoveNode(D, 3), "this step expects"),
        (AddEdge(Edge(Port("a", "y"), Port("b", "x"))), "The input x of relu is wired already"),
        (AddEdge(Edge(Port("a", "y"), Port("z", "x"))), "node z, which does not exist"),
        (AddEdge(Edge(Port("z", "y"), Port("a", "x"))), "node z, which does not exist"),
        (AddEdge(Edge(Port("c", "y"), Port("a", "x"))), "circle: .*conv1"),
        (AddEdge(Edge(Port("a", "y"), Port("a", "x"))), "circle"),
        (AddEdge(Edge(Port("a", "y"), Port("c", "z")), 3), "place 3"),
        (RemoveEdge(Edge(Port("a", "y"), Port("c", "x")), 0), "not there"),
        (RemoveEdge(replace(AB, extra={"k": 1}), 0), "not there"),
        (RemoveEdge(AB, 1), "this step expects 1"),
        (SetField("a", "name", "conv2", "conv3"), "name of conv1 is 'conv1', but this step expects 'conv2'"),
        (SetField("z", "name", "conv2", "conv3"), "no node with the id z"),
        (SetParam("a", "stride", MISSING, 3), "stride of conv1 is 2, but this step expects MISSING"),
        (SetParam("a", "padding", None, 3), "padding of conv1 is MISSING, but this step expects None"),
        (SetParam("z", "padding", None, 3), "no node with the id z"),
        (SetGroup("block", MISSING, Group()), "Group block is"),
        (
            CompositeGraphEdit((SetParam("a", "stride", 2, 3), SetParam("a", "stride", 2, 4)), "x"),
            "stride of conv1 is 3",
        ),
    ],
    ids=repr,
)
def test_an_edit_for_another_state_is_refused(edit: GraphEdit, reason: str) -> None:
    graph = small()
    with pytest.raises(GraphError, match=reason):
        edit.apply(graph)
    assert ordered(graph) == ordered(small())


def test_a_node_is_removed_from_its_own_place() -> None:
    graph = Graph({"a": A, "b": B, "c": C})
    with pytest.raises(GraphError, match="place of the node"):
        RemoveNode(B, 0).apply(graph)
    with pytest.raises(GraphError, match="place of the node"):
        RemoveNode(B, -1).apply(graph)
    assert list(RemoveNode(B, 1).apply(graph).nodes) == ["a", "c"]
    assert list(RemoveNode(C, -1).apply(graph).nodes) == ["a", "b"]


@pytest.mark.parametrize(
    ("edit", "text", "back"),
    [
        (AddNode(D), "Add new", "Delete new"),
        (AddEdge(AB), "Connect", "Cut wire"),
        (SetField("a", "name", "conv1", "conv9", "conv1"), "Rename to conv9", "Rename to conv1"),
        (SetField("a", "position", (0, 0), (1, 1), "conv1"), "Move conv1", "Move conv1"),
        (SetField("a", "bypass", False, True, "conv1"), "Set bypass of conv1", "Set bypass of conv1"),
        (SetParam("a", "stride", 2, 3, "conv1"), "Set stride of conv1", "Set stride of conv1"),
        (SetGroup("g", MISSING, Group()), "Group g", "Ungroup g"),
        (SetGroup("g", Group(), Group(folded=True)), "Change group g", "Change group g"),
        (CompositeGraphEdit((), "Paste"), "Paste", "Paste"),
        (drawing.remove(small(), B), "Delete relu", "Delete relu"),
        (drawing.connect(small(), Port("a", "y"), Port("c", "x")), "Connect to fc", "Connect to fc"),
        (drawing.insert(small(), Port("c", "x"), "Flatten", "flatten", {}, ("x", "y")), "Insert Flatten before fc", ""),
    ],
)
def test_what_the_menu_says(edit: GraphEdit, text: str, back: str) -> None:
    assert edit.text == text
    assert edit.inverse().text == (back or text)


def test_missing_is_not_null() -> None:
    assert SetParam("a", "stride", 2, None).apply(small()).nodes["a"].params == {"stride": None}
    assert SetParam("a", "stride", 2, MISSING).apply(small()).nodes["a"].params == {}
    assert repr(MISSING) == "MISSING"


def test_a_node_goes_with_its_wires() -> None:
    changed = drawing.remove(small(), B).apply(small())
    assert list(changed.nodes) == ["a", "c"]
    assert changed.edges == ()


def test_a_wire_takes_the_place_of_the_one_that_ends_there() -> None:
    changed = drawing.connect(small(), Port("a", "y"), Port("c", "x")).apply(small())
    assert changed.incoming["c"] == {"x": Port("a", "y")}
    assert len(changed.edges) == 2


def test_a_node_is_put_on_a_wire() -> None:
    graph = small().with_node(replace(C, position=(1000.0, 500.0)))
    edit = drawing.insert(graph, Port("c", "x"), "Flatten", "relu", {"end_dim": -1}, ("in", "out"))
    changed = edit.apply(graph)
    new = changed.named("relu2")
    assert (new.layer, new.params, new.position) == ("Flatten", {"end_dim": -1}, (500.0, 250.0))
    assert changed.incoming[new.id] == {"in": Port("b", "y")}
    assert changed.incoming["c"] == {"x": Port(new.id, "out")}


@pytest.mark.parametrize("name", ["relu", "relu.a", "class", "a b", "", "forward"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(GraphError, match="cannot"):
        drawing.rename(small(), A, name)


def test_a_node_may_move_into_a_group_of_its_own_name() -> None:
    assert drawing.rename(small(), A, "conv1.first").apply(small()).nodes["a"].name == "conv1.first"


def test_new_ids_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = iter(["a", "b", "fresh"])
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(ids))
    assert drawing.new_id(small()) == "fresh"


def test_a_node_that_is_not_there() -> None:
    assert small().node("a") == A
    with pytest.raises(GraphError, match="no node with the id q"):
        small().node("q")


def test_moves_and_groups_only_look() -> None:
    move = SetField("a", "position", (0.0, 0.0), (1.0, 1.0), "a")
    assert changes_layout_only(move)
    assert changes_layout_only(CompositeGraphEdit((move, SetGroup("a", MISSING, Group())), "both"))
    assert changes_layout_only(CompositeGraphEdit((move, SetFrame("f", MISSING, Frame("Stage"))), "both"))
    assert not changes_layout_only(CompositeGraphEdit((move, SetField("a", "bypass", False, True, "a")), "both"))
    assert not changes_layout_only(SetParam("a", "stride", 1, 2, "a"))


def test_a_node_is_put_where_none_is() -> None:
    graph = Graph({str(i): Node(str(i), f"n{i}", "ReLU", position=(216.0 * i, 0.0)) for i in range(3)})
    assert drawing.free_place(graph, (648.0, 0.0), (0.0, 0.0)) == (648.0, 0.0)
    x, y = drawing.free_place(graph, (216.0, 0.0), (108.0, 0.0))
    assert x == 108.0
    assert abs(y) >= drawing.ROOM[1]
