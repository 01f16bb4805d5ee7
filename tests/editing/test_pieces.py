"""Pieces of networks: taken from a selection, repeated, kept in files, and placed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.graph_factories import drawn as network_of
from tests.graph_factories import line, picture
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.files import WriteError
from workbench.core.graph import Graph, Port
from workbench.core.groups import members
from workbench.core.values import Value
from workbench.editing import saved_blocks
from workbench.editing.arrangement import behind_members
from workbench.editing.block_choice import block_choices, choice_of
from workbench.editing.pieces import link_of, placed, repeated, size_of, stem_of, taken_from
from workbench.model.shapes import infer
from workbench.project.blocks.conv_norm_activation import ConvNormActivation
from workbench.project.blocks.spec import drawn
from workbench.project.format import graph_json


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of blocks of its own."""
    monkeypatch.setenv(saved_blocks.FOLDER_VARIABLE, str(tmp_path / "blocks"))
    return tmp_path / "blocks"


def chain() -> Graph:
    return line(
        picture((3, 16, 16)),
        ("a", "Conv2d", {"out_channels": 8}),
        ("b", "ReLU", {}),
        ("c", "Conv2d", {"out_channels": 4}),
    )


def test_a_piece_on_a_wire_stands_between_its_ends() -> None:
    graph = chain()
    wire = next(edge for edge in graph.edges if edge.target.node == "c")
    made = placed(graph, drawn(ConvNormActivation(), Value((8, 16, 16)), 2), wire.source, [wire], (0.0, 0.0))
    after = made.edit.apply(graph)
    assert made.heads == ("conv1", "conv2")
    path = [after.nodes[id_].name for id_ in after.order]
    assert path.index("b") < path.index("conv1.conv") < path.index("conv2.relu") < path.index("c")
    assert infer(after).faults == {}
    assert after.incoming["c"]["x"].node == after.named("conv2.relu").id
    assert made.edit.inverse().apply(after) == graph


def test_a_second_piece_gets_names_of_its_own() -> None:
    graph = chain()
    for _ in range(2):
        made = placed(graph, drawn(ConvNormActivation(), Value((8, 16, 16))), Port("b", "y"), (), (0.0, 0.0))
        graph = made.edit.apply(graph)
    assert {"conv1", "conv2"} <= set(graph.groups)


def test_a_selection_becomes_a_piece_in_a_group_of_its_title() -> None:
    graph = chain()
    piece = taken_from(graph, ["b", "a"], "My Block 2")
    assert piece.heads == ["my_block_2"]
    assert [node.name for node in piece.graph] == ["my_block_2.a", "my_block_2.b"]
    assert piece.entries == (Port("a", "x"),)
    assert piece.exit == Port("b", "y")


def test_a_block_with_a_shortcut_takes_both_wires_of_its_source() -> None:
    graph = network_of("resnet18", (3, 32, 32))
    ids = [node.id for node in members(graph, "layer1.1")]
    piece = taken_from(graph, ids, "basic")
    names = {(piece.graph.nodes[port.node].name, port.name) for port in piece.entries}
    assert names == {("basic.conv1", "x"), ("basic.add", "x.1")}
    more = placed(graph, repeated(piece, 3), Port(piece.exit.node, "y") if piece.exit else None, (), (0.0, 0.0))
    after = more.edit.apply(graph)
    assert infer(after).faults == {}
    assert more.heads == ("basic1", "basic2", "basic3")


def test_a_piece_without_a_way_through_is_not_repeated_nor_put_on_a_wire() -> None:
    graph = network_of("lenet5")
    loss = next(node.id for node in graph if node.layer == "CrossEntropyLoss")
    piece = taken_from(graph, [loss], "loss")
    with pytest.raises(UsageError, match="nothing leads on"):
        repeated(piece, 2)
    with pytest.raises(UsageError, match="nothing leads on"):
        placed(graph, piece, None, [graph.edges[0]], (0.0, 0.0))


@pytest.mark.parametrize("title", ["", "123", "...", "train"])
def test_a_title_that_gives_no_name_is_refused(title: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a block"):
        stem_of(title)


def test_a_kept_block_comes_back_as_it_was(folder: Path) -> None:
    piece = taken_from(chain(), ["a", "b"], "Conv and ReLU")
    path = saved_blocks.keep(piece)
    assert path == folder / "conv_and_relu.block"
    again = saved_blocks.read(path)
    assert graph_json(again.graph) == graph_json(piece.graph)
    assert (again.title, again.entries, again.exit) == (piece.title, piece.entries, piece.exit)
    choice = choice_of(f"own:{path}")
    assert choice is not None
    assert choice.path == path
    assert choice.declared is None


def test_blocks_are_found_by_words_and_the_own_come_last(folder: Path) -> None:
    saved_blocks.keep(taken_from(chain(), ["a"], "U-Net of mine"))
    assert [each.is_own for each in block_choices("u-net")] == [False, True]
    assert block_choices("nothing like it") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty|no JSON|not JSON|Expecting|line 1"),
        ('{"cnn-workbench": "nodes"}', "no block"),
        ('{"cnn-workbench": "block", "format": 9}', "another version"),
        ('{"cnn-workbench": "block", "format": 1, "title": "x", "nodes": [], "edges": []}', "holds none"),
        ('[1, 2]', "no block"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_block_is_refused(folder: Path, text: str, words: str) -> None:
    folder.mkdir()
    path = folder / "odd.block"
    path.write_text(text)
    with pytest.raises(UnreadableError, match=words):
        saved_blocks.read(path)


def test_a_port_of_a_block_that_leads_nowhere_is_refused(folder: Path) -> None:
    path = saved_blocks.keep(taken_from(chain(), ["a", "b"], "pair"))
    path.write_text(path.read_text().replace('["b", "y"]', '["gone", "y"]'))
    with pytest.raises(UnreadableError, match='no node with the id "gone"'):
        saved_blocks.read(path)


def test_wires_into_one_group_are_one_link() -> None:
    graph = network_of("resnet18", (3, 64, 64))
    source = Port(graph.named("layer1.0.relu2").id, "y")
    link = link_of(graph, source)
    assert {graph.nodes[edge.target.node].name for edge in link} == {"layer1.1.conv1", "layer1.1.add"}
    assert link_of(graph, source, link[1]) == link
    assert [edge.target.node for edge in link_of(graph, Port(graph.named("conv1").id, "y"))] == [graph.named("bn1").id]


def test_a_piece_between_two_blocks_takes_all_wires_between_them() -> None:
    graph = network_of("resnet18", (3, 64, 64))
    source = Port(graph.named("layer1.0.relu2").id, "y")
    piece = drawn(ConvNormActivation(), Value((64, 16, 16)))
    after = placed(graph, piece, source, link_of(graph, source), (0.0, 0.0)).edit.apply(graph)
    assert [after.nodes[edge.target.node].name for edge in after.outgoing[source.node]] == ["conv2.conv"]
    assert after.incoming[graph.named("layer1.1.add").id]["x.1"].node == after.named("conv2.relu").id
    assert infer(after).faults == {}


def test_a_piece_that_nothing_fed_is_entered_by_its_first_free_input_and_left_by_its_last_output() -> None:
    graph = chain()
    loose = Graph(
        {id_: node for id_, node in graph.nodes.items() if id_ != "image"},
        tuple(edge for edge in graph.edges if edge.source.node != "image"),
    )
    piece = taken_from(loose, ["a", "b", "c"], "all")
    assert piece.entries == (Port("a", "x"),)
    assert piece.exit == Port("c", "y")


def test_what_has_no_input_has_no_entry() -> None:
    piece = taken_from(chain(), ["image"], "start")
    assert piece.entries == ()
    with pytest.raises(UsageError, match="nothing leads into it"):
        repeated(piece, 2)


@pytest.mark.parametrize("times", [0, 51])
def test_a_piece_is_repeated_within_bounds(times: int) -> None:
    with pytest.raises(UsageError, match="1 to 50 times"):
        repeated(taken_from(chain(), ["a", "b"], "pair"), times)


def test_nothing_selected_is_no_piece() -> None:
    with pytest.raises(UsageError, match="Select the nodes"):
        taken_from(chain(), [], "none")


def test_the_size_of_a_piece_is_that_of_its_folded_boxes() -> None:
    piece = drawn(ConvNormActivation(), Value((8, 16, 16)), 3)
    width, height = size_of(piece, (100.0, 50.0))
    assert width > 300.0
    assert height == 50.0


def test_without_the_variable_blocks_are_in_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(saved_blocks.FOLDER_VARIABLE, raising=False)
    assert saved_blocks.blocks_folder().parts[-2:] == ("cnn-workbench", "blocks")


def test_a_kept_block_is_deleted_and_one_that_cannot_be_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved_blocks.keep(taken_from(chain(), ["a"], "one"))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(WriteError, match=r"one\.block was not deleted"):
        saved_blocks.delete(path)
    monkeypatch.undo()
    saved_blocks.delete(path)
    assert not path.exists()


def test_a_folder_that_cannot_be_listed_hides_no_block_of_the_program(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_text("no folder")

    def refused() -> list[Path]:
        raise UnreadableError(folder, "it cannot be read.")

    monkeypatch.setattr(saved_blocks, "saved", refused)
    assert len(block_choices()) > 10


def test_a_title_that_is_no_name_makes_a_file_no_block(folder: Path) -> None:
    path = saved_blocks.keep(taken_from(chain(), ["a"], "one"))
    path.write_text(path.read_text().replace('"title": "one"', '"title": "123"'))
    with pytest.raises(UnreadableError, match="cannot be the name of a block"):
        saved_blocks.read(path)


def test_what_comes_into_a_folded_group_stands_behind_what_is_in_it() -> None:
    graph = network_of("resnet18", (3, 64, 64))
    right = max(node.position[0] for node in members(graph, "layer1.0"))
    places = behind_members(graph, "layer1.0", ["one", "two"])
    assert places["one"][0] == places["two"][0] > right
    assert places["one"][1] < places["two"][1]
