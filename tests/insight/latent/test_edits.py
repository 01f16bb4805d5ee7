"""The studio's drawings: latents moved and parts exchanged, by numbers that can be told beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from numpy.typing import NDArray

from tests.insight.latent.test_study import known_network, two_pixels
from workbench.core.graph import Graph
from workbench.insight.latent.codes import code_of
from workbench.insight.latent.edits import Decoded, LatentEdits, decode
from workbench.insight.spec import REGISTRY, ViewContext

A, B = (0.2, 0.8), (0.6, 0.4)
PARTS = {"turn": range(1), "rest": range(1, 4)}


def drawn(changes: LatentEdits, graph: Graph, has_other: bool = True) -> Decoded:
    """What a network that copies its two latents into two pixels draws of A and B."""
    code = code_of(graph)
    assert code is not None
    network = known_network(graph, [[1.0, 0.0], [0.0, 1.0]])
    context = ViewContext(network, graph, code.node, {"image": torch.tensor([[[list(A)]]])})
    found = decode(context, changes, torch.tensor([list(B)]) if has_other else None)
    assert found is not None
    return found


def shades(picture: NDArray[Any] | None) -> list[float]:
    assert picture is not None
    return [round(float(shade), 2) for shade in picture[0, :, 0] / 255]


def test_a_part_is_exchanged_and_the_rest_stays() -> None:
    found = drawn(LatentEdits(taken=frozenset({"light"})), two_pixels())
    assert shades(found.unmoved) == [0.2, 0.8]
    assert shades(found.moved) == [0.2, 0.4]
    assert shades(found.swapped) == [0.6, 0.8]
    assert shades(found.other) == [0.6, 0.4]
    assert round(found.values[1], 3) == 0.4
    assert round(found.own[1], 3) == 0.8


def test_what_is_moved_by_hand_wins_over_what_is_taken() -> None:
    found = drawn(LatentEdits({1: 0.5}, frozenset({"light", "turn"})), two_pixels())
    assert shades(found.moved) == [0.6, 0.5]
    assert shades(found.swapped) == [0.2, 0.8]


def test_without_a_second_sample_nothing_is_taken() -> None:
    found = drawn(LatentEdits(taken=frozenset({"light"})), two_pixels(), has_other=False)
    assert shades(found.moved) == [0.2, 0.8]
    assert found.other is None
    assert found.swapped is None


def test_of_a_code_without_names_single_latents_are_exchanged() -> None:
    found = drawn(LatentEdits(taken=frozenset({"latent 0"})), two_pixels(named=False))
    assert found.parts == {"latent 0": range(1), "latent 1": range(1, 2)}
    assert shades(found.moved) == [0.6, 0.8]


def test_a_part_that_is_wholly_moved_is_taken_no_more() -> None:
    changes = LatentEdits().with_taken("turn", True, PARTS).with_taken("rest", True, PARTS)
    changes = changes.with_moved(0, 1.0, PARTS).with_moved(2, 1.0, PARTS)
    assert changes == LatentEdits({0: 1.0, 2: 1.0}, frozenset({"rest"}))
    assert changes.with_moved(1, 0.0, PARTS).with_moved(3, 0.0, PARTS).taken == frozenset()


def test_taking_a_part_forgets_what_was_moved_of_it() -> None:
    changes = LatentEdits({0: 1.0, 2: 2.0}).with_taken("rest", True, PARTS)
    assert changes == LatentEdits({0: 1.0}, frozenset({"rest"}))
    assert changes.with_taken("rest", False, PARTS) == LatentEdits({0: 1.0})


def test_a_latent_is_swept_as_far_as_samples_stand() -> None:
    graph = two_pixels()
    code = code_of(graph)
    assert code is not None
    network = known_network(graph, [[1.0, 0.0], [0.0, 1.0]])
    others = {"image": torch.tensor([[[[-7.0, 0.5]]], [[[3.0, 1.0]]]])}
    context = ViewContext(network, graph, code.node, {"image": torch.tensor([[[list(A)]]])})
    alone, beside = (REGISTRY["factors"].render(each) for each in (context, replace(context, others=others)))
    assert alone.values[0, 0, 0, [0, -2]].tolist() == [-2.5, 2.5]  # the first latent is the left pixel of each picture
    assert beside.values[0, 0, 0, [0, -2]].tolist() == [-7.0, 7.0]
    assert beside.values[1, 0, 0, [1, -1]].tolist() == [-2.5, 2.5]
    assert [caption.split(" ±")[1] for caption in beside.captions] == ["7.0", "2.5"]
