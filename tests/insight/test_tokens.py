"""Networks that read texts and series are looked at like those that see pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.graph_factories import default, line
from workbench.core.errors import UsageError
from workbench.core.graph import Port
from workbench.insight.backproject import backproject, vectors_of
from workbench.insight.probe import activations, as_tensors
from workbench.insight.receptive_field import Box, box_of
from workbench.insight.spec import REGISTRY, ViewContext, as_planes
from workbench.insight.units import inspect_unit
from workbench.model.network import Network
from workbench.model.receptive_fields import receptive_fields

TEXT = line(
    ("text", "Input", {"shape": [6], "kind": "tokens", "field": "text"}),
    ("embed", "Embedding", {"num_embeddings": 9, "embedding_dim": 4}), ("turn", "Permute", {"dims": [0, 2, 1]}),
    ("conv", "Conv1d", {"out_channels": 3, "kernel_size": 3, "padding": 0}), ("relu", "ReLU", {}),
    ("flat", "Flatten", {}), ("fc", "Linear", {"out_features": 2}), ("scores", "Output", {}),
)  # fmt: skip
FIELDS = {"text": torch.tensor([[3, 1, 4, 1, 5, 0]])}


def test_tokens_stay_whole_numbers_and_bytes_become_shares() -> None:
    found = as_tensors({"text": np.array([[1, 2]]), "image": np.array([[255]], np.uint8)})
    assert found["text"].dtype == torch.int64
    assert found["image"].tolist() == [[1.0]]


def test_a_token_has_the_share_that_its_vector_has_of_the_signal() -> None:
    network = Network(TEXT, seed=1)
    port = Port("conv", "y")
    seed = torch.zeros(1, 3, 4)
    seed[0, 1, 2] = 1.0
    shares = backproject(network, TEXT, FIELDS, port, seed)
    assert shares.shape == (1, 1, 6)
    found = activations(network, FIELDS, frozenset({port, Port("embed", "y")}))
    weight = network.modules.get_parameter("conv.weight")[1]  # (4, 3)
    vectors = found[Port("embed", "y")][0, 2:5]  # of the three tokens under the window
    assert torch.allclose(shares[0, 0, 2:5], (vectors * weight.T).sum(1), atol=1e-6)
    assert (shares[0, 0, [0, 1, 5]] == 0).all(), "what is not under the window has none"
    bias = network.modules.get_parameter("conv.bias")[1]
    assert torch.allclose(shares.sum() + bias, found[port][0, 1, 2], atol=1e-5), "they add up to what the unit gives"


def test_tokens_that_lead_to_nothing_are_a_sentence() -> None:
    graph = line(("text", "Input", {"shape": [6], "kind": "tokens", "field": "text"}), ("out", "Output", {}))
    network = Network(graph)
    graph = line(("other", "Input", {"shape": [6], "kind": "tokens", "field": "other"}))
    with pytest.raises(UsageError, match="leads to nothing that a signal could come back from"):
        vectors_of(network, graph)


@pytest.mark.parametrize(("shape", "planes"), [
    ((2, 5), (2, 1, 1, 5)), ((2, 3, 5), (2, 3, 1, 5)), ((2, 3, 4, 5), (2, 3, 4, 5)), ((2, 3, 7, 4, 5), (2, 3, 4, 5)),
])  # fmt: skip
def test_whatever_comes_back_becomes_planes(shape: tuple[int, ...], planes: tuple[int, ...]) -> None:
    numbers = np.arange(np.prod(shape)).reshape(shape)
    assert as_planes(numbers).shape == planes
    if len(shape) == 5:
        assert np.array_equal(as_planes(numbers), numbers[:, :, 3])


CLIP = line(
    ("clip", "Input", {"shape": [3, 6, 12, 12], "field": "clip"}), ("conv", "Conv3d", {"out_channels": 4}),
    ("relu", "ReLU", {}), ("out", "Output", {}),
)  # fmt: skip
SERIES = line(
    ("series", "Input", {"shape": [3, 12], "field": "series"}), ("conv", "Conv1d", {"out_channels": 4}),
    ("relu", "ReLU", {}), ("out", "Output", {}),
)  # fmt: skip


@pytest.mark.parametrize("view", ["deconvnet", "filters"])
def test_three_channels_of_a_series_are_no_colours(view: str) -> None:
    fields = {"series": torch.rand(1, 3, 12, generator=torch.Generator().manual_seed(0))}
    context = ViewContext(Network(SERIES), SERIES, SERIES.named("conv").id, fields)
    picture = REGISTRY[view].render(context)
    assert "red, green and blue" not in picture.note
    known = {tuple(colour) for colour in context.signed.tolist()}
    assert {tuple(pixel) for pixel in picture.tiles.reshape(-1, 3).tolist()} <= known
    detail = inspect_unit(context, 0)
    assert detail is not None
    assert detail.is_of_series
    assert detail.down_values is not None
    assert detail.down_values.shape == (3, 1, 12)


def test_a_position_behind_vectors_of_words_sees_so_many_words() -> None:
    fields = receptive_fields(TEXT)
    sizes = {node.name: field.size if (field := fields[node.id]) is not None else None for node in TEXT}
    assert sizes["text"] == sizes["embed"] == sizes["turn"] == (1,)
    assert sizes["conv"] == sizes["relu"] == (3,)
    assert sizes["flat"] is None, "it sees everything"
    box = box_of(fields[TEXT.named("conv").id], (0, 3), (6,))
    assert box == Box(0, 3, 1, 3, (1, 3), is_row=True)
    assert box.text == "receptive field 3 places"
    assert box_of(None, (0, 0), (6,)) == Box(0, 0, 1, 6, (1, 6), is_row=True)


def test_what_looks_from_word_to_word_sees_all_of_them() -> None:
    graph = line(
        ("text", "Input", {"shape": [6], "kind": "tokens", "field": "text"}),
        ("embed", "Embedding", {"num_embeddings": 9, "embedding_dim": 4}),
        ("attention", "MultiheadAttention", {"num_heads": 2}), ("turn", "Permute", {"dims": [0, 2, 1]}),
        ("conv", "Conv1d", {"out_channels": 3, "kernel_size": 3, "padding": 0}), ("out", "Output", {}),
    )  # fmt: skip
    fields = receptive_fields(graph)
    assert fields[graph.named("embed").id] is not None
    assert fields[graph.named("attention").id] is None
    assert fields[graph.named("conv").id] is None


def test_a_band_says_how_much_of_it_is_inside() -> None:
    box = box_of(receptive_fields(SERIES)[SERIES.named("conv").id], (0, 0), (12,))
    assert box is not None
    assert box.width < box.seen[1]
    assert box.text == f"receptive field {box.seen[1]} places, {box.width} of them inside"


NETWORKS = {"text": default("textcnn"), "series": default("fcn1d"), "clip": CLIP}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("view", ["feature-maps", "deconvnet", "filters"])
def test_views_of_other_data_than_pictures(name: str, view: str) -> None:
    graph = NETWORKS[name]
    node = next(node for node in graph if node.layer.startswith("Conv"))
    network = Network(graph)
    ((field, shape),) = network.inputs.items()
    chance = torch.Generator().manual_seed(0)
    sample = torch.rand(1, *shape, generator=chance)
    fields = {field: (sample * 9).long() if name == "text" else sample}
    context = ViewContext(network, graph, node.id, fields, most=3)
    picture = REGISTRY[view].render(context)
    assert picture.tiles.ndim == 4
    assert len(picture.tiles) == 3
    assert np.isfinite(picture.values).all()
    is_cut = name == "clip" and view != "deconvnet"
    assert ("planes the one in the middle" in picture.note) == is_cut
    if name != "clip":
        detail = inspect_unit(context, 0)
        assert detail is not None
        assert detail.down is not None
