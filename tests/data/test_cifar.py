from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError
from workbench.data import limits
from workbench.data.loading import source_for
from workbench.data.sources.cifar import Cifar

TEN = "airplane automobile bird cat deer dog frog horse ship truck".split()


def written(path: Path, labels: Any, seed: int = 0) -> Any:
    """A file of random pictures with these bytes before each; returns the pictures."""
    pictures = np.random.default_rng(seed).integers(0, 256, (len(labels), 3, 32, 32), np.uint8)
    rows = np.concatenate([np.array(labels, np.uint8).reshape(len(labels), -1), pictures.reshape(len(labels), -1)], 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rows.tobytes())
    return pictures


def test_ten_classes(tmp_path: Path) -> None:
    root = tmp_path / "cifar-10-batches-bin"
    made = [written(root / f"data_batch_{number}.bin", [min(number, 8), 9, 0], number) for number in (10, 1, 2)]
    test = written(root / "test_batch.bin", [3, 4], 7)
    (root / "batches.meta.txt").write_text("\n".join(TEN) + "\n\n")
    (root / "readme.html").touch()
    for path in (tmp_path, root, root / "data_batch_2.bin"):
        dataset = Cifar(path=str(path)).load(Path())
        assert dataset.fields["image"].shape == (3, 32, 32)
        assert dataset.fields["label"].classes == tuple(TEN)
        assert list(dataset.splits["train"]["label"]) == [1, 9, 0, 2, 9, 0, 8, 9, 0]
        assert np.array_equal(dataset.splits["train"]["image"], np.concatenate([*made[1:], made[0]]))
        assert np.array_equal(dataset.splits["test"]["image"], test)
        assert list(dataset.splits["test"]["label"]) == [3, 4]
        assert dataset.notes == ()
        assert source_for(path) == "cifar"


def test_a_hundred_classes(tmp_path: Path) -> None:
    train = written(tmp_path / "train.bin", [[19, 99], [0, 1]])
    written(tmp_path / "test.bin", [[4, 0]])
    for name, count in (("fine", 100), ("coarse", 20)):
        (tmp_path / f"{name}_label_names.txt").write_text("\n".join(f"{name}{number}" for number in range(count)))
    dataset = Cifar(path=str(tmp_path)).load(Path())
    assert len(dataset.fields["label"].classes) == 100
    assert list(dataset.splits["train"]["label"]) == [99, 1]
    assert np.array_equal(dataset.splits["train"]["image"], train)
    coarse = Cifar(path=str(tmp_path), classes="coarse").load(Path())
    assert coarse.fields["label"].classes[19] == "coarse19"
    assert list(coarse.splits["train"]["label"]) == [19, 0]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    written(tmp_path / "data_batch_1.bin", [1, 2])
    dataset = Cifar(path=str(tmp_path)).load(Path())
    assert dataset.fields["label"].classes == tuple(map(str, range(10)))
    assert dataset.notes == (
        "There is no batches.meta.txt, so the classes are numbers.",
        "There is no test_batch.bin, so there is no test split of its own.",
    )


def test_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match=r"there are no data_batch_1\.bin"):
        Cifar(path=str(tmp_path)).load(Path())
    (tmp_path / "data_batch_1").touch()
    (tmp_path / "batches.meta").touch()
    with pytest.raises(UnreadableError, match="This is the version for Python, which could run code"):
        Cifar(path=str(tmp_path)).load(Path())
    assert Cifar.claim(tmp_path) == 0
    written(tmp_path / "data_batch_1.bin", [1, 10])
    with pytest.raises(UnreadableError, match=r"data_batch_1\.bin: picture 1 has the class 10; there are 10"):
        Cifar(path=str(tmp_path)).load(Path())
    written(tmp_path / "data_batch_1.bin", [1, 2])
    with pytest.raises(UnreadableError, match="CIFAR-10 has no coarse classes"):
        Cifar(path=str(tmp_path), classes="coarse").load(Path())
    (tmp_path / "batches.meta.txt").write_text("one\ntwo\n")
    with pytest.raises(UnreadableError, match=r"batches\.meta\.txt: it has 2 names, but there are 10 classes"):
        Cifar(path=str(tmp_path)).load(Path())
    (tmp_path / "batches.meta.txt").unlink()
    monkeypatch.setattr(limits, "MOST_BYTES", 100)
    with pytest.raises(UnreadableError, match="Take fewer files"):
        Cifar(path=str(tmp_path)).load(Path())
    for data in (b"", b"x" * 3074):
        (tmp_path / "data_batch_1.bin").write_bytes(data)
        with pytest.raises(UnreadableError, match="no whole number of pictures of 3,073; it is cut off"):
            Cifar(path=str(tmp_path)).load(Path())
