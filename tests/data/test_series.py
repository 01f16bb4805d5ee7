"""Series with classes: the archives' formats, their two parts, and what is odd with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.core.values import Value
from workbench.data import limits
from workbench.data.config import DataConfig
from workbench.data.loading import load as load_data
from workbench.data.loading import source_for
from workbench.data.sources.series import SeriesFiles
from workbench.data.spec import Dataset

TS = "@problemName a\n@timeStamps false\n@classLabel true x y\n@data\n"
ARFF = "% made here\n@relation a\n@attribute 'att 1' numeric\n@ATTRIBUTE b REAL\n@attribute c {x, 'y z'}\n@data\n"


def load(path: Path, data: str | None = None, **options: Any) -> Dataset:
    if data is not None:
        path.write_text(data, "utf-8")
    return SeriesFiles(path=path.name, **options).load(path.parent)


def refused(path: Path, data: str, **options: Any) -> str:
    with pytest.raises(UnreadableError) as caught:
        load(path, data, **options)
    assert str(caught.value).startswith(f"{path}: ")
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "shape", "classes", "sizes"),
    [
        ("GunPoint_TRAIN.ts", (1, 150), 2, (50, 150)),
        ("GunPoint_TRAIN.tsv", (1, 150), 2, (50, 150)),
        ("ItalyPowerDemand_TEST.csv", (1, 24), 2, (67, 1029)),
        ("BasicMotions_TRAIN.ts", (6, 100), 4, (40, 40)),
        ("PickupGestureWiimoteZ_TEST.ts", (1, 361), 10, (50, 50)),
    ],
)
def test_sets_of_the_archives(
    shared_data: Path, name: str, shape: tuple[int, int], classes: int, sizes: tuple[int, int]
) -> None:
    path = shared_data / "timeseries" / name
    dataset = load(path)
    assert dataset.fields["series"].shape == shape
    assert (dataset.fields["series"].kind, dataset.fields["series"].dtype) == ("map", "float32")
    assert len(dataset.fields["label"].classes) == classes
    assert (dataset.size("train"), dataset.size("test")) == sizes
    for split in ("train", "test"):
        assert dataset.splits[split]["series"].shape[1:] == shape
        assert dataset.splits[split]["series"].dtype == np.float32
        assert dataset.splits[split]["label"].max() == classes - 1
    assert source_for(path) == "series"


def test_values_of_real_files(shared_data: Path) -> None:
    folder = shared_data / "timeseries"
    gun = load(folder / "GunPoint_TRAIN.ts").splits["train"]
    assert list(gun["series"][0, 0, :3]) == [np.float32(each) for each in (-0.6478854, -0.64199155, -0.63818632)]
    assert np.array_equal(gun["series"], load(folder / "GunPoint_TRAIN.tsv").splits["train"]["series"])
    assert np.array_equal(gun["label"], load(folder / "GunPoint_TRAIN.tsv").splits["train"]["label"])
    for name in ("TRAIN", "TEST"):
        pair = [load(folder / f"ItalyPowerDemand_{name}.{end}") for end in ("ts", "csv")]
        assert pair[0].fingerprint == pair[1].fingerprint
    motions = load(folder / "BasicMotions_TRAIN.ts")
    assert motions.fields["label"].classes == ("Standing", "Running", "Walking", "Badminton")
    assert list(np.bincount(motions.splits["train"]["label"])) == [10, 10, 10, 10]
    assert motions.notes == ()


def test_unequal_lengths_of_a_real_set(shared_data: Path) -> None:
    path = shared_data / "timeseries" / "PickupGestureWiimoteZ_TRAIN.ts"
    dataset = load(path)
    assert dataset.fields["label"].classes == tuple(map(str, range(1, 11)))
    assert dataset.notes == (
        "The series have 29 to 361 steps; 99 of 100 were filled up to 361 with zeros at the end (length).",
    )
    cut = load(path, length=50)
    assert np.array_equal(cut.splits["train"]["series"], dataset.splits["train"]["series"][:, :, :50])
    assert [note for note in cut.notes if "cut to their first 50 steps" in note]
    even = load(path, length=50, standardise="series").splits["train"]["series"]
    assert np.allclose(even.mean(axis=2)[even[:, 0, -1] != 0], 0, atol=1e-5)


def test_gaps_of_a_ts_file(tmp_path: Path) -> None:
    file = tmp_path / "a.ts"
    data = f"# about\n{TS}1,?,3,NaN:x\n?,?,?,4:y\n"
    dataset = load(file, data)
    assert np.array_equal(dataset.splits["train"]["series"][:, 0], [[1, 2, 3, 3], [4, 4, 4, 4]])
    assert dataset.notes == (
        "5 missing values in 2 series were replaced by a line between their neighbours (missing).",
    )
    zero = load(file, missing="zero")
    assert np.array_equal(zero.splits["train"]["series"][:, 0], [[1, 0, 3, 0], [0, 0, 0, 4]])
    assert refused(file, data, missing="refuse").startswith("2 values of series 1 are missing. Choose missing=")
    empty = load(file, f"{TS}1,2:?,?:x\n")
    assert "1 dimensions of series had no value at all and became zeros." in empty.notes


def test_dimensions_of_their_own_lengths(tmp_path: Path) -> None:
    dataset = load(tmp_path / "a.ts", f"@dimensions 3\n{TS}1,2,3:4:x\n5:6,7:y\n")
    assert np.array_equal(dataset.splits["train"]["series"], [[[1, 2, 3], [4, 0, 0]], [[5, 0, 0], [6, 7, 0]]])
    assert "The header declares 3 dimensions; there are 2, which were taken." in dataset.notes


def test_standardised_series_without_a_deviation(tmp_path: Path) -> None:
    dataset = load(tmp_path / "a.ts", f"{TS}1,3:x\n5,5:y\n", standardise="series")
    assert np.array_equal(dataset.splits["train"]["series"][:, 0], [[-1, 1], [0, 0]])
    assert dataset.notes == (
        "Each dimension of each series was brought to mean 0 and deviation 1 (standardise).",
        "1 dimensions of series are the same at all steps, so they became zeros.",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("1,2:x\n", 'line 1 is "1,2:x", but the header of a .ts file has lines with @.'),
        ("@problemName a\n", "there is no line @data in it"),
        (TS, "there are no series in it."),
        ("@\n", "there is no line @data in it"),
        (f"{TS}1,2\n", 'line 5 has no ":"'),
        (f"{TS}1,2:z\n", 'line 5 is of the class "z", but the header declares x, y.'),
        (f"{TS}1,2:\n", 'line 5 is of the class "", but the header declares x, y.'),
        (f"{TS}1,two:x\n", 'line 5, value 2 is "two", no finite number.'),
        (f"{TS}1,inf:x\n", 'line 5, value 2 is "inf", no finite number.'),
        (f"{TS}1_0,2:x\n", 'line 5, value 1 is "1_0", no finite number.'),
        (f"{TS}1,2::x\n", "line 5 has a dimension without values."),
        (f"{TS}1:x\n1:2:y\n", "series 2 has 2 dimensions, but the first has 1."),
        (f"{TS}1e300:x\n", 'line 5, value 1 is "1e300", no finite number.'),
        ("@timeStamps true\n@data\n", "its values have time stamps"),
        ("@targetLabel true\n@data\n", "its targets are numbers"),
        ("@classLabel false\n@data\n", "it has no classes"),
    ],
)
def test_wrong_ts_files(tmp_path: Path, data: str, reason: str) -> None:
    assert refused(tmp_path / "a.ts", data).startswith(reason)


def test_tsv_with_padding_and_numbers_as_classes(tmp_path: Path) -> None:
    dataset = load(tmp_path / "a.tsv", "1.0\t1\t2\tNaN\n-1\t3\tNaN\t4\r\n10\t5\t6\t7\n")
    assert dataset.fields["label"].classes == ("-1", "1", "10")
    assert list(dataset.splits["train"]["label"]) == [1, 0, 2]
    assert np.array_equal(dataset.splits["train"]["series"][:, 0], [[1, 2, 0.0], [3, 3.5, 4], [5, 6, 7.0]])
    assert dataset.notes == (
        "Missing values at the end of 1 series were taken as their end.",
        "Classes are numbers and were named plainly (1): 1.0 as 1.",
        "The series have 2 to 3 steps; 1 of 3 were filled up to 3 with zeros at the end (length).",
        "1 missing values in 1 series were replaced by a line between their neighbours (missing).",
    )
    assert refused(tmp_path / "a.tsv", "1 2 3\n").startswith("line 1 has no tab")
    assert refused(tmp_path / "a.tsv", "?\t2\n").startswith("line 1 has no class")


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("t0,t1,Class", 'The column "Class" was taken as the class, by its name.'),
        ("t0,t1,what", 'The column "what" was taken as the class, as the only one that does not hold numbers.'),
    ],
)
def test_the_column_of_classes(tmp_path: Path, header: str, note: str) -> None:
    dataset = load(tmp_path / "a.csv", f"{header}\n1,2,b\n3,4,a\n")
    assert dataset.fields["label"].classes == ("a", "b")
    assert np.array_equal(dataset.splits["train"]["series"][:, 0], [[1, 2], [3, 4]])
    assert dataset.notes == (note,)


def test_a_table_of_numbers_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    dataset = load(file, "id,t0,t1,t2\n0,1,2,7\n1,3,4,8\n")
    assert dataset.notes == (
        'The column "t2" was taken as the class, as the last one.',
        'Columns that count the rows, left out (1): "id".',
    )
    assert load(file, label="t0").fields["label"].classes == ("1", "3")
    with pytest.raises(UsageError, match="label=u: there is no such column"):
        load(file, label="u")


def test_wrong_tables(tmp_path: Path, shared_data: Path) -> None:
    file = tmp_path / "a.csv"
    assert refused(file, "1,2,3\n4,5,6\n").startswith("its first line holds numbers alone")
    assert (
        refused(file, "t0,label\n1,\n")
        == 'row 1 (line 2), column "label" holds an empty cell: a class is needed there.'
    )
    assert refused(file, "label\n1\n") == "there is no column of values beside the class."
    assert refused(file, "t0,t1,label\n1,2,a\n3,x,b\n").startswith('row 2 (line 3), column "t1" holds "x"')
    bad = shared_data / "bad"
    assert refused(file, (bad / "csv_ragged.csv").read_text()).startswith("row 2 (line 3) has 3 cells")
    assert refused(file, (bad / "csv_mixed.csv").read_text()).startswith('row 2 (line 3), column "b" holds "two"')
    assert "2 missing values in 2 series" in str(load(bad / "csv_nan.csv").notes)


def test_arff(tmp_path: Path) -> None:
    dataset = load(tmp_path / "a.arff", f"{ARFF}1,?,x\n% more\n3,4,'y z'\n")
    assert dataset.fields["label"].classes == ("x", "y z")
    assert np.array_equal(dataset.splits["train"]["series"][:, 0], [[1, 0], [3, 4]])
    assert dataset.notes[0] == "Missing values at the end of 1 series were taken as their end."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("hello\n", 'line 1 is "hello", no header of an .arff file.'),
        ("@relation a\n", "there is no line @data in it"),
        ("@relation a\n@data\n", "it declares no attributes"),
        ("@attribute a relational\n@data\n", "its series are of several dimensions"),
        ("@attribute a real\n@data\n", 'its last attribute is "real"'),
        ("@attribute a string\n@attribute b {x}\n@data\n", 'an attribute of type "string" is no value'),
        (f"{ARFF}1,x\n", "line 7 has 2 values, but 3 attributes are declared."),
        (f"{ARFF}1,2,z\n", 'line 7 is of the class "z", but declared are x, y z.'),
    ],
)
def test_wrong_arff_files(tmp_path: Path, data: str, reason: str) -> None:
    assert refused(tmp_path / "a.arff", data).startswith(reason)


def test_two_parts(tmp_path: Path) -> None:
    (tmp_path / "a_train.ts").write_text(f"{TS}1,2:x\n")
    (tmp_path / "a_test.ts").write_text(f"{TS}1,2:y\n3,4:y\n")
    for name in ("a_train.ts", "a_test.ts"):
        dataset = load(tmp_path / name)
        assert (dataset.size("train"), dataset.size("test")) == (1, 2)
        assert list(dataset.splits["test"]["label"]) == [1, 1]
    assert load(tmp_path).fingerprint == dataset.fingerprint
    (tmp_path / "a_test.ts").write_text(f"{TS}1,2:1:y\n")
    assert refused(tmp_path / "a_test.ts", f"{TS}1,2:1:y\n").startswith(
        "its series have 2 dimensions, those of a_train.ts 1"
    )


def test_one_part_alone(tmp_path: Path) -> None:
    dataset = load(tmp_path / "a_TEST.ts", f"{TS}1,2:x\n")
    assert set(dataset.splits) == {"train"}
    assert dataset.notes == (
        "There is no a_TRAIN.ts beside this test part, so it is all there is.",
        "Classes that are declared and that no series is of, left out (1): y.",
    )


def test_folders_of_the_two_parts(tmp_path: Path) -> None:
    for part in ("TRAIN", "TEST"):
        (tmp_path / f"b_{part}").mkdir()
        (tmp_path / f"b_{part}" / "data.ts").write_text(f"{TS}1,2:x\n")
    source = SeriesFiles(path="b_TEST")
    before = source.state(tmp_path)
    assert set(source.load(tmp_path).splits) == {"train", "test"}
    (tmp_path / "b_TRAIN" / "data.ts").write_text(f"{TS}1,2:x\n1,2:y\n")
    assert source.state(tmp_path) != before
    assert source_for(tmp_path / "b_TEST") == "series"


def test_a_folder_must_hold_one_set(tmp_path: Path, shared_data: Path) -> None:
    with pytest.raises(UnreadableError, match="there is none in this folder"):
        load(tmp_path)
    with pytest.raises(UnreadableError, match="there are several: BasicMotions_TRAIN"):
        load(shared_data / "timeseries")
    with pytest.raises(UnreadableError, match=r"series are read from \.ts, \.tsv, \.arff, \.csv"):
        load(tmp_path / "a.txt", "1")


def test_what_is_claimed(tmp_path: Path) -> None:
    contents = {
        "a.ts": ("export const a = 1;\n", 0),
        "b.ts": (f"#\n{TS}", 2),
        "a.tsv": ("text\tlabel\n", 0),
        "b.tsv": ("1\t" + "\t".join("123456789") + "\n", 2),
        "a.csv": ("a,b,label\n", 0),
        "b.csv": (",".join(f"t{i}" for i in range(9)) + ",label\n", 2),
        "a.arff": ("", 1),
        "a.txt": ("", 0),
    }
    for name, (data, claim) in contents.items():
        (tmp_path / name).write_text(data)
        assert SeriesFiles.claim(tmp_path / name) == claim, name


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)
    assert "Set length to cut the series." in refused(tmp_path / "a.ts", f"{TS}1,2:x\n", length=1000)


def test_the_program_cuts_what_is_missing(shared_data: Path) -> None:
    path = str(shared_data / "timeseries" / "BasicMotions_TRAIN.ts")
    dataset = load_data(DataConfig(source="series", options={"path": path}), Path())
    assert dataset.size("train") + dataset.size("validation") == 40
    assert dataset.size("test") == 40


def test_arrays_of_series_with_classes(tmp_path: Path) -> None:
    path = tmp_path / "s.npz"
    train, test = np.arange(60.0).reshape(6, 10) / 7, np.arange(24.0).reshape(3, 8)
    train[1, 7:] = np.nan
    train[2, 3] = np.nan
    np.savez(path, x_train=train, y_train=np.array(["a", "b"] * 3), x_test=test, y_test=np.array(["b", "a", "b"]))
    assert source_for(path) == "series"
    dataset = SeriesFiles(path=str(path)).load(Path())
    assert dataset.fields["series"] == Value((1, 10), "map", "float32")
    assert dataset.fields["label"].classes == ("a", "b")
    assert dataset.splits["train"]["label"].tolist() == [0, 1, 0, 1, 0, 1]
    found = dataset.splits["train"]["series"]
    assert np.allclose(found[0, 0], train[0])
    assert np.allclose(found[1, 0], [*train[1, :7], 0, 0, 0])
    assert np.isclose(found[2, 0, 3], (train[2, 2] + train[2, 4]) / 2)
    assert dataset.splits["test"]["series"].shape == (3, 1, 10)
    assert dataset.notes == (
        "Missing values at the end of 1 series were taken as their end.",
        "The series have 7 to 10 steps; 4 of 9 were filled up to 10 with zeros at the end (length).",
        "1 missing values in 1 series were replaced by a line between their neighbours (missing).",
    )


def test_arrays_of_several_dimensions(tmp_path: Path) -> None:
    path = tmp_path / "s.npz"
    values = np.random.default_rng(0).integers(0, 9, (4, 3, 12))
    np.savez(path, series=values, label=np.array([0, 1, 0, 1]), weight=np.arange(4.0))
    dataset = SeriesFiles(path=str(path), length=5, standardise="series").load(Path())
    train = dataset.splits["train"]
    assert train["series"].shape == (4, 3, 5)
    assert np.allclose(train["series"].mean(2), 0, atol=1e-6)
    assert train["weight"].tolist() == [0, 1, 2, 3]
    plain = SeriesFiles(path=str(path), series="series", label="label").load(Path()).splits["train"]["series"]
    assert np.array_equal(plain, values)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"x": np.zeros((4, 9))}, "no array of it says the class of each series"),
        (
            {"x": np.full((4, 9), np.inf), "y": np.arange(4) % 2},
            r"x\[0, 0, 0\]: a value of the train split is not finite",
        ),
        ({"x": np.full((4, 9), "a"), "y": np.arange(4) % 2}, "holds no series"),
        ({"a": np.zeros((4, 9)), "b": np.zeros((4, 9))}, "which array holds the series[?]"),
    ],
)
def test_arrays_that_are_no_series(tmp_path: Path, arrays: dict[str, Any], told: str) -> None:
    np.savez(tmp_path / "s.npz", **arrays)
    with pytest.raises(UnreadableError, match=told):
        SeriesFiles(path=str(tmp_path / "s.npz")).load(Path())


def test_arrays_of_pictures_stay_pictures(tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", x=np.zeros((4, 9, 9)), z=np.zeros((4, 9)), y=np.arange(4))
    np.savez(tmp_path / "n.npz", x=np.zeros((4, 9)))
    assert source_for(tmp_path / "p.npz") == "npz"
    assert source_for(tmp_path / "n.npz") == "npz"
