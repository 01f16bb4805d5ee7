"""Clips are read from videos, animations, folders of frames and arrays, and split by where they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError
from workbench.data.clip_files import read_clip
from workbench.data.sources.clips import Clips
from workbench.data.spec import Dataset


def loaded(path: Path, **options: object) -> Dataset:
    return Clips.model_validate({"path": str(path), **options}).load(path.parent)


def frame(level: int, side: int = 12) -> Image.Image:
    return Image.new("RGB", (side, side), (level, level, level))


def animation(path: Path, levels: list[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = [frame(level) for level in levels]
    first.save(path, save_all=True, append_images=others, duration=50)


def levels_of(clip: np.ndarray) -> list[int]:
    return [int(each) for each in np.median(clip[0], (1, 2))]


def test_frames_are_spread_evenly_and_few_are_shown_longer(tmp_path: Path) -> None:
    animation(tmp_path / "a.gif", [0, 50, 100, 150, 200])
    clip, count = read_clip(tmp_path / "a.gif", 3, (3, 12, 12))
    assert (clip.shape, count) == ((3, 3, 12, 12), 5)
    assert np.abs(np.array(levels_of(clip)) - [0, 100, 200]).max() <= 8
    clip, _ = read_clip(tmp_path / "a.gif", 9, (1, 12, 12))
    assert clip.shape == (1, 9, 12, 12)
    assert len(set(levels_of(clip))) == 5


def test_folders_of_frames_and_of_classes_and_splits(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for name, level in (("day", 200), ("night", 20)):
            folder = tmp_path / split / name / "clip1"
            folder.mkdir(parents=True)
            for number in range(4):
                frame(level + number).save(folder / f"{number}.png")
    dataset = loaded(tmp_path, frames=2)
    assert dataset.fields["label"].classes == ("day", "night")
    assert dataset.fields["clip"].shape == (3, 2, 12, 12)
    assert {split: dataset.splits[split]["label"].tolist() for split in dataset.splits} == {
        "train": [0, 1], "test": [0, 1]}  # fmt: skip
    assert levels_of(dataset.splits["test"]["clip"][1]) == [20, 23]
    assert dataset.file_of("test", 1) == str(Path("test", "night", "clip1"))


def test_real_clips_are_split_by_their_source(shared_data: Path) -> None:
    pytest.importorskip("av")
    dataset = loaded(shared_data / "video" / "actions", side=32)
    assert dataset.fields["clip"].shape == (3, 16, 32, 32)
    assert sum(dataset.size(split) for split in dataset.splits) == 48
    assert dataset.fields["label"].classes == ("basketball", "cartwheel", "wave")
    assert set(dataset.splits["test"]["label"].tolist()) == {2}, "the one class of two sources"
    assert any("cannot be told from the place" in note for note in dataset.notes)


def test_a_video_and_an_animation_of_old_formats(shared_data: Path) -> None:
    pytest.importorskip("av")
    clip, count = read_clip(shared_data / "video" / "film_wave_1947.avi", 8, (3, 24, 32))
    assert (clip.shape, count) == ((3, 8, 24, 32), 74)
    assert clip.std() > 10
    assert read_clip(shared_data / "video" / "basketball.gif", 4, (3, 24, 32))[1] == 16


def test_arrays_of_clips(shared_data: Path, tmp_path: Path) -> None:
    dataset = loaded(shared_data / "video" / "moving_mnist_200.npz")
    assert dataset.splits["train"]["clip"].shape == (200, 1, 16, 64, 64)
    assert any(note.startswith('"digits" has 2 numbers for each clip') for note in dataset.notes)
    assert dataset.fields["labels"].classes == tuple("0123456789")
    digits = np.load(shared_data / "video" / "moving_mnist_200.npz")["digits"]
    assert dataset.splits["train"]["labels"][7].nonzero()[0].tolist() == sorted(set(digits[7].tolist()))
    np.savez(tmp_path / "c.npz", clips=np.zeros((4, 5, 8, 8, 3), np.uint8), label=np.array([0, 1, 0, 1]))
    dataset = loaded(tmp_path / "c.npz", frames=5)
    assert dataset.fields["clip"].shape == (3, 5, 8, 8)
    assert dataset.splits["train"]["label"].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(("arrays", "message"), [
    ({"a": np.zeros((3, 4))}, "none of its arrays holds clips"),
    ({"clips": np.zeros((3, 4, 5, 5), np.float32)}, "holds float32; clips are bytes"),
])  # fmt: skip
def test_arrays_that_are_no_clips(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "c.npz", **arrays)
    with pytest.raises(UnreadableError, match=message):
        loaded(tmp_path / "c.npz")


def test_what_cannot_be_read_is_counted_and_too_much_of_it_refused(tmp_path: Path) -> None:
    for number in range(3):
        animation(tmp_path / "a" / f"{number}.gif", [0, 100, 200])
    (tmp_path / "a" / "bad.gif").write_bytes(b"nonsense")
    dataset = loaded(tmp_path, frames=3)
    assert dataset.size("train") == 3
    assert any(note.startswith("1 of 4 clips cannot be read: a/bad.gif") for note in dataset.notes)
    for number in range(3):
        (tmp_path / "a" / f"{number}.gif").write_bytes(b"nonsense")
    (tmp_path / "a" / "0.gif").unlink()
    animation(tmp_path / "a" / "0.gif", [0, 100])
    with pytest.raises(UnreadableError, match="3 of 4 clips cannot be read"):
        loaded(tmp_path, frames=3)


def test_a_table_that_names_what_is_not_there(tmp_path: Path) -> None:
    animation(tmp_path / "a" / "1.gif", [0, 9])
    (tmp_path / "metadata.csv").write_text("file,label\na/1.gif,x\na/2.gif,x\n", "utf-8")
    assert any(note.startswith("1 of 2 clips of the table are not there: 2.gif") for note in loaded(tmp_path).notes)
    (tmp_path / "metadata.csv").write_text("name\na\n", "utf-8")
    with pytest.raises(UnreadableError, match="needs the columns file and label"):
        loaded(tmp_path)


def test_folders_of_clips_are_known(tmp_path: Path) -> None:
    animation(tmp_path / "clips" / "a" / "1.gif", [0, 9])
    (tmp_path / "pictures" / "a").mkdir(parents=True)
    frame(3).save(tmp_path / "pictures" / "a" / "1.png")
    assert [Clips.claim(tmp_path / name) for name in ("clips", "pictures", "none", "x.npz")] == [2, 0, 0, 0]
