"""Where samples lie makes no difference: in memory, on the disk, or in their own files."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import torch
from PIL import Image

from workbench.core import files
from workbench.core.errors import UnreadableError
from workbench.core.values import Value
from workbench.data import disk_cache, kept_datasets, listening, loading, placing, splits
from workbench.data.batches import Batches
from workbench.data.config import DataConfig
from workbench.data.listening import ReadingProgress, ReadingStopped, heard_by
from workbench.data.loading import load
from workbench.data.sources.folder import PictureFolder
from workbench.data.spec import Dataset
from workbench.data.streamed import StreamedSamples
from workbench.inspection.portraits import portrait

pytestmark = pytest.mark.usefixtures("cache_folder")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three classes of twelve colour pictures of 8×8 pixels, and one file that is none."""
    random = np.random.default_rng(0)
    root = tmp_path / "pictures"
    for label in ("a", "b", "c"):
        (root / label).mkdir(parents=True)
        for number in range(12):
            array = random.integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(array).save(root / label / f"{number:02}.png")
    (root / "b" / "05.png").write_bytes(b"no picture")
    return root


def of(path: Path, storage: str, source: str = "folder") -> Dataset:
    found = load(DataConfig(source=source, options={"path": str(path)}, storage=storage), path)  # type: ignore[arg-type]
    disk_cache.wait_for()
    return found


def every_batch(dataset: Dataset, split: str) -> list[dict[str, torch.Tensor]]:
    batches = Batches(dataset.splits[split], dataset.fields, 5, seed=3, shuffle=True)
    return [dict(batch.fields) for epoch in (0, 1) for batch in batches.epoch(epoch)]


@pytest.mark.parametrize("storage", ["disk", "files"])
def test_batches_are_the_same_wherever_the_samples_lie(pictures: Path, storage: str) -> None:
    resident, other = of(pictures, "memory"), of(pictures, storage)
    for split in ("train", "validation", "test"):
        one, two = every_batch(resident, split), every_batch(other, split)
        assert len(one) == len(two) > 0
        for a, b in zip(one, two, strict=True):
            assert torch.equal(a["image"], b["image"])
            assert torch.equal(a["label"], b["label"])
            assert a["image"].stride() == b["image"].stride()
    assert other.notes != resident.notes
    assert set(resident.notes) < set(other.notes)
    shown = np.array([portrait(other, "train", number).pixels for number in (0, 3)])
    assert np.array_equal(shown, np.array([portrait(resident, "train", number).pixels for number in (0, 3)]))


def test_what_lies_on_the_disk_is_decoded_once(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = of(pictures, "disk")
    digest, notes = first.fingerprint, first.notes
    del first
    expected = of(pictures, "memory").fingerprint
    monkeypatch.setattr(PictureFolder, "load", None)
    again = of(pictures, "disk")
    assert again.fingerprint == digest == expected
    (cache,) = Path(os.environ[disk_cache.FOLDER]).iterdir()
    assert (cache / "fingerprint").read_text() == digest
    (cache / "fingerprint").unlink()
    again.__dict__.pop("fingerprint")
    assert again.fingerprint == digest
    assert again.notes == notes
    assert again.fields["label"] == Value((), "class", "int64", ("a", "b", "c"))


def test_changed_files_are_decoded_anew(pictures: Path) -> None:
    before = of(pictures, "disk").fingerprint
    Image.new("RGB", (8, 8), "white").save(pictures / "a" / "00.png")
    assert of(pictures, "disk").fingerprint != before


def test_masks_lie_on_the_disk_too(tmp_path: Path) -> None:
    for name in ("images", "masks"):
        (tmp_path / "data" / name).mkdir(parents=True)
    for number in range(8):
        Image.new("RGB", (8, 8), (40 * number, 0, 255)).save(tmp_path / "data" / "images" / f"{number}.png")
        mask = np.zeros((8, 8), np.uint8)
        mask[:, number:] = 1
        Image.fromarray(mask).save(tmp_path / "data" / "masks" / f"{number}.png")
    resident = of(tmp_path / "data", "memory", "masks")
    for _ in range(2):  # as it is read, and as it is found again
        on_disk = of(tmp_path / "data", "disk", "masks")
        assert on_disk.fingerprint == resident.fingerprint
        assert on_disk.fields == resident.fields
        del on_disk


def test_nobody_waits_until_the_disk_has_everything(
    pictures: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed, force = Event(), files.force_to_disk

    def late(descriptor: int) -> None:
        assert freed.wait(20)
        force(descriptor)

    monkeypatch.setattr(disk_cache, "force_to_disk", late)
    config = DataConfig(source="folder", options={"path": str(pictures)}, storage="disk")
    found = load(config, pictures)
    digest = found.fingerprint
    (making,) = cache_folder.iterdir()
    assert making.name.endswith(".part")
    freed.set()
    assert digest == of(pictures, "memory").fingerprint
    (entry,) = cache_folder.iterdir()
    assert not entry.name.endswith(".part")
    monkeypatch.setattr(PictureFolder, "load", None)
    del found
    assert load(config, pictures).fingerprint == digest


def test_where_the_disk_fails_behind_the_reading_the_samples_stay_good(
    pictures: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(disk_cache, "force_to_disk", fails)
    found = of(pictures, "disk")
    assert list(cache_folder.iterdir()) == []
    assert found.fingerprint == of(pictures, "memory").fingerprint


def test_what_is_kept_is_counted_and_deleted(pictures: Path, cache_folder: Path) -> None:
    assert disk_cache.taken() == (0, 0)
    dataset = of(pictures, "disk")
    count, size = disk_cache.taken()
    assert (count, size) == (
        1,
        sum(each.stat().st_size for entry in cache_folder.iterdir() for each in entry.iterdir()),
    )
    assert disk_cache.clear() == size
    assert disk_cache.taken() == (0, 0)
    assert dataset.fingerprint == of(pictures, "memory").fingerprint


def test_a_cache_that_is_damaged_is_made_anew(pictures: Path, cache_folder: Path) -> None:
    before = of(pictures, "disk").fingerprint
    (entry,) = cache_folder.iterdir()
    for name in ("about.json", "0.bin", "rest.npz"):
        with (entry / name).open("r+b") as file:
            file.truncate(10)
        assert of(pictures, "disk").fingerprint == before
        assert kept_datasets.find(entry.name) is not None


def test_a_reading_that_is_killed_leaves_nothing_that_is_taken_for_an_entry(pictures: Path, cache_folder: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from workbench.data import chunks, disk_cache, kept_datasets
from workbench.data.config import DataConfig
from workbench.data.loading import load
chunks.LARGE = 1
def killed(entry, dataset, named):
    os.kill(os.getpid(), signal.SIGKILL)
kept_datasets._write = killed
load(DataConfig(source="folder", options={{"path": {str(pictures)!r}}}, storage="disk"), Path())
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = cache_folder.iterdir()
    assert left.name.endswith(".part")
    of(pictures, "disk")
    (entry,) = cache_folder.iterdir()
    assert entry != left
    assert kept_datasets.find(entry.name) is not None


def test_without_room_on_the_disk_samples_are_read_from_their_files(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "free_bytes", lambda folder: disk_cache.SPARE + 1000)
    dataset = of(pictures, "disk")
    assert isinstance(dataset.splits["train"]["image"], StreamedSamples)
    assert any("need 9.7 kB of the disk, and 1.0 kB can be taken" in note for note in dataset.notes), dataset.notes


def test_large_data_goes_to_the_disk_by_itself(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any("kept on the disk" in note for note in of(pictures, "auto").notes)
    monkeypatch.setattr(placing, "MOST_RESIDENT", 1000)
    (pictures / "a" / "more.png").write_bytes((pictures / "a" / "00.png").read_bytes())
    assert any("kept on the disk" in note for note in of(pictures, "auto").notes)


def test_entries_that_were_not_used_for_longest_make_room(
    pictures: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of(pictures, "disk")
    (oldest,) = cache_folder.iterdir()
    os.utime(oldest / "about.json", (1, 1))
    Image.new("RGB", (8, 8), "white").save(pictures / "a" / "00.png")
    of(pictures, "disk")
    assert len(list(cache_folder.iterdir())) == 2
    sizes = [sum(each.stat().st_size for each in entry.iterdir()) for entry in cache_folder.iterdir()]
    monkeypatch.setattr(disk_cache, "MOST_BYTES", sum(sizes) + 1000)
    Image.new("RGB", (8, 8), "black").save(pictures / "a" / "00.png")
    of(pictures, "disk")
    assert len(list(cache_folder.iterdir())) == 2
    assert not oldest.exists()


def test_a_reading_is_heard_and_can_be_stopped(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    heard: list[ReadingProgress] = []
    with heard_by(heard.append):
        of(pictures, "files")
    assert (heard[-1].done, heard[-1].total) == (36, 36)

    def stop(progress: ReadingProgress) -> None:
        raise ReadingStopped

    with heard_by(stop), pytest.raises(ReadingStopped):
        of(pictures, "disk")
    assert not list(Path(os.environ[disk_cache.FOLDER]).glob("*"))


def test_a_file_that_goes_while_it_is_streamed_is_named(pictures: Path) -> None:
    dataset = of(pictures, "files")
    for path in pictures.glob("c/*.png"):
        path.unlink()
    with pytest.raises(UnreadableError, match=r"c.\d\d\.png"):
        every_batch(dataset, "train")


def test_reading_ahead_ends_with_the_epoch() -> None:
    asked: list[int] = []

    def read(number: int) -> np.ndarray:
        asked.append(number)
        return np.full((1, 2, 2), number, np.uint8)

    rows = StreamedSamples(read, (1, 2, 2), b"", np.arange(100, dtype=np.int64)).as_array()
    fields = {"image": Value((1, 2, 2), "map", "uint8")}
    epoch = Batches({"image": rows}, fields, 10).epoch(0)
    assert isinstance(epoch, Generator)
    assert next(epoch).fields["image"][:, 0, 0, 0].tolist() == list(range(10))
    epoch.close()
    assert len(asked) <= 40


def test_the_first_batch_of_a_million_pictures_needs_only_its_own() -> None:
    count = 1_280_000
    rows = StreamedSamples(
        lambda number: np.full((3, 4, 4), number % 251, np.uint8), (3, 4, 4), b"", np.arange(count)
    ).as_array()
    labels = np.arange(count, dtype=np.int64) % 1000
    fields = {"image": Value((3, 4, 4), "map", "uint8"), "label": Value((), "class", "int64")}
    batch = next(Batches({"image": rows, "label": labels}, fields, 8, shuffle=True).epoch(0))
    assert (batch.fields["image"][:, 0, 0, 0] == batch.indices % 251).all()


def test_who_waits_for_a_reading_hears_it_and_can_stop_it(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    monkeypatch.setattr(loading, "WAIT_SECONDS", 0.01)
    begun, told, errors = Event(), Event(), list[BaseException]()

    def slowly(progress: ReadingProgress) -> None:
        begun.set()
        told.wait(20)

    def first() -> None:
        try:
            with heard_by(slowly):
                of(pictures, "memory")
        except ReadingStopped as error:
            errors.append(error)

    def stop(progress: ReadingProgress) -> None:
        told.set()
        raise ReadingStopped

    reader = Thread(target=first)
    reader.start()
    assert begun.wait(20)
    with heard_by(stop), pytest.raises(ReadingStopped):
        of(pictures, "memory")
    reader.join(20)
    assert len(errors) == 1
    assert of(pictures, "memory").size("train")


def test_pictures_are_read_to_where_their_split_lies_and_not_copied(
    pictures: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pictures / "b" / "05.png").unlink()

    def never(*_: object) -> None:
        raise AssertionError("pictures were copied")

    monkeypatch.setattr(splits, "copied", never)
    monkeypatch.setattr(splits, "selected", never)
    found = of(pictures, "disk")
    assert [found.size(split) for split in ("train", "validation", "test")] == [27, 3, 5]
    (entry,) = [each for each in cache_folder.iterdir() if each.is_dir()]
    assert [each.name for each in entry.glob("*.bin")] == ["0.bin"]
    assert (entry / "0.bin").stat().st_size == 35 * 8 * 8 * 3
