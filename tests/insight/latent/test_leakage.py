"""The leakage matrix: what each part of a code knows of each factor, as numbers, words and lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.insight.latent.test_study import NAMES, dataset, known_network, pixels, two_pixels
from workbench.core.graph import Port
from workbench.insight.latent.codes import Code
from workbench.insight.latent.leakage import OTHERS, leakage_matrix
from workbench.insight.latent.metrics import measure
from workbench.insight.latent.study import Study, study


def made(codes: NDArray[Any], factors: dict[str, NDArray[Any]], parts: dict[str, tuple[str, ...]]) -> Study:
    """A study of codes whose first latents stand for the factors, in their order, one for each quantity."""
    code = Code("n", Port("n", "mu"), Port("p", "y"), codes.shape[1], {})
    latents: dict[str, tuple[int, ...]] = {}
    first = 0
    for names in parts.values():
        latents |= dict.fromkeys(names, tuple(range(first, first + len(names))))
        first += len(names)
    return Study(code, codes, factors, parts, measure(codes, factors, latents), {})


def test_clean_latents_know_their_own_factor_and_no_other() -> None:
    graph = two_pixels()
    found = study(known_network(graph, [[1.0, 0.0], [0.0, 1.0]]), graph, dataset(), pixels)
    assert found is not None
    matrix = leakage_matrix(found)
    assert matrix.rows == (*NAMES, OTHERS)
    assert matrix.columns == NAMES
    assert matrix.own == ((0,), (1,), ())
    assert np.allclose(np.diag(matrix.values), 1, atol=1e-3)
    assert matrix.values[0, 1] < 0.1
    assert matrix.values[2].tolist() == [0, 0], "no latent is left that stands for no factor"


def test_exchanged_latents_are_seen_off_the_diagonal() -> None:
    graph = two_pixels()
    found = study(known_network(graph, [[0.0, 1.0], [1.0, 0.0]]), graph, dataset(), pixels)
    assert found is not None
    values = leakage_matrix(found).values
    assert values[0, 1] > 0.99
    assert values[1, 0] > 0.99
    assert values[0, 0] < 0.1


def test_what_the_others_know_is_the_last_row() -> None:
    random = np.random.default_rng(0)
    a, b, noise = random.normal(size=(3, 1000))
    matrix = leakage_matrix(made(np.stack([a, b, a + 0.01 * noise], 1), {"a": a, "b": b}, {"a": ("a",), "b": ("b",)}))
    assert matrix.values[-1, 0] > 0.99
    assert matrix.values[-1, 1] < 0.1
    assert "All latents that stand for no factor tell 1.00 of the variance of a" in matrix.describe(2, 0)
    assert matrix.describe(0, 0) == "The latents of a and the true a: |r| = 1.00"


def test_a_joint_factor_is_one_row_and_its_quantities_are_columns() -> None:
    random = np.random.default_rng(0)
    side, height, turn = random.normal(size=(3, 1000))
    factors = {"side": side, "height": height, "turn": turn}
    mixed = np.stack([side + height, side - height, turn], 1)
    matrix = leakage_matrix(made(mixed, factors, {"lamp": ("side", "height"), "turn": ("turn",)}))
    assert matrix.rows == ("lamp", "turn", OTHERS)
    assert matrix.columns == ("side", "height", "turn")
    assert matrix.own == ((0, 1), (2,), ())
    assert matrix.values[0, :2] == pytest.approx([1, 1])


def test_lines_are_a_table_with_every_number() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 500))
    matrix = leakage_matrix(made(np.stack([a, b], 1), {"a": a, "b": b}, {"a": ("a",), "b": ("b",)}))
    heading, *rows = matrix.lines()
    assert heading.split() == ["a", "b"]
    assert len({len(row) for row in (heading, *rows)}) == 1
    for row, name, values in zip(rows, matrix.rows, matrix.values, strict=True):
        assert row.startswith(name)
        assert row[len(name) :].split() == [f"{value:.3f}" for value in values]
