"""Losses take the weights of classes from the balance of the training part, and give them back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.graph_factories import changed, drawn
from workbench.core.graph import Graph
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.project.class_weighing import is_weighed, unweighed, weighed, weights_told

NAMES = ("cat", "dog", "fox")


def unbalanced(names: tuple[str, ...] = NAMES, field: str = "label") -> Dataset:
    """Twelve pictures: eight cats, three dogs, one fox."""
    arrays: dict[str, Any] = {
        "image": np.zeros((12, 1, 12, 12), np.uint8),
        field: np.repeat([0, 1, 2], [8, 3, 1]),
    }
    fields = {"image": Value((1, 12, 12), "map", "uint8"), field: Value((), "class", "int64", names)}
    return Dataset(fields, {"train": arrays})


def network() -> Graph:
    return drawn("lenet5", (1, 12, 12), 3)


def with_weights() -> Graph:
    edit = weighed(network(), unbalanced())
    assert edit is not None
    return edit.apply(network())


def test_each_class_counts_as_much_in_sum() -> None:
    weights = with_weights().by_name["loss"].params["class_weights"]
    assert weights == [0.5, 1.333, 4.0]  # n / (k · count), to four digits
    assert not is_weighed(network())
    assert is_weighed(with_weights())


def test_the_class_that_a_loss_leaves_out_takes_no_part() -> None:
    graph = changed(network(), "loss", params={"ignore_index": 0})
    edit = weighed(graph, unbalanced())
    assert edit is not None
    assert edit.apply(graph).by_name["loss"].params["class_weights"] == [1.0, 0.6667, 2.0]


def test_a_loss_is_weighed_by_the_field_that_its_target_reads() -> None:
    graph = changed(network(), "label", params={"field": "animal"})
    assert weighed(graph, unbalanced()) is None, "the data has no such field"
    edit = weighed(graph, unbalanced(field="animal"))
    assert edit is not None
    assert is_weighed(edit.apply(graph))


def test_weighing_is_one_edit_that_can_be_taken_back() -> None:
    graph = network()
    edit = weighed(graph, unbalanced())
    assert edit is not None
    assert edit.inverse().apply(edit.apply(graph)) == graph


def test_a_loss_that_compares_with_no_target_stays_as_it_is() -> None:
    graph = network()
    loss = graph.by_name["loss"].id
    alone = replace(graph, edges=tuple(each for each in graph.edges if each.target.node != loss))
    assert weighed(alone, unbalanced()) is None


def test_classes_count_alike_again() -> None:
    edit = unweighed(with_weights())
    assert edit is not None
    assert edit.apply(with_weights()) == network()
    assert unweighed(network()) is None


def test_weights_are_told_by_the_names_of_the_classes() -> None:
    assert weights_told(network(), unbalanced()) == []
    assert weights_told(with_weights(), unbalanced()) == ["loss: cat 0.5, dog 1.33, fox 4"]


def test_weights_without_names_are_numbered() -> None:
    numbered = ["loss: 0 0.5, 1 1.33, 2 4"]
    assert weights_told(with_weights()) == numbered
    assert weights_told(with_weights(), unbalanced(("cat", "dog"))) == numbered, "these are other classes"
