"""What the measures of a code are made of: halves, standard scores, polynomials, least squares, correlations."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed

Floats = NDArray[np.float64]
Array = NDArray[Any]

DEGREE = 3  # of polynomials of a factor's latents
MANY = 4  # latents from which on powers of each are taken, but no products
NOTHING = 1e-12  # a variance below it is none


def half_of(count: int, seed: int) -> NDArray[np.bool_]:
    """Marks a random half, the one that is fitted."""
    half = np.zeros(count, np.bool_)
    half[np.random.default_rng(stream_seed(seed, "half")).permutation(count)[: (count + 1) // 2]] = True
    return half


def standard(values: Array, known: NDArray[np.bool_] | None = None) -> Floats:
    """Columns with mean 0 and deviation 1 over the known rows; constant ones become 0."""
    numbers = np.asarray(values, np.float64)
    rows = numbers if known is None else numbers[known]
    return divided(numbers - rows.mean(0), rows.std(0))


def divided(values: Floats, scale: Array) -> Floats:
    """Columns divided by their scales; those of no scale become 0."""
    alive = np.asarray(scale, np.float64) ** 2 > NOTHING
    return np.where(alive, values / np.where(alive, scale, 1), 0)


def targets(values: Array, period: float | None = None) -> Floats:
    """What a regression of a quantity aims at, (N, 1); for a place on a circle its cosine and sine, (N, 2)."""
    numbers = np.asarray(values, np.float64)
    if period is None:
        return numbers[:, None]
    turn = numbers * (2 * pi / period)
    return np.stack([np.cos(turn), np.sin(turn)], 1)


def with_constant(inputs: Floats) -> Floats:
    """The columns and one of ones."""
    return np.concatenate([inputs, np.ones((len(inputs), 1))], 1)


def polynomial(latents: Array) -> Floats:
    """Every product of up to three of a few latents (N, K), standardised, and a column of ones."""
    z = standard(latents)
    count = z.shape[1]
    chosen = [
        each
        for degree in range(1, DEGREE + 1)
        for each in combinations_with_replacement(range(count), degree)
        if count < MANY or len(set(each)) == 1
    ]
    return with_constant(np.stack([z[:, each].prod(1) for each in chosen], 1))


def explained(inputs: Floats, target: Floats, fitted: NDArray[np.bool_], measured: NDArray[np.bool_]) -> float:
    """R² over all columns (N, T) of a least-squares fit to some rows, on others; 0 if nothing varies there."""
    weights = np.linalg.lstsq(inputs[fitted], target[fitted], rcond=None)[0]
    wanted = target[measured]
    around = ((wanted - wanted.mean(0)) ** 2).sum()
    return float(1 - ((wanted - inputs[measured] @ weights) ** 2).sum() / around) if around > 0 else 0.0


def correlation(first: Array, second: Array) -> float:
    """Pearson's r; 0 if one of them is constant."""
    a, b = standard(first[:, None])[:, 0], standard(second[:, None])[:, 0]
    return float((a * b).mean())


def ranks(values: Array) -> Floats:
    """Ranks from 1 on, equal values sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]
