"""Measures of a whole split that single batches cannot tell: a forecast's error against the naive one, and top lists.

`evaluate` shows them beside the metrics of the losses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed
from workbench.data.spec import Array, Dataset, Split

if TYPE_CHECKING:
    from workbench.model.network import Network

NAIVE, FUTURE = "naive", "future"  # fields of forecasts
USER, ITEM, RATING, CHOSEN = "user", "item", "rating", "chosen"
TOP = 10  # how long top lists are
OTHERS = 99  # items that a user has not rated, among which one that was rated is to be found (He et al. 2017)
LIKED = 4.0  # of ratings up to 5; of other scales the upper quarter
AT_ONCE = 4096


def field_measures(network: Network, dataset: Dataset, split: str) -> dict[str, float]:
    """Returns the measures that the data has and the network can be asked for; empty where there are none.

    Args:
        network: with its weights.
        dataset: the data.
        split: which part is measured.
    """
    if {NAIVE, FUTURE} <= dataset.fields.keys():
        return forecast_measures(network, dataset, split)
    if {USER, ITEM, RATING} <= dataset.fields.keys() and set(network.inputs) == {USER, ITEM}:
        return ranking_measures(network, dataset, split)
    return {}


def forecast_measures(network: Network, dataset: Dataset, split: str) -> dict[str, float]:
    """Returns what the metric `mase` leaves open: the error of saying that nothing changes, and of another scale.

    `mase_train` is the mean absolute error by that of the naive forecast in the training part, as Hyndman & Koehler
    (2006) have it.
    """
    terms = [term for term in network.terms if term.prediction in network.results.values()]
    arrays = dataset.splits[split]
    if len(terms) != 1 or not all(name in arrays for name in network.inputs):
        return {}
    name = next(name for name, port in network.results.items() if port == terms[0].prediction)
    said = _asked(network, {field: arrays[field] for field in network.inputs}, name)
    future = np.asarray(arrays[FUTURE], np.float64)
    if said.reshape(len(said), -1).shape != future.reshape(len(future), -1).shape:
        return {}
    error = float(np.abs(said.reshape(future.shape) - future).mean())
    naive = float(np.abs(arrays[NAIVE] - future).mean())
    train = dataset.splits.get("train", arrays)
    before = float(np.abs(train[NAIVE] - train[FUTURE]).mean())
    return {"mae_naive": naive, "mase_train": error / before} if naive and before else {}


def ranking_measures(network: Network, dataset: Dataset, split: str) -> dict[str, float]:
    """Returns how often what a user liked stands among the first ten, and how high, by the network and by popularity.

    Of each user the best rated item of the split is mixed with 99 that the user has nowhere rated, drawn from a seed;
    `hit_rate_10` is the share of users for whom it is among the first ten, `ndcg_10` counts a place r as
    1 / log2(r + 1). `popular_…` ranks by how often an item was rated in the training part.
    """
    (name,) = network.results
    asked = _questions(dataset, split)
    if asked is None:
        return {}
    users, items = asked  # (U,), (U, 1 + OTHERS) with the liked one first
    said = _asked(network, {USER: np.repeat(users, items.shape[1])[:, None], ITEM: items.reshape(-1, 1)}, name)
    counts = np.bincount(_chosen(dataset.splits["train"])[ITEM][:, 0], minlength=int(items.max()) + 1)
    found: dict[str, float] = {}
    for prefix, scores in (("", said.reshape(items.shape)), ("popular_", counts[items].astype(np.float64))):
        above = (scores[:, 1:] > scores[:, :1]).sum(1) + (scores[:, 1:] == scores[:, :1]).sum(1) / 2
        is_hit = above < TOP
        found[f"{prefix}hit_rate_{TOP}"] = float(is_hit.mean())
        found[f"{prefix}ndcg_{TOP}"] = float((is_hit / np.log2(above + 2)).mean())
    return found


def _chosen(part: Split) -> dict[str, Array]:
    """The ratings of a split without the items that were put beside them."""
    if CHOSEN not in part:
        return dict(part)
    which = np.asarray(part[CHOSEN]) > 0
    return {name: array[which] for name, array in part.items()}


def _questions(dataset: Dataset, split: str) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Users, and for each an item that was liked with others that were not rated; None where there is nobody."""
    every = [dataset.splits[name] for name in dataset.splits]
    rated: dict[int, set[int]] = {}
    every = [_chosen(part) for part in every]
    for part in every:
        for user, item in zip(part[USER][:, 0].tolist(), part[ITEM][:, 0].tolist(), strict=True):
            rated.setdefault(user, set()).add(item)
    trained = np.unique(_chosen(dataset.splits["train"])[ITEM])
    part = _chosen(dataset.splits[split])
    ratings = np.asarray(part[RATING], np.float64)
    highest = max(float(np.max(each[RATING], initial=0.0)) for each in every)
    least = LIKED if highest == 5 else highest - (highest - float(ratings.min())) / 4
    best: dict[int, tuple[float, int]] = {}
    known = set(trained.tolist())
    for user, item, rating in zip(part[USER][:, 0].tolist(), part[ITEM][:, 0].tolist(), ratings.tolist(), strict=True):
        if rating >= least and item in known and (user not in best or rating > best[user][0]):
            best[user] = (rating, item)
    users, rows = [], []
    for user, (_, item) in sorted(best.items()):
        free = np.setdiff1d(trained, np.fromiter(rated[user], np.int64))
        if len(free) >= OTHERS:
            random = np.random.default_rng(stream_seed(0, "top lists", user))
            users.append(user)
            rows.append([item, *random.choice(free, OTHERS, replace=False).tolist()])
    return (np.array(users, np.int64), np.array(rows, np.int64)) if users else None


def top_items(network: Network, dataset: Dataset, user: int, count: int = TOP) -> list[tuple[str, float]]:
    """Returns the items that a network foretells the best ratings for, of those that a user has not rated.

    Args:
        network: with its weights.
        dataset: the data.
        user: the user's number.
        count: how many.
    """
    (name,) = network.results
    parts = [_chosen(part) for part in dataset.splits.values()]
    seen = [part[ITEM][part[USER][:, 0] == user, 0] for part in parts]
    free = np.setdiff1d(np.unique(_chosen(dataset.splits["train"])[ITEM]), np.concatenate(seen))
    said = _asked(network, {USER: np.full((len(free), 1), user), ITEM: free[:, None]}, name).ravel()
    best = np.argsort(-said, kind="stable")[:count]
    titles = dataset.fields[ITEM].classes
    return [(titles[free[place]], float(said[place])) for place in best]


def _asked(network: Network, fields: dict[str, Array], name: str) -> Any:
    """A result of all samples, as doubles."""
    import torch

    size = len(next(iter(fields.values())))
    found = []
    with torch.inference_mode():
        for start in range(0, size, AT_ONCE):
            some = {
                field: torch.from_numpy(np.ascontiguousarray(each[start : start + AT_ONCE]))
                for field, each in fields.items()
            }
            found.append(network.predict(some)[name].double().cpu().numpy())
    return np.concatenate(found)
