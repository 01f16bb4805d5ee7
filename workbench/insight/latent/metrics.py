"""How well single latents of a code stand for the known factors of the pictures that it was made from.

All measures work on the means of the code (not on drawn codes), as numbers: `codes` is (N, D), a factor is (N,). A
factor of floating point is a quantity; one of whole numbers is a class, which regressions and correlations pass over.
A quantity may go round: it then has a period, and its place on the circle is what is measured (cosine and sine). A
factor may have several latents, as a lamp's place with its two angles. Halves are drawn with a seed: one half is
fitted, the other measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from workbench.core.values import Json
from workbench.insight.latent.regression import (
    NOTHING,
    Array,
    correlation,
    divided,
    explained,
    half_of,
    polynomial,
    ranks,
    standard,
    targets,
    with_constant,
)
from workbench.insight.latent.scores import Dci, Factors, dci, information_gaps, is_class

Latents = tuple[int, ...]
Periods = Mapping[str, float]


@dataclass(frozen=True)
class NovelView:
    """Pictures drawn with one factor taken from another picture, against the picture that should come out, in dB.

    Attributes:
        psnr: of the edited pictures against the truth.
        control: of the pictures drawn without the edit against the truth.
        pairs: how many pictures were edited.
    """

    psnr: float
    control: float
    pairs: int

    @property
    def gain(self) -> float:
        """What the edit brings, in dB."""
        return self.psnr - self.control


@dataclass(frozen=True)
class Disentanglement:
    """All measures of one code.

    Attributes:
        designated: the latents that stand for each factor; those of a joint factor stand for each of its parts.
        own_r2: see the function of that name.
        spearman: rank correlation of each factor with its latent, without the sign; not for factors that go round, or
            have several latents.
        leakage: share of each factor that the other latents know, see the function of that name.
        crosstalk: rows are factors whose latents are taken, columns factors, see the function of that name.
        mig: see `information_gaps`.
        share: for each factor, the part of its latents in all that varies when it alone varies, a joint factor under
            its own name; empty without batches.
        dci: disentanglement, completeness and errors.
        factor_vae: see `factor_vae_score`; None if it was not asked for.
    """

    designated: Mapping[str, Latents]
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
    designated: Mapping[str, Latents],
    *,
    periods: Periods | None = None,
    shares: Mapping[str, float] | None = None,
    factor_vae: float | None = None,
    seed: int = 0,
) -> Disentanglement:
    """Takes every measure that needs no pictures, on samples in which all factors vary.

    Args:
        codes: means (N, D).
        factors: each (N,).
        designated: the latents of each factor that has some: fixed beforehand in a network that was trained for it, for
            any other network chosen by `most_varying`. Never chosen by these measures themselves.
        periods: of those that go round.
        shares: from `variance_share` on other samples.
        factor_vae: from `factor_vae_score`.
        seed: of the halves.
    """
    periods = periods or {}
    quantities = {name: factors[name] for name in designated if not is_class(factors[name])}
    own = {name: codes[:, list(designated[name])] for name in quantities}
    ranked = [name for name in quantities if len(designated[name]) == 1 and name not in periods]
    return Disentanglement(
        designated=dict(designated),
        own_r2={name: own_r2(own[name], values, seed, periods.get(name)) for name, values in quantities.items()},
        spearman={name: abs(spearman(own[name][:, 0], quantities[name])) for name in ranked},
        leakage=leakage(codes, quantities, designated, seed, periods),
        crosstalk=crosstalk(codes, quantities, designated, periods),
        mig=information_gaps(codes, factors, blocks=[designated[name] for name in quantities]),
        share=dict(shares or {}),
        dci=dci(codes, {name: each for name, each in factors.items() if not is_class(each)}, seed, periods=periods),
        factor_vae=factor_vae,
    )


def own_r2(latents: Array, factor: Array, seed: int = 0, period: float | None = None) -> float:
    """How much of a factor a cubic polynomial of its latents explains on the half that it was not fitted to.

    At most 1; below 0 if it predicts worse than the mean. Of a factor with a period, cosine and sine are explained.

    Args:
        latents: (N,), or (N, K) of a factor with several.
        factor: (N,).
        seed: of the halves.
        period: after which the factor begins again.
    """
    half = half_of(len(latents), seed)
    return explained(polynomial(latents.reshape(len(latents), -1)), targets(factor, period), half, ~half)


def spearman(first: Array, second: Array) -> float:
    """Correlation of the ranks, equal values sharing their mean rank; 0 if one of them is constant."""
    return correlation(ranks(first), ranks(second))


def leakage(
    codes: Array, factors: Factors, designated: Mapping[str, Latents], seed: int = 0, periods: Periods | None = None
) -> dict[str, float]:
    """How much of each factor the latents that are designated for none explain linearly, on the other half.

    Low is good. 0 where every latent is designated.
    """
    taken = [latent for latents in designated.values() for latent in latents]
    others = np.setdiff1d(np.arange(codes.shape[1]), taken)
    half = half_of(len(codes), seed)
    known = with_constant(standard(codes[:, others]))
    return {
        name: explained(known, targets(values, (periods or {}).get(name)), half, ~half) if len(others) else 0.0
        for name, values in factors.items()
    }


def crosstalk(
    codes: Array, factors: Factors, designated: Mapping[str, Latents], periods: Periods | None = None
) -> dict[str, dict[str, float]]:
    """How much each factor's latents (outer name) go with each factor (inner name): best 1 with its own, 0 else.

    Of one latent and a factor that does not go round it is |Pearson's r|; of several the multiple correlation, the root
    of what they explain linearly.
    """
    everything = np.ones(len(codes), np.bool_)
    wanted = {name: targets(values, (periods or {}).get(name)) for name, values in factors.items()}
    known = {name: with_constant(standard(codes[:, list(designated[name])])) for name in factors}
    return {
        own: {
            name: float(np.sqrt(max(0.0, explained(inputs, target, everything, everything))))
            for name, target in wanted.items()
        }
        for own, inputs in known.items()
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
    scaled = divided(np.asarray(codes, np.float64), scale)
    inside = np.stack([scaled[groups == group].var(0) for group in np.unique(groups)])
    total = inside.sum(1)
    varied = total > NOTHING
    return float((inside[varied][:, list(latents)].sum(1) / total[varied]).mean()) if varied.any() else 0.0


def most_varying(codes: Array, groups: Array, count: int = 1) -> Latents:
    """The latents of largest variance inside batches of one factor: how they are found for an entangled network.

    Kulkarni et al. 2015, section 4.1, choose one so for the baseline that they compare with.
    """
    inside = np.mean([codes[groups == group].var(0) for group in np.unique(groups)], 0)
    return tuple(int(latent) for latent in np.argsort(-inside, kind="stable")[:count])


def psnr(pictures: Array, truth: Array) -> float:
    """Peak signal-to-noise ratio over all pixels of all pictures, in dB, for pictures between 0 and 1; ∞ if equal."""
    error = float(np.mean((np.asarray(pictures, np.float64) - np.asarray(truth, np.float64)) ** 2))
    return -10 * float(np.log10(error)) if error > 0 else float("inf")


def novel_view(edited: Array, truth: Array, unedited: Array) -> NovelView:
    """How near pictures drawn with borrowed latents come to the truth, and how near they were without it.

    Args:
        edited: drawn from the code of picture a with the latents of one factor taken from picture b; between 0 and 1.
        truth: what a looks like with that factor as in b.
        unedited: drawn from the code of a as it is.
    """
    return NovelView(psnr(edited, truth), psnr(unedited, truth), len(truth))
