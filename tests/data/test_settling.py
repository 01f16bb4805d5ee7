"""Samples that sources read at once are kept on the disk too, and what is not followed is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.data.good_seeds import Seed, seeds
from workbench.data import disk_cache, placing
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.spec import REGISTRY, Dataset
from workbench.data.streamed import StreamedSamples

PLACES = [f"{number} {seed}" for number, seed in enumerate(
    "cifar clips clips coco csv eeg eeg folder forecast idx masks natural npz npz pairs poses ratings series series "
    "series series text torchvision torchvision volumes volumes yolo".split())]  # fmt: skip

pytestmark = pytest.mark.usefixtures("cache_folder")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[Seed]:
    pytest.importorskip("nibabel")
    return seeds(tmp_path_factory.mktemp("written"))


def of(seed: Seed, folder: Path, storage: Any) -> Dataset:
    path = folder / seed.path if seed.path else folder
    config = DataConfig(source=seed.source, options={"path": str(path), **seed.options}, storage=storage)
    found = load(config, folder)
    disk_cache.wait_for()
    return found


@pytest.mark.parametrize("place", PLACES)
def test_what_every_source_reads_is_kept_on_the_disk_and_read_once(
    place: str, sound: list[Seed], tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = sound[int(place.split()[0])]
    assert seed.source == place.split()[1]
    seed.write(tmp_path / "data")
    resident = of(seed, tmp_path / "data", "memory")
    expected = resident.fingerprint
    first = of(seed, tmp_path / "data", "disk")
    assert first.fingerprint == expected
    assert not any("not followed" in note for note in first.notes)
    (entry,) = cache_folder.iterdir()
    assert list(entry.glob("*.bin"))
    del first
    monkeypatch.setattr(REGISTRY.find(seed.source, "source"), "load", None)
    again = of(seed, tmp_path / "data", "disk")
    assert again.fingerprint == expected
    assert again.fields == resident.fields
    assert set(resident.notes) <= set(again.notes)


@pytest.mark.parametrize("place", PLACES)
def test_where_samples_cannot_be_streamed_it_is_said(place: str, sound: list[Seed], tmp_path: Path) -> None:
    seed = sound[int(place.split()[0])]
    seed.write(tmp_path / "data")
    found = of(seed, tmp_path / "data", "files")
    arrays = [array for split in found.splits.values() for array in split.values()]
    told = [note for note in found.notes if "data.storage=files" in note]
    if any(isinstance(array, StreamedSamples) for array in arrays):
        assert not told
    else:
        assert told == [
            "data.storage=files was not followed, so the samples lie in memory: this data source reads all of them at "
            "once."
        ]


def test_what_the_program_makes_itself_stays_in_memory_and_it_is_said(cache_folder: Path) -> None:
    notes = load(DataConfig(source="digits", storage="disk"), Path()).notes
    assert [note for note in notes if "storage" in note] == [
        "data.storage=disk was not followed, so the samples lie in memory: what the program makes itself is not kept "
        "on the disk."
    ]
    assert not cache_folder.exists()
    assert not any("storage" in note for note in load(DataConfig(source="digits"), Path()).notes)


def test_without_room_on_the_disk_arrays_stay_in_memory_and_it_is_said(
    tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_cache, "free_bytes", lambda folder: disk_cache.SPARE + 1000)
    config = DataConfig(source="npz", options={"path": str(tiny_data)}, storage="disk")
    (note,) = [each for each in load(config, Path()).notes if "storage" in each]
    assert note.startswith("data.storage=disk was not followed, so the samples lie in memory: they need 25.5 kB of the")


def test_large_arrays_go_to_the_disk_by_themselves(tiny_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = DataConfig(source="npz", options={"path": str(tiny_data)})
    assert not any("kept on the disk" in note for note in load(config, Path()).notes)
    monkeypatch.setattr(placing, "MOST_RESIDENT", 10_000)
    config = config.model_copy(update={"seed": 1})
    assert any("so they are kept on the disk" in note for note in load(config, Path()).notes)
