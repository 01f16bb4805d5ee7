"""`new`, `check`, `train` and `evaluate` say the same of odd data, and words that may mean two things are said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run
from workbench.project import storage

ODD = {
    "one class": (np.zeros(30, np.int64), 'All samples are of one class, "0"'),
    "a gap": (np.r_[np.arange(29) % 3, 900], "after 2 comes 900, with 1 of 30 samples: a mistake?"),
    "alike": (np.array(["Cat", "cat", "dog"] * 10), 'The classes "Cat" and "cat" differ by capitals or blanks alone'),
}


@pytest.mark.parametrize("name", ODD)
def test_all_commands_say_it(cli: Run, tmp_path: Path, name: str) -> None:
    labels, told = ODD[name]
    pictures = np.random.default_rng(0).integers(0, 256, (30, 12, 12), np.uint8)
    np.savez(tmp_path / "a.npz", x=pictures, y=labels)
    file = tmp_path / "net.cnn"
    assert told in cli("new", "lenet5", file, "--data", f"npz:{tmp_path / 'a.npz'}").err
    assert told in cli("check", file).out
    assert any(told in note for note in cli("check", file, "--json").json["notes"])
    assert cli("check", file, "--no-data", "--json").json["notes"] == []
    assert f"Note: {told}" in cli("train", file, "--epochs", 1).err or told in cli("train", file, "--epochs", 1).err
    assert told in cli("evaluate", file).err


def test_check_finds_what_training_would_refuse_and_mends_it(cli: Run, trained: Path) -> None:
    np.savez(trained.parent / "tiny.npz", x=np.full((40, 12, 12), 200, np.uint8), y=np.arange(40) % 4)
    answer = cli("check", trained)
    assert answer.code == 1
    assert "label has 3 classes, but the data has 4." in answer.out
    assert cli("train", trained).code == 2
    assert cli("check", trained, "--no-data").code == 0
    cli("check", trained, "--fix")
    assert storage.load(trained).graph.named("label").params["classes"] == ["0", "1", "2", "3"]


def test_data_that_is_not_there_is_a_note(cli: Run, trained: Path) -> None:
    (trained.parent / "tiny.npz").unlink()
    answer = cli("check", trained)
    assert (answer.code, "tiny.npz: there is no such file" in answer.out) == (0, True)


@pytest.mark.parametrize("words", [("predict",), ("look", "--view", "feature-maps", "--out", "x.npz", "--input")])
@pytest.mark.parametrize("name", ["test:3", "train:11"])
def test_a_file_that_is_called_as_a_sample_is_said(
    cli: Run, trained: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], name: str
) -> None:
    monkeypatch.chdir(trained.parent)
    told = f"Note: {name} was taken as a sample of the data; the file of that name is ./{name}."
    assert told not in cli(words[0], trained, *words[1:], name).err
    (trained.parent / name).write_bytes(b"no picture")
    answer = cli(words[0], trained, *words[1:], name)
    assert (answer.code, told in answer.err) == (0, True)
    assert "this is no PNG" in cli(words[0], trained, *words[1:], f"./{name}").err


@pytest.mark.parametrize("kind", ["best", "step"])
def test_a_checkpoint_of_a_run_is_weights_too(cli: Run, trained: Path, kind: str) -> None:
    file = sorted(trained.with_name("net.runs").glob(f"run-001/checkpoints/{kind}-*.safetensors"))[-1]
    assert cli("evaluate", trained, "--weights", file).code == 0
    assert cli("train", trained, "--epochs", 1, "--weights", file).code == 0
