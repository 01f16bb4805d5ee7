"""How well single latents of a code stand for the known factors of the pictures that it was made from.

All measures work on the means of the code (not on drawn codes), as numbers: `codes` is (N, D), a factor is (N,). A
factor of floating point is a quantity; one of whole numbers is a class, which regressions and correlations pass over.
Halves are drawn with a seed: one half is fitted, the other measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed
from workbench.core.values import Json

Floats = NDArray[np.float64]
Array = NDArray[Any]
Factors = Mapping[str, Array]

BINS = 20
PENALTY = 0.02  # of the L1 regression, for standardised codes and factors
ROUNDS = 1000  # of coordinate descent at most
NOTHING = 1e-12  # a variance below it is none


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


@dataclass(frozen=True)
class NovelView:
    """Pictures drawn with one latent taken from another picture, against the picture that should come out, in dB.

    Attributes:
        psnr: of the edited pictures against the truth.
        control: of the pictures drawn without the edit against the truth.
    """

    psnr: float
    control: float

    @property
    def gain(self) -> float:
        """What the edit brings, in dB."""
        return self.psnr - self.control


@dataclass(frozen=True)
class Disentanglement:
    """All measures of one code.

    Attributes:
        designated: the latent that stands for each factor.
        own_r2: see the function of that name.
        spearman: rank correlation of each factor with its latent, without the sign.
        leakage: share of each factor that the other latents know, see the function of that name.
        crosstalk: rows are designated latents, columns factors: correlations without the sign.
        mig: see `information_gaps`.
        share: for each factor, the part of its latent in all that varies when it alone varies; empty without batches.
        dci: disentanglement, completeness and errors.
        factor_vae: see `factor_vae_score`; None if it was not asked for.
    """

    designated: Mapping[str, int]
    own_r2: Mapping[str, float]
    spearman: Mapping[str, float]
    leakage: Mapping[str, float]
    crosstalk: Mapping[str, Mapping[str, float]]
    mig: Mapping[str, float]
    share: Mapping[str, float]
    dci: Dci
    factor_vae: float | None = None

    def as_json(self) -> Json:
        """Plain values; a number that is not finite becomes None."""
        return _plain(asdict(self) | {"mig_mean": sum(self.mig.values()) / max(1, len(self.mig))})


def _plain(value: Any) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def measure(
    codes: Array,
    factors: Factors,
    designated: Mapping[str, int],
    *,
    shares: Mapping[str, float] | None = None,
    factor_vae: float | None = None,
    seed: int = 0,
) -> Disentanglement:
    """Takes every measure that needs no pictures, on samples in which all factors vary.

    Args:
        codes: means (N, D).
        factors: each (N,).
        designated: the latent of each factor that has one: fixed beforehand in a network that was trained for it, for
            any other network chosen by `most_varying`. Never chosen by these measures themselves.
        shares: from `variance_share` on other samples.
        factor_vae: from `factor_vae_score`.
        seed: of the halves.
    """
    quantities = {name: factors[name] for name in designated if not is_class(factors[name])}
    return Disentanglement(
        designated=dict(designated),
        own_r2={name: own_r2(codes[:, designated[name]], values, seed) for name, values in quantities.items()},
        spearman={name: abs(spearman(codes[:, designated[name]], values)) for name, values in quantities.items()},
        leakage=leakage(codes, quantities, designated, seed),
        crosstalk=crosstalk(codes, quantities, designated),
        mig=information_gaps(codes, factors),
        share=dict(shares or {}),
        dci=dci(codes, {name: values for name, values in factors.items() if not is_class(values)}, seed),
        factor_vae=factor_vae,
    )


def is_class(values: Array) -> bool:
    """Whether a factor's values are numbers of classes, not a quantity."""
    return values.dtype.kind in "biu"


def own_r2(latent: Array, factor: Array, seed: int = 0) -> float:
    """How much of a factor a cubic polynomial of one latent explains on the half that it was not fitted to.

    At most 1; below 0 if it predicts worse than the mean.
    """
    half = _half(len(latent), seed)
    powers = np.vander(_standard(latent[:, None])[:, 0], 4)
    return _test_r2(powers, factor, half)


def spearman(first: Array, second: Array) -> float:
    """Correlation of the ranks, equal values sharing their mean rank; 0 if one of them is constant."""
    return _correlation(_ranks(first), _ranks(second))


def leakage(codes: Array, factors: Factors, designated: Mapping[str, int], seed: int = 0) -> dict[str, float]:
    """How much of each factor the latents that are designated for none explain linearly, on the other half.

    Low is good. 0 where every latent is designated.
    """
    others = np.setdiff1d(np.arange(codes.shape[1]), list(designated.values()))
    half = _half(len(codes), seed)
    known = np.concatenate([_standard(codes[:, others]), np.ones((len(codes), 1))], 1)
    return {name: _test_r2(known, values, half) if len(others) else 0.0 for name, values in factors.items()}


def crosstalk(codes: Array, factors: Factors, designated: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """|Pearson's r| of each factor's latent (outer name) with each factor (inner name): best 1 with its own, 0 else."""
    return {
        own: {name: abs(_correlation(codes[:, designated[own]], values)) for name, values in factors.items()}
        for own in factors
    }


def variance_share(codes: Array, groups: Array, latents: Sequence[int], scale: Array | None = None) -> float:
    """Which part of what varies in batches of one varying factor varies in the latents of that factor.

    Args:
        codes: means (N, D) of samples in such batches, all of the same factor.
        groups: (N,), the batch of each sample.
        latents: designated for that factor.
        scale: (D,) standard deviations over a whole data set, by which latents are made comparable; else those of
            `codes`. A latent of none is left out.

    Returns:
        The mean over batches of Σ var(z/scale) over those latents, divided by the sum over all latents.
    """
    scale = codes.std(0) if scale is None else np.asarray(scale)
    scaled = _divided(np.asarray(codes, np.float64), scale)
    inside = np.stack([scaled[groups == group].var(0) for group in np.unique(groups)])
    total = inside.sum(1)
    varied = total > NOTHING
    return float((inside[varied][:, list(latents)].sum(1) / total[varied]).mean()) if varied.any() else 0.0


def most_varying(codes: Array, groups: Array) -> int:
    """The latent of largest variance inside batches of one factor: how a latent is found for an entangled network.

    Kulkarni et al. 2015, section 4.1, choose so for the baseline that they compare with.
    """
    inside = np.mean([codes[groups == group].var(0) for group in np.unique(groups)], 0)
    return int(np.argmax(inside))


def information_gaps(codes: Array, factors: Factors, bins: int = BINS) -> dict[str, float]:
    """Mutual information gap of each factor (Chen et al., NeurIPS 2018, section 4.1).

    (I(z₁; v) − I(z₂; v)) / H(v), z₁ and z₂ being the two latents that know most of v. Latents and quantities are cut
    into bins of equally many samples: with equally wide ones a few outliers would decide what is seen of a latent.
    """
    binned = [_equal_mass(column, bins) for column in codes.T]
    gaps = {}
    for name, values in factors.items():
        truth = _equal_mass(values, bins)
        entropy = _entropy(np.bincount(truth))
        known = [*sorted((_mutual(column, truth) for column in binned), reverse=True), 0.0]
        gaps[name] = (known[0] - known[1]) / entropy if entropy > 0 else 0.0
    return gaps


def dci(codes: Array, factors: Factors, seed: int = 0, penalty: float = PENALTY) -> Dci:
    """Disentanglement, completeness and errors by an L1 regression of every quantity on all latents.

    Eastwood & Williams use it beside random forests. It sees linear dependence only, so a latent that holds a factor in
    a bent way counts for less. Importance is the size of a weight between standardised numbers.
    """
    half = _half(len(codes), seed)
    inputs = _standard(codes, half)
    weights, errors = np.zeros((codes.shape[1], len(factors))), {}
    for column, (name, values) in enumerate(factors.items()):
        target = _standard(values[:, None], half)[:, 0]
        weights[:, column] = lasso(inputs[half], target[half], penalty)
        errors[name] = float(np.sqrt(np.mean((inputs[~half] @ weights[:, column] - target[~half]) ** 2)))
    sizes = np.abs(weights)
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


def psnr(pictures: Array, truth: Array) -> float:
    """Peak signal-to-noise ratio over all pixels of all pictures, in dB, for pictures between 0 and 1; ∞ if equal."""
    error = float(np.mean((np.asarray(pictures, np.float64) - np.asarray(truth, np.float64)) ** 2))
    return -10 * float(np.log10(error)) if error > 0 else float("inf")


def novel_view(edited: Array, truth: Array, unedited: Array) -> NovelView:
    """How near pictures drawn with a borrowed latent come to the truth, and how near they were without it.

    Args:
        edited: drawn from the code of picture a with the latent of one factor taken from picture b; between 0 and 1.
        truth: what a looks like with that factor as in b.
        unedited: drawn from the code of a as it is.
    """
    return NovelView(psnr(edited, truth), psnr(unedited, truth))


def _half(count: int, seed: int) -> NDArray[np.bool_]:
    """Marks a random half, the one that is fitted."""
    half = np.zeros(count, np.bool_)
    half[np.random.default_rng(stream_seed(seed, "half")).permutation(count)[: (count + 1) // 2]] = True
    return half


def _standard(values: Array, known: NDArray[np.bool_] | None = None) -> Floats:
    """Columns with mean 0 and deviation 1 over the known rows; constant ones become 0."""
    numbers = np.asarray(values, np.float64)
    rows = numbers if known is None else numbers[known]
    return _divided(numbers - rows.mean(0), rows.std(0))


def _divided(values: Floats, scale: Array) -> Floats:
    alive = np.asarray(scale, np.float64) ** 2 > NOTHING
    return np.where(alive, values / np.where(alive, scale, 1), 0)


def _test_r2(inputs: Floats, target: Array, half: NDArray[np.bool_]) -> float:
    """R² of a least-squares fit to one half on the other."""
    wanted = np.asarray(target, np.float64)
    weights = np.linalg.lstsq(inputs[half], wanted[half], rcond=None)[0]
    rest = wanted[~half] - inputs[~half] @ weights
    around = ((wanted[~half] - wanted[~half].mean()) ** 2).sum()
    return float(1 - (rest**2).sum() / around) if around > 0 else 0.0


def _correlation(first: Array, second: Array) -> float:
    a, b = _standard(first[:, None])[:, 0], _standard(second[:, None])[:, 0]
    return float((a * b).mean())


def _ranks(values: Array) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]


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
