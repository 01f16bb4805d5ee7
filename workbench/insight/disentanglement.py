"""How well the parts of a trained code stand for the factors of the data: every measure of `factors`, for a network.

For a network with a graphics code the latent of each factor is fixed by construction. For any other code it is the one
that varies most in batches in which that factor alone varies, which is how Kulkarni et al. 2015 (section 4.1) treat the
network that they compare theirs with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.core.graph import Graph, Port
from workbench.data.batches import Batches
from workbench.data.spec import FACTOR, Dataset
from workbench.insight.codes import Code, code_of
from workbench.insight.factors import (
    Disentanglement,
    NovelView,
    factor_vae_score,
    fixed_factor_batches,
    measure,
    most_varying,
    novel_view,
    variance_share,
)
from workbench.insight.probe import activations, continued
from workbench.model.network import Network

Array = NDArray[Any]
Redraw = Callable[[Mapping[str, Array]], "Array | None"]
BATCH = 256
MOST = 2000  # test pictures that are measured
PAIRS = 400  # pictures for each factor whose view is changed
VOTES = 1600  # batches of the FactorVAE score: one half to learn, one to test


@dataclass(frozen=True)
class Study:
    """Codes of a data set, and what is known about it.

    Attributes:
        code: which part of the network was looked at.
        codes: means (N, D) of test pictures.
        factors: known values of each quantity, (N,).
        measures: of single latents and factors.
        views: for each factor how well a picture with that factor of another is drawn; empty where the data cannot
            draw the truth.
    """

    code: Code
    codes: Array
    factors: Mapping[str, Array]
    measures: Disentanglement
    views: Mapping[str, NovelView]

    def as_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        views = {
            name: {"psnr": each.psnr, "control": each.control, "gain": each.gain} for name, each in self.views.items()
        }
        return {**self.measures.as_json(), "novel_view": views}


def study(network: Network, graph: Graph, dataset: Dataset, redraw: Redraw, split: str = "test") -> Study | None:
    """Measures a network's code.

    Args:
        network: with its weights.
        graph: that it was built from.
        dataset: with factors of its pictures, and batches in which one of them varies.
        redraw: draws pictures of given factors, as far as the data's source can.
        split: whose pictures are measured.

    Returns:
        None where the network has no code, or the data no factors.
    """
    code = code_of(graph)
    if code is None or FACTOR not in dataset.fields or not dataset.size(split):
        return None
    names = dataset.fields[FACTOR].classes
    arrays = {name: array[:MOST] for name, array in dataset.splits[split].items()}
    known = {name: arrays[name] for name in names if name in arrays and arrays[name].ndim == 1}
    if not known:
        return None
    codes = encode(network, code, dataset, arrays)
    scale = codes.std(0)
    designated, shares = _designated(network, code, dataset, scale, known)
    score = None
    if len(known) > 1:
        rows, fixed = fixed_factor_batches(known, VOTES)
        score = factor_vae_score(codes[rows], fixed, scale, learn=VOTES // 2)
    measures = measure(codes, known, designated, shares=shares, factor_vae=score)
    views = {
        name: view
        for name, latent in designated.items()
        if name in known and (view := _novel_view(network, code, codes, arrays, name, latent, redraw)) is not None
    }
    return Study(code, codes, known, measures, views)


def encode(network: Network, code: Code, dataset: Dataset, arrays: Mapping[str, Array]) -> Array:
    """Means of the code for pictures, (N, D)."""
    found = []
    with torch.inference_mode():
        for batch in Batches(arrays, {name: dataset.fields[name] for name in arrays}, BATCH).epoch(0):
            given = {name: batch.fields[name] for name in network.inputs}
            found.append(activations(network, given, frozenset({code.mean}))[code.mean].cpu().double().numpy())
    return np.concatenate(found)


def decode(network: Network, code: Code, codes: Array) -> Array:
    """Pictures that are drawn from codes (N, D): (N, C, H, W)."""
    empty = {name: torch.zeros(1, *shape) for name, shape in network.inputs.items()}
    found = []
    for start in range(0, len(codes), BATCH):
        given: dict[Port, torch.Tensor] = {code.mean: torch.from_numpy(codes[start : start + BATCH]).float()}
        drawn = continued(network, empty, given, frozenset({code.picture}))[code.picture]
        found.append(drawn.cpu().numpy())
    return np.concatenate(found)


def _designated(
    network: Network, code: Code, dataset: Dataset, scale: Array, known: Mapping[str, Array]
) -> tuple[dict[str, int], dict[str, float]]:
    """The latent of each factor, and its share of what varies in batches of that factor."""
    split = "validation" if "validation" in dataset.groups else "train"
    arrays, groups = dataset.splits[split], dataset.groups.get(split)
    fixed = {name: first for name, (first, last) in code.factors.items() if name in known and last - first == 1}
    if groups is None:
        return fixed, {}
    codes = encode(network, code, dataset, arrays)
    designated, shares = {}, {}
    for number, name in enumerate(dataset.fields[FACTOR].classes):
        rows = (arrays[FACTOR] == number) & (groups >= 0)
        if name not in known or not rows.any():
            continue
        latent = (
            fixed.get(name, -1) if code.factors else most_varying(codes[rows] / np.maximum(scale, 1e-9), groups[rows])
        )
        if latent >= 0:
            designated[name] = latent
            shares[name] = variance_share(codes[rows], groups[rows], [latent], scale)
    return designated, shares


def _novel_view(
    network: Network, code: Code, codes: Array, arrays: Mapping[str, Array], name: str, latent: int, redraw: Redraw
) -> NovelView | None:
    """How well pictures are drawn whose one factor is taken from another picture."""
    count = min(PAIRS, len(codes) // 2)
    first, second = np.arange(count), np.arange(count, 2 * count)
    wanted = {field: array[first] for field, array in arrays.items()}
    truth = redraw(wanted | {name: arrays[name][second]})
    if truth is None:
        return None
    borrowed = codes[first].copy()
    borrowed[:, latent] = codes[second, latent]
    return novel_view(decode(network, code, borrowed), truth / 255, decode(network, code, codes[first]))
