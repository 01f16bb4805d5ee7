"""Codes whose true values are known."""

import numpy as np

N = 2000
NAMES = ("turn", "nod", "light")
_RANDOM = np.random.default_rng(0)
TRUTH = _RANDOM.uniform(-1, 1, (N, 3))
FACTORS = {name: TRUTH[:, i] for i, name in enumerate(NAMES)}
DESIGNATED = {name: (i,) for i, name in enumerate(NAMES)}
NOISE = _RANDOM.normal(0, 1, (N, 2))
PERFECT = np.concatenate([TRUTH * [2.0, -0.5, 1.0], NOISE], 1)  # (N, 5)
