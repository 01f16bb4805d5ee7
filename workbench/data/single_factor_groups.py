"""Makes batches in which one factor varies from any table of factors, full or sparse.

In a full table (every object at every angle) all other factors agree exactly. In a sparse one (a draw from a grid with
five factors) hardly two samples agree in four of them, so the nearest ones are taken, up to a tolerance: what should
stand still then moves a little, and how far is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed
from workbench.data.spec import Array

Numbers = NDArray[np.int64]
Floats = NDArray[np.float32]

ROUNDING = 1e-6  # distances below it are none
TRIES = 20  # middles that are tried for each group that is wanted


@dataclass(frozen=True)
class SceneFactor:
    """One factor of all samples.

    Attributes:
        values: (N,), or (N, K) where several numbers vary together, such as both angles of a lamp.
        is_class: whether values are equal or not, and nothing between; else they are quantities.
        period: after which a quantity begins again, such as 2π for a turn.
    """

    values: Array
    is_class: bool = False
    period: float | None = None

    @property
    def varies(self) -> bool:
        """Whether there are two different values."""
        return bool((self.values != self.values[:1]).any())

    @cached_property
    def _columns(self) -> tuple[Floats, Floats]:
        """Quantities as parts of their range or period, (N, K), and after how much of it they wrap, (K,)."""
        columns = self.values.reshape(len(self.values), -1).astype(np.float64)
        if self.period is not None:
            is_far = np.abs(columns) > self.period / ROUNDING  # so many turns would lose the last digits
            columns[is_far] %= self.period
            return (columns / self.period).astype(np.float32), np.ones(columns.shape[1], np.float32)
        with np.errstate(over="ignore"):
            span = np.minimum(np.ptp(columns, axis=0), np.finfo(np.float64).max)
        span[span == 0] = 1
        is_far_off = np.abs(columns).max(0, initial=0) > span / ROUNDING
        columns -= np.where(is_far_off, columns.min(0, initial=np.inf), 0)
        return (columns / span).astype(np.float32), np.full(len(span), np.inf, np.float32)

    def distance(self, sample: int, others: Numbers | None = None) -> Floats:
        """How far samples are from one of them, as a part of the range or period; classes are 0 or ∞ apart.

        Args:
            sample: its number.
            others: numbers of those to measure; all of them by default.
        """
        where = slice(None) if others is None else others
        if self.is_class:
            rows = self.values.reshape(len(self.values), -1)
            return np.where((rows[where] == rows[sample]).all(1), 0, np.inf).astype(np.float32)
        columns, period = self._columns
        apart = np.abs(columns[where] - columns[sample])
        if self.period is not None:
            apart %= period
            apart = np.minimum(apart, period - apart)
        found: Floats = apart.max(1)
        return np.where(found < ROUNDING, np.float32(0), found)

    def levels(self) -> Numbers:
        """Numbers that are equal where samples agree, (N,)."""
        if self.is_class:
            rows = self.values.reshape(len(self.values), -1)
        else:
            rows = np.rint(self._columns[0].astype(np.float64) / ROUNDING).astype(np.int64)
            if self.period is not None:
                rows %= round(1 / ROUNDING)  # so that the end of a turn is its beginning
        return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


@dataclass(frozen=True)
class FactorGroups:
    """Groups of samples in which one factor varies; a sample may be in several.

    Attributes:
        order: numbers of samples, (M,), one group after another.
        groups: the number of the group, (M,), from 0 on.
        factor: which factor varies in it, by its place in the table, (M,).
        spread: for each factor how far it strays at most from the middle of a group where it should stand still, as a
            part of its range; 0 where it agrees exactly.
    """

    order: Numbers
    groups: Numbers
    factor: Numbers
    spread: Mapping[str, float]


def single_factor_groups(
    factors: Mapping[str, SceneFactor],
    size: int,
    *,
    seed: int = 0,
    tolerance: float = 0.0,
    most: int | None = None,
    least: int = 4,
) -> FactorGroups:
    """Makes groups for each factor that varies.

    Samples are taken as middles in random order. The group of a middle is made of those samples whose other factors
    are all within the tolerance of it: the nearest first, among equally near ones those that are in no group of this
    factor yet. A sample that is in one is not taken as a middle again. With `most` all samples are gone through again,
    as often as it takes, so that in a small table too factors have equally many groups, mostly of other members.

    Args:
        factors: the table, in the order in which factors are numbered.
        size: of a group at most.
        seed: the same seed gives the same groups.
        tolerance: how far the other factors may be from the middle's, as a part of their range; 0 asks for agreement.
            Classes always have to agree.
        most: groups for each factor; a sparse table may give fewer. Each sample is a middle once by default.
        least: smaller groups are left out, and those in which the factor does not vary.
    """
    members: list[Numbers] = []
    kinds: list[int] = []
    for kind, (name, factor) in enumerate(factors.items()):
        if factor.varies:
            others = [each for other, each in factors.items() if other != name]
            random = np.random.default_rng(stream_seed(seed, "factor groups", name))
            members += _of_one(factor, others, random, (least, size, most), tolerance)
            kinds += [kind] * (len(members) - len(kinds))
    lengths = [len(group) for group in members]
    return FactorGroups(
        np.concatenate([np.zeros(0, np.int64), *members]),
        np.repeat(np.arange(len(members)), lengths),
        np.repeat(np.array(kinds, np.int64), lengths),
        _spread(factors, members, kinds),
    )


def _spread(factors: Mapping[str, SceneFactor], members: list[Numbers], kinds: list[int]) -> dict[str, float]:
    """How far each factor strays at most from the middle, the first, of a group in which another varies."""
    spread = dict.fromkeys(factors, 0.0)
    for group, kind in zip(members, kinds, strict=True):
        for number, (name, factor) in enumerate(factors.items()):
            if number != kind and not factor.is_class:
                spread[name] = max(spread[name], float(factor.distance(int(group[0]), group).max()))
    return spread


def _of_one(
    factor: SceneFactor,
    others: Sequence[SceneFactor],
    random: np.random.Generator,
    limits: tuple[int, int, int | None],
    tolerance: float,
) -> list[Numbers]:
    """The groups of one factor; the first of each is its middle."""
    least, size, most = limits
    count = len(factor.values)
    levels = [each.levels() for each in others]
    classes = [each.levels() for each in others if each.is_class]
    alike = _Alike(levels if tolerance <= 0 else classes, count)
    found: list[Numbers] = []
    tries = 0
    while True:
        before = len(found)
        middles = random.permutation(count)
        used = np.zeros(count, np.int64)
        for middle in middles[alike.counts[alike.of[middles]] >= least]:
            if most is not None and (len(found) >= most or tries >= TRIES * most):
                return found
            if used[middle]:
                continue
            tries += 1
            near, distance = _near(int(middle), alike.members(int(middle)), others, tolerance)
            chosen = near[np.lexsort((random.random(len(near)), used[near], distance))][: size - 1]
            group = np.concatenate([[middle], chosen])
            used[group] += 1
            if len(group) >= least and (factor.values[group] != factor.values[middle]).any():
                found.append(group)
        if most is None or len(found) == before:
            return found


def _near(middle: int, among: Numbers, others: Sequence[SceneFactor], tolerance: float) -> tuple[Numbers, Floats]:
    """Samples whose other factors are within the tolerance of the middle's, without it, and how far they are."""
    distance = np.zeros(len(among), np.float32)
    if tolerance > 0:
        for each in others:
            np.maximum(distance, each.distance(middle, among), out=distance)
    kept = (among != middle) & (distance <= max(tolerance, 0) + ROUNDING)
    return among[kept], distance[kept]


class _Alike:
    """Which samples agree in several numberings.

    Attributes:
        of: for each sample the number of its set.
        counts: how many samples each set has.
    """

    def __init__(self, levels: Sequence[Numbers], count: int) -> None:
        self.of = np.zeros(count, np.int64)
        for each in levels:  # numbered anew each time, so that products stay small
            self.of = np.unique(self.of * (int(each.max()) + 1) + each, return_inverse=True)[1].astype(np.int64)
        self.counts = np.bincount(self.of)
        self._order = np.argsort(self.of, kind="stable")
        self._starts = np.cumsum(self.counts) - self.counts

    def members(self, sample: int) -> Numbers:
        """All samples that agree with one of them, itself among them."""
        start = self._starts[self.of[sample]]
        found: Numbers = self._order[start : start + self.counts[self.of[sample]]]
        return found
