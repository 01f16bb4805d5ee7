"""One copy of the data in the process, laid out as the networks take it."""

from __future__ import annotations

import gc
import json
import os
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from workbench.core.values import Value
from workbench.data import chunks, layout
from workbench.data.batches import Batches
from workbench.data.config import DataConfig
from workbench.data.file_state import state_of
from workbench.data.loading import is_newest, load
from workbench.data.sources.npz import Npz
from workbench.data.spec import Dataset


def written(folder: Path, count: int = 30, *, seed: int = 0, side: int = 6) -> DataConfig:
    """Colour pictures in a file of the folder, and the settings that lead to it."""
    random = np.random.default_rng(seed)
    pictures = random.integers(0, 256, (count, 3, side, side), dtype=np.uint8)
    np.savez(folder / "colour.npz", x=pictures, y=np.arange(count) % 3)
    return DataConfig(source="npz", options={"path": "colour.npz"})


def test_whoever_asks_gets_the_same_while_somebody_has_it(tmp_path: Path) -> None:
    config = written(tmp_path)
    first = load(config, tmp_path)
    assert load(config.model_copy(update={"batch_size": 7}), tmp_path) is first
    assert load(config.model_copy(update={"seed": 5}), tmp_path) is not first
    gone = id(first), first.splits["train"]["image"].copy()
    del first
    gc.collect()
    again = load(config, tmp_path)
    np.testing.assert_array_equal(again.splits["train"]["image"], gone[1])


def test_what_was_loaded_last_is_the_newest_even_where_nobody_has_it(tmp_path: Path) -> None:
    config = written(tmp_path)
    first = load(config, tmp_path)
    assert is_newest(first, config, tmp_path)
    written(tmp_path, seed=1)
    assert is_newest(first, config.model_copy(update={"batch_size": 5}), tmp_path)  # nobody has looked
    load(config, tmp_path)
    gc.collect()
    assert not is_newest(first, config, tmp_path)
    assert is_newest(load(config, tmp_path), config, tmp_path)


@pytest.mark.parametrize("change", ["written", "beside", "touched"])
def test_files_that_have_changed_are_read_again(tmp_path: Path, change: str) -> None:
    config = written(tmp_path)
    first = load(config, tmp_path)
    if change == "written":
        written(tmp_path, seed=1)
    elif change == "beside":
        (tmp_path / "labels.csv").write_text("a")
    else:
        os.utime(tmp_path / "colour.npz", ns=(1, 1))
    second = load(config, tmp_path)
    assert second is not first
    assert np.array_equal(first.splits["train"]["image"], second.splits["train"]["image"]) == (change != "written")


def test_a_project_that_is_saved_beside_its_data_changes_nothing(tmp_path: Path) -> None:
    config = written(tmp_path)
    first = load(config, tmp_path)
    (tmp_path / "net.cnn").write_text("{}")
    (tmp_path / "net.runs").mkdir()
    assert load(config, tmp_path) is first


def test_a_picture_that_is_put_into_a_folder_is_seen(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (8, 8), (40 * number + 90, 0, 0)).save(tmp_path / "pictures" / name / f"{number}.png")
    config = DataConfig(source="folder", options={"path": "pictures"}, validation_share=0.0, test_share=0.0)
    first = load(config, tmp_path)
    Image.new("RGB", (8, 8), "white").save(tmp_path / "pictures" / "b" / "new.png")
    assert (first.size("train"), load(config, tmp_path).size("train")) == (6, 7)


@pytest.mark.parametrize("storage", ["memory", "disk"])
@pytest.mark.parametrize("source", ["csv", "coco", "yolo"])
def test_a_picture_that_a_table_names_is_looked_at_again(
    source: str, storage: str, tmp_path: Path, cache_folder: Path
) -> None:
    data, path = tmp_path / "data", named_picture(source, tmp_path / "data")
    shares = {"validation_share": 0, "test_share": 0}
    config = DataConfig.model_validate({"source": source, "options": {"path": str(path)}, "storage": storage, **shares})
    first = load(config, tmp_path)
    assert load(config, tmp_path) is first
    before = first.fingerprint
    del first
    gc.collect()
    assert load(config, tmp_path).fingerprint == before
    Image.new("RGB", (8, 8), "white").save(next(data.glob("**/0.png")))
    assert load(config, tmp_path).fingerprint != before


def named_picture(source: str, folder: Path) -> Path:
    """Writes pictures into a folder below that of a file that names them; returns that file."""
    pictures = folder / ("train/images" if source == "yolo" else "elsewhere")
    pictures.mkdir(parents=True)
    for number in range(4):
        Image.new("RGB", (8, 8), (40 * number + 90, 0, 0)).save(pictures / f"{number}.png")
    if source == "csv":
        rows = [f"elsewhere/{number}.png,{'ab'[number % 2]}" for number in range(4)]
        (folder / "table.csv").write_text("\n".join(["file,label", *rows]))
        return folder / "table.csv"
    if source == "yolo":
        (folder / "train/labels").mkdir()
        for number in range(4):
            (folder / f"train/labels/{number}.txt").write_text("0 0.5 0.5 0.4 0.4\n")
        (folder / "data.yaml").write_text("train: train/images\nnames: [a]\n")
        return folder / "data.yaml"
    images = [{"id": each, "file_name": f"elsewhere/{each}.png", "width": 8, "height": 8} for each in range(4)]
    boxes = [{"id": each, "image_id": each, "category_id": 1, "bbox": [1, 1, 4, 4]} for each in range(4)]
    made = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "a"}]}
    (folder / "all.json").write_text(json.dumps(made))
    return folder / "all.json"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_that_lead_round_are_no_hindrance(tmp_path: Path) -> None:
    config = written(tmp_path)
    (tmp_path / "itself").symlink_to(tmp_path / "itself")
    (tmp_path / "around").mkdir()
    (tmp_path / "around" / "back").symlink_to(tmp_path, target_is_directory=True)
    assert load(config, tmp_path).size("train") > 0
    assert {entry[0] for entry in state_of(tmp_path / "around")} > {str(tmp_path / "around" / "back" / "colour.npz")}


def test_two_who_ask_at_once_wait_for_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = written(tmp_path)
    reads, begun, may_end = [], threading.Event(), threading.Event()
    read = Npz.load

    def slowly(source: Npz, folder: Path) -> Dataset:
        reads.append(folder)
        begun.set()
        assert may_end.wait(20)
        return read(source, folder)

    monkeypatch.setattr(Npz, "load", slowly)
    found: list[Dataset] = []
    threads = [threading.Thread(target=lambda: found.append(load(config, tmp_path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    may_end.set()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    assert found[0] is found[1] is found[2]


@pytest.mark.parametrize("large", [1, 10**9])
def test_pictures_lie_channels_last_with_the_same_values(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LARGE", large)
    monkeypatch.setattr(chunks, "CHUNK", 1000)
    for shape in ((17, 3, 5, 4), (1, 2, 3, 3), (4, 1, 5, 5), (0, 3, 4, 4)):
        pictures = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
        expected = pictures.copy()
        found = layout.channels_last(pictures)
        np.testing.assert_array_equal(found, expected)
        assert found.shape == expected.shape
        assert found.transpose(0, 2, 3, 1).flags.c_contiguous
        assert np.shares_memory(found, pictures) == (pictures.size > 0 and (large == 1 or shape[1] == 1))


def test_a_training_copies_no_picture(tmp_path: Path) -> None:
    dataset = load(written(tmp_path), tmp_path)
    array = dataset.splits["train"]["image"]
    batches = Batches(dataset.splits["train"], dataset.fields, 4)
    assert np.shares_memory(batches._tensors["image"].numpy(), array)
    batch = next(batches.epoch(0)).fields["image"]
    assert torch.equal(batch, torch.from_numpy(array[:4].copy()))
    assert batch.is_contiguous(memory_format=torch.channels_last)


def test_the_digest_is_that_of_the_values_in_whatever_order_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (40, 3, 5, 4), dtype=np.uint8)
    fields = {"image": Value((3, 5, 4), "map", "uint8")}
    plain = Dataset(fields, {"train": {"image": pictures}})
    turned = layout.with_channels_last(Dataset(fields, {"train": {"image": pictures.copy()}}))
    before = plain.fingerprint
    monkeypatch.setattr(chunks, "CHUNK", 100)
    assert turned.fingerprint == before
    assert Dataset(fields, {"train": {"image": pictures}}).fingerprint == before


def test_loading_needs_little_more_than_the_pixels(tmp_path: Path) -> None:
    config = written(tmp_path, 3000, side=64)  # 37 MB
    gc.collect()
    tracemalloc.start()
    dataset = load(config, tmp_path)
    _ = dataset.fingerprint
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    pixels = sum(arrays["image"].nbytes for arrays in dataset.splits.values())
    assert peak < 1.5 * pixels
