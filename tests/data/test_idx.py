from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError
from workbench.data import idx_file
from workbench.data.idx_file import read_idx
from workbench.data.sources.idx import Idx

RANDOM = np.random.default_rng(0)


def idx(array: np.ndarray[Any, Any]) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.astype(np.uint8).tobytes()


def bytes_of(*shape: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return RANDOM.integers(0, 256, shape, np.uint8)


def write_pair(folder: Path, prefix: str, images: Any, labels: Any, *, packed: bool = False) -> None:
    for name, array in ((f"images-idx{images.ndim}", images), ("labels-idx1", labels)):
        data = idx(array)
        path = folder / f"{prefix}-{name}-ubyte{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(data) if packed else data)


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_like_mnist(tmp_path: Path, packed: bool) -> None:
    images, labels = bytes_of(20, 5, 4), np.arange(20) % 3
    write_pair(tmp_path, "train", images, labels, packed=packed)
    write_pair(tmp_path, "t10k", images[:6], labels[:6], packed=packed)
    dataset = Idx(path=str(tmp_path)).load(Path())
    assert dataset.fields["image"].shape == (1, 5, 4)
    assert (dataset.fields["image"].kind, dataset.fields["image"].dtype) == ("map", "uint8")
    assert (dataset.fields["label"].kind, dataset.fields["label"].dtype) == ("class", "int64")
    assert dataset.fields["label"].classes == ("0", "1", "2")
    assert {split: dataset.size(split) for split in dataset.splits} == {"test": 6, "train": 20}
    assert (dataset.splits["train"]["image"][:, 0] == images).all()
    assert (dataset.splits["test"]["label"] == labels[:6]).all()
    assert dataset.splits["train"]["label"].dtype == np.int64


def test_other_spellings_and_shapes(tmp_path: Path) -> None:
    colour, labels = bytes_of(4, 3, 5, 6), np.zeros(4)
    (tmp_path / "train-images.idx4-ubyte").write_bytes(idx(colour))
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(labels))
    write_pair(tmp_path, "test", colour[:1], labels[:1])
    write_pair(tmp_path, "val", colour[:2], labels[:2])
    dataset = Idx(path=str(tmp_path)).load(Path())
    assert dataset.fields["image"].shape == (3, 5, 6)
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 4, "validation": 2, "test": 1}
    assert (dataset.splits["train"]["image"] == colour).all()


def test_two_axes_are_vectors(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", bytes_of(4, 7), np.zeros(4))
    field = Idx(path=str(tmp_path)).load(Path()).fields["image"]
    assert (field.shape, field.kind) == ((7,), "vector")


def test_limit_takes_the_first_of_each_split(tmp_path: Path) -> None:
    images, labels = bytes_of(20, 5, 4), np.arange(20)
    write_pair(tmp_path, "train", images, labels)
    write_pair(tmp_path, "t10k", images[:6], labels[:6], packed=True)
    dataset = Idx(path=str(tmp_path), limit=8).load(Path())
    assert (dataset.splits["train"]["image"][:, 0] == images[:8]).all()
    assert (dataset.size("train"), dataset.size("test")) == (8, 6)


def test_limit_does_not_hide_that_files_do_not_belong_together(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", bytes_of(20, 5, 4), np.zeros(15))
    for limit in (None, 5):
        with pytest.raises(UnreadableError, match=r"train-images.*: 20 pictures, 15 labels: the files do not belong"):
            Idx(path=str(tmp_path), limit=limit).load(Path())


def test_the_unpacked_file_wins(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", bytes_of(4, 2, 2), np.zeros(4), packed=True)
    images = bytes_of(4, 2, 2)
    write_pair(tmp_path, "train", images, np.arange(4))
    dataset = Idx(path=str(tmp_path)).load(Path())
    assert (dataset.splits["train"]["image"][:, 0] == images).all()
    assert list(dataset.splits["train"]["label"]) == [0, 1, 2, 3]


def test_relative_paths_start_from_the_projects_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write_pair(tmp_path / "sub", "train", bytes_of(4, 2, 2), np.zeros(4))
    assert Idx(path="sub").load(tmp_path).size("train") == 4


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="there is no such folder"):
        Idx(path="none").load(tmp_path)
    with pytest.raises(UnreadableError, match="there are no files train-images-idx3-ubyte"):
        Idx(path=".").load(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(bytes_of(4, 2, 2)))
    with pytest.raises(UnreadableError, match="no file with the labels of the train split"):
        Idx(path=".").load(tmp_path)


def test_splits_of_different_sizes_are_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", bytes_of(4, 2, 2), np.zeros(4))
    write_pair(tmp_path, "test", bytes_of(4, 2, 3), np.zeros(4))
    with pytest.raises(UnreadableError, match="different sizes: test 1×2×3, train 1×2×2"):
        Idx(path=".").load(tmp_path)


def test_images_and_labels_mixed_up_are_refused(tmp_path: Path) -> None:
    write_pair(tmp_path, "train", np.zeros(4), np.zeros(4))
    with pytest.raises(UnreadableError, match="declares 1 axis; pictures have 3"):
        Idx(path=".").load(tmp_path)
    (tmp_path / "train-images-idx1-ubyte").write_bytes(idx(bytes_of(4, 2, 2)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(bytes_of(4, 2)))
    with pytest.raises(UnreadableError, match="declares 2 axes; labels have 1"):
        Idx(path=".").load(tmp_path)


GOOD = idx(bytes_of(5, 4, 3))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no IDX file: it begins with nothing"),
        (b"PK\x03\x04" + GOOD[4:], "no IDX file: it begins with 0x504B0304"),
        (b"\0\0\x0c\x03" + GOOD[4:], r"\(0x00000C03\) declares 32-bit integers; only unsigned bytes"),
        (b"\0\0\x77\x03" + GOOD[4:], r"\(0x00007703\) declares an unknown type"),
        (b"\0\0\x08\x05" + GOOD[4:], "declares 5 axes; 1 to 4 are taken"),
        (b"\0\0\x08\x00" + GOOD[4:], "declares 0 axes"),
        (GOOD[:10], "cut off inside its header"),
        (GOOD[:-1], "cut off: its header promises 60 bytes of data, but there are 59"),
        (GOOD + b"\0", "there is more in the file than the 60 bytes"),
        (idx(np.zeros((0, 4, 3))), "declares 0×4×3, so there is nothing in it"),
        (b"\0\0\x08\x03" + b"\xff" * 12 + GOOD[16:], r"it needs .* of memory; at most 4\.3 GB"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_does_not_fit_its_header_is_refused(tmp_path: Path, data: bytes, expected: str, packed: bool) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(UnreadableError, match=expected) as caught:
        read_idx(path)
    assert caught.value.file == str(path)


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD)
    path = tmp_path / "a.gz"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UnreadableError, match="cut off in the middle of its gzip stream"):
        read_idx(path)
    path.write_bytes(packed[:-8] + b"\0\0\0\0" + packed[-4:])
    with pytest.raises(UnreadableError, match="the gzip stream is damaged"):
        read_idx(path)
    with pytest.raises(UnreadableError, match="not a plain file"):
        read_idx(tmp_path)
    with pytest.raises(UnreadableError, match="no such file"):
        read_idx(tmp_path / "none")
    with pytest.raises(UnreadableError, match="the file cannot be read"):
        read_idx(tmp_path / ("a" * 3000))


@pytest.mark.parametrize("shape", [(5, 4, 3), (1000, 1000, 1000)])
def test_lies_about_the_length_take_no_memory(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """A gzip bomb of 64 MB behind a small header, and a header of 1 GB before 64 MB."""
    sizes = b"".join(size.to_bytes(4, "big") for size in shape)
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"\0\0\x08\x03" + sizes + bytes(64_000_000), 1))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError, match=r"more in the file|cut off"):
            read_idx(tmp_path / "a.gz", limit=5)
        assert tracemalloc.get_traced_memory()[1] < 5 * shape[1] * shape[2] + 8 * idx_file.CHUNK
    finally:
        tracemalloc.stop()


def test_the_whole_of_mnist(shared_data: Path) -> None:
    dataset = Idx(path=str(shared_data / "MNIST" / "raw")).load(Path())
    assert (dataset.size("train"), dataset.size("test")) == (60_000, 10_000)
    assert dataset.splits["train"]["image"].mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    assert dataset.splits["train"]["image"].std() / 255 == pytest.approx(0.3081, abs=1e-4)
