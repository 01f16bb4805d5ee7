"""Metrics that compare an answer with another field of the samples: only where the answer is what they are of."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.graph_factories import line, wired
from workbench.core.graph import Graph, Node
from workbench.core.values import Value
from workbench.data.batches import Batches
from workbench.model.network import Network
from workbench.model.plan import terms_of
from workbench.training.config import TrainingConfig
from workbench.training.evaluation import evaluate
from workbench.training.reported import choices


def forecaster(field: str) -> Graph:
    """A network that says one number of a series of four, and is compared with a field."""
    graph = line(
        ("series", "Input", {"field": "series", "kind": "vector", "shape": [4]}),
        ("fc", "Linear", {"out_features": 1}),
        ("loss", "MSELoss", {}),
    )
    answer = Node("answer", "answer", "Target", {"field": field, "kind": "scalar", "shape": []})
    return wired(replace(graph, nodes={**graph.nodes, "answer": answer}), "answer.y", "loss.target")


def batches(*fields: str) -> Batches:
    random = np.random.default_rng(0)
    arrays = {"series": random.normal(size=(50, 4)).astype(np.float32)}
    arrays |= {name: random.normal(size=50).astype(np.float32) for name in fields}
    values = {"series": Value((4,), "vector"), **{name: Value((), "scalar") for name in fields}}
    return Batches(arrays, values, 16)


def test_a_forecast_is_held_against_the_naive_one_whenever_it_is_evaluated() -> None:
    network, given = Network(forecaster("future"), seed=1), batches("future", "naive")
    said = np.concatenate([network.predict(batch.fields)["fc"].detach().numpy() for batch in given.epoch(0)])
    future, naive = (np.concatenate([batch.fields[name] for batch in given.epoch(0)]) for name in ("future", "naive"))
    theirs = np.abs(said.ravel() - future).mean() / np.abs(naive - future).mean()
    assert evaluate(network, given).values()["mase"] == pytest.approx(theirs)
    assert "mase" in choices(forecaster("future"), TrainingConfig())


def test_answers_that_are_no_forecast_are_held_against_nothing() -> None:
    (term,) = terms_of(forecaster("price"))
    assert term.answer_field == "price"
    assert "mase" not in evaluate(Network(forecaster("price")), batches("price", "naive")).values()
    assert "mase" not in choices(forecaster("price"), TrainingConfig())


def test_without_a_naive_forecast_there_is_no_number() -> None:
    assert math.isnan(evaluate(Network(forecaster("future")), batches("future")).values()["mase"])
