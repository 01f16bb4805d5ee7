"""Volumes are read from NIfTI files and arrays, turned the same way, brought to one size and to one range."""

from __future__ import annotations

import builtins
import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_for
from workbench.data.sources.volumes import Volumes
from workbench.data.spec import Dataset
from workbench.data.trilinear import trilinear
from workbench.data.volume_files import measured_volume, read_volume
from workbench.data.volume_values import scaled
from workbench.inspection.portraits import portrait

RANDOM = np.random.default_rng(0)


def loaded(path: Path, **options: object) -> Dataset:
    return Volumes.model_validate({"path": str(path), **options}).load(path.parent)


def nifti(path: Path, values: Any, *, slope: float = 1, intercept: float = 0, affine: Any = None) -> Path:
    """Writes values (x, y, z) or (x, y, z, channels), which grow from left to right, back to front, feet to head."""
    nib = pytest.importorskip("nibabel")
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(np.asarray(values), np.eye(4) if affine is None else affine)
    image.header.set_slope_inter(slope, intercept)
    nib.save(image, path)
    return path


def class_folders(folder: Path, splits: tuple[str, ...] = ("",)) -> Path:
    """Six volumes of 6×5×4 in each split: bright in the left half, or in the right one."""
    for split in splits:
        for name, half in (("left", slice(0, 3)), ("right", slice(3, 6))):
            for number in range(3):
                values = RANDOM.random((6, 5, 4), np.float32)
                values[half] += 5
                nifti(folder / split / name / f"{number}.nii.gz", values)
    return folder


def test_a_volume_is_turned_to_slices_rows_and_columns(tmp_path: Path) -> None:
    values = np.zeros((6, 5, 4), np.float32)
    values[5, 0, 0], values[0, 4, 3] = 1, 2  # right, back, feet · left, front, head
    volume, notes = read_volume(nifti(tmp_path / "a.nii", values))
    assert volume.shape == measured_volume(tmp_path / "a.nii") == (1, 4, 5, 6)
    assert volume[0, 0, 4, 5] == 1
    assert volume[0, 3, 0, 0] == 2
    assert notes == ()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, -1), (1, -1, 1)])
def test_the_same_head_is_the_same_volume_however_it_was_stored(tmp_path: Path, order: Any, signs: Any) -> None:
    values = RANDOM.random((6, 5, 4), np.float32)
    plain, _ = read_volume(nifti(tmp_path / "plain.nii.gz", values))
    stored = values[tuple(slice(None, None, sign) for sign in signs)].transpose(order)
    affine = np.zeros((4, 4))
    affine[3, 3] = 1
    for axis, world in enumerate(order):
        affine[world, axis] = 2.5 * signs[world]
    turned = nifti(tmp_path / "turned.nii.gz", stored, affine=affine)
    assert (read_volume(turned)[0] == plain).all()
    assert measured_volume(turned) == plain.shape


def test_stored_numbers_are_scaled_as_the_header_says_and_it_is_told(tmp_path: Path) -> None:
    path = nifti(tmp_path / "c" / "a.nii.gz", np.full((3, 3, 3), 1000, np.int16))
    data = bytearray(gzip.decompress(path.read_bytes()))
    data[112:120] = struct.pack("<2f", 2, -1024)
    path.write_bytes(gzip.compress(bytes(data)))
    volume, notes = read_volume(path)
    assert volume.min() == volume.max() == 976
    assert notes == ("values were scaled as the header says (×2, -1024)",)
    note = "1 of 1 volumes: values were scaled as the header says (×2, -1024): c/a.nii.gz."
    assert note in loaded(tmp_path).notes


def test_channels_and_what_is_no_volume(tmp_path: Path) -> None:
    assert read_volume(nifti(tmp_path / "a.nii", RANDOM.random((6, 5, 4, 2), np.float32)))[0].shape == (2, 4, 5, 6)
    for shape, reason in (((4, 4, 4, 30), "it holds 30 volumes; at most 16"), ((4, 4), "it has the shape 4×4")):
        with pytest.raises(UnreadableError, match=reason):
            read_volume(nifti(tmp_path / "b.nii", np.zeros(shape, np.float32)))


def put(path: Path, at: int, form: str, *values: Any) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, at, *values)
    path.write_bytes(data)


@pytest.mark.parametrize(("at", "form", "values", "reason"), [
    (40, "<8h", (3, 30000, 30000, 30000, 1, 1, 1, 1), "it needs .* of memory; at most"),
    (40, "<8h", (3, 6, -5, 4, 1, 1, 1, 1), "declares the impossible shape"),
    (40, "<8h", (99, 6, 5, 4, 1, 1, 1, 1), "its header is damaged|no NIfTI"),
    (70, "<h", (9999,), "its header is damaged"),
    (70, "<h", (128,), "it holds .* whole numbers or floats are taken"),
    (108, "<f", (1e30,), "the voxels begin at byte"),
    (108, "<f", (float("nan"),), "its header is damaged"),
    (112, "<f", (float("nan"),), None),
    (344, "<4s", (b"ni1\0",), "this is no NIfTI file in one piece"),
    (0, "<i", (349,), "this is no NIfTI file in one piece"),
    (280, "<4f", (0, 0, 0, 0), None),
])  # fmt: skip
def test_headers_are_not_believed(tmp_path: Path, at: int, form: str, values: Any, reason: str | None) -> None:
    path = nifti(tmp_path / "a.nii", np.zeros((6, 5, 4), np.float32))
    put(path, at, form, *values)
    if reason is None:
        assert read_volume(path)[0].size == 120
        return
    with pytest.raises(UnreadableError, match=reason) as caught:
        read_volume(path)
    assert caught.value.file == str(path)


def test_files_that_are_cut_off_damaged_or_not_finite(tmp_path: Path) -> None:
    whole = nifti(tmp_path / "a.nii", np.zeros((6, 5, 4), np.float32)).read_bytes()
    packed = gzip.compress(whole)
    for name, data, reason in (
        ("b.nii", whole[:-9], "promises 480 bytes of voxels, but there are 471"),
        ("c.nii", whole[:200], "no NIfTI file in one piece|cut off"),
        ("d.nii.gz", packed[:-30], "cut off in the middle of its gzip stream|damaged"),
        ("e.nii.gz", b"", "this is no NIfTI file"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UnreadableError, match=reason):
            read_volume(tmp_path / name)
    path = nifti(tmp_path / "f.nii", np.full((3, 3, 3), np.nan, np.float32))
    with pytest.raises(UnreadableError, match="27 of its 27 values are not finite"):
        read_volume(path)


def test_what_was_not_measured_is_zero_and_told(tmp_path: Path) -> None:
    values = np.ones((3, 3, 3), np.float32)
    values[1, 1, 1] = np.nan
    volume, notes = read_volume(nifti(tmp_path / "f.nii", values))
    assert (volume[0, 1, 1, 1], volume.sum()) == (0, 26)
    assert notes == ("values that are not finite, as outside of what was measured, became 0",)


def test_the_same_values_as_nibabel_reads_of_its_own_files() -> None:
    nib = pytest.importorskip("nibabel")
    folder = Path(nib.__file__).parent / "tests" / "data"
    names = ["anatomical.nii", "example4d.nii.gz", "example_nifti2.nii.gz", "standard.nii.gz"]
    files = [folder / name for name in names if (folder / name).exists()]
    if not files:
        pytest.skip("nibabel came without its test data")
    for file in files:
        expected = np.asarray(nib.as_closest_canonical(nib.load(file)).dataobj, np.float32)
        expected = expected if expected.ndim == 4 else expected[..., None]
        volume, _ = read_volume(file)
        assert np.allclose(volume, expected.transpose(3, 2, 1, 0)[:, :, ::-1])
        assert measured_volume(file) == volume.shape


def test_without_nibabel_it_says_which_extra_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = nifti(tmp_path / "a" / "x.nii", np.zeros((3, 3, 3), np.float32))
    plain = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "nibabel":
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"x\.nii is a NIfTI file; .* \"cnn-workbench\[medical\]\""):
        read_volume(path)
    with pytest.raises(UsageError, match="needs the package nibabel"):
        loaded(tmp_path)


def test_class_folders_and_splits(tmp_path: Path) -> None:
    dataset = loaded(class_folders(tmp_path, ("train", "test")))
    assert dataset.fields["volume"].shape == (1, 4, 5, 6)
    assert dataset.fields["volume"].dtype == "float32"
    assert dataset.fields["label"].classes == ("left", "right")
    assert {split: each["label"].tolist() for split, each in dataset.splits.items()} == {
        "train": [0, 0, 0, 1, 1, 1], "test": [0, 0, 0, 1, 1, 1]}  # fmt: skip
    left, right = dataset.splits["test"]["volume"][[0, 5]]
    assert left[..., :3].min() > left[..., 3:].max()
    assert right[..., 3:].min() > right[..., :3].max()
    assert any("0.5th percentile became 0" in note for note in dataset.notes)
    assert Path(dataset.file_of("test", 5)).parts[:2] == ("test", "right")


def test_a_table_with_splits_and_patients(tmp_path: Path) -> None:
    for number in range(4):
        nifti(tmp_path / f"{number}.nii.gz", RANDOM.random((4, 4, 4), np.float32))
    rows = ["file,label,split", "0.nii.gz,ill,train", "1.nii.gz,well,train", "2.nii.gz,ill,test", "9.nii.gz,ill,test"]
    (tmp_path / "labels.csv").write_text("\n".join(rows), "utf-8")
    dataset = loaded(tmp_path)
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 2, "test": 1}
    assert any(note.startswith("1 of 4 files of the table are not there: 9.nii.gz") for note in dataset.notes)
    assert source_for(tmp_path) == "volumes"
    (tmp_path / "labels.csv").write_text("\n".join(rows).replace(",test", ",later"), "utf-8")
    with pytest.raises(UnreadableError, match=r'row 3 .* holds "later": a split is called'):
        loaded(tmp_path)
    (tmp_path / "labels.csv").write_text("file,label,patient\n0.nii.gz,ill,a\n1.nii.gz,well,b\n2.nii.gz,ill,a", "utf-8")
    assert any('Several files are of one "patient"' in note for note in loaded(tmp_path).notes)
    (tmp_path / "labels.csv").write_text("name\n0", "utf-8")
    with pytest.raises(UnreadableError, match="needs the columns file and label; there are: name"):
        loaded(tmp_path)


def test_volumes_of_many_sizes_are_brought_to_one(tmp_path: Path) -> None:
    for name, side in (("a", 4), ("b", 6), ("c", 8)):
        nifti(tmp_path / name / "1.nii", RANDOM.random((side, side, side), np.float32))
    dataset = loaded(tmp_path)
    assert dataset.fields["volume"].shape == (1, 6, 6, 6)
    assert any(note.startswith("The volumes have 3 sizes; all were brought to 6×6×6") for note in dataset.notes)
    assert loaded(tmp_path, depth=2, width=9).fields["volume"].shape == (1, 2, 6, 9)
    large = nifti(tmp_path / "large" / "a" / "1.nii", np.zeros((128, 64, 32), np.uint8)).parents[1]
    assert loaded(large).fields["volume"].shape == (1, 16, 32, 64), "the longest side has 64, the others in proportion"


def test_what_cannot_be_read_is_counted_and_too_much_of_it_refused(tmp_path: Path) -> None:
    class_folders(tmp_path)
    (tmp_path / "left" / "bad.nii").write_bytes(b"nonsense")
    nifti(tmp_path / "left" / "two.nii", np.zeros((6, 5, 4, 2), np.float32))
    dataset = loaded(tmp_path)
    assert dataset.size("train") == 6
    (note,) = [note for note in dataset.notes if "cannot be read" in note]
    assert note.startswith("2 of 8 volumes cannot be read: left/bad.nii (this is no NIfTI file")
    assert "left/two.nii (it has the channels 2 where the others have 1)" in note
    for number in range(3):
        (tmp_path / "right" / f"{number}.nii.gz").write_bytes(b"nonsense")
    with pytest.raises(UnreadableError, match="5 of 8 volumes cannot be read"):
        loaded(tmp_path)
    with pytest.raises(UnreadableError, match="one volume alone"):
        loaded(tmp_path / "left" / "0.nii.gz")


def test_arrays_with_splits_as_medmnist_has_them(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {}
    for split, count in (("train", 6), ("val", 2), ("test", 4)):
        arrays[f"{split}_images"] = RANDOM.integers(0, 256, (count, 7, 6, 5), np.uint8)
        arrays[f"{split}_labels"] = (np.arange(count) % 2)[:, None]
    np.savez(tmp_path / "organ.npz", **arrays)
    dataset = loaded(tmp_path / "organ.npz")
    assert str(dataset.fields["volume"]) == "1×7×6×5"
    assert dataset.fields["volume"].dtype == "uint8"
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 6, "validation": 2, "test": 4}
    assert (dataset.splits["test"]["volume"][:, 0] == arrays["test_images"]).all()
    assert dataset.splits["train"]["label"].tolist() == [0, 1, 0, 1, 0, 1]
    resized = loaded(tmp_path / "organ.npz", depth=14).splits["test"]["volume"]
    assert (resized.shape, resized.dtype) == ((4, 1, 14, 6, 5), np.uint8)
    assert loaded(tmp_path / "organ.npz", values="range").fields["volume"].dtype == "float32"


def test_arrays_of_numbers_with_channels_and_ages(tmp_path: Path) -> None:
    scans = RANDOM.normal(0, 100, (4, 6, 6, 6, 2))
    np.savez(tmp_path / "a.npz", scans=scans, label=np.array(list("abab")), age=np.array([3.5, 4, 5, 60]))
    dataset = loaded(tmp_path / "a.npz")
    assert str(dataset.fields["volume"]) == "2×6×6×6"
    assert dataset.fields["age"].kind == "scalar"
    made = dataset.splits["train"]["volume"]
    assert made.dtype == np.float32
    assert [made.min(), made.max()] == [0, 1]
    fixed = loaded(tmp_path / "a.npz", low=-100.0, high=100.0).splits["train"]["volume"]
    assert np.allclose(fixed, np.clip((scans.transpose(0, 4, 1, 2, 3) + 100) / 200, 0, 1), atol=1e-6)
    standard = loaded(tmp_path / "a.npz", values="standardise").splits["train"]["volume"]
    assert np.allclose(standard.mean((2, 3, 4)), 0, atol=1e-5)
    assert np.allclose(standard.std((2, 3, 4)), 1, atol=1e-5)
    np.save(tmp_path / "b.npy", scans[..., 0])
    assert set(loaded(tmp_path / "b.npy").fields) == {"volume"}


@pytest.mark.parametrize(("arrays", "message"), [
    ({"a": np.zeros((3, 4))}, "which array holds the volumes"),
    ({"volume": np.zeros((3, 9, 9, 9, 9))}, "has the shape 3×9×9×9×9; volumes need"),
    ({"volume": np.array([[[["a"]]]])}, "which are no numbers"),
    ({"volume": np.full((2, 3, 3, 3), np.nan)}, r"at volume\[0\]: a value is not finite"),
    ({"volume": np.zeros((0, 3, 3, 3))}, "there are no volumes in the train split"),
    ({"train_volume": np.zeros((2, 3, 3, 3)), "test_volume": np.zeros((2, 3, 3, 4))}, "volumes of different sizes"),
])  # fmt: skip
def test_arrays_that_are_no_volumes(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "c.npz", **arrays)
    with pytest.raises(UnreadableError, match=message):
        loaded(tmp_path / "c.npz")


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    volumes = np.empty((2, 2, 2, 2), object)
    np.savez(tmp_path / "c.npz", volume=volumes)
    with pytest.raises(UnreadableError, match="holds Python objects or records"):
        loaded(tmp_path / "c.npz")


@pytest.mark.parametrize(("options", "message"), [
    ({"low": 0.0}, "low and high must be given together"),
    ({"low": 2.0, "high": 1.0}, "high must be above low"),
    ({"low": 0.0, "high": 1.0, "values": "range"}, "values and low do not go together"),
])  # fmt: skip
def test_options_that_contradict_one_another(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        loaded(tmp_path, **options)


def test_a_larger_volume_is_linear_and_a_smaller_one_the_mean() -> None:
    volume = np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2)
    assert (trilinear(volume, (2, 2, 2)) == volume).all()
    assert np.allclose(trilinear(volume, (1, 1, 1)), 3.5)
    line = trilinear(np.array([0, 4], np.float32).reshape(1, 1, 1, 2), (1, 1, 4)).ravel()
    assert np.allclose(line, [0, 1, 3, 4])
    assert np.allclose(trilinear(np.full((2, 5, 7, 9), 3, np.float32), (8, 3, 9)), 3)


def test_the_same_as_pillows_resampling() -> None:
    from PIL import Image

    picture = RANDOM.random((9, 13), np.float32)
    for rows, columns in ((4, 5), (20, 30), (9, 6)):
        expected = np.asarray(Image.fromarray(picture).resize((columns, rows), Image.Resampling.BILINEAR))
        assert np.abs(trilinear(picture[None, None], (1, rows, columns))[0, 0] - expected).max() < 1e-5


def test_a_volume_that_is_all_alike_is_zero() -> None:
    assert (scaled(np.full((1, 2, 2, 2), 7, np.float32), "percentiles", None, None) == 0).all()


def test_a_sample_is_shown_by_its_middle_slice(tmp_path: Path) -> None:
    volumes = np.zeros((4, 5, 6, 7), np.uint8)
    volumes[:, 2, 3, 4] = 255
    np.savez(tmp_path / "a.npz", volume=volumes)
    shown = portrait(loaded(tmp_path / "a.npz"), "train", 0).pixels
    assert shown is not None
    assert shown.shape == (6, 7, 3)
    assert np.argwhere(shown[..., 0] == 255).tolist() == [[3, 4]]


def test_it_is_kept_like_other_data_and_found_again(tmp_path: Path) -> None:
    class_folders(tmp_path / "data")
    config = DataConfig(source="volumes", options={"path": "data"}, storage="disk")
    first = load(config, tmp_path)
    assert sum(first.size(split) for split in first.splits) == 6
    assert load(config, tmp_path) is first
    assert source_for(tmp_path / "data") == "volumes"
