"""Augmentation: a draw of its own for every sample, the same however the batches fall."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from workbench.core.seeds import stream_seed
from workbench.data.affine import AffineMap
from workbench.data.augment import affine_grid, augment, draws_of, uniforms
from workbench.data.augmentations.spec import REGISTRY, Geometric
from workbench.data.config import AugmentSettings


def pictures(count: int, channels: int = 1, height: int = 9, width: int = 12) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 256, (count, channels, height, width), dtype=torch.uint8, generator=generator)


def test_numbers_are_uniform_and_independent() -> None:
    draws = uniforms(stream_seed(7, "augment", 2), np.arange(20_000), 5)
    assert draws.min() >= 0
    assert draws.max() < 1
    assert np.abs(draws.mean(axis=0) - 0.5).max() < 0.01
    assert np.abs(draws.std(axis=0) - 12**-0.5).max() < 0.01
    correlation = np.corrcoef(draws.T)
    assert np.abs(correlation - np.eye(5)).max() < 0.03
    assert np.abs(np.corrcoef(draws[:-1, 0], draws[1:, 0])[0, 1]) < 0.03  # neighbours in the data


def test_seed_and_epoch_make_other_numbers() -> None:
    index = np.arange(50)
    for name in ("rotate", "brightness"):
        first, again, next_epoch, other_seed = (
            next(draws_of(REGISTRY[name], seed=seed, epoch=epoch, indices=index))
            for seed, epoch in ((1, 0), (1, 0), (1, 1), (2, 0))
        )
        assert np.array_equal(first, again)
        assert not np.isin(first, next_epoch).any()
        assert not np.isin(first, other_seed).any()


def test_a_sample_moves_the_same_in_any_batch() -> None:
    settings = AugmentSettings(shift=2, rotate=20, scale=0.2, flip=True)
    x, indices = pictures(8), torch.arange(8)
    (whole,) = augment(settings, [x], 5, 1, indices)
    order = torch.tensor([6, 1, 3])
    (part,) = augment(settings, [x[order]], 5, 1, indices[order])
    assert torch.equal(part, whole[order])
    assert len({tuple(row.flatten().tolist()) for row in whole}) == 8


def test_no_movement_leaves_the_picture() -> None:
    x = pictures(4, channels=3)
    (same,) = augment(AugmentSettings(flip=False), [x], 0, 0, torch.arange(4))
    assert torch.allclose(same, x / 255, atol=1e-6)


def test_a_flip_mirrors_half_of_the_pictures() -> None:
    x = pictures(400)
    (moved,) = augment(AugmentSettings(flip=True), [x], 0, 0, torch.arange(400))
    plain, mirrored = x / 255, x.flip(3) / 255
    is_plain = torch.isclose(moved, plain, atol=1e-5).flatten(1).all(1)
    is_mirrored = torch.isclose(moved, mirrored, atol=1e-5).flatten(1).all(1)
    assert (is_plain ^ is_mirrored).all()
    assert 150 < int(is_mirrored.sum()) < 250


def test_a_shift_is_in_pixels_and_no_longer_than_allowed() -> None:
    x = torch.zeros(300, 1, 21, 31)
    x[:, 0, 10, 15] = 1.0
    (moved,) = augment(AugmentSettings(shift=3), [x], 0, 0, torch.arange(300))
    rows, columns = torch.arange(21.0), torch.arange(31.0)
    down = (moved.sum(3)[:, 0] * rows).sum(1) - 10  # where the dot's weight went, in pixels
    across = (moved.sum(2)[:, 0] * columns).sum(1) - 15
    for distance in (down, across):
        assert distance.abs().max() <= 3.001
        assert distance.abs().max() > 2.8
        assert distance.abs().mean() == pytest.approx(1.5, abs=0.2)


def test_a_turn_keeps_distances_in_pictures_that_are_not_square() -> None:
    rows, columns = torch.arange(41.0), torch.arange(61.0)
    blob = torch.exp(-((rows[:, None] - 20) ** 2 + (columns - 40) ** 2) / 8)  # ten pixels right of the middle
    (moved,) = augment(AugmentSettings(rotate=30), [blob.expand(200, 1, 41, 61)], 0, 0, torch.arange(200))
    mass = moved.sum((1, 2, 3))
    down = (moved.sum(3)[:, 0] * rows).sum(1) / mass - 20
    across = (moved.sum(2)[:, 0] * columns).sum(1) / mass - 30
    assert (down**2 + across**2).sqrt() == pytest.approx(torch.full((200,), 10.0), abs=0.15)
    angle = torch.rad2deg(torch.atan2(down, across))
    assert angle.abs().max() <= 30.5
    assert angle.abs().max() > 27


def test_a_picture_and_its_mask_move_together_and_classes_do_not_mix() -> None:
    mask = torch.zeros(30, 20, 20, dtype=torch.int64)
    mask[:, 4:12, 6:14] = 3
    picture = (mask == 3).float()[:, None]
    moved, moved_mask = augment(AugmentSettings(shift=4, rotate=40, scale=0.3), [picture, mask], 1, 0, torch.arange(30))
    assert set(moved_mask.unique().tolist()) == {0, 3}
    assert moved_mask.dtype == torch.int64
    agree = ((moved[:, 0] > 0.5) == (moved_mask == 3)).float().mean()
    assert agree > 0.97
    assert not torch.equal(moved_mask, mask)


def as_of_old(draws: np.ndarray, shift: float, rotate: float, scale: float, flip: bool) -> np.ndarray:
    """The map as one formula, as the first four augmentations had it; runs of that time go on by it."""
    height, width = 19, 28
    sides = 2 * draws - 1
    angle = np.radians(rotate) * sides[:, 0]
    size = 1 + scale * sides[:, 1]
    mirror = np.where(draws[:, 4] < 0.5, -1.0, 1.0) if flip else np.ones(len(draws))
    cos, sin = np.cos(angle) / size, np.sin(angle) / size
    theta = np.empty((len(draws), 2, 3), dtype=np.float32)
    theta[:, 0] = np.stack([cos * mirror, -sin * height / width, shift * sides[:, 2] * 2 / width], axis=1)
    theta[:, 1] = np.stack([sin * mirror * width / height, cos, shift * sides[:, 3] * 2 / height], axis=1)
    return theta


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(("shift", "rotate"), [(0.0, 11.7), (2.3, 0.0), (2.3, 180.0), (1024.0, 33.3)])
@pytest.mark.parametrize("scale", [0.0, 0.13, 0.9])
def test_the_oldest_four_draw_and_move_to_the_bit_as_they_did(
    shift: float, rotate: float, scale: float, flip: bool
) -> None:
    index = np.random.default_rng(0).integers(0, 10**6, 500)
    where = AffineMap.still(len(index))
    for each in AugmentSettings(shift=shift, rotate=rotate, scale=scale, flip=flip).chosen():
        assert isinstance(each, Geometric)
        where = each.moved(where, next(draws_of(type(each), seed=9, epoch=4, indices=index)))
    draws = uniforms(stream_seed(9, "augment", 4), index, 5)
    assert np.array_equal(where.normalised(19, 28), as_of_old(draws, shift, rotate, scale, flip))


def test_brightness_stays_within_black_and_white_of_bytes_but_not_of_floats() -> None:
    x = torch.full((200, 1, 3, 3), 200, dtype=torch.uint8)
    changed, floats = augment(AugmentSettings(brightness=0.9), [x, x.float() / 100], 0, 0, torch.arange(200))
    assert float(changed.max()) == 1.0
    assert float(floats.max()) > 3
    factors = floats[:, 0, 0, 0] / 2
    assert factors.min() > 0.1 - 1e-6
    assert factors.max() < 1.9 + 1e-6
    assert factors.mean() == pytest.approx(1.0, abs=0.1)
    assert torch.allclose(changed[:, 0, 0, 0], (factors * 200 / 255).clamp(max=1), atol=1e-6)


def test_a_photometric_change_alone_leaves_places_as_they_are() -> None:
    x, mask = pictures(6), torch.randint(0, 5, (6, 9, 12))
    changed, same = augment(AugmentSettings(brightness=0.5), [x, mask], 3, 0, torch.arange(6))
    assert same is mask
    ratio = changed / (x.float() / 255)
    dark = (x > 0) & (changed < 1)
    for sample in range(6):
        values = ratio[sample][dark[sample]]
        assert torch.allclose(values, values[:1], atol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(28, 28), (1, 7), (33, 2), (224, 160)])
def test_the_grid_is_that_of_torch(height: int, width: int) -> None:
    theta = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(height))
    expected = F.affine_grid(theta, [5, 1, height, width], align_corners=False)
    torch.testing.assert_close(affine_grid(theta, height, width), expected, rtol=0, atol=2e-6)
