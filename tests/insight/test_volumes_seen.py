"""Units of volumes and clips are looked at by the plane in which they are strongest; scores by the names of classes."""

from __future__ import annotations

import numpy as np
import torch

from tests.graph_factories import line
from workbench.core.graph import Port
from workbench.insight.probe import activations
from workbench.insight.spec import REGISTRY, ViewContext, views_of
from workbench.insight.units import inspect_unit
from workbench.inspection.network_answers import shares_of
from workbench.model.network import Network
from workbench.model.shapes import infer

CLIP = line(
    ("clip", "Input", {"shape": [1, 6, 12, 12], "field": "clip"}), ("conv", "Conv3d", {"out_channels": 4}),
    ("relu", "ReLU", {}), ("out", "Output", {}),
)  # fmt: skip
VOLUME = torch.rand(1, 1, 6, 12, 12, generator=torch.Generator().manual_seed(3))


def test_a_unit_of_a_volume_shows_the_plane_of_its_strongest_value() -> None:
    network = Network(CLIP)
    fields, port = {"clip": VOLUME}, Port(CLIP.named("conv").id, "y")
    maps = activations(network, fields, frozenset({port}))[port][0, 2].numpy()
    detail = inspect_unit(ViewContext(network, CLIP, port.node, fields), 2)
    assert detail is not None
    assert detail.plane == np.unravel_index(maps.argmax(), maps.shape)[0]
    assert detail.strongest == maps.max()
    assert np.array_equal(detail.values, maps[detail.plane])
    assert detail.down is not None
    assert detail.down_values is not None
    assert np.abs(detail.down_values).max() > 0, "the plane that the signal comes back to"
    chosen = inspect_unit(ViewContext(network, CLIP, port.node, fields), 2, (1, 1))
    assert chosen is not None
    assert chosen.position == (1, 1)


LABELS = line(
    ("image", "Input", {"shape": [1, 4, 4]}), ("flat", "Flatten", {}), ("fc", "Linear", {"out_features": 3}),
)  # fmt: skip


def network_of(loss: str, kind: str) -> tuple[Network, ViewContext]:
    from workbench.core.graph import Edge, Graph, Node

    target = {"field": "labels", "kind": kind, "classes": ["a", "b", "c"]} | (
        {"shape": [3]} if kind == "vector" else {}
    )
    nodes = {**LABELS.nodes, "t": Node("t", "labels", "Target", target), "l": Node("l", "loss", loss, {})}
    fc = LABELS.named("fc").id
    edges = (*LABELS.edges, Edge(Port(fc, "y"), Port("l", "prediction")), Edge(Port("t", "y"), Port("l", "target")))
    graph = Graph(nodes, edges)
    network = Network(graph)
    return network, ViewContext(network, graph, fc, {"image": torch.rand(1, 1, 4, 4)})


def test_several_labels_have_a_probability_each_and_units_go_by_their_names() -> None:
    network, context = network_of("BCEWithLogitsLoss", "vector")
    scores = context.activation()
    shares = shares_of(network, context.known)
    assert [name for name, _ in shares] == ["a", "b", "c"]
    assert np.allclose([share for _, share in shares], torch.sigmoid(scores[0]).tolist(), atol=1e-6)
    assert REGISTRY["feature-maps"].render(context).captions == ("a", "b", "c")
    detail = inspect_unit(context, 1)
    assert detail is not None
    assert detail.name == "b"


def test_classes_have_probabilities_that_add_up() -> None:
    network, context = network_of("CrossEntropyLoss", "class")
    context.activation()
    assert abs(sum(share for _, share in shares_of(network, context.known)) - 1) < 1e-6
    assert REGISTRY["deconvnet"].render(context).captions == ("a", "b", "c")


def test_an_answer_of_the_data_has_no_views() -> None:
    _, context = network_of("BCEWithLogitsLoss", "vector")
    assert views_of(infer(context.graph), "t") == []
    assert views_of(infer(context.graph), context.node) != []
