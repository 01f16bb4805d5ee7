"""What a network says of single samples: the same that the evaluation counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training import factories
from workbench.data.batches import Batches
from workbench.data.loading import load
from workbench.model.network import Network
from workbench.project import new_project as creation
from workbench.training.evaluation import evaluate, judge
from workbench.training.verdicts import NoClassesError, Verdicts

SOME = Verdicts(
    ("cat", "dog"), np.array([0, 0, 1, 1, 0]), np.array([0, 1, 0, 1, 1]), np.array([0.9, 0.6, 0.8, 0.5, 0.7])
)


@pytest.mark.parametrize("batch_size", [7, 64])
def test_verdicts_are_counted_as_the_evaluation_counts(batch_size: int) -> None:
    data = factories.dataset(60)
    network = Network(factories.graph())
    batches = Batches(data.splits["test"], data.fields, batch_size)
    *steps, verdicts = judge(network, batches)
    assert isinstance(verdicts, Verdicts)
    assert steps[-1] == data.size("test")
    counted = evaluate(network, batches).confusion()["confusion"]
    for truth in range(3):
        for said in range(3):
            assert len(verdicts.cell(truth, said)) == counted[truth, said]
    assert verdicts.truth.tolist() == data.splits["test"]["label"].tolist()
    assert np.all((verdicts.sure >= 1 / 3) & (verdicts.sure <= 1))


def test_the_surest_mistake_comes_first() -> None:
    assert SOME.wrong().tolist() == [2, 4, 1]
    assert SOME.cell(0, 1).tolist() == [4, 1]
    assert SOME.texts(2) == ("said cat (80%)", "is dog")
    assert SOME.name(7) == "7"
    assert SOME.matrix().tolist() == [[1, 2], [1, 1]]


def test_a_network_without_classes_is_told(tmp_path: Path) -> None:
    project, _ = creation.create("autoencoder", ("digits", {}), tmp_path)
    dataset = load(project.data_config(), tmp_path)
    batches = Batches(dataset.splits["test"], dataset.fields, 4)
    with pytest.raises(NoClassesError, match="no classes apart"):
        list(judge(Network(project.graph), batches))
