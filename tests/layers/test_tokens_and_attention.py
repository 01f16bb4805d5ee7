"""Tokens as vectors and attention between positions, against torch's modules with their weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.insight.test_backproject import drawn
from workbench.core.graph import Graph
from workbench.core.values import Value
from workbench.layers.embedding import Embedding
from workbench.layers.embedding_bag import EmbeddingBag
from workbench.layers.input import Input
from workbench.layers.multihead_attention import MultiheadAttention
from workbench.layers.spec import ShapeError, SuggestParam
from workbench.model.network import Network
from workbench.model.problems import find_problems
from workbench.model.source import python_source
from workbench.project.templates.spec import GraphBuilder, Samples

TOKENS = Value((5,), "tokens", "int64")


@pytest.mark.parametrize("value", [Value((8, 3, 5)), Value((8, 7)), Value((6, 8), "sequence"), Value((8, 2, 2, 3))])
@pytest.mark.parametrize("bias", [True, False])
def test_attention_is_torchs_over_all_positions(value: Value, bias: bool) -> None:
    torch.manual_seed(1)
    theirs = nn.MultiheadAttention(8, 2, bias=bias, batch_first=True).double()
    for weight in theirs.parameters():
        nn.init.normal_(weight, 0, 0.5)
    layer = MultiheadAttention.from_module(theirs)
    assert layer == MultiheadAttention(num_heads=2, bias=bias)
    ours = layer.module(value).build().double()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(3, *value.shape, dtype=torch.float64)
    rows = x if value.kind == "sequence" else x.flatten(2).transpose(1, 2)
    expected = theirs(rows, rows, rows)[0]
    expected = expected if value.kind == "sequence" else expected.transpose(1, 2).reshape(x.shape)
    torch.testing.assert_close(ours(x), expected)
    torch.testing.assert_close(ours.eval()(x), expected)


@pytest.mark.parametrize(("channels", "heads", "fits"), [(6, 4, 3), (7, 4, 1), (9, 8, 3)])
def test_heads_that_cannot_share_the_channels_are_fewer(channels: int, heads: int, fits: int) -> None:
    with pytest.raises(ShapeError, match=f"{channels} channels among {heads} heads") as caught:
        MultiheadAttention(num_heads=heads).output(Value((channels, 4, 4)))
    assert caught.value.fixes == (SuggestParam("num_heads", fits),)


@pytest.mark.parametrize("settings", [{"kdim": 3}, {"vdim": 5}, {"add_bias_kv": True}, {"add_zero_attn": True}])
def test_attention_to_something_else_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        MultiheadAttention.from_module(nn.MultiheadAttention(8, 2, **settings))


@pytest.mark.parametrize("module", [nn.Embedding(9, 4, padding_idx=-1), nn.EmbeddingBag(9, 4, mode="max")])
def test_tables_of_vectors_are_torchs(module: nn.Embedding | nn.EmbeddingBag) -> None:
    cls = Embedding if isinstance(module, nn.Embedding) else EmbeddingBag
    layer = cls.from_module(module)
    assert isinstance(layer, (Embedding, EmbeddingBag))
    ours = layer.module(TOKENS).build()
    ours.load_state_dict(module.state_dict())
    x = torch.randint(9, (3, 5))
    x[0] = 8
    assert torch.equal(ours(x), module(x))
    assert layer.padding_idx == (8 if cls is Embedding else None)


def test_vectors_that_are_cut_to_a_length_are_refused() -> None:
    for cls, module in ((Embedding, nn.Embedding(9, 4, max_norm=1.0)), (EmbeddingBag, nn.EmbeddingBag(9, 4, 2.0))):
        with pytest.raises(ValueError, match="max_norm cannot be drawn"):
            cls.from_module(module)


@pytest.mark.parametrize("cls", [Embedding, EmbeddingBag])
def test_tokens_without_a_vector_are_refused(cls: type[Embedding | EmbeddingBag]) -> None:
    words = Value((5,), "tokens", "int64", ("the", "cat", "sat"))
    with pytest.raises(ShapeError, match="2 tokens, but the data has 3"):
        cls(num_embeddings=2).output(words)
    with pytest.raises(ShapeError, match="none of the 3 tokens"):
        cls(num_embeddings=3, padding_idx=3).output(words)
    with pytest.raises(ShapeError, match="has mean"):
        Input(kind="tokens", shape=(5,), mean=(0.5,)).output()


def text_network(*layers: tuple[str, dict[str, Any]]) -> Graph:
    builder = GraphBuilder(Samples((5,), scores=3))
    port = builder.add("Input", "words", field="words", kind="tokens", shape=[5])
    for number, (layer, params) in enumerate(layers):
        port = builder.add(layer, f"n{number}", port, **params)
    fc = builder.add("Linear", "fc", port, out_features=3)
    builder.add("CrossEntropyLoss", "loss", fc, builder.add("Target", "label", field="label"))
    return builder.graph()


@pytest.mark.parametrize("layers", [
    [("EmbeddingBag", {"num_embeddings": 11, "embedding_dim": 8})],
    [("Embedding", {"num_embeddings": 11, "embedding_dim": 8}), ("MultiheadAttention", {}), ("LayerNorm", {"axes": 1}),
     ("Flatten", {})],
])  # fmt: skip
def test_a_network_of_tokens_learns_and_is_exported(layers: list[tuple[str, dict[str, Any]]]) -> None:
    graph = text_network(*layers)
    assert find_problems(graph) == []
    network = Network(graph, seed=3)
    fields = {"words": torch.randint(11, (4, 5)), "label": torch.randint(3, (4,))}
    network.objective(network.train_batch(fields).losses).backward()
    assert all(each.grad is not None and each.grad.any() for each in network.modules.parameters())
    names: dict[str, type[nn.Module]] = {}
    exec(compile(python_source(graph, "net.safetensors"), "exported", "exec"), names)
    exported = names["Network"]().eval()
    exported.load_state_dict(network.modules.state_dict())
    network.set_training(False)
    given = network.predict({"words": fields["words"]})
    torch.testing.assert_close(exported(fields["words"]), next(iter(given.values())))


def test_attention_in_a_picture_sees_everything() -> None:
    graph, _ = drawn(("Conv2d", {"out_channels": 8}), ("MultiheadAttention", {}))
    assert find_problems(graph, "predict") == []
    assert MultiheadAttention().windows(Value((8, 3, 3))) is None
