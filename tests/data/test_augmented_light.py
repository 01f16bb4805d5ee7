"""What augmentations of light and form do to pictures, by their statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from skimage.filters import gaussian
from torch import Tensor

from workbench.data.augment import augment
from workbench.data.augmentations.grey import luma
from workbench.data.config import AugmentSettings

COUNT = 200
PICTURES = torch.rand(COUNT, 3, 16, 12, generator=torch.Generator().manual_seed(0)) * 0.4 + 0.3


def changed(pictures: Tensor = PICTURES, **settings: Any) -> Tensor:
    (found,) = augment(AugmentSettings(**settings), [pictures], 3, 1, torch.arange(len(pictures)))
    return found


def test_contrast_keeps_the_mean_and_spreads_evenly() -> None:
    factors = changed(contrast=0.4).std((1, 2, 3)) / PICTURES.std((1, 2, 3))
    assert torch.allclose(changed(contrast=0.4).mean((1, 2, 3)), PICTURES.mean((1, 2, 3)), atol=1e-5)
    assert 0.6 <= factors.min() < 0.65
    assert 1.35 < factors.max() <= 1.4
    assert abs(float(factors.mean()) - 1) < 0.04


def test_saturation_keeps_the_grey_level() -> None:
    found = changed(saturation=0.5)
    assert torch.allclose(luma(found), luma(PICTURES), atol=1e-5)
    factors = (found - luma(found)).std((1, 2, 3)) / (PICTURES - luma(PICTURES)).std((1, 2, 3))
    assert 0.5 <= factors.min() < 0.56
    assert 1.44 < factors.max() <= 1.5


def test_hue_turns_colours_round_the_grey_axis() -> None:
    found = changed(hue=60.0)
    assert torch.allclose(found.mean(1), PICTURES.mean(1), atol=1e-5)
    ours, theirs = found - found.mean(1, keepdim=True), PICTURES - PICTURES.mean(1, keepdim=True)
    assert torch.allclose(ours.norm(dim=1), theirs.norm(dim=1), atol=1e-5)
    cosines = (ours * theirs).sum((1, 2, 3)) / (theirs.square().sum((1, 2, 3)))
    angles = torch.rad2deg(torch.acos(cosines.clamp(-1, 1)))
    assert 55 < angles.max() <= 60.1
    assert abs(float(angles.mean()) - 30) < 3


def test_grey_takes_the_colour_of_a_share() -> None:
    found = changed(grey=0.3)
    is_grey = found.std(1).amax((1, 2)) < 1e-6
    assert 0.2 < float(is_grey.float().mean()) < 0.4
    assert torch.equal(found[~is_grey], PICTURES[~is_grey])


@pytest.mark.parametrize("setting", [{"saturation": 1.0}, {"hue": 90.0}, {"grey": 1.0}])
def test_grey_pictures_have_no_colour_to_change(setting: dict[str, float]) -> None:
    assert torch.equal(changed(PICTURES[:, :1], **setting), PICTURES[:, :1])


def test_blur_is_gaussian() -> None:
    spot = torch.zeros(40, 1, 31, 31)
    spot[:, :, 15, 15] = 1.0
    found = changed(spot, blur=2.0)
    places = torch.arange(31.0) - 15
    widths = (found.sum((1, 2)) * places.square()).sum(1).sqrt()
    assert widths.min() < 0.2
    assert 1.8 < widths.max() < 2.0
    widest = int(widths.argmax())
    expected = gaussian(spot[widest, 0].numpy().astype(np.float64), sigma=float(widths[widest]), truncate=3.0)
    assert np.abs(found[widest, 0].numpy() - expected).max() < 2e-3
    assert torch.allclose(found.sum((1, 2, 3)), torch.ones(40), atol=1e-4)


def test_noise_has_its_deviation_and_is_another_for_every_sample() -> None:
    noise = changed(noise=0.05) - PICTURES
    assert abs(float(noise.std()) - 0.05) < 5e-4
    assert abs(float(noise.mean())) < 5e-4
    one, other = noise[0].flatten(), noise[1].flatten()
    assert abs(float(torch.corrcoef(torch.stack((one, other)))[0, 1])) < 0.2


def test_erasing_fills_rectangles_of_a_share() -> None:
    found = changed(erase=0.5)
    gone = (found != PICTURES).any(1)
    areas = gone.float().mean((1, 2))
    assert 0.4 < float((areas > 0).float().mean()) < 0.6
    assert areas.max() < 0.45
    some = int(areas.argmax())
    rows, columns = gone[some].any(1), gone[some].any(0)
    assert int(rows.sum()) * int(columns.sum()) == int(gone[some].sum()), "it is a rectangle"
    assert torch.allclose(found[some][:, gone[some]].T, PICTURES[some].mean((1, 2)).expand(int(gone[some].sum()), 3))


def test_shear_slants_to_the_side_and_flips_are_exact() -> None:
    line = torch.zeros(COUNT, 1, 41, 41)
    line[:, :, :, 20] = 1.0
    found = changed(line, shear=30.0)
    columns = torch.arange(41.0)
    tops, ends = ((found[:, 0, row] * columns).sum(1) / found[:, 0, row].sum(1) for row in (5, 35))
    angles = torch.rad2deg(torch.atan((tops - ends) / 30))
    assert 27 < angles.abs().max() < 31
    assert abs(float(angles.mean())) < 3
    assert torch.allclose(found[:, 0, 20], line[:, 0, 20], atol=1e-4), "the middle row stays"
    flipped = changed(flip_vertical=True)
    turned = torch.tensor([torch.allclose(a, b.flip(1), atol=1e-5) for a, b in zip(flipped, PICTURES, strict=True)])
    kept = torch.tensor([torch.allclose(a, b, atol=1e-5) for a, b in zip(flipped, PICTURES, strict=True)])
    assert (turned ^ kept).all()
    assert 0.4 < float(turned.float().mean()) < 0.6
