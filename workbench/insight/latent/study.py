"""How well the parts of a trained code stand for the factors of the data: every measure of `factors`, for a network.

For a network with a graphics code the latents of each factor are fixed by construction. For any other code they are
those that vary most in batches in which that factor alone varies, which is how Kulkarni et al. 2015 (section 4.1) treat
the network that they compare theirs with: as many as it takes numbers to tell where the factor stands, so one for a
turn to the side, two for a place on a circle or a lamp with two angles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from workbench.core.graph import Graph, Port
from workbench.data.batches import Batches
from workbench.data.find_by_factor import pictures_of
from workbench.data.spec import FACTOR, Dataset
from workbench.insight.latent.codes import Code, code_of
from workbench.insight.latent.metrics import (
    Disentanglement,
    Latents,
    NovelView,
    measure,
    most_varying,
    novel_view,
    variance_share,
)
from workbench.insight.latent.scores import factor_vae_score, fixed_factor_batches, is_class
from workbench.insight.probe import activations, continued
from workbench.model.network import Network

Array = NDArray[Any]
Redraw = Callable[[Mapping[str, Array]], "Array | None"]
BATCH = 256
MOST = 2000  # test pictures that are measured
PAIRS = 400  # pictures for each factor whose view is changed
FEWEST_PAIRS = 10  # that a truth must be known of
FEWEST_ALIKE = 3  # samples for each place of a joint factor, for the FactorVAE score
VOTES = 1600  # batches of the FactorVAE score: one half to learn, one to test


@dataclass(frozen=True)
class Row:
    """What is known of one quantity.

    Attributes:
        title: its name, behind that of its factor where it is a part of one.
        latents: names of those that stand for it.
        own_r2: see `Disentanglement`.
        spearman: likewise; None where it says nothing.
        share: of the factor; None without batches.
        leakage: see `Disentanglement`.
        mig: likewise.
        gain: of a picture with this factor of another, in dB; None where the truth is not known.
    """

    title: str
    latents: tuple[str, ...]
    own_r2: float
    spearman: float | None
    share: float | None
    leakage: float
    mig: float
    gain: float | None


@dataclass(frozen=True)
class Study:
    """Codes of a data set, and what is known about it.

    Attributes:
        code: which part of the network was looked at.
        codes: means (N, D) of test pictures.
        factors: known values of each quantity or class, (N,).
        parts: for each factor with latents the quantities that it is made of: mostly itself alone.
        measures: of single latents and quantities.
        views: for each factor how well a picture with that factor of another is drawn; without those of which no truth
            can be drawn or found in the data.
    """

    code: Code
    codes: Array
    factors: Mapping[str, Array]
    parts: Mapping[str, tuple[str, ...]]
    measures: Disentanglement
    views: Mapping[str, NovelView]

    def rows(self) -> list[Row]:
        """A row for each quantity, those of a factor together."""
        measures = self.measures
        return [
            Row(
                name if name == factor else f"{factor}: {name}",
                tuple(self.code.name_of(latent) for latent in measures.designated[name]),
                measures.own_r2[name],
                measures.spearman.get(name),
                measures.share.get(factor),
                measures.leakage[name],
                measures.mig[name],
                self.views[factor].gain if factor in self.views else None,
            )
            for factor, names in self.parts.items()
            for name in names
        ]

    def as_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        views = {name: {**asdict(each), "gain": each.gain} for name, each in self.views.items()}
        parts = {name: list(each) for name, each in self.parts.items()}
        return {"parts": parts, **self.measures.as_json(), "novel_view": views}


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
    arrays = {name: array[:MOST] for name, array in dataset.splits[split].items()}
    parts = _parts(dataset, arrays)
    known = {name: arrays[name] for names in parts.values() for name in names}
    if not known:
        return None
    numbers = {name: array for name, array in known.items() if not is_class(array)}
    quantities = {factor: names for factor, names in _parts(dataset, numbers).items() if names}
    codes = encode(network, code, dataset, arrays)
    scale = codes.std(0)
    designated, shares = _designated(network, code, dataset, scale, list(quantities))
    measures = measure(
        codes,
        known,
        {name: latents for factor, latents in designated.items() for name in quantities[factor]},
        periods={name: period for name, period in dataset.periods.items() if name in known},
        shares=shares,
        factor_vae=_vae_score(codes, {factor: [known[name] for name in names] for factor, names in parts.items()}),
    )
    drawn = {
        factor: _novel_view(network, code, dataset, (codes, arrays), factor, latents, redraw)
        for factor, latents in designated.items()
    }
    views = {factor: view for factor, view in drawn.items() if view is not None}
    return Study(code, codes, known, {factor: quantities[factor] for factor in designated}, measures, views)


def _parts(dataset: Dataset, known: Mapping[str, Array]) -> dict[str, tuple[str, ...]]:
    """For each factor those of its parts that are known and single numbers."""
    return {
        factor: tuple(name for name in dataset.parts_of(factor) if name in known and known[name].ndim == 1)
        for factor in dataset.fields[FACTOR].classes
    }


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
    network: Network, code: Code, dataset: Dataset, scale: Array, factors: list[str]
) -> tuple[dict[str, Latents], dict[str, float]]:
    """The latents of each factor, and their share of what varies in batches of that factor."""
    split = "validation" if "validation" in dataset.groups else "train"
    arrays, groups = dataset.splits[split], dataset.groups.get(split)
    fixed = {name: tuple(range(*code.factors[name])) for name in factors if name in code.factors}
    if groups is None:
        return fixed, {}
    codes = encode(network, code, dataset, arrays)
    designated, shares = dict(fixed), {}
    for number, name in enumerate(dataset.fields[FACTOR].classes):
        rows = (arrays[FACTOR] == number) & (groups >= 0)
        if name not in factors or not rows.any():
            continue
        if not code.factors:
            scaled = codes[rows] / np.maximum(scale, 1e-9)
            designated[name] = most_varying(scaled, groups[rows], dataset.dimensions(name))
        if name in designated:
            shares[name] = variance_share(codes[rows], groups[rows], designated[name], scale)
    return designated, shares


def _vae_score(codes: Array, factors: Mapping[str, list[Array]]) -> float | None:
    """The FactorVAE score, a joint factor being fixed in all its parts; None with fewer than two factors."""
    joined = {}
    for factor, parts in factors.items():
        if len(parts) == 1:
            joined[factor] = parts[0]
        elif parts:
            places, numbers = np.unique(np.stack(parts, 1), axis=0, return_inverse=True)
            if len(places) <= len(codes) // FEWEST_ALIKE:
                joined[factor] = numbers.reshape(-1)
    if len(joined) < 2:
        return None
    rows, fixed = fixed_factor_batches(joined, VOTES)
    return factor_vae_score(codes[rows], fixed, codes.std(0), learn=VOTES // 2)


def _novel_view(
    network: Network,
    code: Code,
    dataset: Dataset,
    samples: tuple[Array, Mapping[str, Array]],
    factor: str,
    latents: Latents,
    redraw: Redraw,
) -> NovelView | None:
    """How well pictures are drawn whose one factor is taken from another picture.

    The truth is drawn by the source, or else looked up: where the data has no such picture the pair is left out.
    """
    codes, arrays = samples
    count = min(PAIRS, len(codes) // 2)
    first, second = np.arange(count), np.arange(count, 2 * count)
    wanted = {name: array[first] for name, array in arrays.items()}
    wanted |= {name: arrays[name][second] for name in dataset.parts_of(factor)}
    truth = redraw(wanted)
    if truth is None:
        found, truth = pictures_of(dataset, wanted)
        first, second = first[found], second[found]
        if len(found) < FEWEST_PAIRS:
            return None
    borrowed = codes[first].copy()
    borrowed[:, latents] = codes[second][:, latents]
    return novel_view(decode(network, code, borrowed), truth / 255, decode(network, code, codes[first]))
