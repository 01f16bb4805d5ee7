"""Scores of whole codes from the literature: information gaps, disentanglement and completeness, the FactorVAE score.

They work on the means of the code (not on drawn codes), as numbers: `codes` is (N, D), a factor is (N,).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed
from workbench.insight.latent.regression import NOTHING, Array, Floats, half_of, standard, targets

Factors = Mapping[str, Array]

BINS = 20
PENALTY = 0.02  # of the L1 regression, for standardised codes and factors
ROUNDS = 1000  # of coordinate descent at most


@dataclass(frozen=True)
class Dci:
    """Disentanglement, completeness and informativeness (Eastwood & Williams, ICLR 2018, section 2).

    Attributes:
        disentanglement: 1 if each latent stands for one factor alone; latents count by their importance.
        completeness: 1 if each factor is held by one latent alone.
        error: for each factor the root of the mean squared error on the test half, in standard deviations of the
            factor: 0 is perfect, 1 as good as knowing nothing.
        importance: (D, K), the sizes of the regression's weights.
    """

    disentanglement: float
    completeness: float
    error: Mapping[str, float]
    importance: Floats


def is_class(values: Array) -> bool:
    """Whether a factor's values are numbers of classes, not a quantity."""
    return values.dtype.kind in "biu"


def information_gaps(
    codes: Array, factors: Factors, bins: int = BINS, blocks: Sequence[Sequence[int]] = ()
) -> dict[str, float]:
    """Mutual information gap of each factor (Chen et al., NeurIPS 2018, section 4.1).

    (I(z₁; v) − I(z₂; v)) / H(v), z₁ and z₂ being the two latents that know most of v. Latents and quantities are cut
    into bins of equally many samples: with equally wide ones a few outliers would decide what is seen of a latent.

    Args:
        codes: means (N, D).
        factors: each (N,).
        bins: of a latent and of a quantity.
        blocks: latents that stand for one factor together; of each only the one that knows most is compared, so that a
            factor with two latents is not held against itself.
    """
    joined = {latent: min(block) for block in blocks for latent in block}
    owners = [joined.get(latent, latent) for latent in range(codes.shape[1])]
    binned = [_equal_mass(column, bins) for column in codes.T]
    gaps = {}
    for name, values in factors.items():
        truth = _equal_mass(values, bins)
        entropy = _entropy(np.bincount(truth))
        best = dict.fromkeys(owners, 0.0)
        for owner, column in zip(owners, binned, strict=True):
            best[owner] = max(best[owner], _mutual(column, truth))
        known = [*sorted(best.values(), reverse=True), 0.0]
        gaps[name] = (known[0] - known[1]) / entropy if entropy > 0 else 0.0
    return gaps


def dci(
    codes: Array,
    factors: Factors,
    seed: int = 0,
    penalty: float = PENALTY,
    periods: Mapping[str, float] | None = None,
) -> Dci:
    """Disentanglement, completeness and errors by an L1 regression of every quantity on all latents.

    Eastwood & Williams use it beside random forests. It sees linear dependence only, so a latent that holds a factor in
    a bent way counts for less. Importance is the size of a weight between standardised numbers; of a quantity with a
    period, which is two numbers on a circle, that of both weights together.
    """
    half = half_of(len(codes), seed)
    inputs = standard(codes, half)
    sizes, errors = np.zeros((codes.shape[1], len(factors))), {}
    for column, (name, values) in enumerate(factors.items()):
        wanted = standard(targets(values, (periods or {}).get(name)), half)
        weights = np.stack([lasso(inputs[half], target, penalty) for target in wanted[half].T], 1)
        sizes[:, column] = np.sqrt((weights**2).sum(1))
        errors[name] = float(np.sqrt(np.mean((inputs[~half] @ weights - wanted[~half]) ** 2)))
    if not factors:
        return Dci(0.0, 0.0, errors, sizes)
    by_latent = (sizes.sum(1) / max(sizes.sum(), NOTHING)) @ (1 - _spread(sizes))
    by_factor = np.where(sizes.sum(0) > 0, 1 - _spread(sizes.T), 0).mean()
    return Dci(float(by_latent), float(by_factor), errors, sizes)


def _spread(sizes: Floats) -> Floats:
    """Entropy of each row's shares to the base of their number, 0 to 1."""
    total = sizes.sum(1, keepdims=True)
    shares = np.divide(sizes, total, out=np.zeros_like(sizes), where=total > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    found: Floats = -(shares * logs).sum(1) / np.log(max(2, sizes.shape[1]))
    return found


def lasso(inputs: Floats, target: Floats, penalty: float) -> Floats:
    """Weights that make ‖target − inputs·w‖² / 2N + penalty·‖w‖₁ smallest, by cyclic coordinate descent.

    Friedman, Hastie & Tibshirani 2010, section 2: each weight in turn is soft-thresholded, all else held.
    """
    count = len(inputs)
    products, wanted = inputs.T @ inputs / count, inputs.T @ target / count
    weights = np.zeros(inputs.shape[1])
    useful = np.flatnonzero(np.diag(products) > NOTHING)
    for _ in range(ROUNDS):
        largest = 0.0
        for i in useful:
            free = wanted[i] - products[i] @ weights + products[i, i] * weights[i]
            new = np.sign(free) * max(abs(free) - penalty, 0) / products[i, i]
            largest = max(largest, abs(new - weights[i]))
            weights[i] = new
        if largest < 1e-9:
            break
    return weights


def factor_vae_score(codes: Array, fixed: Array, scale: Array, *, learn: int = 800) -> float:
    """Accuracy of Kim & Mnih's classifier (ICML 2018, section 4), which is told only which latent varies least.

    Args:
        codes: means (B, L, D) of batches in which one factor is fixed; they take B = 800 + 800 and L = 64.
        fixed: (B,), the number of that factor.
        scale: (D,) standard deviations over the whole data set; latents without any are left out.
        learn: how many of the batches, from the first on, the majority vote is learnt from.

    Returns:
        Which part of the other batches the vote puts right; 0 if no latent varies.
    """
    used = np.flatnonzero(np.asarray(scale) ** 2 > NOTHING)
    if not len(used):
        return 0.0
    latent = (codes[:, :, used] / np.asarray(scale)[used]).var(1).argmin(1)
    votes = np.zeros((len(used), int(fixed.max()) + 1), np.int64)
    np.add.at(votes, (latent[:learn], fixed[:learn]), 1)
    return float((votes.argmax(1)[latent[learn:]] == fixed[learn:]).mean())


def fixed_factor_batches(factors: Factors, batches: int, size: int = 64, seed: int = 0) -> tuple[Array, Array]:
    """Picks batches in which one factor is fixed from samples in which all vary, for `factor_vae_score`.

    A class, and a quantity of few values, is fixed exactly; where it has fewer than `size` samples they repeat. Of a
    quantity that hardly repeats, the `size` samples nearest in rank to a random one are taken.

    Returns:
        Numbers of samples (batches, size), and which factor is fixed in each batch, (batches,).
    """
    random = np.random.default_rng(stream_seed(seed, "factor vae"))
    fixed = random.integers(0, len(factors), batches)
    picked = np.empty((batches, size), np.int64)
    for number, values in enumerate(factors.values()):
        order = np.argsort(values, kind="stable")
        levels, starts, counts = np.unique(values[order], return_index=True, return_counts=True)
        for batch in np.flatnonzero(fixed == number):
            place = int(random.integers(len(values)))
            level = int(np.searchsorted(levels, values[order[place]]))
            if len(levels) * 4 <= len(values):
                among = order[starts[level] : starts[level] + counts[level]]
            else:
                start = min(max(0, place - size // 2), max(0, len(values) - size))
                among = order[start : start + size]
            picked[batch] = random.choice(among, size, replace=len(among) < size)
    return picked, fixed


def _equal_mass(values: Array, bins: int) -> NDArray[np.int64]:
    """Bins of equally many samples; few different values, and classes, are a bin each."""
    levels, numbers = np.unique(values, return_inverse=True)
    if len(levels) <= bins or is_class(values):
        return numbers.astype(np.int64)
    edges = np.quantile(np.asarray(values, np.float64), np.arange(1, bins) / bins)
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def _entropy(counts: Array) -> float:
    """In nats."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _mutual(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Mutual information of two numberings, in nats."""
    wide = int(second.max()) + 1
    joint = np.bincount(first * wide + second)
    return _entropy(np.bincount(first)) + _entropy(np.bincount(second)) - _entropy(joint)
