"""Measures of whole splits, by hand: forecasts against the naive one, and top lists against popularity."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from workbench.core.graph import Port
from workbench.core.values import Value
from workbench.data.spec import Dataset
from workbench.inspection.field_measures import field_measures, top_items

USERS, ITEMS = 30, 160


def network(inputs: tuple[str, ...], answer: Any) -> Any:
    """Something that answers as a network does."""
    port = Port("a" * 8, "out")
    return SimpleNamespace(
        inputs=dict.fromkeys(inputs, ()),
        results={"out": port},
        terms=[SimpleNamespace(prediction=port)],
        predict=lambda fields: {"out": answer(fields)},
    )


def test_the_naive_error_is_told_and_what_is_measured_by_that_of_the_training_part() -> None:
    random = np.random.default_rng(0)
    future, last = random.normal(size=50), random.normal(size=50)
    fields = {"series": Value((1, 4)), "future": Value((), "scalar"), "naive": Value((), "scalar")}
    splits: dict[str, Any] = {
        split: {"series": np.zeros((50, 1, 4), np.float32), "future": future * scale, "naive": last * scale}
        for split, scale in (("train", 2.0), ("test", 1.0))
    }
    found = field_measures(
        network(("series",), lambda given: torch.zeros(len(given["series"]), 1)), Dataset(fields, splits), "test"
    )
    error, naive = np.abs(future).mean(), np.abs(future - last).mean()
    assert found["mae_naive"] == pytest.approx(naive)
    assert found["mase_train"] == pytest.approx(error / naive / 2)


def ratings() -> Dataset:
    """Every user likes the items of the own parity; low numbers are rated more often."""
    random = np.random.default_rng(0)
    rows = []
    for user in range(USERS):
        weights = 1 / np.arange(1, ITEMS + 1)
        for item in random.choice(ITEMS, 40, replace=False, p=weights / weights.sum()):
            rows.append((user, item, 5.0 if (user + item) % 2 == 0 else 2.0))
    rows += [(USERS, item, 2.0) for item in range(ITEMS)]  # somebody who has rated all
    table = np.array(rows)
    is_test = random.random(len(table)) < 0.2
    fields = {
        "user": Value((1,), "tokens", "int64", tuple(map(str, range(USERS + 1)))),
        "item": Value((1,), "tokens", "int64", tuple(f"film {number}" for number in range(ITEMS))),
        "rating": Value((), "scalar"),
    }
    splits: dict[str, Any] = {
        name: {
            "user": table[which, :1].astype(np.int64),
            "item": table[which, 1:2].astype(np.int64),
            "rating": table[which, 2].astype(np.float32),
        }
        for name, which in (("train", ~is_test), ("test", is_test))
    }
    return Dataset(fields, splits)


def knows(given: Any) -> torch.Tensor:
    """A network that knows what users like, and nothing of what is popular."""
    liked: torch.Tensor = ((given["user"] + given["item"]) % 2 == 0).float() - given["item"] * 1e-4
    return liked


def test_who_knows_what_users_like_finds_it_more_often_than_popularity() -> None:
    data = ratings()
    perfect = field_measures(network(("user", "item"), knows), data, "test")
    blind = field_measures(network(("user", "item"), lambda given: torch.zeros(len(given["user"]), 1)), data, "test")
    assert perfect["hit_rate_10"] > 2 * blind["hit_rate_10"] or blind["hit_rate_10"] == 0
    assert perfect["popular_hit_rate_10"] == blind["popular_hit_rate_10"] > 0.1
    assert 0 < perfect["ndcg_10"] <= perfect["hit_rate_10"] <= 1


def test_a_top_list_has_nothing_that_the_user_has_rated() -> None:
    data = ratings()
    best = top_items(network(("user", "item"), knows), data, 4)
    rated = np.concatenate([part["item"][part["user"][:, 0] == 4, 0] for part in data.splits.values()])
    numbers = [int(title.removeprefix("film ")) for title, _ in best]
    assert len(numbers) == 10
    assert all(number % 2 == 0 for number in numbers)
    assert not set(numbers) & set(rated.tolist())
    assert [value for _, value in best] == sorted((value for _, value in best), reverse=True)


def test_other_data_have_none() -> None:
    data = Dataset({"image": Value((1, 2, 2))}, {"test": {"image": np.zeros((2, 1, 2, 2), np.float32)}})
    assert field_measures(network(("image",), lambda given: given["image"]), data, "test") == {}


def test_top_lists_are_measured_as_scikit_learn_does() -> None:
    from sklearn.metrics import ndcg_score, top_k_accuracy_score

    from workbench.inspection.field_measures import _questions

    data, random = ratings(), np.random.default_rng(1)
    table = torch.from_numpy(random.normal(size=(USERS + 1, ITEMS)))
    found = field_measures(
        network(("user", "item"), lambda given: table[given["user"][:, 0], given["item"][:, 0]][:, None]), data, "test"
    )
    asked = _questions(data, "test")
    assert asked is not None
    users, items = asked
    scores = table.numpy()[users[:, None], items]
    right = np.zeros_like(scores)
    right[:, 0] = 1  # the liked one comes first
    assert found["ndcg_10"] == pytest.approx(ndcg_score(right, scores, k=10), abs=1e-9)
    hits = top_k_accuracy_score(np.zeros(len(scores)), scores, k=10, labels=np.arange(scores.shape[1]))
    assert found["hit_rate_10"] == pytest.approx(hits, abs=1e-9)
