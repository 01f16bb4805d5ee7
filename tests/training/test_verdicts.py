"""What a network says of single samples: the same that the evaluation counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training import factories
from workbench.data.batches import Batches
from workbench.data.loading import load
from workbench.model.network import Network
from workbench.project import new_project as creation
from workbench.training.evaluation import evaluate, judge, sample_losses
from workbench.training.verdicts import NoClassesError, SampleLosses, Verdicts

SOME = Verdicts(
    np.array([0.1, 0.9, 1.6, np.nan, 1.2]),
    ("cat", "dog"),
    np.array([0, 0, 1, 1, 0]),
    np.array([0, 1, 0, 1, 1]),
    np.array([0.9, 0.6, 0.8, 0.5, 0.7]),
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
    assert SOME.right().tolist() == [0, 3]
    assert SOME.cell(0, 1).tolist() == [4, 1]
    assert SOME.texts(2) == ("said cat (80%)", "is dog")
    assert SOME.name(7) == "7"
    assert SOME.matrix().tolist() == [[1, 2], [1, 1]]


@pytest.mark.parametrize("settings", [{}, {"label_smoothing": 0.2}, {"reduction": "sum"}])
def test_the_losses_of_samples_are_those_of_the_networks_own_loss(settings: dict[str, Any]) -> None:
    data, graph = factories.dataset(60), factories.graph()
    loss = graph.named("loss")
    network = Network(graph.with_node(replace(loss, params={**loss.params, **settings})))
    batches = Batches(data.splits["test"], data.fields, 7)
    *_, verdicts = judge(network, batches)
    assert isinstance(verdicts, Verdicts)
    total = evaluate(network, batches).values()["loss"]
    assert verdicts.loss.shape == verdicts.truth.shape
    assert float(verdicts.loss.mean()) == pytest.approx(total, rel=1e-5)
    is_right = verdicts.truth == verdicts.said
    if not settings:
        assert verdicts.loss[is_right] == pytest.approx(-np.log(verdicts.sure[is_right]), rel=1e-4)


def test_the_largest_loss_comes_first_and_what_is_no_number_before_it() -> None:
    assert SOME.largest_first(np.arange(5)).tolist() == [3, 2, 4, 1, 0]
    assert SOME.loss_text(2) == "loss 1.6"


def test_a_network_without_classes_has_losses_of_its_samples(tmp_path: Path) -> None:
    project, _ = creation.create("autoencoder", ("digits", {}), tmp_path)
    dataset = load(project.data_config(), tmp_path)
    arrays = {name: array[:20] for name, array in dataset.splits["test"].items()}
    network = Network(project.graph)
    *steps, found = sample_losses(network, Batches(arrays, dataset.fields, 8))
    assert steps == [8, 16, 20]
    assert isinstance(found, SampleLosses)
    assert len(np.unique(found.loss)) == 20
    assert float(found.loss.mean()) == pytest.approx(
        evaluate(network, Batches(arrays, dataset.fields, 8)).values()["loss"], rel=1e-4
    )


def test_a_network_without_classes_is_told(tmp_path: Path) -> None:
    project, _ = creation.create("autoencoder", ("digits", {}), tmp_path)
    dataset = load(project.data_config(), tmp_path)
    batches = Batches(dataset.splits["test"], dataset.fields, 4)
    with pytest.raises(NoClassesError, match="no classes apart"):
        list(judge(Network(project.graph), batches))
