"""Samples of every kind are the same wherever they lie: in memory, on the disk, or in their own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.data.kinds_of_samples import COUNT, KINDS, SampleKind, masks, save, scene
from workbench.core.errors import UnreadableError
from workbench.data import class_balance, disk_cache, notes
from workbench.data.augmentations.spec import settings_of_all
from workbench.data.batches import Batches
from workbench.data.config import DataConfig
from workbench.data.loading import load
from workbench.data.pictures import read_picture
from workbench.data.sources import masks as mask_source
from workbench.data.spec import Dataset
from workbench.data.streamed import StreamedSamples, read_together
from workbench.inspection.browsing import numbers_of
from workbench.inspection.sample_search import SampleChoice, is_quick

pytestmark = pytest.mark.usefixtures("cache_folder")


def of(kind: SampleKind, folder: Path, storage: Any, **more: Any) -> Dataset:
    options = {"path": str(folder), **kind.options, **more}
    found = load(DataConfig(source=kind.source, options=options, storage=storage), folder)
    disk_cache.wait_for()
    return found


def batches_of(dataset: Dataset, split: str) -> list[dict[str, torch.Tensor]]:
    augmentation = settings_of_all().model_validate({"rotate": 10})
    batches = Batches(dataset.splits[split], dataset.fields, 5, seed=3, shuffle=True, augmentation=augmentation)
    return [dict(batch.fields) for epoch in (0, 1) for batch in batches.epoch(epoch)]


@pytest.mark.parametrize("name", KINDS)
def test_batches_are_the_same_wherever_the_samples_lie(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    kind.write(tmp_path / "data")
    resident = of(kind, tmp_path / "data", "memory")
    assert resident.size("train") >= COUNT // 2
    for storage in ("disk", "files"):
        other = of(kind, tmp_path / "data", storage)
        assert other.fields == resident.fields
        assert set(resident.notes) - set(other.notes) <= {each for each in resident.notes if "of 24" in each}
        assert not any("not followed" in note for note in other.notes)
        streamed = [each for each in other.splits["train"].values() if isinstance(each, StreamedSamples)]
        assert bool(streamed) == (storage == "files")
        assert list(other.splits) == list(resident.splits)
        for split in resident.splits:
            one, two = batches_of(resident, split), batches_of(other, split)
            assert len(one) == len(two) > 0
            for a, b in zip(one, two, strict=True):
                assert a.keys() == b.keys()
                for field in a:
                    assert torch.equal(a[field], b[field]), (storage, split, field)
                    assert a[field].stride() == b[field].stride(), (storage, split, field)


def test_classes_are_weighed_without_decoding_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["masks"]
    kind.write(tmp_path)
    resident, streamed = of(kind, tmp_path, "memory"), of(kind, tmp_path, "files")
    monkeypatch.setattr("workbench.data.sized_pictures.read_picture", None)
    counts = class_balance.counts_of(streamed, "mask")
    assert counts.tolist() == class_balance.counts_of(resident, "mask").tolist()
    assert counts.sum() == streamed.size("train") * 16 * 16


def test_what_does_not_count_is_told_alike(tmp_path: Path) -> None:
    kind = KINDS["masks"]
    kind.write(tmp_path)
    told = [[n for n in of(kind, tmp_path, way).notes if "do not count" in n] for way in ("memory", "files")]
    assert told[0] == told[1]
    assert len(told[0]) == 1


def test_masks_are_looked_through_once_and_no_pixels_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["masks"]
    kind.write(tmp_path)
    monkeypatch.setattr(mask_source, "zeros", None)
    monkeypatch.setattr(mask_source, "blank", None)
    found = of(kind, tmp_path, "files")
    assert found.fields["mask"].classes == ("0", "1", "2", "void")


def test_a_degraded_pair_is_decoded_once_for_both_of_its_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = KINDS["degraded pairs"]
    kind.write(tmp_path)
    found: dict[str, Any] = dict(of(kind, tmp_path, "files").splits["train"])
    count = [0]

    def counted(*args: Any, **more: Any) -> Any:
        count[0] += 1
        return read_picture(*args, **more)

    monkeypatch.setattr("workbench.data.sized_pictures.read_picture", counted)
    made = read_together(found, np.array([3, 1, 2]))
    assert count == [3]
    assert np.array_equal(made["image"][1], found["image"][1])
    assert np.array_equal(made["clean"], found["clean"].read(np.array([3, 1, 2])))
    assert not np.array_equal(made["image"], made["clean"])


def test_what_cannot_be_read_is_left_out_by_its_name(tmp_path: Path) -> None:
    for name in ("masks", "pairs", "clips", "volumes", "coco"):
        kind, folder = KINDS[name], tmp_path / name
        kind.write(folder)
        (bad,) = [*folder.glob("masks/5.png"), *folder.glob("clean/5.png"), *folder.glob("b/5.gif"),
                  *folder.glob("b/5.nii.gz"), *folder.glob("5.png")]  # fmt: skip
        bad.write_bytes(b"nonsense")
        sizes = []
        for storage in ("memory", "files"):
            found = of(kind, folder, storage)
            sizes.append([found.size(split) for split in found.splits])
            (note,) = [each for each in found.notes if "cannot be read" in each]
            assert note.startswith(f"1 of {COUNT} ")
            assert "5." in note
        assert sizes[0] == sizes[1]
        assert sum(sizes[0]) == COUNT - 1


def test_a_mask_of_other_proportions_is_left_out_of_streamed_data_too(tmp_path: Path) -> None:
    masks(tmp_path)
    save(scene(1)[1][:, :9], tmp_path / "masks" / "1.png")
    (note,) = [each for each in of(KINDS["masks"], tmp_path, "files").notes if "cannot be read" in each]
    assert "the mask has 9×17 pixels, but the picture 20×17" in note


def test_a_mask_that_goes_while_it_is_streamed_is_named(tmp_path: Path) -> None:
    kind = KINDS["masks"]
    kind.write(tmp_path)
    dataset = of(kind, tmp_path, "files")
    for path in (tmp_path / "masks").glob("1*.png"):
        path.unlink()
    with pytest.raises(UnreadableError, match=r"masks.1\d?\.png"):
        batches_of(dataset, "train")


def test_of_streamed_pictures_some_are_looked_at_for_darkness(tmp_path: Path) -> None:
    asked: list[int] = []

    def read(number: int) -> Any:
        asked.append(number)
        return np.full((1, 4, 4), 9, np.uint8)

    rows = StreamedSamples(read, (1, 4, 4), b"", np.arange(100_000)).as_array()
    (note,) = notes.dark_notes("image", [rows])
    assert note.startswith("Those pictures that were looked at are nearly black: no value of image is above 9 of 255.")
    assert len(asked) <= notes.MOST_STREAMED
    assert max(asked) > 90_000


def test_a_class_is_looked_for_in_streamed_masks_on_a_thread(tmp_path: Path) -> None:
    kind = KINDS["masks"]
    kind.write(tmp_path)
    resident, streamed = of(kind, tmp_path, "memory"), of(kind, tmp_path, "files")
    choice = SampleChoice(of_class=2)
    assert is_quick(resident, "train", choice)
    assert not is_quick(streamed, "train", choice)
    assert numbers_of(streamed, "train", 2).tolist() == numbers_of(resident, "train", 2).tolist()
