"""Ratings: numbers of users and items, titles, and what is kept for the test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data.config import DataConfig
from workbench.data.loading import load as load_data
from workbench.data.loading import source_for
from workbench.data.sources.ratings import Ratings
from workbench.data.spec import Dataset

TABLE = "user_id,item,stars,time\nb,10,4,1\na,7,2.5,2\nb,7,1,3\na,10,5,4\nb,300,3,5\n"


def load(folder: Path, data: str | None = None, **options: Any) -> Dataset:
    if data is not None:
        (folder / "r.csv").write_text(data, "utf-8")
    return Ratings(path="r.csv", **options).load(folder)


def pairs(dataset: Dataset, split: str) -> list[tuple[str, str, float]]:
    """The ratings of a split, by name."""
    arrays = dataset.splits[split]
    users, items = (dataset.fields[name].classes for name in ("user", "item"))
    columns = (arrays["user"][:, 0], arrays["item"][:, 0], arrays["rating"])
    return [(users[user], items[item], float(rating)) for user, item, rating in zip(*columns, strict=True)]


def test_movielens(shared_data: Path) -> None:
    folder = shared_data / "ratings" / "ml-latest-small"
    dataset = Ratings(path=str(folder)).load(Path())
    assert dataset.size("train") == 100_836
    assert set(dataset.splits) == {"train"}
    user, item, rating = (dataset.fields[name] for name in ("user", "item", "rating"))
    assert (user.shape, user.kind, user.dtype, len(user.classes)) == ((1,), "tokens", "int64", 610)
    assert (item.shape, item.kind, item.dtype, len(item.classes)) == ((1,), "tokens", "int64", 9724)
    assert (rating.shape, rating.kind, rating.dtype) == ((), "scalar", "float32")
    assert dataset.splits["train"]["rating"].mean() == pytest.approx(3.5016, abs=1e-4)
    assert pairs(dataset, "train")[:2] == [("1", "Toy Story (1995)", 4), ("1", "Grumpier Old Men (1995)", 4)]
    assert dataset.notes[0].startswith('The 9,724 numbers of "movieId" have gaps (1 to 193,609)')
    assert "The names of the items are the titles in movies.csv." in dataset.notes
    assert Ratings(path=str(folder / "ratings.csv")).load(Path()).fingerprint == dataset.fingerprint
    assert source_for(folder) == source_for(folder / "ratings.csv") == "ratings"
    assert Ratings.claim(folder / "movies.csv") == 0


def test_movielens_by_time(shared_data: Path) -> None:
    path = str(shared_data / "ratings" / "ml-latest-small")
    dataset = Ratings(path=path, split="time").load(Path())
    assert (dataset.size("train"), dataset.size("test")) == (80_669, 20_167)
    assert "Tested are the 20,167 ratings from 2016-03-22 08:27:17 on." in dataset.notes
    new = set(dataset.splits["test"]["user"][:, 0]) - set(dataset.splits["train"]["user"][:, 0])
    assert f"Nothing is learnt of {len(new)} users that only the test has, in 18,247 of its 20,167 ratings" in str(
        dataset.notes
    )
    of_each = Ratings(path=path, split="user", share=0.1).load(Path())
    counts = [np.bincount(of_each.splits[split]["user"][:, 0], minlength=610) for split in ("train", "test")]
    assert np.array_equal(counts[1], np.floor(0.1 * (counts[0] + counts[1])))
    completed = load_data(DataConfig(source="ratings", options={"path": path}), Path())
    assert set(completed.splits) == {"train", "validation", "test"}


def test_numbers_and_names(tmp_path: Path) -> None:
    dataset = load(tmp_path, TABLE)
    assert dataset.fields["user"].classes == ("a", "b")
    assert dataset.fields["item"].classes == ("7", "10", "300")
    assert dataset.splits["train"]["user"].tolist() == [[1], [0], [1], [0], [1]]
    assert dataset.splits["train"]["item"].tolist() == [[1], [0], [0], [1], [2]]
    assert dataset.splits["train"]["rating"].tolist() == [4, 2.5, 1, 5, 3]
    assert dataset.notes == ('The 3 numbers of "item" have gaps (7 to 300); they were numbered anew, from 0.',)
    assert source_for(tmp_path / "r.csv") == "ratings"


def test_the_newest_of_each_user(tmp_path: Path) -> None:
    dataset = load(tmp_path, TABLE, split="user", share=0.34)
    assert pairs(dataset, "test") == [("a", "10", 5), ("b", "300", 3)]
    assert dataset.notes[1:] == (
        "Tested are the newest 2 ratings of 2 users, of each 34%.",
        "Nothing is learnt of 1 items that only the test has, in 1 of its 2 ratings: 300.",
    )
    one = load(tmp_path, TABLE + "c,7,1,9\n", split="user")
    assert ("c", "7", 1.0) in pairs(one, "train")


def test_the_newest_of_all(tmp_path: Path) -> None:
    dataset = load(tmp_path, TABLE, split="time", share=0.4)
    assert pairs(dataset, "test") == [("a", "10", 5), ("b", "300", 3)]
    assert "Tested are the 2 ratings from 4 on." in dataset.notes
    tied = load(tmp_path, TABLE.replace("300,3,5", "300,3,4"), split="time", share=0.2)
    assert len(pairs(tied, "test")) == 2
    dates = "user,item,rating,date\na,1,1,2020-01-02\na,2,2,2020-01-03\nb,1,3,2020-01-01\n"
    assert "Tested are the 1 ratings from 2020-01-03 on." in load(tmp_path, dates, split="time", share=0.3).notes
    with pytest.raises(UnreadableError, match=r"5 ratings cannot be parted by split=time with share=0\.01"):
        load(tmp_path, TABLE, split="time", share=0.01)


def test_titles(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text('item,title\n7,"One, two"\n10,Three\n300,Three\n')
    dataset = load(tmp_path, TABLE + "a,301,1,9\n")
    assert dataset.fields["item"].classes == ("One, two", "Three", "Three (2)", "301")
    assert dataset.notes[1:] == (
        "The names of the items are the titles in items.csv.",
        "Items without a title there, which keep their own name (1): 301.",
        "Titles that several items have, told apart by a number (1): Three.",
    )
    (tmp_path / "items.csv").write_text("id,title\n7,One\n")
    assert 'items.csv beside it has no columns "item" and "title", so it was not used.' in load(tmp_path).notes


def test_ratings_given_twice(tmp_path: Path) -> None:
    dataset = load(tmp_path, "user,item,rating\n1,1,1\n1,1,2\n2,1,3\n")
    assert dataset.notes == ("1 ratings are of an item that the same user has rated already; all were kept.",)


def test_columns_by_option(tmp_path: Path) -> None:
    data = "who,what,how\nx,y,1\nz,y,2\n"
    with pytest.raises(UsageError, match=r"which column is the user. There are: who, what, how. Name it with user=COL"):
        load(tmp_path, data)
    dataset = load(tmp_path, user="who", item="what", rating="how")
    assert pairs(dataset, "train") == [("x", "y", 1), ("z", "y", 2)]
    with pytest.raises(UsageError, match="user=whom: there is no such column"):
        load(tmp_path, user="whom")
    with pytest.raises(
        UsageError, match=r"split=time needs to know when .* no column of times. There are: who, what, how"
    ):
        load(tmp_path, user="who", item="what", rating="how", split="time")
    by = load(tmp_path, user="who", item="what", rating="how", time="how", split="time", share=0.5)
    assert pairs(by, "test") == [("z", "y", 2)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,7,good,1", r'row 6 \(line 7\), column "stars" holds "good": this is no number'),
        ("a,7,,1", r'row 6 \(line 7\), column "stars" holds an empty cell: a rating is needed there'),
        ("a,,1,1", r'row 6 \(line 7\), column "item" holds an empty cell: a name or number is needed'),
        ("a,7,1", r"row 6 \(line 7\) has 3 cells, but the header has 4"),
        ("a,7,1e300,1", r'row 6 \(line 7\), column "stars" holds "1e300": this is not finite in single'),
    ],
)
def test_wrong_rows(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=rf"r\.csv: {reason}"):
        load(tmp_path, TABLE + row + "\n")


def test_a_folder_without_ratings(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"there is no ratings\.csv in this folder"):
        Ratings(path=".").load(tmp_path)
    assert Ratings.claim(tmp_path) == 0


def test_a_table_is_known_by_the_columns_that_are_found_in_it(tmp_path: Path) -> None:
    dataset = load(tmp_path, "user-id,item-id,rating\nx,y,4\nz,y,5\n")
    assert pairs(dataset, "train") == [("x", "y", 4), ("z", "y", 5)]
    assert Ratings.claim(tmp_path / "r.csv") == 2


def test_items_that_are_not_rated_are_put_beside(tmp_path: Path) -> None:
    rows = [f"{user},{item},{(user + item) % 5 + 1}" for user in range(20) for item in range(0, 40, 1 + user % 3)]
    dataset = load(tmp_path, "user,item,rating\n" + "\n".join(rows) + "\n", negatives=3)
    arrays = dataset.splits["train"]
    chosen = arrays["chosen"] > 0
    assert chosen.sum() == len(rows)
    rated = {tuple(map(int, row.split(",")[:2])) for row in rows}
    items = dataset.fields["item"].classes
    found = [(int(u), int(items[i])) for u, i in zip(arrays["user"][:, 0], arrays["item"][:, 0], strict=True)]
    assert {pair for pair, is_chosen in zip(found, chosen, strict=True) if is_chosen} == rated
    assert not {pair for pair, is_chosen in zip(found, chosen, strict=True) if not is_chosen} & rated
    of_user = np.bincount(arrays["user"][~chosen, 0], minlength=20)
    assert of_user[0] == 0, "who has rated everything has nothing beside"
    assert of_user[1] == 3 * 20
    assert (arrays["rating"][~chosen] == 0).all()
    again = load(tmp_path, negatives=3).splits["train"]["item"]
    assert np.array_equal(again, arrays["item"])
    assert not np.array_equal(load(tmp_path, negatives=3, seed=1).splits["train"]["item"], arrays["item"])
