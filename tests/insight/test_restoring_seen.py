"""A network that restores pictures is measured by the picture that is wanted, not by the one that it was given."""

from __future__ import annotations

import numpy as np
import torch

from tests.graph_factories import line
from workbench.core.graph import Edge, Graph, Node, Port
from workbench.insight.latent.metrics import psnr
from workbench.insight.spec import REGISTRY, ViewContext
from workbench.model.network import Network

RANDOM = np.random.default_rng(0)
CLEAN = RANDOM.random((1, 8, 8)).astype(np.float32)
NOISY = (CLEAN + RANDOM.normal(0, 0.1, CLEAN.shape)).astype(np.float32)


def context_of(field: str, truth: np.ndarray | None) -> tuple[ViewContext, np.ndarray]:
    """A network that makes a picture of one, with a Target of that field; and what it makes of the noisy one."""
    before = line(
        ("image", "Input", {"shape": [1, 8, 8]}),
        ("made", "Conv2d", {"out_channels": 1, "kernel_size": 1, "padding": 0}),
    )
    target = Node("t", "wanted", "Target", {"field": field, "kind": "map", "shape": [1, 8, 8]})
    nodes = {**before.nodes, "t": target, "l": Node("l", "loss", "MSELoss", {})}
    made = before.named("made").id
    edges = (*before.edges, Edge(Port(made, "y"), Port("l", "prediction")), Edge(Port("t", "y"), Port("l", "target")))
    graph = Graph(nodes, edges)
    network = Network(graph)
    fields = {"image": torch.from_numpy(NOISY)[None]}
    context = ViewContext(network, graph, made, fields, whole={"image": NOISY}, truth=truth)
    return context, context.activation()[0].numpy()


def test_both_are_measured_by_the_picture_that_is_wanted() -> None:
    context, made = context_of("clean", CLEAN)
    picture = REGISTRY["whole-picture"].render(context)
    assert picture.captions == (
        f"picture {psnr(CLEAN, NOISY):.1f} dB", f"made {psnr(CLEAN, made):.1f} dB", "wanted", "difference",
    )  # fmt: skip
    assert np.allclose(picture.values[2], CLEAN)
    assert np.allclose(picture.values[3], made - CLEAN, atol=1e-5)
    assert picture.first == 1


def test_without_the_wanted_picture_nothing_is_measured() -> None:
    context, made = context_of("clean", None)
    picture = REGISTRY["whole-picture"].render(context)
    assert picture.captions == ("picture 8×8", "made 8×8", "change")
    assert "dB" not in " ".join(picture.captions)
    assert "in the change mid-grey is none" in picture.note
    assert np.allclose(picture.values[2], NOISY - made, atol=1e-5)


def test_what_should_come_out_as_it_went_in_is_measured_by_that() -> None:
    context, made = context_of("image", None)
    assert REGISTRY["whole-picture"].render(context).captions == (
        "picture 8×8", f"made {psnr(NOISY, made):.1f} dB", "difference",
    )  # fmt: skip
