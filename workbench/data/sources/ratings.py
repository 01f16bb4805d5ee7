"""Ratings of items by users, as recommenders learn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import is_folder, is_plain_file, listed
from workbench.core.values import Value
from workbench.data.class_names import class_names, composed
from workbench.data.folder_listing import some
from workbench.data.listening import heard
from workbench.data.option_text import number_as_text
from workbench.data.paths import locate
from workbench.data.spec import Array, Dataset, Reads, Source, source
from workbench.data.text_table import MISSING, TextTable, header_of, plain_name, read_table
from workbench.data.times import date_text, number_text, times

USERS = ("user", "userId", "uid", "person", "customer", "customerId", "reviewer", "reviewerId")
ITEMS = (
    "item", "itemId", "movie", "movieId", "film", "filmId", "product", "productId", "book", "bookId", "isbn", "song",
    "songId", "asin", "article", "articleId",
)  # fmt: skip
RATINGS = ("rating", "ratings", "score", "stars", "value")
TIMES = ("timestamp", "time", "date", "datetime")
FILE = "ratings.csv"
TITLES = ("movies.csv", "films.csv", "items.csv", "books.csv", "products.csv", "songs.csv", "articles.csv")
TITLE = ("title", "name")
WHOLE = re.compile(r"[0-9]{1,18}\Z")


@source(name="ratings", title="Ratings of items by users (.csv)", reads=Reads("either", "Ratings", ("*.csv", "*.tsv")))
class Ratings(Source):
    """Reads a table of user, item and rating, as MovieLens has it; titles come from movies.csv or the like beside it.

    Users and items are numbered anew, from 0, and become the fields `user` and `item`, a number each whose names are
    those of the table, or the titles; the rating becomes the field `rating`. By `split` the newest ratings are kept for
    the test: of each user, or of all. With `negatives` the field `chosen` says whether a user has rated an item at all.
    """

    path: str = Field(min_length=1, max_length=4096, description="The file, or a folder that holds ratings.csv")
    user: str | None = Field(None, min_length=1, max_length=200, description="Column of the users; found by default")
    item: str | None = Field(None, min_length=1, max_length=200, description="Column of the items; found by default")
    rating: str | None = Field(
        None, min_length=1, max_length=200, description="Column of the ratings; found by default"
    )
    time: str | None = Field(None, min_length=1, max_length=200, description="Column of the times; found by default")
    split: Literal["random", "user", "time"] = Field(
        "random", description="What is tested: drawn at random, each user's newest ratings, or the newest of all"
    )
    share: float = Field(0.2, gt=0, lt=1, description="Share of the ratings that is tested, where split is by time")

    negatives: int = Field(
        0, ge=0, le=100, description="Items not rated that are put beside each one that is; what is learnt is then "
        "whether a user chooses an item (the field chosen) and not how it is rated",
    )  # fmt: skip
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of which items are put beside")

    _text = field_validator("user", "item", "rating", "time", mode="before")(number_as_text)

    @classmethod
    def claim(cls, path: Path) -> int:
        if is_folder(path):
            return 2 if is_plain_file(path / FILE) else 0
        if path.suffix.lower() not in (".csv", ".tsv"):
            return 0
        names = {plain_name(name) for name in header_of(path)}
        return 2 if all(names & set(map(plain_name, known)) for known in (USERS, ITEMS, RATINGS)) else 0

    def load(self, folder: Path) -> Dataset:
        path = locate(self.path, folder)
        if is_folder(path):
            listed(path)
            if not is_plain_file(path / FILE):
                raise UnreadableError(path, f"there is no {FILE} in this folder. Choose the file of the ratings.")
            path = path / FILE
        table = read_table(path)
        user, item, rating = (
            self._column(table, name, known) for name, known in (("user", USERS), ("item", ITEMS), ("rating", RATINGS))
        )
        notes = [*table.notes]
        found = table.numbers(rating)
        if len(gaps := np.flatnonzero(np.isnan(found))):
            raise table.bad_cell(int(gaps[0]), rating, "a rating is needed there. Leave that row out.")
        users, items = _numbered(table, user), _numbered(table, item)
        notes += users.notes()
        notes += items.notes()
        titles, more = _titles(path, table.header[item], items.names)
        notes += more
        notes += _repeated_note(users.numbers, items.numbers)
        columns: dict[str, Array] = {
            "user": users.numbers[:, None],
            "item": items.numbers[:, None],
            "rating": found.astype(np.float32),
        }
        fields = {
            "user": Value((1,), "tokens", "int64", class_names(users.names)),
            "item": Value((1,), "tokens", "int64", class_names(titles)),
            "rating": Value((), "scalar", "float32"),
        }
        splits, more = self._split(table, columns)
        notes += more
        if "test" in splits:
            notes += _unknown_notes(splits, {"user": users.names, "item": titles})
        if self.negatives:
            fields["chosen"] = Value((), "scalar", "float32")
            splits = self._with_negatives(splits, users.numbers * len(items.names) + items.numbers, len(items.names))
            notes.append(f"Beside each rating stand {self.negatives:,} items that the user has not rated.")
        return Dataset(fields, splits, tuple(notes))

    def _with_negatives(
        self, splits: dict[str, dict[str, Array]], rated: Array, items: int
    ) -> dict[str, dict[str, Array]]:
        """The splits with items beside each rating that its user has not rated.

        Args:
            splits: the ratings.
            rated: user and item of all ratings, as one number each.
            items: how many there are.
        """
        known = np.unique(rated)
        return {
            name: with_negatives(part, known, items, self.negatives, (self.seed, number))
            for number, (name, part) in enumerate(splits.items())
        }

    def _column(self, table: TextTable, option: str, known: tuple[str, ...]) -> int:
        wanted = getattr(self, option)
        if wanted is not None:
            return table.index(option, wanted)
        found = table.found(known)
        if found is None:
            raise UsageError(
                f"{printable(table.path)}: which column is the {option}? There are: {some(table.header)} Name it with "
                f"{option}=COLUMN."
            )
        return found

    def _split(self, table: TextTable, columns: dict[str, Array]) -> tuple[dict[str, dict[str, Array]], list[str]]:
        """All ratings to train with, or the newest to test with."""
        if self.split == "random":
            return {"train": columns}, []
        column = table.found(TIMES) if self.time is None else table.index("time", self.time)
        if column is None:
            raise UsageError(
                f"split={self.split} needs to know when each rating was given: {printable(table.path)} has no column "
                f"of times. There are: {some(table.header)} Name it with time=COLUMN."
            )
        when, text, notes = times(table, column)
        if text is number_text and when.min() > 1e8 and when.max() < 1e10:
            text = date_text  # seconds since 1970
        is_test = np.zeros(len(when), np.bool_)
        if self.split == "time":
            order = np.argsort(when, kind="stable")
            count = round(len(when) * self.share)
            if 0 < count < len(when):  # ratings of one time stay together
                is_test = when >= when[order[-count]]
        else:
            is_test = _newest_of_each(columns["user"][:, 0], when, self.share)
        if not is_test.any() or is_test.all():
            raise UnreadableError(
                table.path,
                f"{len(when):,} ratings cannot be parted by split={self.split} with share={self.share:g}. Choose "
                "split=random.",
            )
        if self.split == "time":
            notes.append(f"Tested are the {is_test.sum():,} ratings from {text(float(when[is_test].min()))} on.")
        else:
            kept = len(np.unique(columns["user"][is_test]))
            notes.append(
                f"Tested are the newest {is_test.sum():,} ratings of {kept:,} users, of each {self.share:.0%}."
            )
        return {
            "train": {name: array[~is_test] for name, array in columns.items()},
            "test": {name: array[is_test] for name, array in columns.items()},
        }, notes


def with_negatives(
    part: dict[str, Array], rated: Array, items: int, count: int, seed: tuple[int, int]
) -> dict[str, Array]:
    """Puts items that are not rated beside those that are, as He et al. 2017 do.

    Args:
        part: user, item and rating of each sample.
        rated: sorted numbers user · items + item of all pairs that are rated anywhere.
        items: how many there are.
        count: of items beside each one.
        seed: of the draw.

    Returns:
        The samples, each followed by those put beside it, with the field `chosen` of 1 and 0; a rating of those is 0.
    """
    random = np.random.default_rng(seed)
    users = np.repeat(part["user"][:, 0], count)
    drawn = random.integers(0, items, len(users))
    for _ in range(100):  # drawn anew where the user has rated it
        pairs = users * items + drawn
        places = np.minimum(np.searchsorted(rated, pairs), len(rated) - 1)
        again = np.flatnonzero(rated[places] == pairs)
        if not len(again):
            break
        drawn[again] = random.integers(0, items, len(again))
    is_known = np.isin(users * items + drawn, rated)  # of users who have rated nearly everything
    first = np.arange(len(part["user"])) * (count + 1)
    taken = np.ones(len(first) * (count + 1), np.bool_)
    beside = np.setdiff1d(np.arange(len(taken)), first, assume_unique=True)
    taken[beside[is_known]] = False
    made = {name: np.zeros((len(taken), *array.shape[1:]), array.dtype) for name, array in part.items()}
    for name, array in part.items():
        made[name][first] = array
    made["user"][beside, 0], made["item"][beside, 0] = users, drawn
    made["chosen"] = np.isin(np.arange(len(taken)), first).astype(np.float32)
    return {name: array[taken] for name, array in made.items()}


@dataclass(frozen=True)
class _Numbered:
    """The users or items of a column.

    Attributes:
        column: its name.
        numbers: of each row.
        names: by number.
    """

    column: str
    numbers: Array
    names: list[str]

    def notes(self) -> Iterator[str]:
        """Yields a note where they were numbers already, but with gaps."""
        if not all(WHOLE.match(name) for name in self.names):
            return
        first, last = int(self.names[0]), int(self.names[-1])
        if last - first + 1 > len(self.names):
            yield (
                f'The {len(self.names):,} numbers of "{printable(self.column)}" have gaps ({first:,} to {last:,}); '
                "they were numbered anew, from 0."
            )


def _numbered(table: TextTable, column: int) -> _Numbered:
    """Numbers the different cells of a column: numbers in their order, others by name."""
    cells = [composed(cell) for cell in heard(table.cells(column), "rows")]
    if (row := next((i for i, cell in enumerate(heard(cells, "rows")) if cell.lower() in MISSING), None)) is not None:
        raise table.bad_cell(row, column, "a name or number is needed there. Leave that row out.")
    different = set(cells)
    whole = all(WHOLE.match(cell) for cell in different)
    names = sorted(different, key=lambda cell: (int(cell), cell)) if whole else sorted(different)
    number = {name: i for i, name in enumerate(names)}
    return _Numbered(table.header[column], np.array([number[cell] for cell in heard(cells, "rows")], np.int64), names)


def _titles(path: Path, column: str, names: list[str]) -> tuple[list[str], list[str]]:
    """Names for people of the items, from a table beside the ratings that has the same column; and notes."""
    for file in (path.with_name(name) for name in TITLES):
        if not is_plain_file(file) or file == path:
            continue
        table = read_table(file)
        key, title = table.found((column,)), table.found(TITLE)
        if key is None or title is None:
            return names, [
                f'{file.name} beside it has no columns "{printable(column)}" and "title", so it was not used.'
            ]
        titles = {composed(row[key]): row[title] for row in table.rows if row[title]}
        notes = [f"The names of the items are the titles in {file.name}."]
        if missing := [name for name in names if name not in titles]:
            notes.append(f"Items without a title there, which keep their own name ({len(missing):,}): {some(missing)}")
        made = [titles.get(name, name) for name in names]
        if same := [name for name, count in Counter(made).items() if count > 1]:
            notes.append(f"Titles that several items have, told apart by a number ({len(same):,}): {some(same)}")
        return made, notes
    return names, []


def _repeated_note(users: Array, items: Array) -> list[str]:
    pairs = users * (int(items.max()) + 1) + items
    again = len(pairs) - len(np.unique(pairs))
    return [f"{again:,} ratings are of an item that the same user has rated already; all were kept."] if again else []


def _newest_of_each(users: Array, when: Array, share: float) -> Array:
    """Marks each user's newest ratings: the share of them, rounded down, but one of two or more."""
    order = np.lexsort((when, users))  # stable: of one time the later row is the newer one
    counts = np.bincount(users)
    kept = np.where(counts > 1, np.maximum(1, np.floor(counts * share + 1e-9)), 0).astype(np.int64)
    ends = np.cumsum(counts)
    place = np.arange(len(users))
    marked = np.zeros(len(users), np.bool_)
    marked[order] = place >= (ends - kept)[users[order]]
    return marked


def _unknown_notes(splits: dict[str, dict[str, Array]], names: dict[str, list[str]]) -> Iterator[str]:
    """Notes on users and items that nobody is trained on."""
    for field, known in names.items():
        new = np.setdiff1d(splits["test"][field], splits["train"][field])
        if len(new):
            rows = int(np.isin(splits["test"][field], new).sum())
            yield (
                f"Nothing is learnt of {len(new):,} {field}s that only the test has, in {rows:,} of its "
                f"{len(splits['test'][field]):,} ratings: {some(known[i] for i in new)}"
            )
