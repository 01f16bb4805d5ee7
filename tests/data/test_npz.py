from __future__ import annotations

import io
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data import limits, npy_file
from workbench.data.sources.npz import Npz
from workbench.data.spec import Dataset

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (6, 4, 5), np.uint8)
LABELS = np.array([3, 5, 3, 9, 5, 3])


def load(folder: Path, options: dict[str, str] | None = None, /, **arrays: Any) -> Dataset:
    np.savez_compressed(folder / "a.npz", **arrays)
    return Npz(path="a.npz", **(options or {})).load(folder)


def npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def header(text: str, version: bytes = b"\1\0") -> bytes:
    data = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(data)) + data


def test_pictures_classes_and_numbers(tmp_path: Path) -> None:
    dataset = load(tmp_path, images=GREY, label=LABELS, angle=np.arange(6) * 5, code=np.eye(6), names=np.array(["a"]))
    assert dataset.fields["image"].shape == (1, 4, 5)
    assert dataset.fields["label"].classes == ("3", "5", "9")
    assert (dataset.fields["angle"].kind, dataset.fields["angle"].shape) == ("scalar", ())
    assert (dataset.fields["code"].kind, dataset.fields["code"].shape) == ("vector", (6,))
    train = dataset.splits["train"]
    assert (train["image"][:, 0] == GREY).all()
    assert list(train["label"]) == [0, 1, 0, 2, 1, 0]
    assert list(train["angle"]) == [0, 5, 10, 15, 20, 25]
    assert {name: array.dtype for name, array in train.items()} == {
        "image": np.uint8,
        "label": np.int64,
        "angle": np.float32,
        "code": np.float32,
    }
    assert dataset.notes == ('The array "names" is left out: it has not one entry for each picture.',)


@pytest.mark.parametrize("shape", [(6, 4, 5, 3), (6, 3, 4, 5), (6, 4, 5, 1), (6, 1, 4, 5)])
def test_channels_come_first(tmp_path: Path, shape: tuple[int, ...]) -> None:
    array = RANDOM.integers(0, 256, shape, np.uint8)
    image = load(tmp_path, x=array).splits["train"]["image"]
    expected = array.transpose(0, 3, 1, 2) if shape[3] in (1, 3) else array
    assert image.shape == expected.shape
    assert (image == expected).all()
    is_last = shape[3] == 3
    assert (image.transpose(0, 2, 3, 1) if is_last else image).flags.c_contiguous, "nothing is copied twice"


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test"),
        ("train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels"),
    ],
)
def test_arrays_that_are_split_already(tmp_path: Path, names: tuple[str, ...]) -> None:
    parts = (GREY, LABELS.reshape(-1, 1), GREY[:3], LABELS[:3], GREY[:2], np.array([9, 11]))
    dataset = load(tmp_path, **dict(zip(names, parts, strict=True)))
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 6, "validation": 3, "test": 2}
    assert dataset.fields["label"].classes == ("3", "5", "9", "11")
    assert list(dataset.splits["test"]["label"]) == [2, 3]
    assert dataset.notes == ()
    named = load(tmp_path, {"image": names[0], "label": names[1]}, **dict(zip(names, parts, strict=True)))
    assert named.fingerprint == dataset.fingerprint


def test_a_name_with_train_alone_is_no_split(tmp_path: Path) -> None:
    dataset = load(tmp_path, images=GREY, angle_test=np.arange(6))
    assert set(dataset.fields) == {"image", "angle_test"}


def test_a_field_must_be_in_every_split(tmp_path: Path) -> None:
    dataset = load(tmp_path, x_train=GREY, y_train=LABELS, x_test=GREY)
    assert set(dataset.fields) == {"image"}
    assert dataset.notes == ('The array "y" is left out: it has not one entry for each picture.',)


def test_options_choose_the_arrays(tmp_path: Path) -> None:
    dataset = load(tmp_path, {"image": "b", "label": "word"}, a=GREY, b=GREY[:, :2], word=np.array(list("zazzaa")))
    assert dataset.fields["image"].shape == (1, 2, 5)
    assert dataset.fields["label"].classes == ("a", "z")
    assert list(dataset.splits["train"]["label"]) == [1, 0, 1, 1, 0, 0]


def test_wrong_options_are_answered_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"label=lable: there is no such array in .*a\.npz\. There are: images, labels\."
    ):
        load(tmp_path, {"label": "lable"}, images=GREY, labels=LABELS)
    with pytest.raises(UnreadableError, match=r'"f" \(float64, 6\) cannot be the label'):
        load(tmp_path, {"label": "f"}, images=GREY, f=np.full(6, 0.5))
    with pytest.raises(UnreadableError, match='"few" has not one plain entry for each picture'):
        load(tmp_path, {"label": "few"}, images=GREY, few=np.arange(5))
    with pytest.raises(UnreadableError, match=r"which array holds the pictures. There are: a .6×4×5., b .6×4×5."):
        load(tmp_path, a=GREY, b=GREY)


def test_the_only_pictorial_array_is_the_pictures(tmp_path: Path) -> None:
    assert set(load(tmp_path, frames=GREY, t=np.arange(6)).fields) == {"image", "t"}


def test_a_regression_target_named_y_is_no_class(tmp_path: Path) -> None:
    field = load(tmp_path, x=GREY, y=np.linspace(0, 1, 6)).fields["y"]
    assert (field.kind, field.dtype) == ("scalar", "float32")
    many = np.arange(1001, dtype=np.int64)
    assert load(tmp_path, x=np.full((1001, 2, 2), 9), y=many).fields["y"].kind == "scalar"


@pytest.mark.parametrize(
    ("array", "dtype", "top"),
    [
        (GREY.astype(np.int64), np.uint8, int(GREY.max())),
        (GREY / 255, np.float32, None),
        (GREY > 100, np.uint8, 255),
        ((GREY > 100).astype(np.uint8), np.uint8, 255),
    ],
)
def test_element_types_of_pictures(tmp_path: Path, array: Any, dtype: Any, top: int | None) -> None:
    dataset = load(tmp_path, x=array)
    image = dataset.splits["train"]["image"]
    assert image.dtype == dtype
    assert dataset.fields["image"].dtype == np.dtype(dtype).name
    if top is not None:
        assert image.max() == top
    if top == 255:
        assert set(np.unique(image)) == {0, 255}
        assert dataset.notes == ('"x" holds only 0 and 1, which became 0 and 255.',)


def test_the_range_is_judged_over_all_splits(tmp_path: Path) -> None:
    dataset = load(tmp_path, x_train=GREY, x_test=np.ones((2, 4, 5), np.uint8))
    assert (dataset.splits["test"]["image"] == 1).all()


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (GREY.astype(np.float32), r"values from 0 to 2\d\d; pictures need fractions from 0 to 1"),
        (GREY - 300.0, "pictures need fractions from 0 to 1"),
        (GREY.astype(np.int16) - 1, "values from -1 to .* pictures need whole numbers from 0 to 255"),
        (GREY.astype(np.uint16) * 200, "pictures need whole numbers from 0 to 255"),
        (GREY.astype(complex), "does not hold numbers"),
        (GREY.reshape(6, 20), "has the shape 6×20; pictures need"),
        (np.zeros((2, 4, 5, 7), np.uint8), "has the shape 2×4×5×7; pictures need"),
        (np.zeros((0, 4, 5), np.uint8), "there are no pictures in the train split"),
        (np.zeros((6, 0, 5)), "there are no pictures in the train split"),
        (np.full((6, 4, 5), "x"), "does not hold numbers"),
        (np.uint8(3), "there are no pictures in the train split"),
    ],
)
def test_arrays_that_are_no_pictures_are_refused(tmp_path: Path, array: Any, expected: str) -> None:
    with pytest.raises(UnreadableError, match=expected):
        load(tmp_path, {"image": "x"}, x=array)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_never_trained_on(tmp_path: Path, value: float) -> None:
    pictures = GREY / 255
    pictures[2, 1, 3] = value
    with pytest.raises(UnreadableError, match=rf"at x\[2, 1, 3\]: the value is {value} \(in the train split\)"):
        load(tmp_path, x=pictures)
    angle = np.zeros(6)
    angle[0] = value
    dataset = load(tmp_path, x=GREY, angle=angle)
    assert "angle" not in dataset.fields
    assert "the value [0] of the train split is not finite" in dataset.notes[0]
    assert "angle" not in load(tmp_path, x=GREY, angle=np.full(6, 1e300)).fields


def test_different_sizes_in_different_splits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="different sizes: 1×3×5 and 1×4×5"):
        load(tmp_path, x_train=GREY, x_test=GREY[:, :3])


def test_names_that_cannot_be_fields_are_left_out(tmp_path: Path) -> None:
    dataset = load(tmp_path, {"label": "kind"}, images=GREY, **{"a b": LABELS, "label": LABELS * 1.0, "kind": LABELS})
    assert set(dataset.fields) == {"image", "label"}
    assert len(dataset.notes) == 2


def test_a_single_npy_holds_pictures(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.asfortranarray(GREY))
    image = Npz(path="a.npy").load(tmp_path).splits["train"]["image"]
    assert (image[:, 0] == GREY).all()
    (tmp_path / "a.npy").write_bytes(npy(GREY)[:-1])
    with pytest.raises(UnreadableError, match="promises 120 bytes of values, but there are 119"):
        Npz(path="a.npy").load(tmp_path)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("PICKLE_WAS_EXECUTED"),)


def test_long_headers_are_read_too(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, GREY, version=(2, 0))
    (tmp_path / "a.npy").write_bytes(buffer.getvalue())
    assert (Npz(path="a.npy").load(tmp_path).splits["train"]["image"][:, 0] == GREY).all()


def test_the_pictures_need_a_training_part(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match='"x" has no training part'):
        load(tmp_path, {"image": "x"}, x_test=GREY, y_train=LABELS)


def test_maps_are_no_numbers_to_predict(tmp_path: Path) -> None:
    dataset = load(tmp_path, images=GREY, masks=GREY, words=np.array(list("abcdef")))
    assert set(dataset.fields) == {"image"}
    assert dataset.notes == (
        'The array "masks" is left out: it has 2 axes for each picture; at most 1 is taken.',
        'The array "words" is left out: it does not hold numbers.',
    )
    dataset = load(tmp_path, x_train=GREY, x_test=GREY, code_train=np.ones((6, 2)), code_test=np.ones((6, 3)))
    assert dataset.notes == ('The array "code" is left out: its shape differs between the splits.',)


def test_python_objects_are_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    evil = np.array([Evil()] * 6, dtype=object)
    dataset = load(tmp_path, images=GREY, meta=evil)
    assert set(dataset.fields) == {"image"}
    assert dataset.notes == (
        'The array "meta" is left out: it holds Python objects or records, which are never loaded.',
    )
    with pytest.raises(UnreadableError, match="holds Python objects or records, which are not loaded"):
        load(tmp_path, {"image": "images"}, images=evil.reshape(6, 1, 1))
    with pytest.raises(UnreadableError, match="has not one plain entry"):
        load(tmp_path, {"label": "meta"}, images=GREY, meta=evil)
    with monkeypatch.context() as patch:  # numpy is told so too
        patch.setattr(npy_file.ArrayHeader, "is_safe", True)
        with pytest.raises(UnreadableError, match="allow_pickle=False"):
            load(tmp_path, {"image": "images"}, images=evil.reshape(6, 1, 1))
    (tmp_path / "b.npz").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UnreadableError, match=r"this is no \.npz or \.npy file"):
        Npz(path="b.npz").load(tmp_path)
    assert not (tmp_path / "PICKLE_WAS_EXECUTED").exists()


def zipped(folder: Path, members: list[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(folder / "a.npz", "w", packing) as archive:
        for name, data in members:
            archive.writestr(name, data)


def refused(folder: Path, expected: str) -> None:
    with pytest.raises(UnreadableError, match=expected) as caught:
        Npz(path="a.npz").load(folder)
    assert caught.value.file == str(folder / "a.npz")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            header("{'descr': '|u1', 'fortran_order': False, 'shape': (900000, 1000, 1000), }"),
            "promises 900,000,000,000",
        ),
        (header("{'descr': '|u1', 'fortran_order': False, 'shape': (-6, 4, 5), }"), "impossible shape"),
        (header(f"{{'descr': '|u1', 'fortran_order': False, 'shape': {(1,) * 9}, }}"), "impossible shape"),
        (header("{'descr': '|u1', 'fortran_order': False}"), '"x" is damaged'),
        (header("open('x')"), '"x" is damaged'),
        (header("{}", b"\3\0"), "version 3.0 is not known"),
        (npy(GREY)[:50], '"x" is damaged'),
        (npy(GREY)[:-1], "promises 120 bytes of values, but there are 119"),
        (npy(GREY) + b"\0", "promises 120 bytes of values, but there are 121"),
        (b"", '"x" is damaged'),
        (b"hello", '"x" is damaged'),
    ],
)
def test_lying_and_damaged_headers(tmp_path: Path, data: bytes, expected: str) -> None:
    zipped(tmp_path, [("x.npy", data)])
    refused(tmp_path, expected)


@pytest.mark.parametrize("name", ["../x.npy", "/x.npy", "a/../../x.npy", "C:x.npy", "..\\x.npy"])
def test_names_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    zipped(tmp_path, [(name, npy(GREY))])
    refused(tmp_path, "it holds a member named")


def test_the_same_name_twice(tmp_path: Path) -> None:
    zipped(tmp_path, [("x.npy", npy(GREY)), ("x", npy(GREY))])
    refused(tmp_path, 'two arrays named "x"')


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npy_file, "MOST_MEMBERS", 2)
    zipped(tmp_path, [(f"x{index}.npy", npy(GREY)) for index in range(3)])
    refused(tmp_path, "it holds 3 arrays; at most 2")


def test_encrypted_and_oddly_packed_members(tmp_path: Path) -> None:
    zipped(tmp_path, [("x.npy", npy(GREY))], zipfile.ZIP_BZIP2)
    refused(tmp_path, "packed in an unusual way")
    zipped(tmp_path, [("x.npy", npy(GREY))])
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.npz").write_bytes(data)
    refused(tmp_path, '"x" is encrypted')


def test_a_claimed_size_that_no_packing_reaches(tmp_path: Path) -> None:
    zipped(tmp_path, [("x.npy", npy(GREY))])
    data = bytearray((tmp_path / "a.npz").read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (3_000_000_000).to_bytes(4, "little")
    (tmp_path / "a.npz").write_bytes(data)
    refused(tmp_path, "claims 3,000,000,000 bytes, which cannot be")


def test_flipped_and_missing_bytes(tmp_path: Path) -> None:
    zipped(tmp_path, [("x.npy", npy(np.tile(GREY, (1, 40, 40))))], zipfile.ZIP_STORED)
    good = (tmp_path / "a.npz").read_bytes()
    middle = len(good) - 1000  # far behind what is read with the header
    (tmp_path / "a.npz").write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
    refused(tmp_path, '"x" is damaged or cut off')
    (tmp_path / "a.npz").write_bytes(good[: len(good) // 2])
    refused(tmp_path, "the archive is damaged or cut off")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        Npz(path="none.npz").load(tmp_path)
    with pytest.raises(UnreadableError, match="cannot be read"):
        Npz(path="a" * 3000).load(tmp_path)
    with pytest.raises(UnreadableError, match="not a plain file"):
        Npz(path=".").load(tmp_path)
    (tmp_path / "a.npz").write_bytes(b"")
    refused(tmp_path, r"this is no \.npz or \.npy file")
    zipped(tmp_path, [])
    refused(tmp_path, "There are: none")


def test_what_does_not_fit_into_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((100, 30, 30), np.uint8), y=np.zeros((100, 300)))
    monkeypatch.setattr(limits, "MOST_BYTES", 100_000)
    refused(tmp_path, r"it needs 450\.0 kB of memory; at most 100\.0 kB")


def test_real_sets(shared_data: Path) -> None:
    coil = Npz(path=str(shared_data / "pose" / "coil20_32x32.npz"), label="object").load(Path())
    assert coil.fields["image"].shape == (1, 32, 32)
    assert len(coil.fields["label"].classes) == 14
    assert set(np.bincount(coil.splits["train"]["label"])) == {72}
    assert coil.splits["train"]["angle_deg"].max() == 355
    faces = Npz(path=str(shared_data / "pose" / "yaleb_light_64x64.npz")).load(Path())
    assert len(faces.fields["label"].classes) == 28
    assert set(faces.fields) == {"image", "label", "azimuth_deg", "elevation_deg"}
    sprites = Npz(path=str(shared_data / "pose" / "sprites_30k.npz")).load(Path())
    assert sprites.size("train") == 30_000
    assert set(np.unique(sprites.splits["train"]["image"])) == {0, 255}
    assert sprites.fields["latents_values"].shape == (6,)


@pytest.mark.parametrize("name", ["a.npz", "b.npy"])
def test_a_bad_disk_is_told_from_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    class BadDisk(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    (tmp_path / name).touch()
    monkeypatch.setattr(Path, "open", lambda self, *mode: BadDisk())
    with pytest.raises(UnreadableError, match=rf"{name}: the file cannot be read \(Input/output error\)"):
        Npz(path=name).load(tmp_path)
