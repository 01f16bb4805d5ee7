"""Groups are dotted prefixes: made, undone, renamed and folded by edits that leave no trace when undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.graph_factories import line, picture
from workbench.core import groups
from workbench.core.edits import GraphEdit
from workbench.core.graph import Graph, GraphError, Group, Port
from workbench.core.graph_edits import insert


def chain(*names: str) -> Graph:
    """An image and ReLUs of these names, one behind the other; ids are names."""
    return line(picture(), *((name, "ReLU", {}) for name in names))


def placed(graph: Graph, places: dict[str, tuple[float, float]]) -> Graph:
    for id_, place in places.items():
        graph = graph.with_node(replace(graph.nodes[id_], position=place))
    return graph


def done(graph: Graph, edit: GraphEdit) -> Graph:
    """The graph after an edit, which must be undone without a trace."""
    after = edit.apply(graph)
    assert edit.inverse().apply(after) == graph
    return after


def test_grouping_gives_the_nodes_a_free_prefix_and_records_it() -> None:
    graph = chain("a", "group1.x", "b")
    edit, prefix = groups.group(graph, ["a", "b"])
    after = done(graph, edit)
    assert prefix == "group2"
    assert [node.name for node in after] == ["image", "group2.a", "group1.x", "group2.b"]
    assert after.groups == {"group2": Group()}


def test_a_group_inside_the_shared_group() -> None:
    graph = chain("block.a", "block.b", "c")
    edit, prefix = groups.group(graph, ["block.a", "block.b"])
    after = done(graph, edit)
    assert prefix == "block.group1"
    assert after.named("block.group1.a").id == "block.a"


def test_a_whole_group_takes_its_record_along_into_another_one() -> None:
    graph = replace(chain("inner.a", "inner.b", "c"), groups={"inner": Group(folded=True, title="Inner")})
    edit, prefix = groups.group(graph, ["inner.a", "inner.b", "c"])
    after = done(graph, edit)
    assert after.groups == {prefix: Group(), f"{prefix}.inner": Group(folded=True, title="Inner")}
    assert after.nodes["inner.a"].name == f"{prefix}.inner.a"


def test_ungrouping_takes_the_prefix_away_and_numbers_names_that_are_taken() -> None:
    graph = replace(chain("g.a", "g.inner.b", "a"), groups={"g": Group(), "g.inner": Group(title="Inner")})
    after = done(graph, groups.ungroup(graph, "g"))
    assert [node.name for node in after] == ["image", "a2", "inner.b", "a"]
    assert after.groups == {"inner": Group(title="Inner")}


def test_ungrouping_refuses_what_cannot_be_a_name() -> None:
    graph = chain("layer1.0.conv")
    with pytest.raises(GraphError, match=r"0\.conv"):
        groups.ungroup(graph, "layer1")


def test_renaming_a_group_renames_what_is_in_it() -> None:
    graph = replace(chain("g.a", "g.inner.b", "c"), groups={"g": Group(), "g.inner": Group()})
    after = done(graph, groups.rename_group(graph, "g", "stem"))
    assert [node.name for node in after] == ["image", "stem.a", "stem.inner.b", "c"]
    assert set(after.groups) == {"stem", "stem.inner"}
    with pytest.raises(GraphError, match="there already"):
        groups.rename_group(graph, "g", "c")
    with pytest.raises(GraphError, match="cannot be a name"):
        groups.rename_group(graph, "g", "train")


def test_the_outermost_folded_group_hides_its_nodes() -> None:
    graph = replace(chain("g.a", "g.inner.b", "c"), groups={"g": Group(), "g.inner": Group(folded=True)})
    assert groups.folded_over(graph) == {"g.inner.b": "g.inner"}
    assert list(groups.open_groups(graph)) == ["g"]
    folded = done(graph, groups.fold(graph, "g", folded=True))
    assert groups.folded_over(folded) == {"g.a": "g", "g.inner.b": "g"}
    assert groups.open_groups(folded) == {}


def test_the_border_has_each_port_once_and_wires_inside_are_hidden() -> None:
    graph = replace(chain("g.a", "g.b", "c"), groups={"g": Group(folded=True)})
    found = groups.border(graph, {"g.a", "g.b"})
    assert found.inputs == (Port("g.a", "x"),)
    assert found.outputs == (Port("g.b", "y"),)
    (hidden,) = groups.hidden_wires(graph, groups.folded_over(graph))
    assert (hidden.source.node, hidden.target.node) == ("g.a", "g.b")


def test_the_innermost_group_is_a_recorded_one_where_there_is_one() -> None:
    graph = replace(chain("a.b.c"), groups={"a": Group()})
    assert groups.innermost(graph, graph.nodes["a.b.c"]) == "a"
    assert groups.innermost(chain("a.b.c"), graph.nodes["a.b.c"]) == "a.b"
    assert groups.innermost(graph, graph.nodes["image"]) == ""


def test_a_group_whose_nodes_are_gone_folds_without_a_place() -> None:
    graph = replace(chain("a"), groups={"g": Group()})
    assert done(graph, groups.fold(graph, "g", folded=True)).groups["g"].position is None


def test_nodes_in_a_folded_group_are_seen_at_its_box_and_apart_from_inside() -> None:
    graph = replace(
        placed(chain("g.a", "g.inner.b", "g.inner.c", "d"), {"g.a": (0, 0), "g.inner.b": (10, 0), "d": (900, 0)}),
        groups={"g": Group(folded=True, position=(300, 40)), "g.inner": Group(folded=True, position=(500, 60))},
    )
    assert groups.places_seen(graph)["g.inner.b"] == (300, 40)
    assert groups.places_seen(graph, "g.a", "d")["d"] == (900, 0)
    assert groups.places_seen(graph, "g.a", "g.inner.b")["g.inner.c"] == (500, 60)
    assert groups.places_seen(graph, "g.inner.b", "g.inner.c")["g.inner.b"] == (10, 0)


def test_what_is_put_between_a_node_and_a_folded_group_stands_between_their_boxes() -> None:
    graph = replace(chain("g.a", "g.b"), groups={"g": Group(folded=True, position=(600, 0))})
    after = done(graph, insert(graph, Port("g.a", "x"), "ReLU", "new", {}, ("x", "y")))
    assert after.named("new").position == (300, 0)
