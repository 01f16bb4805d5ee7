"""Windows of tables over time: columns, borders between the parts, scales, and cells that are wrong."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data import limits
from workbench.data.config import DataConfig
from workbench.data.loading import load as load_data
from workbench.data.loading import source_for
from workbench.data.sources.forecast import Forecast
from workbench.data.spec import Dataset

SPLITS = ("train", "validation", "test")


def table(folder: Path, rows: int = 40, header: str = "t,a,b") -> Path:
    """Rows of the time, 10 + the row, and its square."""
    lines = [header, *(f"{i},{10 + i},{i * i}" for i in range(rows))]
    (folder / "a.csv").write_text("\n".join(lines))
    return folder / "a.csv"


def load(path: Path, data: str | None = None, **options: Any) -> Dataset:
    if data is not None:
        path.write_text(data, "utf-8")
    return Forecast(path=path.name, **options).load(path.parent)


def refused(path: Path, data: str | None = None, **options: Any) -> str:
    with pytest.raises(UnreadableError) as caught:
        load(path, data, **options)
    assert str(caught.value).startswith(f"{path}: ")
    return caught.value.reason


def sizes(dataset: Dataset) -> list[int]:
    return [dataset.size(split) for split in SPLITS]


def test_values_windows_and_scales(tmp_path: Path) -> None:
    plain: dict[str, Any] = {
        "change": "value",
        "scaled": False,
        "target": "a",
        "inputs": "a",
        "validation": 0.25,
        "test": 0.25,
    }
    dataset = load(table(tmp_path), time="t", window=3, horizon=2, **plain)
    assert sizes(dataset) == [16, 6, 6]
    assert dataset.fields["series"].shape == (1, 3)
    assert (dataset.fields["future"].shape, dataset.fields["future"].kind) == ((2,), "vector")
    train, test = dataset.splits["train"], dataset.splits["test"]
    mean, deviation = 10 + 9.5, np.arange(20).std()
    assert np.allclose(train["series"][0, 0] * deviation + mean, [10, 11, 12])
    assert np.array_equal(train["future"][0], [13, 14])
    assert np.array_equal(train["naive"][0], [12, 12])
    assert (train["last"][0], test["last"][0]) == (12, 42)
    assert np.allclose(test["series"][0, 0] * deviation + mean, [40, 41, 42])
    assert np.array_equal(test["future"][-1], [48, 49])


@pytest.mark.parametrize(
    ("change", "future"),
    [("difference", 1.0), ("relative", 1 / 12), ("log", np.log(13 / 12)), ("auto", np.log(13 / 12))],
)
def test_changes(tmp_path: Path, change: str, future: float) -> None:
    options: dict[str, Any] = {"time": "t", "inputs": "a", "target": "a", "window": 3}
    dataset = load(table(tmp_path), change=change, scaled=False, **options)
    assert (dataset.fields["future"].shape, dataset.fields["future"].kind) == ((), "scalar")
    assert dataset.splits["train"]["future"][0] == pytest.approx(future, rel=1e-6)
    assert not dataset.splits["train"]["naive"].any()
    if change != "difference":
        scaled = load(tmp_path / "a.csv", change=change, **options)
        assert scaled.splits["train"]["future"].std() == pytest.approx(1, rel=1e-5)


def test_auto_takes_differences_where_not_all_is_positive(tmp_path: Path) -> None:
    dataset = load(table(tmp_path), time="t", window=3, scaled=False)
    assert dataset.splits["train"]["future"][0] == 9 - 4
    assert 'The column "b" is what is foretold (target).' in dataset.notes
    reason = refused(tmp_path / "a.csv", time="t", change="log")
    assert reason.startswith('row 1 (line 2), column "b" holds "0": a log change needs values above 0.')
    assert "0 has no relative change" in refused(tmp_path / "a.csv", time="t", change="relative")


def test_changes_that_are_seen(tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "time": "t",
        "inputs": "a;b",
        "target": "a",
        "window": 2,
        "seen": "change",
        "scaled": False,
    }
    dataset = load(table(tmp_path), **options)
    assert "differences from step to step" in dataset.notes[1]
    squares = np.diff(np.arange(28) ** 2)
    shown = dataset.splits["train"]["series"][0]
    assert np.allclose(shown[1] * squares.std() + squares.mean(), [1, 3], rtol=1e-5)
    assert not shown[0].any()  # always 1: no deviation
    assert dataset.splits["train"]["last"][0] == 12


def test_no_window_sees_beyond_a_border(tmp_path: Path) -> None:
    dataset = load(table(tmp_path, 200), time="t", inputs="a", target="a", window=5, horizon=3, change="difference")
    last = {split: dataset.splits[split]["last"] - 10 for split in SPLITS}  # the row of the last step that is seen
    borders = [0, 140, 170, 200]
    for split, (start, end) in zip(SPLITS, pairwise(borders), strict=True):
        assert list(last[split]) == list(range(start + 4, end - 3)), split
    assert (
        "Training from 0 to 139, validation from 140 to 169, test from 170 to 199; no window straddles a border."
        in dataset.notes
    )
    sparse = load(tmp_path / "a.csv", time="t", inputs="a", target="a", window=5, step=10)
    assert list(sparse.splits["train"]["last"][:3]) == [14, 24, 34]


def test_shares_of_real_prices(shared_data: Path) -> None:
    path = shared_data / "finance" / "ibm_daily.csv"
    dataset = load(path)
    assert sizes(dataset) == [2259, 461, 460]
    assert dataset.fields["series"].shape == (6, 30)
    assert dataset.notes[0] == 'The column "Close" is what is foretold (target).'
    assert "Rows are 1 to 7 days apart; each counts as one step." in dataset.notes
    assert (
        "Training from 2000-03-01 to 2009-04-07, validation from 2009-04-08 to 2011-03-18, test from 2011-03-21 to "
        "2013-03-01; no window straddles a border." in dataset.notes
    )
    assert source_for(path) == "forecast"


def test_tomorrow_is_today_misses_as_much_as_the_data_says(shared_data: Path) -> None:
    for name, error in (("AAPL", 1.36), ("IBM", 0.87), ("MSFT", 1.04)):
        path = shared_data / "finance" / "three_stocks_close.csv"
        dataset = load(path, target=name, change="relative", scaled=False, test=531 / 3270, validation=0.1)
        test = dataset.splits["test"]
        assert abs(dataset.size("test") - 500) <= 1
        assert np.abs(test["future"] - test["naive"]).mean() * 100 == pytest.approx(error, abs=0.03)


def test_long_form(shared_data: Path) -> None:
    dataset = load(shared_data / "finance" / "stocks_monthly_long.csv", window=5)
    assert sizes(dataset) == [350, 70, 65]
    assert dataset.notes[:2] == (
        'Dates such as "Jan 1 2000" were read as %b %d %Y.',
        'The column "symbol" was taken to tell the series apart (key).',
    )
    assert "(each series by its own)" in dataset.notes[3]
    assert dataset.splits["train"]["last"][0] == np.float32(25.45)  # MSFT, May 2000


def test_several_targets(shared_data: Path) -> None:
    path = shared_data / "finance" / "three_stocks_close.csv"
    dataset = load(path, target="AAPL;ibm", inputs="MSFT", horizon=2, change="difference", scaled=False)
    assert dataset.fields["series"].shape == (1, 30)
    assert dataset.fields["future"].shape == (4,)
    train = dataset.splits["train"]
    ahead = train["future"][0].reshape(2, 2) + train["last"][0][:, None]
    assert np.allclose(ahead[:, 0], train["last"][1], rtol=1e-5)
    with pytest.raises(UsageError, match=r"target=SUN: there is no such column .* There are: Date, AAPL, IBM, MSFT\."):
        load(path, target="SUN")
    with pytest.raises(UsageError, match='inputs="IBM;IBM": name one or several columns, each once'):
        load(path, target="IBM", inputs="IBM;IBM")


def test_rows_in_any_order_and_series_that_come_late(tmp_path: Path) -> None:
    rows = [f"2020-01-{day:02},{name},{day}" for day in range(31, 0, -1) for name in "xyz"[: 3 if day > 28 else 2]]
    dataset = load(tmp_path / "a.csv", "date,who,price\n" + "\n".join(rows), window=2, change="value", scaled=False)
    assert "The rows were brought into the order of their times." in dataset.notes
    assert "Series with too few steps to train with, left out (1): z." in dataset.notes
    assert list(dataset.splits["train"]["future"][:3]) == [3, 4, 5]


def test_bad_cells_of_tables(shared_data: Path) -> None:
    bad = shared_data / "bad"
    with pytest.raises(UsageError, match=r"which column holds the times. There are: a, b, c, label\."):
        load(bad / "csv_nan.csv")
    reason = (
        'row 2 (line 3), column "b" holds an empty cell: 2 rows lack values. Choose missing=previous or missing=drop.'
    )
    assert refused(bad / "csv_nan.csv", time="") == reason
    assert refused(bad / "csv_mixed.csv", time="").startswith('row 2 (line 3), column "b" holds "two"')
    assert refused(bad / "csv_ragged.csv", time="").startswith("row 2 (line 3) has 3 cells, but the header has 4.")


def test_gaps(tmp_path: Path) -> None:
    rows = [f"{i},{'' if i in (0, 3) else i}" for i in range(30)]
    data = "t,x\n" + "\n".join(rows)
    options: dict[str, Any] = {"time": "t", "window": 2, "change": "value", "scaled": False}
    assert "Choose missing=previous" in refused(tmp_path / "a.csv", data, **options)
    filled = load(tmp_path / "a.csv", missing="previous", **options)
    assert list(filled.splits["train"]["future"][:3]) == [2, 4, 5]  # 1 2 [2] 4 5
    assert "2 of 30 rows lack values and were filled with the value before" in filled.notes[0]
    dropped = load(tmp_path / "a.csv", missing="drop", **options)
    assert list(dropped.splits["train"]["future"][:3]) == [4, 5, 6]
    assert "were left out (missing)." in dropped.notes[0]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            "2020-01-01,1\n2020-01-02,2\n2020-01-01,3\n",
            'row 3 (line 4), column "date" holds "2020-01-01": row 1 has the same',
        ),
        ("2020-01-01,1\nnever,2\n", 'row 2 (line 3), column "date" holds "never": this is no date.'),
        ("2020-01-01,1\n,2\n", 'row 2 (line 3), column "date" holds an empty cell: a time is needed there.'),
        ("02/03/2020,1\n01/04/2020,2\n", 'row 1 (line 2), column "date" holds "02/03/2020": which is the day?'),
        ("2020-01-01,1\n2020-01-02,2\n", "it has 2 different times; at least 3 are needed."),
        ("2020-01-01,x\n2020-01-02,y\n", "there is no column of numbers beside the time."),
        ("2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", "the train part has too few rows for a window of 30 steps"),
    ],
)
def test_wrong_tables(tmp_path: Path, rows: str, reason: str) -> None:
    assert refused(tmp_path / "a.csv", f"date,x\n{rows}").startswith(reason)


@pytest.mark.parametrize(
    ("cells", "last", "note"),
    [
        (("31/01/2020", "01/02/2020"), "2020-02-01", "%d/%m/%Y"),
        (("01/02/2020", "01/03/2020", "01/04/2020"), "", "which is the day"),
        (("2020-01-01T06:00+02:00", "2020-01-01T05:00+00:00"), "2020-01-01 05:00:00", ""),
        (("March 1, 2000", "April 2, 2000"), "2000-04-02", "%B %d, %Y"),
        (("20200131", "20200201"), "2020-02-01", ""),
    ],
)
def test_ways_to_write_dates(tmp_path: Path, cells: tuple[str, ...], last: str, note: str) -> None:
    from workbench.data.text_table import read_table
    from workbench.data.times import times

    (tmp_path / "a.csv").write_text("when\n" + "\n".join(f'"{cell}"' for cell in cells))
    table = read_table(tmp_path / "a.csv")
    if not last:
        with pytest.raises(UnreadableError, match=note):
            times(table, 0)
        assert times(table, 0, "%m/%d/%Y")[1](times(table, 0, "%m/%d/%Y")[0][0]) == "2020-01-02"
        return
    found, text, notes = times(table, 0)
    assert text(found[-1]) == last
    assert [each for each in notes if note in each] == notes
    assert bool(notes) == bool(note)


def test_options_that_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must leave at least 5% of the times"):
        Forecast(path="a", validation=0.5, test=0.46)
    assert "the validation part has too few rows" in refused(table(tmp_path), time="t", window=10)


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    assert "Make window or horizon smaller, or step larger." in refused(table(tmp_path), time="t", window=10)


def test_nothing_is_drawn_from_the_training_windows(shared_data: Path) -> None:
    path = str(shared_data / "finance" / "ibm_daily.csv")
    dataset = load_data(DataConfig(source="forecast", options={"path": path}), Path())
    assert sizes(dataset) == [2259, 461, 460]


def test_values_that_are_too_large(tmp_path: Path) -> None:
    data = "t,x\n" + "\n".join(f"{i},{i}e300" for i in range(1, 60))
    reason = 'row 1 (line 2), column "x" holds "1e300": this is not finite in single precision.'
    assert refused(tmp_path / "a.csv", data, time="t") == reason
    steep = "t,x\n" + "\n".join(f"{i},{1e-30 if i % 2 else 1e30}" for i in range(60))
    assert "future of the train part is not finite" in refused(
        tmp_path / "a.csv", steep, window=2, change="relative", time="t", scaled=False
    )


def test_columns_that_are_found_by_what_they_hold(tmp_path: Path) -> None:
    rows = [f"2020-{month:02}-01,{month},up,{month * 2}" for month in range(1, 13)]
    data = "when,a,mood,b\n" + "\n".join(rows)
    dataset = load(tmp_path / "a.csv", data, window=1, validation=0.25, test=0.25, inputs="a")
    assert dataset.notes[:2] == (
        'The column "when" was taken as the time.',
        'The column "b" is what is foretold (target).',
    )
    every = load(tmp_path / "a.csv", window=1, validation=0.25, test=0.25, target="a", key="mood", change="value")
    assert every.fields["series"].shape == (2, 1)
    assert not [note for note in every.notes if "mood" in note]  # it was named
    plain = load(tmp_path / "a.csv", window=1, validation=0.25, test=0.25, key="")
    assert "Columns that do not hold numbers, left out (1): mood." in plain.notes
    assert "value itself, of a, 1 step(s) ahead, less 3.5 and divided by 1.70783." in every.notes[-2]
