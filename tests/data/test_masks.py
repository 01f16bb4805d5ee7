from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core.errors import UnreadableError, UsageError
from workbench.data import limits
from workbench.data.config import DataConfig
from workbench.data.loading import load, source_of
from workbench.data.mask_classes import mask_classes, read_names
from workbench.data.mask_files import NOTHING, fit_levels, read_mask
from workbench.data.pictures import fit
from workbench.data.sources.masks import Masks

RAMP = np.arange(24, dtype=np.uint8).reshape(4, 6)


def save(path: Path, array: Any, palette: list[int] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(np.asarray(array))
    if palette is not None:
        picture = picture.convert("L")
        picture.putpalette(palette)
    picture.save(path)


def pair(folder: Path, name: str, mask: Any, picture: Any = 9 * RAMP + 40) -> None:
    save(folder / "images" / f"{name}.png", picture)
    save(folder / "masks" / f"{name}.png", mask)


def numbers(*rows: tuple[int, ...]) -> Any:
    return np.array(rows, np.uint8)


def mask_of(levels: Any) -> Any:
    """A mask of the ramp's size whose first pixels have these levels, and the rest the first of them."""
    made = np.full(24, levels[0], np.uint8)
    made[: len(levels)] = levels
    return made.reshape(4, 6)


def test_electron_microscopy(shared_data: Path) -> None:
    path = shared_data / "segmentation" / "isbi_em"
    dataset = Masks(path=str(path)).load(Path())
    assert dataset.fields["image"].shape == (1, 512, 512)
    value = dataset.fields["mask"]
    assert (value.shape, value.kind, value.dtype, value.classes) == ((512, 512), "mask", "int64", ("0", "255"))
    assert dataset.size("train") == 20
    first = np.asarray(Image.open(path / "masks" / "01.png"))
    assert np.array_equal(dataset.splits["train"]["mask"][0], first // 255)
    assert dataset.notes == ("The levels 0, 255 of the masks became the classes 0 to 1.",)


def test_retinas_outside_the_field_of_view_do_not_count(shared_data: Path) -> None:
    path = shared_data / "segmentation" / "drive"
    dataset = Masks(path=str(path)).load(Path())
    assert dataset.fields["image"].shape == (3, 584, 565)
    assert dataset.fields["mask"].classes == ("0", "255", "void")
    seen = np.asarray(Image.open(path / "field_of_view" / "21.png"))
    mask = dataset.splits["train"]["mask"][0]
    assert np.array_equal(mask == 2, ~seen)
    assert (mask == 1).sum() == ((np.asarray(Image.open(path / "masks" / "21.png")) > 0) & seen).sum()
    assert any(note.endswith("Set ignore_index=2 in the loss.") for note in dataset.notes)


def test_street_scenes_with_void(shared_data: Path) -> None:
    path = shared_data / "segmentation" / "camvid"
    dataset = Masks(path=str(path), void=11).load(Path())
    assert dataset.fields["mask"].classes == (*map(str, range(11)), "void")
    raw = np.asarray(Image.open(path / "masks" / "0001TP_007050.png"))
    assert np.array_equal(dataset.splits["train"]["mask"][0], raw)
    assert Masks(path=str(path)).load(Path()).fields["mask"].classes == tuple(map(str, range(12)))


def test_names_leave_the_level_behind_them_as_void(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "segmentation" / "camvid"
    names = "sky building pole road pavement tree sign fence car pedestrian cyclist".split()
    (tmp_path / "names.txt").write_text("\r\n".join(names), "utf-8-sig")
    dataset = Masks(path=str(path), classes=str(tmp_path / "names.txt")).load(Path())
    assert dataset.fields["mask"].classes == (*names, "void")
    assert "The level 11 of the masks was taken as void (void=11; void=-1 makes it a class)." in dataset.notes


def test_tiles_of_a_picture_are_in_one_split(shared_data: Path) -> None:
    path = shared_data / "segmentation" / "isbi_em"
    config = DataConfig(source="masks", options={"path": str(path), "tile": 200, "overlap": 44})
    dataset = load(config, Path())
    assert dataset.fields["image"].shape == (1, 200, 200)
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 126, "validation": 27, "test": 27}
    whole = Masks(path=str(path)).load(Path()).splits["train"]
    for split, arrays in dataset.splits.items():
        for number in range(0, dataset.size(split), 9):  # 3 × 3 squares of each picture, one after the other
            first = arrays["image"][number]
            found = [at for at, each in enumerate(whole["image"]) if np.array_equal(each[:, :200, :200], first)]
            assert len(found) == 1
            picture, mask = whole["image"][found[0]], whole["mask"][found[0]]
            for part, (y, x) in enumerate((y, x) for y in (0, 156, 312) for x in (0, 156, 312)):
                assert np.array_equal(arrays["image"][number + part], picture[:, y : y + 200, x : x + 200])
                assert np.array_equal(arrays["mask"][number + part], mask[y : y + 200, x : x + 200])


def test_one_picture_alone_cannot_be_held_out(tmp_path: Path) -> None:
    pair(tmp_path, "a", np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint8))
    pair(tmp_path, "small", np.zeros((9, 20), np.uint8), np.zeros((9, 20), np.uint8))
    dataset = Masks(path=".", tile=10).load(tmp_path)
    assert dataset.size("train") + dataset.size("validation") == 4
    assert "Left out, smaller than a square of 10×10 pixels (1): images/small.png." in dataset.notes
    with pytest.raises(UnreadableError, match="no picture is as large as a square of 30×30 pixels"):
        Masks(path=".", tile=30).load(tmp_path)
    with pytest.raises(UsageError, match="overlap=10 must be smaller than tile=10"):
        source_of(DataConfig(source="masks", options={"path": ".", "tile": 10, "overlap": 10}))


@pytest.mark.parametrize(
    "layout",
    ["{split}/images/{name}.png|{split}/masks/{name}.png", "images/{split}/{name}.png|labels/{split}/{name}.png",
     "{split}_imgs/{name}.png|{split}_annotations/{name}.png", "{split}/{name}.jpg.png|{split}/{name}.jpg_mask.png",
     "{split}/{name}.png|{split}annot/{name}.png", "wrapper/{split}/image/{name}.png|wrapper/{split}/gt/{name}_gt.png"],
)  # fmt: skip
def test_layouts(tmp_path: Path, layout: str) -> None:
    first, second = layout.split("|")
    if first == "{split}/{name}.png":
        first = "{split}_images/{name}.png"  # pictures right in the folder of a split beside `annot` have no name
    for split, names in (("train", "ab"), ("val", "c"), ("test", "d")):
        for name in names:
            save(tmp_path / first.format(split=split, name=name), 9 * RAMP + 40)
            save(tmp_path / second.format(split=split, name=name), mask_of([0, 1, ord(name) - 96]))
    dataset = Masks(path=".").load(tmp_path)
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 2, "validation": 1, "test": 1}
    assert [int(mask.max()) for arrays in dataset.splits.values() for mask in arrays["mask"]] == [1, 2, 3, 4]


@pytest.mark.parametrize("ending", ["_mask", ".mask", "_L"])
def test_one_folder_with_endings(tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        save(tmp_path / f"{name}.png", 9 * RAMP + 40)
        save(tmp_path / f"{name}{ending}.png", mask_of([0, 255]))
    save(tmp_path / "lonely.png", RAMP)
    dataset = Masks(path=".").load(tmp_path)
    assert dataset.size("train") == 2
    assert "Without a mask, are left out (1): lonely.png." in dataset.notes


def test_what_has_no_partner_is_named(tmp_path: Path) -> None:
    for name in "abc":
        pair(tmp_path, name, mask_of([0, 1]))
    (tmp_path / "masks" / "a.png").unlink()
    (tmp_path / "images" / "b.png").unlink()
    (tmp_path / "images" / "odd.xyz").touch()
    (tmp_path / "extra").mkdir()
    notes = Masks(path=".").load(tmp_path).notes
    assert "Without a mask, are left out (1): images/a.png." in notes
    assert "Left out, a mask without a picture (1): masks/b.png." in notes
    assert "Left out, no pictures by their names (1): images/odd.xyz." in notes
    assert "Left out, folders whose names say neither what they hold nor a split (1): extra." in notes


def test_palette_numbers_count_and_not_their_colours(tmp_path: Path) -> None:
    save(tmp_path / "images" / "a.png", 9 * RAMP + 40)
    save(tmp_path / "masks" / "a.png", mask_of([0, 1, 2, 255]), [7, 7, 7] * 256)
    dataset = Masks(path=".").load(tmp_path)
    assert dataset.fields["mask"].classes == ("0", "1", "2", "void")
    assert list(dataset.splits["train"]["mask"][0].ravel()[:5]) == [0, 1, 2, 3, 0]
    assert "The level 255 of the masks was taken as void (void=255; void=-1 makes it a class)." in dataset.notes


def colours(*pixels: tuple[int, int, int]) -> Any:
    made = np.zeros((24, 3), np.uint8)
    made[: len(pixels)] = np.array(pixels).reshape(-1, 3)
    return made.reshape(4, 6, 3)


def test_each_colour_is_a_class(tmp_path: Path) -> None:
    pair(tmp_path, "a", colours((255, 0, 0), (0, 0, 9)))
    pair(tmp_path, "b", colours())  # black alone looks grey
    pair(tmp_path, "c", mask_of([255]))
    dataset = Masks(path=".").load(tmp_path)
    assert dataset.fields["mask"].classes == ("#000000", "#000009", "#ff0000", "#ffffff")
    assert list(dataset.splits["train"]["mask"][0].ravel()[:3]) == [2, 1, 0]
    assert set(dataset.splits["train"]["mask"][2].ravel()) == {3}


def test_colours_have_the_names_of_a_file(tmp_path: Path) -> None:
    pair(tmp_path, "a", colours((255, 0, 0), (0, 0, 9), (1, 2, 3)))
    (tmp_path / "label_colors.txt").write_text("255 0 0\troad\n\n# no class\n0,0,9 tall tree\n0 0 0 Void\n")
    dataset = Masks(path=".").load(tmp_path)
    assert dataset.fields["mask"].classes == ("road", "tall tree", "void")
    assert list(dataset.splits["train"]["mask"][0].ravel()[:4]) == [0, 1, 2, 2]
    assert "Colours that label_colors.txt does not name, which became void (1): #010203." in dataset.notes
    assert 'The class 2, "Void", does not count.' in dataset.notes
    kept = Masks(path=".", void=-1).load(tmp_path)
    assert kept.fields["mask"].classes == ("road", "tall tree", "Void", "void")


def test_masks_are_resized_as_their_pictures(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    blocks = np.kron(random.integers(0, 2, (8, 12)), np.ones((10, 10))).astype(np.uint8)
    for how in ("crop", "stretch", "pad"):
        picture = fit(255 * blocks[None], 1, 60, 60, how)
        levels = fit_levels(blocks, 60, 60, how)
        sure = (picture[0] < 20) | (picture[0] > 235)
        inside = levels != NOTHING
        assert inside.all() == (how != "pad")
        assert inside.mean() > 0.6
        assert sure[inside].mean() > 0.6
        assert np.array_equal((picture[0] > 127)[sure & inside], (levels == 1)[sure & inside])
    pair(tmp_path, "a", blocks, 255 * blocks)
    dataset = Masks(path=".", width=60, height=60, resize="pad").load(tmp_path)
    assert dataset.fields["mask"].classes == ("0", "1", "void")
    assert (dataset.splits["train"]["mask"] == 2).mean() == pytest.approx(1 / 3)


def test_a_mask_of_another_size_is_taken_where_proportions_agree(tmp_path: Path) -> None:
    for name in "abc":
        pair(tmp_path, name, mask_of([0, 1]))
    pair(tmp_path, "b", np.kron(mask_of([0, 1]), np.ones((2, 2), np.uint8)))
    pair(tmp_path, "c", np.zeros((6, 6), np.uint8))
    dataset = Masks(path=".").load(tmp_path)
    masks = dataset.splits["train"]["mask"]
    assert np.array_equal(masks[0], masks[1])
    told = "1 of 3 pictures cannot be read: images/c.png (c.png: the mask has 6×6 pixels, but the picture 6×4)."
    assert told in dataset.notes


def test_lossy_masks(tmp_path: Path) -> None:
    blocks = np.kron(np.random.default_rng(0).integers(0, 2, (6, 6)), np.ones((13, 13))).astype(np.uint8)
    save(tmp_path / "images" / "a.png", 200 * blocks)
    (tmp_path / "masks").mkdir()
    Image.fromarray(255 * blocks).save(tmp_path / "masks" / "a.jpg", quality=90)
    dataset = Masks(path=".").load(tmp_path)
    assert np.array_equal(dataset.splits["train"]["mask"][0], blocks)
    assert any("a JPEG of black and white, whose grey levels were cut at 128" in note for note in dataset.notes)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    save(tmp_path / "noise.png", noise)
    with pytest.raises(UnreadableError, match=r"noise\.png: the mask has 4,09\d different colours.*without smooth"):
        read_mask(tmp_path / "noise.png")


def test_deep_masks(tmp_path: Path) -> None:
    save(tmp_path / "deep.png", np.array([[0, 300], [1, 65535]], np.uint16))
    found = read_mask(tmp_path / "deep.png")
    assert (found.kind, list(found.values)) == ("grey", [0, 1, 300, 65535])
    save(tmp_path / "floats.tif", np.array([[0, 0.5]], np.float32))
    with pytest.raises(UnreadableError, match="fractions or negative"):
        read_mask(tmp_path / "floats.tif")


@pytest.mark.parametrize(
    ("levels", "void", "expected", "names"),
    [
        ([0, 1], None, [0, 1], "0 1"),
        ([0, 255], None, [0, 1], "0 255"),
        ([7, 9], None, [0, 1], "7 9"),
        ([0, 1, 255], None, [0, 1, 2], "0 1"),
        ([0, 1, 255], -1, None, ""),
        ([0, 128, 255], None, [0, 1, 2], "0 128 255"),
        ([0, 85, 170, 255], 255, [0, 1, 2, 3], "0 85 170"),
        ([0, 2, 5], None, [0, 2, 5], "0 1 2 3 4 5"),
        ([0, 1, 2], 0, [2, 0, 1], "1 2"),
        ([0, 1, 2, 3], 2, [0, 1, 3, 2], "0 1 3"),
        ([3], None, [3], "0 1 2 3"),
    ],
)
def test_levels_become_classes(levels: list[int], void: int | None, expected: list[int] | None, names: str) -> None:
    found = mask_classes(Path("x"), np.array(levels), are_colours=False, named=None, void=void)
    if expected is None:
        assert len(found.names) == 256
        return
    assert list(found.of(np.array(levels))) == expected
    assert found.names == tuple(names.split())
    assert found.of(np.array([NOTHING]))[0] == len(found.names)


def test_wrong_names(tmp_path: Path) -> None:
    for number, (text, told) in enumerate(
        [
            ("", "it names 0 classes"),
            ("a\na\n", "line 2: it has the name of an earlier line"),
            ("1 2 3 a\n1 2 3 b\n", "line 2: it has the colour of an earlier line"),
            ("1 2 3 a\nb\n", 'line 2: "b" is not red, green, blue and a name'),
            ("b\n1 2 3 a\n", 'line 2: "1 2 3 a" is not a name, as the lines before'),
            ("1 2 300 a\n", "line 1: a colour has a part above 255"),
        ]
    ):
        path = tmp_path / f"{number}.txt"
        path.write_text(text)
        with pytest.raises(UnreadableError, match=told):
            read_names(path)
    (tmp_path / "latin.txt").write_bytes(b"stra\xdfe")
    with pytest.raises(UnreadableError, match="not UTF-8 text"):
        read_names(tmp_path / "latin.txt")
    pair(tmp_path, "a", mask_of([0, 1, 2, 9]))
    (tmp_path / "classes.txt").write_text("one\ntwo\n")
    with pytest.raises(UnreadableError, match=r"the level 9, but classes\.txt names 2 classes"):
        Masks(path=".").load(tmp_path)


def test_a_void_that_nobody_has_is_said(tmp_path: Path) -> None:
    pair(tmp_path, "a", mask_of([0, 1]))
    assert "No mask has the level 7 that void names." in Masks(path=".", void=7).load(tmp_path).notes
    pair(tmp_path, "a", mask_of([5]))
    with pytest.raises(UnreadableError, match="no level but 5, which does not count"):
        Masks(path=".", void=5).load(tmp_path)


def test_limits_and_nothing_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match=r'no pairs in it; folders "images" and "masks".*There is nothing in it'):
        Masks(path=".").load(tmp_path)
    (tmp_path / "test").mkdir()
    pair(tmp_path / "test", "a", mask_of([0, 1]))
    with pytest.raises(UnreadableError, match="no readable pictures to train with"):
        Masks(path=".").load(tmp_path)
    pair(tmp_path / "train", "a", mask_of([0, 1]))
    assert Masks.claim(tmp_path) == 2
    assert Masks.claim(tmp_path / "train" / "images") == 0
    monkeypatch.setattr(limits, "MOST_BYTES", 100)
    with pytest.raises(UnreadableError, match="Set width and height to make the pictures smaller"):
        Masks(path=".").load(tmp_path)


def test_a_network_learns_without_what_does_not_count(tmp_path: Path) -> None:
    import torch

    from workbench.layers.cross_entropy_loss import CrossEntropyLoss

    pair(tmp_path, "a", mask_of([0, 1, 255]))
    mask = torch.from_numpy(Masks(path=".").load(tmp_path).splits["train"]["mask"])
    scores = torch.randn(1, 3, 4, 6)
    counted = CrossEntropyLoss(ignore_index=2).counted(scores, mask)
    assert counted[1].shape == (23,)
    assert int(counted[1].max()) == 1


@pytest.mark.parametrize(("names", "kept"), [
    (["images/a.png", "masks/a.png"], ["images/a.png"]),
    (["train/images/a.png", "train/labels/a.png", "more/b.png"], ["more/b.png", "train/images/a.png"]),
    (["a.png", "a_mask.png", "b.png"], ["a.png", "b.png"]),
    (["a_mask.png", "b_mask.png"], ["a_mask.png", "b_mask.png"]),
    (["labels/a.png", "labels/b.png"], ["labels/a.png", "labels/b.png"]),
])  # fmt: skip
def test_what_a_network_starts_from_is_told_from_masks(tmp_path: Path, names: list[str], kept: list[str]) -> None:
    source = Masks(path=str(tmp_path))
    found = source.inputs_among([tmp_path / name for name in sorted(names)], tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == kept
