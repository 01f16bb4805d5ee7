"""Texts are predicted as they are said, or from a file, in the words that the network learnt."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core.errors import UsageError
from workbench.inspection.probe_loader import ProbeReader
from workbench.project.new_project import create
from workbench.project.probes import parse_probe

TABLE = "text,label\na good film,pos\nbad film,neg\ngood good,pos\n"


@pytest.fixture
def reader(tmp_path: Path) -> ProbeReader:
    (tmp_path / "t.csv").write_text(TABLE, "utf-8")
    project, _ = create("textcnn", ("text", {"path": "t.csv", "length": 5}), tmp_path)
    return ProbeReader(project, tmp_path)


def test_words_become_the_numbers_of_the_data(reader: ProbeReader) -> None:
    known = reader.dataset.fields["text"].classes
    found = reader.read(parse_probe("Good, bad!"), {"text": (5,)})
    (array,) = found.fields.values()
    assert [known[number] for number in array.tolist()] == ["good", "�", "bad", "�", ""]
    assert found.notes == ("2 of its 4 tokens are not known",)
    assert found.shown is not None
    assert found.shown.text == "good � bad �"


def test_a_file_is_read(reader: ProbeReader, tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("a film", "utf-8")
    (array,) = reader.read(parse_probe(str(tmp_path / "said.txt")), {"text": (5,)}).fields.values()
    sample = reader.read(parse_probe("a film"), {"text": (5,)}).fields["text"]
    assert array.tolist() == sample.tolist()


def test_words_are_no_probe_of_other_networks(reader: ProbeReader) -> None:
    with pytest.raises(UsageError, match="which is no picture; give samples as test:17"):
        reader.read(parse_probe("a film"), {"series": (1, 5)})
