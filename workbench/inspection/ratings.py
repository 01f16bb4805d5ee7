"""Ratings in words: who rates what and how, what a network foretells, and the items that a user would rate best."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from math import exp
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.errors import printable
from workbench.data.spec import Array, Dataset
from workbench.inspection.field_measures import CHOSEN, ITEM, RATING, USER

if TYPE_CHECKING:
    from workbench.model.network import Network

Top = tuple[tuple[str, float], ...]
SAID_OF_RATINGS = ("user", "rated")  # words that stand on every sample
PROBE, FAST_SECONDS = 256, 0.5  # items that are asked at first; a whole list that takes longer is slow


def has_users(dataset: Dataset) -> bool:
    """Returns whether the data are ratings of items by users."""
    return {USER, ITEM, RATING} <= dataset.fields.keys()


def is_choice(dataset: Dataset) -> bool:
    """Returns whether it is learnt if a user chooses an item at all, and not how it is rated."""
    return CHOSEN in dataset.fields


def foretells(network: Network) -> bool:
    """Returns whether a network takes a user and an item, and gives one answer."""
    return set(network.inputs) == {USER, ITEM} and len(network.results) == 1


def rating_text(dataset: Dataset, split: str, number: int) -> str:
    """Returns a sample in words, a line each for user, item and rating."""
    return "\n".join((pair_text(dataset, split, number), true_text(dataset, dataset.splits[split], number)))


def pair_text(dataset: Dataset, split: str, number: int) -> str:
    """Returns who rates what in a sample, in two lines."""
    arrays = dataset.splits[split]
    user, item = (_name(dataset, field, int(arrays[field][number, 0])) for field in (USER, ITEM))
    return f"User {user}\n{item}"


def true_text(dataset: Dataset, arrays: Mapping[str, Array], number: int) -> str:
    """Returns how a sample is rated, in words."""
    if is_choice(dataset) and not arrays[CHOSEN][number] > 0:
        return "Not rated"
    return f"Rated {float(arrays[RATING][number]):g}"


def _name(dataset: Dataset, field: str, number: int) -> str:
    classes = dataset.fields[field].classes
    return printable(classes[number]) if number < len(classes) else str(number)


def foretold(network: Network, dataset: Dataset, user: int, item: int) -> float:
    """Returns the rating, or the probability of a choice, that a network foretells."""
    import torch

    (name,) = network.results
    with torch.inference_mode():
        fields = {USER: torch.tensor([[user]]), ITEM: torch.tensor([[item]])}
        score = float(network.predict(fields)[name].double().reshape(-1)[0])
    return as_told(score, dataset)


def as_told(score: float, dataset: Dataset) -> float:
    """Returns what people are told of a network's answer: a rating as it is, of a choice the probability."""
    return 1 / (1 + exp(-max(-500.0, min(500.0, score)))) if is_choice(dataset) else score


def foretold_text(value: float, dataset: Dataset) -> str:
    """Returns in words what a network foretells of a sample."""
    return f"Foretold: chosen with a probability of {value:.1%}" if is_choice(dataset) else f"Foretold {value:.2f}"


def top_lines(top: Iterable[tuple[str, float]], dataset: Dataset) -> list[str]:
    """Returns a user's top list in lines, with a heading; none where it is empty."""
    figures = "{:.1%}" if is_choice(dataset) else "{:.2f}"
    rows = [f"{place}. {printable(name)}   {figures.format(told)}" for place, (name, told) in enumerate(top, start=1)]
    what = "the highest probabilities to be chosen" if is_choice(dataset) else "the best ratings that are foretold"
    return [f"What this user has not rated, with {what}:", *rows] if rows else []


def is_fast(network: Network, dataset: Dataset, user: int) -> bool:
    """Returns whether all items can be asked about within a moment, measured by some of them."""
    import torch

    items = np.arange(min(PROBE, len(dataset.fields[ITEM].classes)))[:, None]
    begun = time.monotonic()
    with torch.inference_mode():
        network.predict({USER: torch.full((len(items), 1), user), ITEM: torch.from_numpy(items)})
    whole = (time.monotonic() - begun) * len(dataset.fields[ITEM].classes) / max(1, len(items))
    return whole < FAST_SECONDS
