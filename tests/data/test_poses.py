"""Pictures of known factors from files in the layouts of COIL-20, Extended Yale B and dSprites."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError, WorkbenchError
from workbench.data.config import DataConfig
from workbench.data.loading import load as load_config
from workbench.data.sources.poses import Poses
from workbench.data.spec import FACTOR, Dataset

TABLE = np.array(list(product(range(12), range(0, 360, 10))))  # objects × degrees


def pictures(*columns: Any) -> Any:
    """Pictures that tell their own factors: each is a row of one value."""
    image = np.zeros((len(columns[0]), 4, 4), np.uint8)
    for row, column in enumerate(columns):
        image[:, row] = np.asarray(column, np.int64)[:, None] % 256
    return image


def load(folder: Path, options: dict[str, Any] | None = None, /, **arrays: Any) -> Dataset:
    np.savez_compressed(folder / "a.npz", **arrays)
    return Poses(path="a.npz", **(options or {})).load(folder)


def turntable(folder: Path, **options: Any) -> Dataset:
    images = pictures(TABLE[:, 0], TABLE[:, 1] // 10)
    return load(folder, options, images=images, object=TABLE[:, 0], angle_deg=TABLE[:, 1].astype(np.int16))


def groups_of(data: Dataset, split: str) -> list[tuple[str, Any]]:
    """For each batch the name of what varies, and its samples."""
    names, numbers = data.fields[FACTOR].classes, data.groups[split]
    found = []
    for number in np.unique(numbers[numbers >= 0]):
        samples = np.flatnonzero(numbers == number)
        kinds = np.unique(data.splits[split][FACTOR][samples])
        assert len(kinds) == 1
        found.append((names[int(kinds[0])], samples))
    return found


def test_a_turntable(tmp_path: Path) -> None:
    data = turntable(tmp_path)
    assert data.fields["image"].shape == (1, 4, 4)
    assert data.fields[FACTOR].classes == ("angle", "object")
    assert data.fields["object"].classes == tuple(map(str, range(12)))
    assert (data.fields["angle"].kind, data.fields["angle"].dtype) == ("scalar", "float32")
    assert (dict(data.parts), dict(data.periods)) == ({}, {"angle": 2 * np.pi})
    for split in ("train", "validation"):
        assert {name for name, _ in groups_of(data, split)} == {"object", "angle"}
    for name, samples in groups_of(data, "train"):
        arrays = {each: data.splits["train"][each][samples] for each in ("object", "angle")}
        still = "angle" if name == "object" else "object"
        assert len(set(arrays[still].tolist())) == 1
        assert len(set(arrays[name].tolist())) == len(samples) >= 4
        assert len(samples) <= 20


def test_pictures_and_factors_stay_together(tmp_path: Path) -> None:
    data = turntable(tmp_path)
    for split in data.splits.values():
        assert (split["image"][:, 0, 0, 0] == split["object"]).all()
        assert split["angle"] == pytest.approx(split["image"][:, 0, 1, 0] * np.pi / 18, abs=1e-5), "radians"
        assert split["image"].dtype == np.uint8


def test_the_test_has_other_objects_and_no_batches(tmp_path: Path) -> None:
    data = turntable(tmp_path)
    objects = {split: set(arrays["object"].tolist()) for split, arrays in data.splits.items()}
    assert [len(objects[split]) for split in ("train", "validation", "test")] == [8, 2, 2]
    assert not objects["train"] & objects["test"]
    assert not objects["train"] & objects["validation"]
    assert not objects["validation"] & objects["test"]
    assert (data.groups["test"] == -1).all()
    assert any("2 classes of object" in note for note in data.notes)


def test_single_samples_can_be_held_out(tmp_path: Path) -> None:
    data = turntable(tmp_path, held_out="", test_share=0.25)
    assert data.size("test") == 108
    keys = {
        split: {(int(a), round(float(b), 4)) for a, b in zip(arrays["object"], arrays["angle"], strict=True)}
        for split, arrays in data.splits.items()
    }
    assert not keys["train"] & keys["test"]
    assert len(set(data.splits["train"]["object"].tolist())) == 12


def test_seeds_and_limits(tmp_path: Path) -> None:
    one, same, other = (turntable(tmp_path, seed=seed) for seed in (1, 1, 2))
    assert one.fingerprint == same.fingerprint != other.fingerprint
    few = turntable(tmp_path, batches=3, batch=5, test=7)
    assert [len(samples) for _, samples in groups_of(few, "train")] == [5] * 6
    assert few.size("test") == 7


def test_faces_under_lamps(tmp_path: Path) -> None:
    lamps = [(0, 0), (0, 20), (25, 20), (-50, -40), (85, 0)]
    table = np.array([(who, *lamp) for who in range(12) for lamp in lamps])
    arrays = {"images": pictures(table[:, 0]), "subject": table[:, 0]}
    arrays |= {"azimuth_deg": table[:, 1], "elevation_deg": table[:, 2]}
    data = load(tmp_path, **arrays)
    assert data.fields[FACTOR].classes == ("light", "subject")
    assert (dict(data.parts), dict(data.periods)) == ({"light": ("azimuth", "elevation")}, {})
    for name, samples in groups_of(data, "train"):
        split = data.splits["train"]
        light = {
            (float(a), float(e)) for a, e in zip(split["azimuth"][samples], split["elevation"][samples], strict=True)
        }
        assert (len(light) == 1) == (name == "subject")
        assert (len(set(split["subject"][samples].tolist())) == 1) == (name == "light")
    assert data.splits["test"]["azimuth"].min() == pytest.approx(-50 * np.pi / 180)
    apart = load(tmp_path, {"factors": "subject azimuth elevation"}, **arrays)
    assert apart.fields[FACTOR].classes == ("subject", "azimuth", "elevation")
    assert apart.parts == {}
    named = load(tmp_path, {"factors": "lamp=azimuth+elevation subject"}, **arrays)
    assert named.fields[FACTOR].classes == ("lamp", "subject")


def sprites(folder: Path, **options: Any) -> Dataset:
    """A sparse draw in the layout of dSprites, in which factors hardly ever agree exactly."""
    random = np.random.default_rng(0)
    sizes = (1, 3, 6, 40, 32, 32)
    classes = np.stack([random.integers(0, size, 4000) for size in sizes], 1)
    tops = np.array([1, 3, 1, 2 * np.pi, 1, 1])
    values = np.where(np.array(sizes) > 1, classes / np.maximum(np.array(sizes) - 1, 1), 1) * tops
    values[:, 1] = classes[:, 1] + 1
    images = (pictures(classes[:, 1], classes[:, 4]) > 0).astype(np.uint8)
    names = np.array(["color", "shape", "scale", "orientation", "posX", "posY"])
    return load(folder, options, imgs=images, latents_values=values, latents_classes=classes, latents_names=names)


def test_a_sparse_draw_of_drawn_shapes(tmp_path: Path) -> None:
    data = sprites(tmp_path)
    assert data.fields[FACTOR].classes == ("scale", "orientation", "posX", "posY", "shape")
    assert data.fields["shape"].classes == ("1", "2", "3")
    assert "color" not in data.fields
    assert any('"color" is left out: it never varies' in note for note in data.notes)
    assert any("stray at most" in note for note in data.notes)
    assert data.splits["train"]["image"].max() == 255
    assert set(data.splits["test"]["shape"].tolist()) == {0, 1, 2}, "three shapes are too few to hold any out"
    split = data.splits["train"]
    for name, samples in groups_of(data, "train"):
        if name != "shape":
            assert len(set(split["shape"][samples].tolist())) == 1
        for other in ("scale", "posX", "posY"):
            if other != name:
                assert np.ptp(split[other][samples]) <= 0.2 + 1e-5, "a tenth to each side of the middle"
    exact = sprites(tmp_path, tolerance=0.0, factors="shape posX posY", held_out="")
    assert not any("stray" in note for note in exact.notes)


def test_angles_that_go_round_are_near_at_their_ends(tmp_path: Path) -> None:
    data = sprites(tmp_path)
    split = data.splits["train"]
    spans = []
    for name, samples in groups_of(data, "train"):
        if name == "posX":
            turn = split["orientation"][samples]
            away = np.abs(np.angle(np.exp(1j * (turn - turn[0])))).max()
            assert away <= 2 * np.pi * 0.1 + 1e-4
            spans.append(float(np.ptp(turn)))
    assert max(spans) > np.pi, "some batches reach over the end of the turn"


def test_the_loader_of_projects_keeps_the_batches(tmp_path: Path) -> None:
    turntable(tmp_path)
    data = load_config(DataConfig(source="poses", options={"path": "a.npz"}), tmp_path)
    assert set(data.factor_sampler) == set(data.splits) == {"train", "validation", "test"}
    for split, arrays in data.splits.items():
        assert len(data.groups[split]) == data.size(split)
        for name, array in arrays.items():
            assert array.shape == (data.size(split), *data.fields[name].shape)
            assert str(array.dtype) == data.fields[name].dtype


IMAGES = pictures(TABLE[:, 0], TABLE[:, 1] // 10)
ANGLE = TABLE[:, 1].astype(float)
NUMBERS = np.arange(40)
BROKEN = np.where(np.arange(len(ANGLE)) == 5, np.nan, ANGLE)


@pytest.mark.parametrize(
    ("options", "arrays", "kind", "message"),
    [
        ({}, {"angle_deg": ANGLE}, UnreadableError, "there are no pictures in it"),
        ({}, {"images": IMAGES, "angle_deg": ANGLE}, UnreadableError, "at least two factors.*there are: angle"),
        ({}, {"images": IMAGES}, UnreadableError, "there are: none"),
        ({}, {"images": IMAGES, "object": TABLE[:, 0], "angle": BROKEN}, UnreadableError, r'"angle" cannot.*\[5\]'),
        ({"image": "x"}, {"images": IMAGES, "y": ANGLE}, UsageError, r"image=x: there is no such.*images"),
        ({"image": "y"}, {"images": IMAGES, "y": ANGLE}, UsageError, r"image=y: there is no such array of pictures"),
        ({"factors": "object size"}, None, UsageError, r"size is not there.*object, angle"),
        ({"factors": "object object"}, None, UsageError, "object is taken already"),
        ({"factors": "object"}, None, UnreadableError, "at least two.*there are: object"),
        ({"held_out": "angle"}, None, UsageError, r"held_out=angle: there is no such factor of classes.*object"),
        ({"held_out": "object", "test_share": 0.8}, None, UnreadableError, "its 12 classes of object are too few"),
        ({}, {"images": IMAGES[:40], "id": NUMBERS, "person": NUMBERS}, UnreadableError, "no batch in .* id, person"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(
    tmp_path: Path, options: dict[str, Any], arrays: dict[str, Any] | None, kind: type[WorkbenchError], message: str
) -> None:
    whole = {"images": IMAGES, "object": TABLE[:, 0], "angle_deg": ANGLE} if arrays is None else arrays
    with pytest.raises(kind, match=message) as caught:
        load(tmp_path, options, **whole)
    assert "a.npz" in str(caught.value) or kind is UsageError
    assert "\n" not in str(caught.value)


def test_nothing_is_unpickled_and_odd_arrays_are_left_out(tmp_path: Path) -> None:
    data = load(
        tmp_path, images=IMAGES, object=TABLE[:, 0], angle_deg=ANGLE, metadata=np.array({"a": 1}, object),
        notes=np.array(["x"]), what=np.array([None] * len(IMAGES), object), factor=ANGLE,
    )  # fmt: skip
    assert data.fields.keys() == {"image", FACTOR, "object", "angle"}
    told = " ".join(data.notes)
    for name in ("metadata", "notes", "what", "factor"):
        assert f'"{name}" is left out' in told


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("coil20_32x32.npz", ("angle", "object")),
        ("yaleb_light_64x64.npz", ("light", "subject")),
        ("sprites_30k.npz", ("scale", "orientation", "posX", "posY", "shape")),
    ],
)
def test_real_files(shared_data: Path, name: str, factors: tuple[str, ...]) -> None:
    data = Poses(path=name).load(shared_data / "pose")
    assert data.fields[FACTOR].classes == factors
    kinds = [kind for kind, _ in groups_of(data, "train")]
    assert all(kinds.count(factor) >= 30 for factor in factors)
    is_sparse = name.startswith("sprites")
    assert any("stray" in note for note in data.notes) == is_sparse
