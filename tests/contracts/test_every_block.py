"""The contract of every block in the registry: a new block file is held to it without a change here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

import workbench.project.blocks
from workbench.core.errors import UsageError
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.core.values import Value
from workbench.editing.pieces import placed
from workbench.model.analysis import Analysis
from workbench.model.network import Network
from workbench.model.shapes import infer
from workbench.project.blocks.spec import REGISTRY, Block, drawn

BLOCKS = [cls for _, cls in REGISTRY.items()]
every_block = pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.name)
COMING_IN = Value((32, 16, 16))


def behind_an_input(cls: type[Block], times: int) -> Graph:
    """A network of an Input, the block, and the mean over the map that it gives, compared with a number."""
    outside = Graph({"in": Node("in", "image", "Input", {"shape": list(COMING_IN.shape)})})
    piece = drawn(cls(), COMING_IN, times)
    made = placed(outside, piece, Port("in", "y"), (), (200.0, 0.0))
    graph = made.edit.apply(outside)
    ends = [id_ for id_ in graph.nodes if not graph.outgoing[id_] and id_ != "in"]
    assert len(ends) == 1
    out = Node("out", "answer", "Output")
    return Graph({**graph.nodes, "out": out}, (*graph.edges, Edge(Port(ends[0], "y"), Port("out", "x"))), graph.groups)


@every_block
def test_it_is_described(cls: type[Block]) -> None:
    assert REGISTRY[cls.name] is cls
    assert re.fullmatch(r"[a-z][a-z0-9]*", cls.name)
    assert cls.title[:1].isupper()
    assert cls.summary().endswith(".")
    for name, info in cls.model_fields.items():
        assert info.title, name
        assert info.description, name


@every_block
@pytest.mark.parametrize("times", [1, 3])
def test_it_is_drawn_and_learns(cls: type[Block], times: int) -> None:
    graph = behind_an_input(cls, times)
    assert Analysis(graph).shapes.faults == {}
    network = Network(graph, seed=0)
    network.set_training(True)
    (given,) = network.predict({"image": torch.rand(2, *COMING_IN.shape)}).values()
    given.float().square().mean().backward()
    weights = dict(network.modules.named_parameters())
    assert weights
    assert {name for name, each in weights.items() if each.grad is None} == set()


@every_block
def test_what_it_gives_is_what_it_says(cls: type[Block]) -> None:
    piece = drawn(cls(), COMING_IN, 2)
    graph = behind_an_input(cls, 2)
    given = infer(graph).values[graph.incoming["out"]["x"]]
    assert piece.about.startswith(f"{COMING_IN} becomes {given}: {len(piece.graph.nodes)} nodes")
    assert all(node.name.partition(".")[0] in piece.heads for node in piece.graph)


@every_block
def test_what_it_cannot_take_is_a_sentence(cls: type[Block]) -> None:
    with pytest.raises(UsageError, match="takes maps with rows and columns"):
        drawn(cls(), Value((10,), "vector"))


def test_every_file_declares_one() -> None:
    found = {path.stem for path in Path(workbench.project.blocks.__path__[0]).glob("*.py")} - {"__init__", "spec"}
    declared = {cls.__module__.rpartition(".")[2] for cls in BLOCKS}
    assert declared == found
