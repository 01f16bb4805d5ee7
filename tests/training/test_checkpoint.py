"""Checkpoint pairs: what counts, what is kept, what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import safetensors.torch
import torch

from workbench.core.errors import UnreadableError
from workbench.core.files import WriteError
from workbench.training import checkpoint
from workbench.training.checkpoint import Checkpoint


def made(number: float) -> Checkpoint:
    return Checkpoint({"model.w": torch.full((3, 2), number)}, {"progress": {"step": number}})


def test_a_pair_comes_back_as_it_was(tmp_path: Path) -> None:
    weights = {"a": torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last), "n": torch.tensor(7)}
    checkpoint.write(tmp_path, "step", 5, Checkpoint(weights, {"x": 0.1 + 0.2}))
    found = checkpoint.read(tmp_path / "step-000005")
    assert torch.equal(found.tensors["a"], weights["a"])
    assert int(found.tensors["n"]) == 7
    assert found.record["x"] == 0.1 + 0.2
    assert found.record["step"] == 5


def test_other_programs_read_the_tensors(tmp_path: Path) -> None:
    tensors = {
        "half": torch.randn(3, dtype=torch.bfloat16), "flag": torch.tensor([True, False]), "empty": torch.zeros(0, 2),
        "count": torch.tensor(7), "exact": torch.randn(2, 2, dtype=torch.float64), "byte": torch.arange(5).byte(),
        "turned": torch.randn(3, 4).t(),
    }  # fmt: skip
    checkpoint.write(tmp_path, "best", 5, Checkpoint(tensors, {}))
    for found in (
        safetensors.torch.load_file(tmp_path / "best-000005.safetensors"),
        checkpoint.read(tmp_path / "best-000005").tensors,
    ):
        assert found.keys() == tensors.keys()
        assert all(torch.equal(found[name], each) and found[name].dtype == each.dtype for name, each in tensors.items())


def test_a_file_is_summed_once_and_again_where_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summed = []
    sum_of = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, kind: (summed.append(kind), sum_of(file, kind))[1])
    checkpoint.write(tmp_path, "step", 1, made(1))
    first, again = (checkpoint.read(tmp_path / "step-000001") for _ in range(2))
    assert len(summed) == 1
    assert torch.equal(first.tensors["model.w"], again.tensors["model.w"])
    first.tensors["model.w"].fill_(9)  # in this process alone
    assert again.tensors["model.w"].eq(1).all()
    file = tmp_path / "step-000001.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(UnreadableError, match="it is damaged"):
        checkpoint.read(tmp_path / "step-000001")


def test_three_are_kept_and_one_best(tmp_path: Path) -> None:
    for step in range(1, 7):
        checkpoint.write(tmp_path, "step", step, made(step))
        checkpoint.write(tmp_path, "best", step, made(step))
    names = sorted(path.stem for path in tmp_path.glob("*.json"))
    assert names == ["best-000006", "step-000004", "step-000005", "step-000006"]
    assert sorted(path.stem for path in tmp_path.glob("*.safetensors")) == names


def test_tensors_without_their_record_do_not_count(tmp_path: Path) -> None:
    checkpoint.write(tmp_path, "step", 1, made(1))
    checkpoint.write(tmp_path, "step", 2, made(2))
    (tmp_path / "step-000002.json").unlink()  # died between the two files
    found, notes = checkpoint.newest(tmp_path, "step")
    assert found is not None
    assert found.record["step"] == 1
    assert notes == []


@pytest.mark.parametrize("damage", ["cut", "flip", "missing", "other"])
def test_damage_is_noticed_named_and_passed_over(tmp_path: Path, damage: str) -> None:
    checkpoint.write(tmp_path, "step", 1, made(1))
    checkpoint.write(tmp_path, "step", 2, made(2))
    file = tmp_path / "step-000002.safetensors"
    data = bytearray(file.read_bytes())
    if damage == "missing":
        file.unlink()
    elif damage == "other":
        file.write_bytes((tmp_path / "step-000001.safetensors").read_bytes())
    else:
        data[-1] ^= 1
        file.write_bytes(data if damage == "flip" else data[:-3])
    with pytest.raises(UnreadableError, match=r"step-000002\.safetensors"):
        checkpoint.read(tmp_path / "step-000002")
    found, notes = checkpoint.newest(tmp_path, "step")
    assert found is not None
    assert found.record["step"] == 1
    assert "step-000002" in notes[0]
    assert dict(checkpoint.verify(tmp_path))["step-000002"] is None


def test_no_room_is_said_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 10

    monkeypatch.setattr("workbench.core.files.shutil.disk_usage", lambda path: Usage)
    with pytest.raises(WriteError, match="are needed and"):
        checkpoint.write(tmp_path, "step", 1, made(1))
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_older_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.write(tmp_path, "step", 1, made(1))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("workbench.core.files.os.replace", fail)
    with pytest.raises(WriteError, match="disk is full"):
        checkpoint.write(tmp_path, "step", 2, made(2))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000001.json", "step-000001.safetensors"]
