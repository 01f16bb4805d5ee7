"""Text goes out whatever the terminal can print, and JSON is JSON in every encoding."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.cli import main
from workbench.project import new_project as creation
from workbench.project import storage

ENCODINGS = [
    ("cp1252", "strict"),
    ("cp437", "strict"),
    ("shift_jis", "strict"),
    ("ascii", "strict"),
    ("utf-8", "strict"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose classes have letters that no old encoding has all of."""
    for number, label in enumerate(("кот", "犬", "Ψυχή 🐈")):
        for index in range(4):
            path = tmp_path / "pictures" / label / f"{index}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((14, 14), 60 * number + index + 40, np.uint8)).save(path)
    made, _ = creation.create("lenet5", ("folder", {"path": "pictures"}), tmp_path)
    storage.save(made, tmp_path / "net.cnn")
    return tmp_path / "net.cnn"


def run(monkeypatch: pytest.MonkeyPatch, encoding: tuple[str, str], *words: object) -> tuple[int, bytes, bytes]:
    out, err = io.BytesIO(), io.BytesIO()
    for name, stream in (("stdout", out), ("stderr", err)):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(stream, *encoding, write_through=True))
    code = main(lambda path: 0, arguments=[str(word) for word in words])
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda each: each[0])
def test_every_command_speaks(monkeypatch: pytest.MonkeyPatch, project: Path, encoding: tuple[str, str]) -> None:
    weights = project.with_name("w.safetensors")
    _untrained(project, weights)
    picture = project.with_name("pictures") / "犬" / "0.png"
    for words in (
        ("new", "--list"), ("summary", project), ("check", project),
        ("evaluate", project, "--weights", weights, "--split", "train"),
        ("predict", project, picture, "train:0", "--weights", weights),
    ):  # fmt: skip
        code, out, err = run(monkeypatch, encoding, *words)
        assert code == 0, err
        assert out.decode(encoding[0])


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda each: each[0])
def test_json_is_json_in_every_encoding(
    monkeypatch: pytest.MonkeyPatch, project: Path, encoding: tuple[str, str]
) -> None:
    weights = project.with_name("w.safetensors")
    _untrained(project, weights)
    code, out, _ = run(monkeypatch, encoding, "predict", project, "train:0", "--json", "--weights", weights)
    assert code == 0
    assert out.isascii()
    (row,) = json.loads(out)["predictions"]
    assert set(row["classes"]) == {"кот", "犬", "Ψυχή 🐈"}


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text are Linux's")
def test_a_file_whose_name_is_no_text(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    weights = project.with_name("w.safetensors")
    _untrained(project, weights)
    path = project.with_name("bild\udce4.png")
    path.write_bytes((project.with_name("pictures") / "犬" / "0.png").read_bytes())
    code, out, _ = run(monkeypatch, ("utf-8", "strict"), "predict", project, path, "--weights", weights)
    assert (code, b"bild\\udce4.png" in out) == (0, True)
    code, out, _ = run(monkeypatch, ("utf-8", "strict"), "predict", project, path, "--weights", weights, "--json")
    assert json.loads(out)["predictions"][0]["input"] == str(path)
    (project.parent / "da\udce4ta").mkdir()
    data = f"folder:{project.parent / 'da'}\udce4ta"
    code, _, err = run(monkeypatch, ("utf-8", "strict"), "new", "lenet5", project.with_name("n.cnn"), "--data", data)
    assert (code, b"is not UTF-8 text, so no project can hold it" in err) == (2, True)


def _untrained(project: Path, weights: Path) -> None:
    import safetensors.torch

    from workbench.model.network import Network

    state = Network(storage.load(project).graph).modules.state_dict()
    weights.write_bytes(safetensors.torch.save({key: tensor.contiguous() for key, tensor in state.items()}))
