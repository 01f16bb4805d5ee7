"""What a position behind the vectors of words sees is counted in words."""

from __future__ import annotations

from tests.graph_factories import line
from workbench.model.receptive_fields import receptive_fields

TOKENS = ("text", "Input", {"shape": [6], "kind": "tokens", "field": "text"})
VECTORS = ("embed", "Embedding", {"num_embeddings": 9, "embedding_dim": 4})
CONV = ("conv", "Conv1d", {"out_channels": 3, "kernel_size": 3, "padding": 0})


def test_so_many_words_as_the_filters_are_wide() -> None:
    graph = line(
        TOKENS, VECTORS, ("turn", "Permute", {"dims": [0, 2, 1]}), CONV, ("pool", "MaxPool1d", {"kernel_size": 2})
    )
    fields = receptive_fields(graph)
    sizes = [field.size if (field := fields[node.id]) is not None else None for node in graph]
    assert sizes == [(1,), (1,), (1,), (3,), (4,)]


def test_axes_in_another_order_are_no_words_any_more() -> None:
    graph = line(TOKENS, VECTORS, ("turn", "Permute", {"dims": [0, 1, 2]}))
    assert receptive_fields(graph)[graph.named("turn").id] is None


def test_a_single_token_is_no_text() -> None:
    graph = line(("user", "Input", {"shape": [1], "kind": "tokens", "field": "user"}), VECTORS)
    fields = receptive_fields(graph)
    assert (fields[graph.named("user").id] or fields[graph.named("embed").id]) is not None
    assert all(field is None or field.size == () for field in (fields[node.id] for node in graph))
