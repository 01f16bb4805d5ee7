"""What follows from a network that was edited is what follows from the same network that was never seen before."""

from __future__ import annotations

import copy
import pickle
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.graph_factories import drawn, line, picture
from workbench.core.edits import MISSING, AddEdge, AddNode, CompositeGraphEdit, GraphEdit, RemoveEdge, SetField
from workbench.core.graph import Edge, Graph, GraphError, Node, Port
from workbench.core.graph_edits import connect, moved, new_id, remove, rename, set_param
from workbench.core.groups import fold, group
from workbench.core.names import free_name
from workbench.layers.spec import find
from workbench.model import cost, receptive_fields, shapes
from workbench.model.analysis import Analysis
from workbench.model.cost import costs
from workbench.model.problems import find_problems
from workbench.model.receptive_field import ReceptiveField
from workbench.model.receptive_fields import receptive_fields as fields_of
from workbench.model.shapes import infer

VALUES = (0, 1, 2, 3, 5, 7, True, False, 1.0, "same", None, [2, 2], [3, 1], "zeros", MISSING)
SETTINGS = ("kernel_size", "stride", "padding", "out_channels", "out_features", "bias", "dilation", "shape", "no_such")
LAYERS = ("Conv2d", "ReLU", "MaxPool2d", "MaxUnpool2d", "Add", "Concat", "Flatten", "Linear", "Upsample", "Identity",
          "Dropout", "BatchNorm2d", "NoSuchLayer", "Input", "CrossEntropyLoss")  # fmt: skip
KINDS = ("set", "set", "set", "field", "rename", "remove", "cut", "wire", "wire", "add", "on wire", "move", "group",
         "share", "fold")  # fmt: skip
STEPS = 14


def ports_in(graph: Graph, id_: str) -> list[Port]:
    cls = find(graph.nodes[id_].layer)
    names = [f"{port.name}.{number}" if port.variadic else port.name
             for port in (cls.inputs if cls else ()) for number in range(3 if port.variadic else 1)]  # fmt: skip
    return [Port(id_, name) for name in [*names, "nowhere"]]


def random_edit(chance: random.Random, graph: Graph) -> GraphEdit:
    """An edit of any kind; it may be refused, and what comes of it may be wrong."""
    nodes = list(graph)
    node, other = chance.choice(nodes), chance.choice(nodes)
    match chance.choice(KINDS):
        case "set":
            known = [name for name in node.params if name != "shape"]
            return set_param(node, chance.choice(known or SETTINGS), chance.choice(VALUES))
        case "field":
            field: Any = chance.choice(("bypass", "frozen"))
            return SetField(node.id, field, getattr(node, field), not getattr(node, field), node.name)
        case "rename":
            return rename(graph, node, free_name(chance.choice(("a", "b.c", node.name)), list(graph.by_name)))
        case "remove":
            return remove(graph, node)
        case "cut" if graph.edges:
            edge = chance.choice(graph.edges)
            return RemoveEdge(edge, graph.edges.index(edge))
        case "wire":
            cls = find(other.layer)
            source = Port(other.id, chance.choice([*(cls.output_ports if cls else ()), "y"]))
            return connect(graph, source, chance.choice(ports_in(graph, node.id)))
        case "on wire" if graph.edges:
            at = chance.randrange(len(graph.edges))
            edge, new = (
                graph.edges[at],
                Node(new_id(graph), free_name("new", list(graph.by_name)), chance.choice(LAYERS)),
            )
            first, second = Edge(edge.source, Port(new.id, "x")), Edge(Port(new.id, "y"), edge.target)
            parts = (
                AddNode(new, chance.randrange(len(nodes))),
                RemoveEdge(edge, at),
                AddEdge(first, at),
                AddEdge(second),
            )
            return CompositeGraphEdit(parts, "Insert")
        case "move":
            return CompositeGraphEdit(tuple(moved(graph, {node.id: (chance.randrange(999), 7.0)})), "Move")
        case "group":
            return group(graph, {node.id, other.id})[0]
        case "share":
            return SetField(node.id, "share_with", node.share_with, chance.choice(("", other.id)), node.name)
        case "fold" if graph.groups:
            prefix = chance.choice(list(graph.groups))
            return fold(graph, prefix, folded=not graph.groups[prefix].folded)
    return AddNode(Node(new_id(graph), free_name("more", list(graph.by_name)), chance.choice(LAYERS)))


def told_of_shapes(graph: Graph) -> list[Any]:
    found = infer(graph)
    faults = [(id_, str(fault.error), fault.param, repr(vars(fault.error))) for id_, fault in found.faults.items()]
    layers = [(id_, repr(layer)) for id_, layer in found.layers.items()]
    return [layers, list(found.inputs.items()), list(found.values.items()), faults]


def told_of_field(field: ReceptiveField | None) -> Any:
    if field is None:
        return None
    ends = [(0,) * len(field.size), (3,) * len(field.size)]
    return repr(field), [field.box(place, clipped=clipped) for place in ends for clipped in (True, False)]


def told_of_costs(graph: Graph) -> list[Any]:
    return list(costs(graph).items())


def told_of_fields(graph: Graph) -> list[Any]:
    return [(id_, told_of_field(field)) for id_, field in fields_of(graph).items()]


def told_of_some_fields(graph: Graph) -> list[Any]:
    found = fields_of(graph)
    return [told_of_field(found[id_]) for id_ in random.Random(len(graph.edges)).sample(list(found), len(found) // 4)]


def told_of_problems(graph: Graph) -> list[Any]:
    found = [*find_problems(graph), *find_problems(graph, "predict"), *Analysis(graph).advice]
    said = [(each.node, each.port, each.message, each.found, each.needed, each.severity) for each in found]
    return [*said, *(each.as_json() for each in found[:1])]  # fixes are looked for when they are asked for, one by one


def told(graph: Graph) -> list[Any]:
    return [told_of_shapes(graph), told_of_costs(graph), told_of_fields(graph), told_of_problems(graph),
            graph.order, dict(graph.incoming), [list(wires) for wires in graph.incoming.values()],
            dict(graph.outgoing), list(graph.outgoing)]  # fmt: skip


def never_seen(graph: Graph) -> Graph:
    """The same value, of which nothing is known."""
    return replace(graph)


NETWORKS = ("lenet5", "small-resnet", "autoencoder", "deconv1", "plain", "switches")


def network(name: str) -> Graph:
    if name == "plain":
        return line(picture((3, 9, 9)), ("a", "Conv2d", {"out_channels": 4, "kernel_size": 3}), ("b", "ReLU", {}),
                    ("c", "Flatten", {}), ("d", "Linear", {"out_features": 4}))  # fmt: skip
    if name == "switches":
        made = line(picture((2, 12, 12)), ("a", "MaxPool2d", {"kernel_size": 2}), ("b", "Identity", {}),
                    ("c", "MaxUnpool2d", {}), ("d", "Conv2d", {"out_channels": 3, "kernel_size": 3}))  # fmt: skip
        return connect(made, Port("a", "switches"), Port("c", "switches")).apply(made)
    return drawn(name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.sampled_from(NETWORKS), st.integers(0, 2**32))
def test_any_edits_lead_to_what_the_whole_network_says(name: str, seed: int) -> None:
    chance, graph = random.Random(seed), network(name)
    asked = (told_of_shapes, told_of_costs, told_of_fields, told_of_some_fields, told_of_problems, lambda _: None)
    told(graph)
    for _ in range(STEPS):
        try:
            edit = random_edit(chance, graph)
            after = edit.apply(graph)
        except GraphError:
            continue
        chance.choice(asked)(after)  # what is not asked for is not known at the next edit
        if chance.random() < 0.6:
            assert told(after) == told(never_seen(after))
        back = edit.inverse().apply(after)
        if chance.random() < 0.6:
            assert told(back) == told(never_seen(graph))
        graph = after if chance.random() < 0.8 else back
    assert told(graph) == told(never_seen(graph))


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the nodes whose shapes, costs and receptive fields are computed."""
    counted: Counter[str] = Counter()
    for module, name in ((shapes, "node_shapes"), (cost, "_cost"), (receptive_fields, "receptive_field"),
                         (receptive_fields, "same_behind")):  # fmt: skip
        own = getattr(module, name)

        def noted(*args: Any, _own: Any = own, _name: str = name) -> Any:
            counted[_name] += 1
            return _own(*args)

        monkeypatch.setattr(module, name, noted)
    return counted


def long_line(count: int) -> Graph:
    rows = [(f"conv{i}", "Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1}) for i in range(count)]
    return line(picture((4, 16, 16)), *rows)


@pytest.mark.parametrize(("count", "at"), [(40, 10), (400, 399), (400, 7)])
def test_another_width_is_worked_out_at_the_node_and_behind_it(worked: Counter[str], count: int, at: int) -> None:
    graph = long_line(count)
    costs(graph)
    worked.clear()
    costs(set_param(graph.nodes[f"conv{at}"], "out_channels", 6).apply(graph))
    assert worked["node_shapes"] <= 3
    assert worked["_cost"] <= 2


@pytest.mark.parametrize(("count", "at"), [(40, 10), (300, 7)])
def test_receptive_fields_are_worked_out_for_what_is_asked_for_alone(worked: Counter[str], count: int, at: int) -> None:
    graph = long_line(count)
    costs(graph)
    assert fields_of(graph)[f"conv{at}"] is not None
    assert worked["receptive_field"] == at + 2  # with the picture
    for asked in (count - 1, 0):
        assert fields_of(graph)[f"conv{asked}"] is not None
    worked.clear()
    assert len(fields_of(graph)) == count + 1
    assert not worked


@pytest.mark.parametrize("at", [3, 30])
def test_an_edit_leaves_the_receptive_fields_that_it_does_not_touch(worked: Counter[str], at: int) -> None:
    graph = long_line(40)
    before = dict(fields_of(graph))
    wider = set_param(graph.nodes[f"conv{at}"], "out_channels", 6).apply(graph)
    worked.clear()
    assert all(field is before[id_] for id_, field in fields_of(wider).items())
    assert worked["receptive_field"] == 2  # of the node, and of the next one, which gets more channels
    larger = set_param(wider.nodes[f"conv{at}"], "kernel_size", 2).apply(wider)
    changed = {id_ for id_ in before if not fields_of(larger).is_still(id_, before[id_])}
    assert changed == {f"conv{i}" for i in range(at, 40)}
    assert {id_ for id_, field in fields_of(larger).items() if field != before[id_]} == changed
    assert all(fields_of(larger).is_still(id_, fields_of(larger)[id_]) for id_ in before)


def test_a_receptive_field_that_was_not_asked_for_in_between_is_not_that_of_before() -> None:
    graph = long_line(6)
    dict(fields_of(graph))
    for size in (5, 7):
        graph = set_param(graph.nodes["conv1"], "kernel_size", size).apply(graph)
        assert fields_of(graph)["conv0"] is not None
        graph = set_param(graph.nodes["conv4"], "kernel_size", size).apply(graph)
        assert fields_of(graph)["conv3"] == fields_of(never_seen(graph))["conv3"]
        assert fields_of(graph)["conv5"] == fields_of(never_seen(graph))["conv5"]


def test_what_is_moved_or_renamed_is_not_worked_out_again(worked: Counter[str]) -> None:
    graph = long_line(50)
    before = costs(graph)
    worked.clear()
    after = CompositeGraphEdit(tuple(moved(graph, {"conv9": (70.0, 70.0), "conv8": (0.0, 700.0)})), "Move").apply(graph)
    assert costs(after) == before
    assert not worked
    renamed = rename(after, after.nodes["conv9"], "other").apply(after)
    assert costs(renamed) == before
    assert worked["node_shapes"] <= 2


def test_a_fix_that_is_tried_is_worked_out_from_where_it_differs(worked: Counter[str]) -> None:
    graph = long_line(300)
    infer(graph)
    wrong = set_param(graph.nodes["conv290"], "kernel_size", 40).apply(graph)
    worked.clear()
    assert find_problems(wrong)[0].fixes
    assert worked["node_shapes"] < 300


def test_settings_of_equal_numbers_but_other_kinds_are_not_the_same() -> None:
    graph = long_line(3)
    yes = set_param(graph.nodes["conv1"], "bias", True).apply(graph)
    assert not infer(yes).faults
    one = set_param(yes.nodes["conv1"], "bias", 1).apply(yes)
    assert list(infer(one).faults) == ["conv1"]


def test_graphs_of_long_ago_are_forgotten() -> None:
    graph = long_line(3)
    for width in range(5, 15):
        costs(graph)
        graph = set_param(graph.nodes["conv1"], "out_channels", width).apply(graph)
    kept = 0
    past = graph.before
    while past is not None:
        past, kept = past.before, kept + 1
    assert 1 <= kept <= 2


@pytest.mark.parametrize("edit", ["bypass", "no such output"])
def test_a_message_names_the_node_before_as_it_is_called_now(edit: str) -> None:
    graph = network("switches")
    if edit == "bypass":
        graph = SetField("a", "bypass", False, True, "a").apply(graph)
    else:
        graph = connect(graph, Port("a", "nothing"), Port("b", "x")).apply(graph)
    assert [" a," in str(fault.error) for fault in infer(graph).faults.values()] == [True]
    graph = rename(graph, graph.nodes["a"], "pooling").apply(graph)
    assert [" pooling," in str(fault.error) for fault in infer(graph).faults.values()] == [True]


def test_a_copy_of_a_long_network_carries_nothing_that_was_derived() -> None:
    graph = long_line(1500)
    costs(graph)
    wider = set_param(graph.nodes["conv700"], "out_channels", 6).apply(graph)
    costs(wider)
    for copied in (pickle.loads(pickle.dumps(wider)), copy.deepcopy(wider)):
        assert copied == wider
        assert copied.before is None
        assert not copied.memo


def test_a_wire_that_brought_the_same_from_elsewhere_is_followed_at_the_next_edit() -> None:
    graph = line(picture((1, 9, 9)), ("a", "Conv2d", {"out_channels": 4}), ("c", "Conv2d", {"out_channels": 2}))
    told(graph)
    taken = CompositeGraphEdit(
        (
            AddNode(Node("b", "b", "Conv2d", {"out_channels": 4, "kernel_size": 1, "padding": 0})),
            RemoveEdge(graph.edges[1], 1),
            AddEdge(Edge(Port("a", "y"), Port("b", "x"))),
            AddEdge(Edge(Port("b", "y"), Port("c", "x"))),
        ),
        "Insert",
    ).apply(graph)
    assert told(taken) == told(never_seen(taken))
    wider = set_param(taken.nodes["b"], "out_channels", 6).apply(taken)
    assert told(wider) == told(never_seen(wider))
