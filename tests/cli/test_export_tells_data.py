"""Exported networks say how samples are made of files, so that other programs can do the same."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest

from tests.cli.conftest import Run


def told(file: Path) -> dict[str, object]:
    """What an exported file says of the data."""
    if file.suffix == ".onnx":
        rows = {each.key: each.value for each in onnx.load(file).metadata_props}
        found: dict[str, object] = json.loads(rows["data"])
    else:
        found = json.loads(file.with_suffix(".json").read_text("utf-8"))["data"]
    return found


@pytest.mark.parametrize("suffix", [".onnx", ".safetensors"])
def test_words_and_their_numbers_go_with_the_network(cli: Run, tmp_path: Path, suffix: str) -> None:
    rows = [f"a very fine old film {number},good\na very dull old film {number},bad" for number in range(20)]
    (tmp_path / "t.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    file, out = tmp_path / "net.cnn", tmp_path / f"out{suffix}"
    new = cli("new", "textcnn", file, "--data", f"text:{tmp_path / 't.csv'}", "--set", "training.epochs=1")
    assert new.code == 0
    assert cli("train", file, "--json").code == 0
    assert cli("export", file, out).code == 0, "by the file's ending"
    found = told(out)
    assert found["source"] == "text"
    options = found["options"]
    assert isinstance(options, dict)
    assert "path" not in options
    assert options["length"] == 6
    assert {"film", "fine", "dull"} <= set(options["vocabulary"].split("\n"))


def test_how_pictures_are_brought_to_their_size_goes_with_the_network(cli: Run, trained: Path, tmp_path: Path) -> None:
    found = told(tmp_path / "x.json") if cli("export", trained, tmp_path / "x.safetensors").code == 0 else {}
    assert set(found) == {"source", "options"}


def test_an_ending_that_nothing_is_written_with_is_told(cli: Run, trained: Path, tmp_path: Path) -> None:
    answer = cli("export", trained, tmp_path / "x.doc")
    assert answer.code == 2
    assert 'No export ends in ".doc". There are: .csv, .dot' in answer.err
