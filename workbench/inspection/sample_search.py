"""Which samples of a split are listed, and in which order: by class, by what the network says, and by a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import UsageError
from workbench.data.spec import FACTOR, Array, Dataset
from workbench.data.streamed import StreamedSamples
from workbench.inspection.browsing import (
    AS_READ,
    BY_CLASS,
    MIXED,
    in_order,
    label_field,
    marked_numbers,
    named_field,
    numbers_of,
)
from workbench.inspection.field_measures import RATING
from workbench.inspection.ratings import SAID_OF_RATINGS, has_users
from workbench.training.verdicts import Numbers, SampleLosses, Verdicts

BY_LOSS, BY_ANSWER = "by loss, largest first", "by what it says"
LEAST_SURE, SUREST = "least sure first", "surest first"
BY_VERDICT = (BY_ANSWER, LEAST_SURE, SUREST)
ORDERS = (MIXED, AS_READ, BY_CLASS, BY_LOSS, BY_ANSWER, LEAST_SURE, SUREST)
ANY, RIGHT, WRONG = "right and wrong", "right only", "wrong only"
ANSWERS = (ANY, RIGHT, WRONG)
LARGE = 1_000_000  # words of texts, or pixels of masks, that are looked through within a few milliseconds

LETTERS = 10  # words that a name of a file counts as

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class SampleChoice:
    """What is to be listed of a split.

    Attributes:
        of_class: the number of a class or label; -1 for all.
        answers: one of `ANSWERS`: whether those count that the network gets right, wrong, or all.
        order: one of `ORDERS`, or of the data's `field_orders`.
        text: words, all of which a sample must have in its number, class, labels or text; "" for no search.
        mark: a note that it must be about, by its words in `Dataset.marked`; "" for any.
        is_reversed: whether the order is the other way round.
    """

    of_class: int = -1
    answers: str = ANY
    order: str = MIXED
    text: str = ""
    mark: str = ""
    is_reversed: bool = False

    @property
    def needs_verdicts(self) -> bool:
        """Whether it takes a network that tells classes apart."""
        return self.answers != ANY or self.order in BY_VERDICT

    @property
    def needs_losses(self) -> bool:
        """Whether it takes a trained network."""
        return self.needs_verdicts or self.order == BY_LOSS


def missing_for(dataset: Dataset, order: str) -> str:
    """Returns what the data lacks for an order, in a sentence; "" where nothing."""
    if order == BY_CLASS and not label_field(dataset):
        return "This data has no classes."
    return missing_for_verdicts(dataset) if order in BY_VERDICT else ""


def missing_for_verdicts(dataset: Dataset) -> str:
    """Returns what the data lacks so that a network can be right or wrong about a sample; "" where nothing."""
    if any(value.kind == "class" and name != FACTOR for name, value in dataset.fields.items()):
        return ""
    return "This data has no single class for each sample that a network could take it for; its loss can be asked for."


def listed(dataset: Dataset, split: str, choice: SampleChoice, losses: SampleLosses | None = None) -> Numbers:
    """Returns the numbers of the samples that a choice leaves, in its order.

    Args:
        dataset: the data.
        split: which part of it.
        choice: what is to be listed.
        losses: what the network says of the split, where the choice needs that.

    Raises:
        UsageError: the network tells no classes apart, and the choice needs that.
    """
    found = _in_its_order(dataset, split, choice, losses)
    return np.flip(found) if choice.is_reversed else found


def _in_its_order(dataset: Dataset, split: str, choice: SampleChoice, losses: SampleLosses | None) -> Numbers:
    """The samples that a choice leaves, not yet the other way round."""
    numbers = numbers_of(dataset, split, choice.of_class)
    if choice.mark:
        numbers = numbers[np.isin(numbers, marked_numbers(dataset, split, choice.mark))]
    if choice.text.strip():
        numbers = numbers[matches(dataset, split, choice.text)[numbers]]
    if choice.order == BY_LOSS and losses is not None:
        return losses.largest_first(_answered(numbers, choice, losses))
    if not choice.needs_verdicts:
        return in_order(dataset, split, numbers, choice.order)
    numbers = _answered(numbers, choice, losses)
    assert isinstance(losses, Verdicts)
    if choice.order == BY_ANSWER:
        return numbers[np.argsort(losses.said[numbers], kind="stable")]
    if choice.order in (SUREST, LEAST_SURE):
        sorted_ = losses.surest_first(numbers)
        return sorted_ if choice.order == SUREST else np.flip(sorted_)
    return in_order(dataset, split, numbers, choice.order)


def _answered(numbers: Numbers, choice: SampleChoice, losses: SampleLosses | None) -> Numbers:
    """Those samples that the network gets right, or wrong, where only these are wanted."""
    if not choice.needs_verdicts:
        return numbers
    if not isinstance(losses, Verdicts):
        raise UsageError("This network tells no classes apart, so there are no right and wrong samples.")
    if choice.answers == ANY:
        return numbers
    is_right: Flags = losses.truth == losses.said
    kept: Numbers = numbers[is_right[numbers] == (choice.answers == RIGHT)]
    return kept


def is_quick(dataset: Dataset, split: str, choice: SampleChoice) -> bool:
    """Returns whether a choice is made so fast that nobody would wait for it."""
    arrays, named = dataset.splits[split], named_field(dataset)
    looked_at = _searched(dataset) if choice.text.strip() else []
    has_mask = choice.of_class >= 0 and dataset.fields[named].kind == "mask"
    if has_mask and isinstance(arrays[named], StreamedSamples):
        return False
    names = LETTERS * dataset.size(split) if choice.text.strip() and split in dataset.files else 0
    return names + sum(arrays[name].size for name in (*looked_at, *([named] if has_mask else []))) <= LARGE


def matches(dataset: Dataset, split: str, text: str) -> Flags:
    """Returns for each sample of a split (N,) whether it has every word of a text.

    A word is a sample's number, with or without "#", or a part of the name of its file, its class, of one of its
    labels, or of a word of its text; with the name of a field before it, as in "subject:3" or "rating:4.5", it is of
    this field alone. In texts that are cut into characters those of a word must follow one another.
    """
    found = np.ones(dataset.size(split), bool)
    for word in text.casefold().split():
        found &= _has_word(dataset, split, word)
    return found


def _has_word(dataset: Dataset, split: str, word: str) -> Flags:
    """For each sample whether it has one word."""
    has_word = np.zeros(dataset.size(split), bool)
    digits, (before, _, behind) = word.removeprefix("#"), word.partition(":")
    field = next((name for name in dataset.fields if name.casefold() == before and behind), "")
    if field:
        return _of_field(dataset, split, field, behind)
    if digits.isdecimal() and int(digits) < len(has_word):
        has_word[int(digits)] = True
    if has_users(dataset):
        if word in SAID_OF_RATINGS:
            return np.ones_like(has_word)
        has_word |= _of_field(dataset, split, RATING, word)
    if not word.startswith("#"):
        has_word |= _of_file(dataset, split, word)
        for name in _searched(dataset):
            has_word |= _of_field(dataset, split, name, word)
    return has_word


def _of_file(dataset: Dataset, split: str, word: str) -> Flags:
    """For each sample whether the name of its file has a word in it."""
    if split not in dataset.files:
        return np.zeros(dataset.size(split), bool)
    names = (name.decode(errors="surrogateescape").casefold() for name in dataset.files[split].tolist())
    return np.array([word in name for name in names], bool)


def _of_field(dataset: Dataset, split: str, field: str, word: str) -> Flags:
    """For each sample whether the name of a value of a field has a word in it, or a number is that number."""
    value, array = dataset.fields[field], dataset.splits[split][field]
    if field in _searched(dataset):
        return _has(array, value.kind, [name.casefold() for name in value.classes], word)
    try:
        number = float(word)
    except ValueError:
        number = float("nan")  # which nothing is
    return np.asarray(array == number, bool) if value.kind in ("scalar", "class") else np.zeros(len(array), bool)


def _searched(dataset: Dataset) -> list[str]:
    """The fields whose values have names."""
    kinds = ("class", "tokens", "vector")
    return [name for name, value in dataset.fields.items() if value.kind in kinds and value.classes]


def _has(array: Array, kind: str, names: Sequence[str], word: str) -> Flags:
    """For each sample whether one of the values that its field has contains a word."""
    hits = np.array([word in name for name in names], bool)
    if kind == "tokens" and len(word) > 1 and max(map(len, names)) == 1:
        return _has_letters(np.asarray(array), names, word)
    if kind == "vector":
        return np.asarray((array[:, hits] > 0.5).any(1), bool)
    row = _looked_up(hits, np.asarray(array))
    return np.asarray(row.reshape(len(row), -1).any(1), bool)


def _has_letters(texts: Array, names: Sequence[str], word: str) -> Flags:
    """For each text of characters (N, L) whether those of a word stand in it one behind the other."""
    places = texts.shape[1] - len(word) + 1
    found = np.ones((len(texts), max(places, 0)), bool)
    for number, letter in enumerate(word if places > 0 else ""):
        found &= _looked_up(np.array([letter in name for name in names], bool), texts[:, number : number + places])
    return np.asarray(found.any(1), bool)


def _looked_up(hits: Flags, values: Array) -> Flags:
    """The flag of each value, in the shape of the values; values that have no name have none."""
    known = np.append(hits, False)
    found: Flags = known[np.where((values >= 0) & (values < len(hits)), values, len(hits))]
    return found
