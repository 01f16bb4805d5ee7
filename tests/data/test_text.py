"""Texts become rows of numbers of words or characters, whatever form they come in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.core.errors import UnreadableError
from workbench.data.sources.text import Texts
from workbench.data.spec import Dataset
from workbench.data.tokens import UNITS, characters_of, unit_for, vocabulary_of, words_of


def loaded(path: Path, **options: object) -> Dataset:
    return Texts.model_validate({"path": str(path), **options}).load(path.parent)


def said(dataset: Dataset, number: int = 0, split: str = "train") -> list[str]:
    known = dataset.fields["text"].classes
    return [known[token] for token in dataset.splits[split]["text"][number].tolist() if token]


def test_words_keep_their_apostrophes_and_marks_stand_alone() -> None:
    assert words_of("It's GOOD, isn’t it?!") == ["it's", "good", ",", "isn’t", "it", "?", "!"]
    assert characters_of("a \n B") == ["a", " ", "b"]


@pytest.mark.parametrize(("texts", "unit"), [
    (["a film"], "words"), (["新闻标题 2013"], "characters"), (["ニュース"], "characters"),
    (["Ärger, größer"], "words"), (["12 34"], "words"), ([], "words"),
])  # fmt: skip
def test_scripts_without_blanks_are_cut_into_characters(texts: list[str], unit: str) -> None:
    assert unit_for(texts) == unit


@pytest.mark.parametrize(
    ("unit", "text", "tokens"),
    [
        ("word_pairs", "Not bad, really", ["not", "not bad", "bad", "bad ,", ",", ", really", "really"]),
        ("character_pairs", "体育新", ["体", "体育", "育", "育新", "新"]),
        ("character_pairs", "体", ["体"]),
        ("word_pairs", "", []),
    ],
)
def test_each_token_may_be_followed_by_its_pair(unit: str, text: str, tokens: list[str]) -> None:
    assert UNITS[unit](text) == tokens


def test_what_is_learnt_with_pairs_is_predicted_with_pairs(tmp_path: Path) -> None:
    rows = [f"{text},{label}" for text, label in (("天气好", "a"), ("天气坏", "b")) for _ in range(4)]
    (tmp_path / "t.csv").write_text("\n".join(["text,label", *rows]), "utf-8")
    dataset = loaded(tmp_path / "t.csv", tokens="character_pairs")
    assert set(dataset.fields["text"].classes[2:]) == {"天", "天气", "气", "气好", "气坏", "好", "坏"}
    assert "The texts have 7 different characters and pairs that are known." in dataset.notes
    options = Texts(path="t.csv", tokens="character_pairs").kept(dataset)
    assert options["tokens"] == "character_pairs"
    later = Texts.model_validate({"path": "other.csv", **options})
    value = later.value_of("text")
    assert value is not None
    assert value == dataset.fields["text"]
    found = later.encode("天气坏", value)
    assert found is not None
    assert [value.classes[number] for number in found] == ["天", "天气", "气", "气坏", "坏"]


def test_the_most_frequent_tokens_have_the_smallest_numbers() -> None:
    vocabulary = vocabulary_of(["b a b", "c b a"], "words", most=2, fewest=1)
    assert vocabulary.tokens[2:] == ("b", "a")
    assert vocabulary.numbers(["a c b b", ""], 3).tolist() == [[3, 1, 2], [0, 0, 0]]
    assert vocabulary_of(["b a b"], "words", most=9, fewest=2).tokens[2:] == ("b",)


def test_a_table_with_its_siblings(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("id,text,label\n1,a good film,pos\n2,bad,neg\n", "utf-8")
    (tmp_path / "test.csv").write_text("id,text,label\n1,a strange film,pos\n", "utf-8")
    dataset = loaded(tmp_path / "train.csv")
    assert dataset.fields["label"].classes == ("neg", "pos")
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 2, "test": 1}
    assert said(dataset, 0, "test") == ["a", "�", "film"]
    assert "1 of 3 words of the test part are not known (33.3%)." in dataset.notes
    assert dataset.fields == loaded(tmp_path).fields, "the folder is read alike"


def test_class_folders_with_and_without_splits(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for name, text in (("sport", "ball"), ("money", "coin")):
            (tmp_path / split / name).mkdir(parents=True)
            (tmp_path / split / name / "1.txt").write_text(f"{text} {split}", "utf-8")
    dataset = loaded(tmp_path)
    assert dataset.fields["label"].classes == ("money", "sport")
    assert dataset.splits["test"]["label"].tolist() == [0, 1]
    assert loaded(tmp_path / "train").splits["train"]["label"].tolist() == [0, 1]


def test_a_file_for_each_class(shared_data: Path) -> None:
    dataset = loaded(shared_data / "text" / "rt-polarity.pos")
    assert dataset.fields["label"].classes == ("neg", "pos")
    assert np.bincount(dataset.splits["train"]["label"]).tolist() == [5331, 5331]
    assert any("read as Windows-1252" in note for note in dataset.notes)


def test_real_tables(shared_data: Path) -> None:
    reviews = loaded(shared_data / "text" / "rt_polarity.csv")
    assert (reviews.size("train"), reviews.fields["label"].classes) == (10662, ("negative", "positive"))
    assert 15_000 < len(reviews.fields["text"].classes) < 20_002
    chinese = loaded(shared_data / "text" / "thucnews_zh_5000.csv")
    assert len(chinese.fields["label"].classes) == 10
    assert chinese.fields["text"].shape == (33,), "the longest has 33 characters"
    assert "The script has no blanks between words, so the texts were cut into characters." in chinese.notes


def test_long_texts_are_cut_and_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text,label\na b c d,x\n,y\n", "utf-8")
    dataset = loaded(tmp_path / "t.csv", length=2)
    assert said(dataset) == ["a", "b"]
    assert any(note.startswith("1 of 2 texts are longer than 2 words") for note in dataset.notes)
    assert "1 of 2 texts have no words." in dataset.notes


@pytest.mark.parametrize(("text", "message"), [
    ("a,b\n1,2\n", "which column holds the texts\\? There are: a, b. Name one with text=NAME"),
    ("text,b\n1,2\n", "which column holds the labels\\?"),
    ("text,label\ngood,pos\nbad,\n", "at line 3, column label: the text has no class"),
])  # fmt: skip
def test_what_cannot_be_taken_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.csv").write_text(text, "utf-8")
    with pytest.raises(UnreadableError, match=message):
        loaded(tmp_path / "t.csv")


def test_places_without_texts_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.pos").write_text("good\n", "utf-8")
    with pytest.raises(UnreadableError, match=r"need a file for every class: beside it, a x\.OTHER"):
        loaded(tmp_path / "x.pos")
    (tmp_path / "x.pos").unlink()
    with pytest.raises(UnreadableError, match="neither tables"):
        loaded(tmp_path)
    (tmp_path / "many.csv").write_text("text,label\n" + "".join(f"a,{n}\n" for n in range(1001)), "utf-8")
    with pytest.raises(UnreadableError, match="1,001 different classes; at most 1,000"):
        loaded(tmp_path / "many.csv")


def test_a_table_without_texts_is_left_to_others(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("review,y\ngood,1\n", "utf-8")
    (tmp_path / "n.csv").write_text("t0,t1\n1,2\n", "utf-8")
    assert [Texts.claim(tmp_path / name) for name in ("t.csv", "n.csv", "a.pos", "none.csv", "x.png")] == [
        2,
        0,
        2,
        0,
        0,
    ]
    assert Texts.claim(tmp_path) == 2
    for folder in (
        "classes/sport",
        "splits/train/sport",
        "pictures/cat",
        "outlines/train/images",
        "outlines/train/labels",
    ):
        (tmp_path / folder).mkdir(parents=True)
        is_picture = "cat" in folder or "images" in folder
        (tmp_path / folder / ("1.png" if is_picture else "1.txt")).touch()
    names = ("classes", "splits", "pictures", "outlines")
    assert [Texts.claim(tmp_path / name) for name in names] == [2, 2, 0, 0]
