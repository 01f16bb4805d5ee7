from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError, UsageError
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_for
from workbench.data.sources.csv import PictureTable


def pictures(folder: Path, *names: str) -> None:
    """Pictures whose grey levels are 50, 51, ..."""
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 3), 50 + number).save(folder / name)


def table(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_textures(shared_data: Path) -> None:
    path = shared_data / "classes" / "textures"
    dataset = PictureTable(path=str(path / "metadata.csv"), width=64, height=64).load(Path())
    assert dataset.size("train") == 400
    assert len(dataset.fields["label"].classes) == 10
    assert list(np.bincount(dataset.splits["train"]["label"])) == [40] * 10
    assert dataset.fields["label"].classes[3] == "bubbly"
    assert source_for(path / "metadata.csv") == "csv"
    assert source_for(path) == "folder"
    width = PictureTable(path=str(path), label="width,height", width=8, height=8).load(Path())
    assert width.fields["value"].shape == (2,)
    assert width.splits["train"]["value"].min() == 224


def test_one_column_of_classes(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "sub/b.png", "c.png")
    path = table(tmp_path / "list.csv", '\ufefffile;label\r\n"c.png";"dog; wild"\r\nsub\\b.png;cat\r\na.png;cat\r\n')
    dataset = PictureTable(path=path).load(Path())
    assert dataset.fields["label"].classes == ("cat", "dog; wild")
    assert list(dataset.splits["train"]["image"][:, 0, 0, 0]) == [52, 51, 50]
    assert list(dataset.splits["train"]["label"]) == [1, 0, 0]
    assert dataset.notes == ("The cells are parted by semicolons.",)


def test_a_column_says_the_split(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png", "c.png", "d.png")
    path = table(tmp_path / "list.csv", "image,split,class\na.png,test,x\nb.png,train,y\nc.png,val,x\nd.png,train,x\n")
    dataset = PictureTable(path=path).load(Path())
    found = {split: list(arrays["image"][:, 0, 0, 0]) for split, arrays in dataset.splits.items()}
    assert found == {"train": [51, 53], "validation": [52], "test": [50]}
    assert list(dataset.splits["train"]["label"]) == [1, 0]


def test_tables_beside_each_other_and_in_folders_of_splits(tmp_path: Path) -> None:
    pictures(tmp_path / "one", "imgs/a.png", "imgs/b.png")
    table(tmp_path / "one" / "test.csv", "id,label\na,0\n")
    path = table(tmp_path / "one" / "train.csv", "id,label\nb,1\n")
    for each in (path, str(tmp_path / "one")):
        dataset = PictureTable(path=each).load(Path())
        assert {split: list(arrays["label"]) for split, arrays in dataset.splits.items()} == {"train": [1], "test": [0]}
    for split in ("train", "test"):
        pictures(tmp_path / "two" / split, "1.png")
        table(tmp_path / "two" / split / "metadata.csv", f"file_name,label\n1.png,{split}y\n")
    dataset = PictureTable(path=str(tmp_path / "two")).load(Path())
    assert dataset.fields["label"].classes == ("testy", "trainy")
    assert set(dataset.splits) == {"train", "test"}
    table(tmp_path / "two" / "test" / "metadata.csv", "file_name,kind\n1.png,x\n")
    with pytest.raises(UnreadableError, match=r'it has no column "kind"; there are: file_name, label'):
        PictureTable(path=str(tmp_path / "two")).load(Path())


def test_hugging_face_folder_is_claimed(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    table(tmp_path / "metadata.csv", "file_name,text\na.png,hello\n")
    assert source_for(tmp_path) == "csv"
    assert PictureTable.claim(tmp_path / "a.png") == 0


def test_columns_of_0_and_1_are_labels(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    path = table(tmp_path / "list.csv", "file,sea,sun,tree\na.png,1,0,1\nb.png,0,0,0\n")
    dataset = PictureTable(path=path).load(Path())
    value = dataset.fields["labels"]
    assert (value.shape, value.kind, value.dtype) == ((3,), "vector", "float32")
    assert dataset.splits["train"]["labels"].tolist() == [[1, 0, 1], [0, 0, 0]]
    assert "labels has 3 numbers of 0 and 1, in this order: sea, sun, tree." in dataset.notes
    with pytest.raises(UnreadableError, match="a class is one column, but there are 3: sea, sun, tree"):
        PictureTable(path=path, what="class").load(Path())
    wrong = table(tmp_path / "wrong.csv", "file,sea,sun\na.png,1,0\nb.png,0,2\n")
    with pytest.raises(UnreadableError, match="line 3, column sun: 2 is neither 0 nor 1"):
        PictureTable(path=wrong, what="labels", label="sea,sun").load(Path())


def test_bars_part_labels(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    path = table(tmp_path / "list.csv", "file,label\na.png,sun|sea\nb.png,tree\n")
    dataset = PictureTable(path=path).load(Path())
    assert dataset.splits["train"]["labels"].tolist() == [[1, 1, 0], [0, 0, 1]]
    assert "labels has 3 numbers of 0 and 1, in this order: sea, sun, tree." in dataset.notes


def test_numbers_are_values(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png", "c.png")
    path = table(tmp_path / "list.csv", "file,age\na.png,1.5\nb.png,-2e1\nc.png,3\n")
    dataset = PictureTable(path=path).load(Path())
    assert (dataset.fields["value"].shape, dataset.fields["value"].kind) == ((), "scalar")
    assert dataset.splits["train"]["value"].tolist() == [1.5, -20, 3]
    path = table(tmp_path / "many.csv", "file,x,y\na.png,1,2\nb.png,3,4.5\nc.png,5,6\n")
    dataset = PictureTable(path=path, label="y, x").load(Path())
    assert dataset.splits["train"]["value"].tolist() == [[2, 1], [4.5, 3], [6, 5]]
    path = table(tmp_path / "word.csv", "file,x,y\na.png,1,2\nb.png,3,old\nc.png,5,6\n")
    with pytest.raises(UnreadableError, match='line 3, column y: "old" is no number'):
        PictureTable(path=path, label="x,y").load(Path())


def test_whole_numbers_are_classes_where_they_come_again(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png", "c.png", "d.png")
    path = table(tmp_path / "list.csv", "file,label\na.png,10\nb.png,9\nc.png,10\nd.png,9\n")
    dataset = PictureTable(path=path).load(Path())
    assert dataset.fields["label"].classes == ("9", "10")
    assert "The numbers of label became classes; what=value makes them numbers to predict." in dataset.notes
    assert PictureTable(path=path, what="value").load(Path()).splits["train"]["value"].tolist() == [10, 9, 10, 9]


def test_what_is_missing_is_counted_and_named(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png", "x/twice.png", "y/twice.png")
    (tmp_path / "bad.png").write_bytes(b"nonsense")
    rows = "file,label\na.png,x\ngone.png,y\nb.png,nan\ntwice.png,x\nbad.png,x\nb.png,none\nb.png,\n"
    dataset = PictureTable(path=table(tmp_path / "list.csv", rows)).load(Path())
    assert dataset.size("train") == 2
    assert dataset.fields["label"].classes == ("none", "x")
    assert "2 of 7 pictures of list.csv are not there, left out: gone.png, twice.png." in dataset.notes
    assert "2 of 7 rows of list.csv have an empty cell, left out: line 4, line 8." in dataset.notes
    assert any(note.startswith("1 of 3 pictures cannot be read: bad.png (this is no") for note in dataset.notes)
    with pytest.raises(UnreadableError, match=r"none of its pictures is there\. 1 of 1 pictures"):
        PictureTable(path=table(tmp_path / "none.csv", "file,label\nz.png,x\n")).load(Path())


def test_errors(tmp_path: Path, shared_data: Path) -> None:
    pictures(tmp_path, "a.png")
    path = table(tmp_path / "list.csv", "file,up,down\na.png,x,y\n")
    with pytest.raises(UnreadableError, match=r"which column holds the labels.*file, up, down.*label=NAME"):
        PictureTable(path=path).load(Path())
    with pytest.raises(UsageError, match="label=sideways: there is no such column"):
        PictureTable(path=path, label="sideways").load(Path())
    with pytest.raises(UsageError, match="file=sideways: there is no such column"):
        PictureTable(path=path, file="sideways").load(Path())
    with pytest.raises(UnreadableError, match="which column holds the picture files"):
        PictureTable(path=str(shared_data / "finance" / "ibm_daily.csv")).load(Path())
    with pytest.raises(UnreadableError, match=r"has 3 cells|has 5 cells"):
        PictureTable(path=str(shared_data / "bad" / "csv_ragged.csv")).load(Path())
    table(tmp_path / "other.csv", "file,label\na.png,x\n")
    with pytest.raises(UnreadableError, match=r"there are 2 tables in it: list\.csv, other\.csv"):
        PictureTable(path=str(tmp_path)).load(Path())
    path = table(tmp_path / "held.csv", "file,label,split\na.png,x,test\n")
    with pytest.raises(UnreadableError, match="no readable pictures to train with"):
        PictureTable(path=path).load(Path())
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnreadableError, match=r"a table metadata\.csv of its pictures is needed; it has none"):
        PictureTable(path=str(tmp_path / "empty")).load(Path())


@pytest.mark.parametrize("name", ["metadata.csv", "labels.csv", "Labels.TSV"])
def test_a_folder_of_pictures_with_a_table_beside_them(tmp_path: Path, name: str) -> None:
    pictures(tmp_path, "a.png", "b.png")
    table(tmp_path / name, "image,kind\na.png,x\nb.png,y\n".replace(",", "\t" if name.endswith("TSV") else ","))
    assert source_for(tmp_path) == "csv"
    dataset = PictureTable(path=str(tmp_path)).load(Path())
    assert dataset.fields["label"].classes == ("x", "y")
    assert f"What is known of each picture stands in {name} (column kind)." in dataset.notes


def test_class_folders_with_a_table_beside_them_are_class_folders(tmp_path: Path) -> None:
    pictures(tmp_path, "cat/a.png", "cat/c.png", "dog/b.png", "dog/d.png")
    table(tmp_path / "metadata.csv", "file,label\ncat/a.png,cat\ndog/b.png,dog\n")
    assert source_for(tmp_path) == "folder"
    notes = load(DataConfig(source="folder", options={"path": str(tmp_path)}), Path()).notes
    assert (
        "Beside the class folders lies metadata.csv, a table of pictures (file, label). The classes are those of the "
        "folders; choose the data source csv to go by the table."
    ) in notes
    table(tmp_path / "labels.csv", "file_name,label\ncat/a.png,cat\ndog/b.png,dog\n")
    (tmp_path / "metadata.csv").unlink()
    assert source_for(tmp_path) == "csv"


def test_of_two_tables_in_a_folder_the_first_is_taken(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    table(tmp_path / "metadata.csv", "file,label\na.png,x\nb.png,y\n")
    table(tmp_path / "labels.csv", "file,kind\na.png,1\n")
    assert PictureTable(path=str(tmp_path)).load(Path()).size("train") == 2
