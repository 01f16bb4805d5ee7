"""Texts with a class each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists, is_folder, listed
from workbench.core.values import Json, Value
from workbench.data.class_names import class_names
from workbench.data.listening import heard
from workbench.data.paths import locate
from workbench.data.placing import current
from workbench.data.spec import SPLITS, Array, Dataset, Reads, Source, source
from workbench.data.split_names import split_of
from workbench.data.text_file import read_text
from workbench.data.text_table import header_of, read_table
from workbench.data.tokens import MEANINGLESS, TOLD, UNITS, Vocabulary, unit_for, vocabulary_of

TEXT_NAMES = ("text", "sentence", "review", "content", "title", "headline", "document", "message", "description")
LABEL_NAMES = ("label", "class", "target", "category", "sentiment", "topic", "polarity", "y")
TABLES = (".csv", ".tsv")
USUAL_LENGTH = 256  # tokens of the longest text that is taken whole without asking
MOST_CLASSES = 1000
UNLABELLED = "?"  # the class of texts that have none
MOST_LOOKED_AT = 5  # entries of a folder, to see what it is


@dataclass
class _Texts:
    """Texts with their labels, by split, and what is to be said of them."""

    texts: dict[str, list[str]]
    labels: dict[str, list[str]]
    notes: list[str]

    def add(self, split: str, texts: list[str], labels: list[str]) -> None:
        self.texts.setdefault(split, []).extend(texts)
        self.labels.setdefault(split, []).extend(labels)


@source(
    name="text", title="Texts with classes (tables, class folders)",
    reads=Reads("either", "Tables of texts", ("*.csv", "*.tsv", "*.pos", "*.neg")),
)  # fmt: skip
class Texts(Source):
    """Reads a table with a column of texts and one of classes, class folders of text files, or a file for each class.

    Beside `train.csv` lie `test.csv` and `validation.csv`; a folder may hold such tables, or `CLASS/NAME.txt`, or
    `train/CLASS/NAME.txt`. Of `reviews.pos` and `reviews.neg` each line is a text, and the ending is its class.
    Texts become rows of numbers of words, or of characters where the script has no blanks between words.
    """

    path: str = Field(min_length=1, max_length=4096, description="Table, folder, or one of the files of the classes")
    text: str | None = Field(None, max_length=200, description="Name of the column of texts; guessed by default")
    label: str | None = Field(None, max_length=200, description="Name of the column of classes; guessed by default")
    tokens: Literal["auto", "words", "characters", "word_pairs", "character_pairs"] = Field(
        "auto",
        description="What texts are cut into; by default what the script asks for. With pairs, each token is followed "
        "by the pair that it makes with the next",
    )
    length: int | None = Field(
        None, ge=1, le=10_000, description="Tokens of every text; by default those of the longest, at most 256"
    )
    most: int = Field(20_000, ge=1, le=500_000, description="How many different tokens are known at most")
    fewest: int = Field(1, ge=1, le=1000, description="How often a token must occur to be known")
    vocabulary: str | None = Field(
        None, max_length=20_000_000, description="The known tokens, a line each; by default those of the texts"
    )

    is_unlabelled: bool = Field(False, description="Whether a table without a column of classes is taken as well")

    hidden: ClassVar[frozenset[str]] = frozenset({"vocabulary", "is_unlabelled"})
    is_independent: ClassVar[bool] = True  # with the words that a run keeps

    @classmethod
    def claim(cls, path: Path) -> int:
        if is_folder(path):
            return _claim_of_folder(path)
        if path.suffix.lower() in (".pos", ".neg"):
            return 2
        if path.suffix.lower() not in TABLES:
            return 0
        names = {name.strip().casefold() for name in header_of(path)}
        return 2 if names & set(TEXT_NAMES) else 0

    def load(self, folder: Path) -> Dataset:
        place = locate(self.path, folder)
        found = self._found(place)
        if not found.texts.get("train"):
            raise UnreadableError(place, "there are no texts to train with.")
        return self._dataset(place, found)

    def kept(self, dataset: Dataset) -> Mapping[str, Json]:
        value = dataset.fields["text"]
        known = value.classes[len(MEANINGLESS) :]
        return {"vocabulary": "\n".join(known), "tokens": self._unit(value), "length": value.shape[0]}

    def value_of(self, field: str) -> Value | None:
        if field != "text" or self.vocabulary is None or self.length is None:
            return None
        return Value((self.length,), "tokens", "int64", self._known().tokens)

    def _known(self) -> Vocabulary:
        """The tokens that the options name."""
        assert self.vocabulary is not None
        return Vocabulary(
            (*MEANINGLESS, *self.vocabulary.split("\n")), "words" if self.tokens == "auto" else self.tokens
        )

    def _unit(self, value: Value) -> str:
        """What texts are cut into, by the tokens that there are."""
        are_letters = all(len(token) < 2 for token in value.classes)
        return self.tokens if self.tokens != "auto" else "characters" if are_letters else "words"

    def encode(self, text: str, value: Value) -> Array | None:
        numbers: Array = Vocabulary(value.classes, self._unit(value)).numbers([text], value.shape[0])[0]
        return numbers

    def _found(self, place: Path) -> _Texts:
        if is_folder(place):
            return self._in_folder(place)
        if place.suffix.lower() in TABLES:
            return self._in_tables([place, *_siblings(place)])
        return _by_ending(place)

    def _in_folder(self, place: Path) -> _Texts:
        """What a folder holds: tables, or class folders with or without folders of splits around them."""
        inside = listed(place)
        if tables := [path for path in inside if path.suffix.lower() in TABLES and not is_folder(path)]:
            return self._in_tables(tables)
        found = _Texts({}, {}, [])
        folders = [path for path in inside if is_folder(path) and not path.name.startswith(".")]
        are_splits = bool(folders) and all(split_of(path.name) for path in folders)
        for path in folders:
            split = (split_of(path.name) or "train") if are_splits else "train"
            for group in listed(path) if are_splits else [path]:
                if is_folder(group):
                    _add_class(found, split, group)
        if not found.texts:
            raise UnreadableError(
                place, "there are neither tables (.csv, .tsv) nor class folders with .txt files in it."
            )
        return found

    def _in_tables(self, tables: list[Path]) -> _Texts:
        found = _Texts({}, {}, [])
        for path in tables:
            table = read_table(path)
            found.notes += table.notes
            text = table.header[table.index("text", self.text)] if self.text else table.find(TEXT_NAMES)
            label = table.header[table.index("label", self.label)] if self.label else table.find(LABEL_NAMES)
            for name, option in ((text, "text"), (label, "label")):
                if not name and not (option == "label" and self.is_unlabelled):
                    have = ", ".join(map(printable, table.header[:12]))
                    raise UnreadableError(
                        path, f"which column holds the {option}s? There are: {have}. Name one with {option}=NAME."
                    )
            texts = table.column(text)
            labels = [cell.strip() for cell in table.column(label)] if label else [UNLABELLED] * len(texts)
            if self.is_unlabelled:
                labels = [each or UNLABELLED for each in labels]
            if "" in labels:
                at = labels.index("")
                raise UnreadableError(path, "the text has no class.", field=f"line {table.lines[at]}, column {label}")
            found.add((split_of(path.stem) or "train") if len(tables) > 1 else "train", texts, labels)
        return found

    def _dataset(self, place: Path, found: _Texts) -> Dataset:
        names = sorted({label for labels in found.labels.values() for label in labels})
        if len(names) > MOST_CLASSES:
            raise UnreadableError(
                place, f"it has {len(names):,} different classes; at most {MOST_CLASSES:,} are taken."
            )
        texts, notes = found.texts, list(found.notes)
        unit = unit_for(texts["train"]) if self.tokens == "auto" else self.tokens
        if self.tokens == "auto" and unit == "characters":
            notes.append("The script has no blanks between words, so the texts were cut into characters.")
        if self.vocabulary is None:
            vocabulary = vocabulary_of(texts["train"], unit, most=self.most, fewest=self.fewest)
        else:
            vocabulary = self._known()
        length = self._length(texts, unit, notes)
        amount = 8 * length * sum(map(len, texts.values()))
        current().decide(place, amount, "Set length to make the texts shorter.")
        number = {name: index for index, name in enumerate(names)}
        splits: dict[str, dict[str, Array]] = {
            split: {
                "text": vocabulary.numbers(texts[split], length),
                "label": np.array([number[label] for label in found.labels[split]], np.int64),
            }
            for split in SPLITS
            if texts.get(split)
        }
        notes += _token_notes(vocabulary, splits)
        fields = {
            "text": Value((length,), "tokens", "int64", vocabulary.tokens),
            "label": Value((), "class", "int64", class_names(names)),
        }
        return Dataset(fields, splits, tuple(notes))

    def _length(self, texts: dict[str, list[str]], unit: str, notes: list[str]) -> int:
        """How many tokens every text gets."""
        sizes = [len(UNITS[unit](text)) for some in texts.values() for text in heard(some, "texts")]
        length = self.length or min(max(1, *sizes), USUAL_LENGTH)
        cut = sum(size > length for size in sizes)
        if cut:
            notes.append(
                f"{cut:,} of {len(sizes):,} texts are longer than {length:,} {TOLD[unit]} and were cut off; the "
                f"longest has {max(sizes):,}. Set length for more."
            )
        if empty := sizes.count(0):
            notes.append(f"{empty:,} of {len(sizes):,} texts have no {TOLD[unit]}.")
        return length


def _claim_of_folder(path: Path) -> int:
    """How surely a folder is of texts: by a table with a column of them, or text files in its folders."""
    try:
        inside = listed(path)
        if any(each.suffix.lower() in TABLES and Texts.claim(each) for each in inside[:MOST_LOOKED_AT]):
            return 2
        groups = [each for each in inside if is_folder(each)][:MOST_LOOKED_AT]
        groups += [each for group in groups if split_of(group.name) for each in listed(group) if is_folder(each)]
        files = [each for group in groups for each in listed(group)[:MOST_LOOKED_AT] if not is_folder(each)]
        return 2 if {each.suffix.lower() for each in files} == {".txt"} else 0  # beside pictures: what they show
    except UnreadableError:
        return 0


def _siblings(place: Path) -> list[Path]:
    """The tables of the other splits beside one that is named after its split."""
    own = split_of(place.stem)
    if own is None:
        return []
    beside = [path for path in listed(place.parent) if path.suffix == place.suffix and path != place]
    return [path for path in beside if split_of(path.stem) not in (None, own)]


def _by_ending(place: Path) -> _Texts:
    """Texts a line each, in files that are called alike and end in their class."""
    if not exists(place):
        raise UnreadableError(place, "there is no such file.")
    files = [path for path in listed(place.parent) if path.stem == place.stem and path.suffix and not is_folder(path)]
    if len(files) < 2:
        raise UnreadableError(
            place, f"texts a line each need a file for every class: beside it, a {printable(place.stem)}.OTHER."
        )
    found = _Texts({}, {}, [])
    for path in files:
        text, notes = read_text(path)
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        found.add("train", lines, [path.suffix[1:]] * len(lines))
        found.notes += notes
    return found


def _add_class(found: _Texts, split: str, group: Path) -> None:
    """Adds the text files of a class folder."""
    for path in heard(listed(group), "files"):
        if path.suffix.lower() == ".txt" and not is_folder(path):
            text, notes = read_text(path)
            found.add(split, [text], [group.name])
            found.notes += notes


def _token_notes(vocabulary: Vocabulary, splits: dict[str, dict[str, Array]]) -> list[str]:
    """How many tokens are known, and how many are not where it is not learnt from."""
    told = TOLD[vocabulary.unit]
    notes = [f"The texts have {len(vocabulary.tokens) - 2:,} different {told} that are known."]
    for split, arrays in splits.items():
        numbers = arrays["text"]
        used, unknown = int((numbers > 0).sum()), int((numbers == 1).sum())
        if unknown:
            share = f"{unknown / used:.1%}"
            notes.append(f"{unknown:,} of {used:,} {told} of the {split} part are not known ({share}).")
    return notes
