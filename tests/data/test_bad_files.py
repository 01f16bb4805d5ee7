"""Every broken or hostile file of shared/data/bad must have an answer here; a new one without an entry fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.graph_factories import drawn
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.data.idx_file import read_idx
from workbench.data.pictures import read_picture
from workbench.data.sources.folder import PictureFolder
from workbench.data.sources.idx import Idx
from workbench.data.sources.npz import Npz
from workbench.model.network import Network
from workbench.model.weights import fit, load_into, read_weights

Check = Callable[[Path], None]


def picture_refused(reason: str) -> Check:
    """Reading the picture raises, with the file's name and this reason."""

    def check(path: Path) -> None:
        with pytest.raises(UnreadableError, match=reason) as caught:
            read_picture(path)
        assert caught.value.file == str(path)

    return check


def folder_refused(reason: str) -> Check:
    """The folder that the IDX file lies in is refused because of this very file."""

    def check(path: Path) -> None:
        with pytest.raises(UnreadableError, match=reason) as caught:
            Idx(path=str(path.parent)).load(Path())
        assert caught.value.file == str(path)

    return check


def npz_refused(reason: str) -> Check:
    def check(path: Path) -> None:
        with pytest.raises(UnreadableError, match=reason):
            Npz(path=str(path)).load(Path())

    return check


def labels_load(path: Path) -> None:
    labels = read_idx(path)
    assert labels.shape == (200,)
    assert labels.max() == 9


def labels_refused(path: Path) -> None:
    with pytest.raises(UnreadableError, match="no IDX file: it begins with 0x504B0304"):
        read_idx(path)


def images_load_but_the_pair_does_not(path: Path) -> None:
    assert read_idx(path).shape == (200, 28, 28)
    folder_refused("200 pictures, 150 labels")(path)


def is_the_shorter_partner(path: Path) -> None:
    assert read_idx(path).shape == (150,)


def loads_in_its_class(path: Path) -> None:
    array, notes = read_picture(path)
    assert array.shape == (3, 120, 160)
    assert notes == ()
    dataset = PictureFolder(path=str(path.parents[1])).load(Path())
    label = dataset.fields["label"].classes.index(path.parent.name)
    own = dataset.splits["train"]["image"][dataset.splits["train"]["label"] == label]
    assert (own == array).all(axis=(1, 2, 3)).sum() == 1


def is_skipped_and_named(path: Path) -> None:
    picture_refused("damaged or cut off")(path)
    dataset = PictureFolder(path=str(path.parents[1])).load(Path())
    assert dataset.size("train") == 7
    assert any(note.startswith("1 of 8 pictures cannot be read: dog/7_cut.jpg (") for note in dataset.notes)


def its_class_is_named_and_numbers_stay(path: Path) -> None:
    dataset = PictureFolder(path=str(path.parents[1])).load(Path())
    assert dataset.fields["label"].classes == ("cat", "dog")
    assert list(dataset.splits["train"]["label"]) == [0, 0, 0, 0, 1, 1, 1]
    assert "Classes without pictures, left out (1): empty." in dataset.notes
    assert not any(".gitkeep" in note for note in dataset.notes)


def is_a_smooth_ramp(path: Path) -> None:
    array, _ = read_picture(path)
    assert array.shape == (1, 64, 64)
    assert array.min() == 0
    assert array.max() == 245  # 63000 / 65535
    assert np.abs(np.diff(array[0].astype(int), axis=1)).max() <= 4
    assert 115 < array.mean() < 130


def has_natural_colours(path: Path) -> None:
    """The same photograph as cat/0.jpg, which is RGB."""
    array, _ = read_picture(path)
    expected, _ = read_picture(path.parent / "imagefolder_broken" / "cat" / "0.jpg")
    assert array.shape == expected.shape == (3, 120, 160)
    assert np.abs(array.astype(int) - expected).mean() < 3


def is_upright(path: Path) -> None:
    """The same photograph as cat/1.jpg, 160 wide and 120 high."""
    array, _ = read_picture(path)
    expected, _ = read_picture(path.parent / "imagefolder_broken" / "cat" / "1.jpg")
    assert array.shape == (3, 120, 160)
    assert np.abs(array.astype(int) - expected).mean() < 6


def is_the_first_frame_in_colour(path: Path) -> None:
    array, notes = read_picture(path)
    assert array.shape == (3, 48, 64)
    assert notes == ("it has several frames, of which the first is taken",)


def weights_refused(reason: str) -> Check:
    """Reading the weights raises, and nothing of the file is run."""

    def check(path: Path) -> None:
        with pytest.raises(UnreadableError, match=reason) as caught:
            read_weights(path)
        assert caught.value.file == str(path)
        assert not list(path.parent.glob("PICKLE_WAS_EXECUTED"))
        assert not Path("PICKLE_WAS_EXECUTED").exists()

    return check


def is_compared_and_not_loaded(path: Path) -> None:
    """A ResNet with other keys: what is missing, unknown and of another shape is told; the network stays as it is."""
    tensors = read_weights(path)
    modules = Network(drawn("small-resnet", (3, 32, 32))).modules
    before = {key: tensor.clone() for key, tensor in modules.state_dict().items()}
    found = fit(modules, tensors)
    assert {"layer2.0.conv1.weight", "fc.weight"} <= set(found.missing)
    assert len(found.unexpected) == 1
    assert found.misshapen == {"conv1.weight": ((16, 1, 3, 3), (16, 3, 3, 3))}
    with pytest.raises(WorkbenchError, match=r"conv1\.weight is 16×1×3×3, needed 16×3×3×3.*Nothing was loaded"):
        load_into(modules, tensors)
    assert all((before[key] == tensor).all() for key, tensor in modules.state_dict().items())


def escapes_nowhere(path: Path) -> None:
    npz_refused(r'it holds a member named "\.\./\.\./ZIP_ESCAPED\.txt"')(path)
    assert not list(path.parents[1].glob("ZIP_ESCAPED*"))
    assert not Path("/ZIP_ESCAPED_ABS.txt").exists()


# What each file must lead to: a check, or words on whose business it is.
EXPECTED: dict[str, Check | str] = {
    "animated.gif": is_the_first_frame_in_colour,
    "bomb.png": picture_refused("it claims 3,600,000,000 pixels"),
    "cmyk.jpg": has_natural_colours,
    "csv_mixed.csv": "later: csv source",
    "csv_nan.csv": "later: csv source",
    "csv_ragged.csv": "later: csv source",
    "evil.pth": weights_refused("it holds code or objects that are not tensors"),
    "exif_rotated.jpg": is_upright,
    "gray16.png": is_a_smooth_ramp,
    "huge_header.safetensors": weights_refused("its header claims 1,152,921,504,606,846,976 bytes"),
    "idx_count_mismatch/train-images-idx3-ubyte.gz": images_load_but_the_pair_does_not,
    "idx_count_mismatch/train-labels-idx1-ubyte.gz": is_the_shorter_partner,
    "idx_truncated/train-images-idx3-ubyte.gz": folder_refused("the file is cut off"),
    "idx_truncated/train-labels-idx1-ubyte.gz": labels_load,
    "idx_wrong_magic/train-images-idx3-ubyte.gz": folder_refused(r"its header \(0x00000C03\) declares 32-bit integers"),
    "idx_wrong_magic/train-labels-idx1-ubyte.gz": labels_refused,
    **{f"imagefolder_broken/cat/{index}.jpg": loads_in_its_class for index in range(4)},
    **{f"imagefolder_broken/dog/{index}.jpg": loads_in_its_class for index in range(4, 7)},
    "imagefolder_broken/dog/7_cut.jpg": is_skipped_and_named,
    "imagefolder_broken/empty/.gitkeep": its_class_is_named_and_numbers_stay,
    "mismatch.pth": is_compared_and_not_loaded,
    "not_a_picture.png": picture_refused("this is no PNG"),
    "traversal.zip": escapes_nowhere,
    "truncated.safetensors": weights_refused("the file is cut off: a tensor ends at byte 1,216 of 1,016"),
    "unknown_op.onnx": "later: import of ONNX",
    "zero_bytes.jpg": picture_refused("the file is empty"),
}


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_file_has_an_answer(shared_data: Path) -> None:
    assert files_in(shared_data / "bad") == set(EXPECTED)


@pytest.mark.parametrize("name", [name for name, check in EXPECTED.items() if callable(check)])
def test_the_answer(shared_data: Path, name: str) -> None:
    check = EXPECTED[name]
    assert callable(check)
    check(shared_data / "bad" / name)


@pytest.mark.parametrize("name", [name for name, check in EXPECTED.items() if isinstance(check, str)])
def test_what_belongs_elsewhere_is_no_picture_and_no_array(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(shared_data / "bad" / name, tmp_path / "a.png")
    picture_refused("this is no PNG")(tmp_path / "a.png")
    npz_refused("this is no|holds|damaged|which array")(tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
