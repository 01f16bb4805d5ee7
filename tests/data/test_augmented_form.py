"""Crops, warps, TrivialAugment and the changes of series, by their statistics and against libraries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

from workbench.core.values import Value
from workbench.data.augment import augment, uniforms
from workbench.data.augmentations.cutmix import Cutmix
from workbench.data.augmentations.perspective import Perspective
from workbench.data.augmentations.spec import of_use
from workbench.data.augmentations.trivial import CHANGES, LIGHTS, Trivial, _lit
from workbench.data.batches import Batches
from workbench.data.config import AugmentSettings, DataConfig
from workbench.data.mixing import partners

COUNT = 300


def changed(x: Tensor, **settings: Any) -> Tensor:
    (found,) = augment(AugmentSettings(**settings), [x], 3, 1, torch.arange(len(x)))
    return found


def ramps(height: int = 32, width: int = 32) -> Tensor:
    """Pictures whose first channel says x and whose second says y of each pixel, from 0 to 1 at the outer edges."""
    y, x = torch.meshgrid((torch.arange(height) + 0.5) / height, (torch.arange(width) + 0.5) / width, indexing="ij")
    return torch.stack([x, y]).expand(COUNT, 2, height, width).contiguous()


def test_a_crop_shows_a_part_of_the_area_that_was_asked_for() -> None:
    found = changed(ramps(64, 64), crop=0.75)
    width = (found[:, 0, 32, -2] - found[:, 0, 32, 1]) * 64 / 61
    height = (found[:, 1, -2, 32] - found[:, 1, 1, 32]) * 64 / 61
    area, ratio = width * height, width / height
    assert 0.25 <= area.min() < 0.29
    assert 0.93 < area.max() <= 1.001
    assert ratio.min() >= 0.74
    assert ratio.max() <= 1.35
    assert (found.amin((2, 3)) > 0).all(), "nothing beyond the picture is shown"
    assert abs(float(found[:, 0].mean()) - 0.5) < 0.02


def test_a_padded_crop_moves_by_whole_pixels_alone() -> None:
    x = torch.rand(COUNT, 1, 12, 12, generator=torch.Generator().manual_seed(0))
    found = changed(x, pad_crop=2)
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2), mode="replicate")
    shifts = [padded[:, :, i : i + 12, j : j + 12] for i in range(5) for j in range(5)]
    same = torch.stack([(found - each).abs().amax((1, 2, 3)) < 1e-5 for each in shifts])
    assert same.any(0).all()
    assert same.any(1).all(), "each of the 25 places is drawn"


def test_perspective_takes_the_corners_where_they_were_drawn() -> None:
    draws = torch.from_numpy(uniforms(7, np.arange(5), 8)).float()
    corners = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    seen = corners * (1 - 0.5 * draws.reshape(-1, 4, 2))
    taken = Perspective(perspective=0.5).bent(seen[:, None], draws)
    assert torch.allclose(taken[:, 0], corners.expand(5, 4, 2), atol=1e-4)


def test_perspective_keeps_straight_lines_straight() -> None:
    found = changed(ramps(48, 48), perspective=0.4)
    inside = (found > 0.05).all(1) & (found < 0.95).all(1)
    x, y = found[0, 0][inside[0]], found[0, 1][inside[0]]
    columns = torch.nonzero(inside[0])[:, 1]
    one = torch.ones_like(x)
    design = torch.stack([x, y, one, -columns * x, -columns * y], 1).double()  # a projective map is linear in these
    solved = torch.linalg.lstsq(design, columns.double()[:, None])
    assert float((design @ solved.solution - columns[:, None]).abs().max()) < 0.05
    assert not torch.allclose(found[0], found[1], atol=0.05)


def test_elastic_moves_points_by_its_deviation_and_differently_everywhere() -> None:
    found = changed(ramps(65, 65), elastic=3.0)
    moved = (found - ramps(65, 65)) * 65
    middle = moved[:, :, 32, 32]
    assert 2.6 < float(middle.std()) < 3.4
    assert abs(float(middle.mean())) < 0.4
    other = moved[:, :, 32, 50]
    assert not torch.allclose(middle, other, atol=0.5)
    assert float((moved[:, :, 32, 33] - middle).abs().max()) < 1.5, "neighbours stay neighbours"


def test_trivial_draws_each_change_for_its_share_of_the_pictures() -> None:
    pictures = torch.rand(COUNT, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 0.8
    same = (changed(pictures, trivial=True) - pictures).abs().amax((1, 2, 3)) < 1e-5
    assert 0.04 < float(same.float().mean()) < 0.11, "one of fourteen leaves it as it is"
    draws = np.stack([(np.arange(len(CHANGES)) + 0.5) / len(CHANGES), np.full(14, 0.9), np.full(14, 0.9)], 1)
    x = torch.rand(14, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 0.8
    lit = Trivial(trivial=True).changed(x, torch.from_numpy(draws).float())
    assert [CHANGES[i] for i in range(14) if not torch.allclose(lit[i], x[i], atol=1e-3)] == list(LIGHTS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("brightness", lambda picture: ImageEnhance.Brightness(picture).enhance(1 + 0.99 * 0.5)),
        ("saturation", lambda picture: ImageEnhance.Color(picture).enhance(1 + 0.99 * 0.5)),
        ("contrast", lambda picture: ImageEnhance.Contrast(picture).enhance(1 + 0.99 * 0.5)),
        ("sharpness", lambda picture: ImageEnhance.Sharpness(picture).enhance(1 + 0.99 * 0.5)),
        ("posterize", lambda picture: ImageOps.posterize(picture, 5)),
        ("solarize", lambda picture: ImageOps.solarize(picture, 128)),
        ("autocontrast", ImageOps.autocontrast),
        ("equalize", ImageOps.equalize),
    ],
)
def test_trivials_changes_of_light_are_pillows(name: str, expected: Any) -> None:
    pixels = np.random.default_rng(0).integers(20, 230, (20, 24, 3), np.uint8)
    x = torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None].float() / 255
    found = _lit(name, x, torch.full((1, 1, 1, 1), 0.5), torch.ones(1, 1, 1, 1)).clamp(0, 1)
    theirs = torch.from_numpy(np.array(expected(Image.fromarray(pixels))).transpose(2, 0, 1).copy())[None]
    assert float((found * 255 - theirs).abs().max()) <= 2.01


def waves(count: int = COUNT, length: int = 200) -> Tensor:
    times = torch.arange(length) / length
    return torch.stack([(times * 2 * np.pi * k).sin() * k for k in (1, 2, 3, 4)]).expand(count, 4, length).contiguous()


def test_jitter_goes_by_the_spread_of_each_channel() -> None:
    noise = changed(waves(), jitter=0.1) - waves()
    expected = 0.1 * waves()[0].std(1, unbiased=False)
    assert torch.allclose(noise.std((0, 2)), expected, rtol=0.02)
    assert float(noise.mean().abs()) < 0.01


def test_scaling_is_one_factor_for_all_channels() -> None:
    factors = (changed(waves(), magnitude=0.2) / waves())[:, :, 7]
    assert torch.allclose(factors, factors[:, :1].expand(-1, 4), atol=1e-5)
    assert 0.8 <= factors.min() < 0.82
    assert 1.18 < factors.max() <= 1.2


def test_a_crop_of_time_is_a_window_that_is_stretched() -> None:
    ramp = torch.linspace(0, 1, 101).expand(COUNT, 1, 101).contiguous()
    found = changed(ramp, time_crop=0.5)[:, 0]
    kept = found[:, -1] - found[:, 0]
    assert 0.5 <= kept.min() < 0.53
    assert 0.96 < kept.max() <= 1
    steps = found.diff(dim=1)
    assert torch.allclose(steps, steps[:, :1].expand_as(steps), atol=1e-5)


def test_a_warp_of_time_keeps_order_beginning_and_end() -> None:
    ramp = torch.linspace(0, 1, 101).expand(COUNT, 1, 101).contiguous()
    found = changed(ramp, time_warp=0.5)[:, 0]
    assert torch.allclose(found[:, 0], torch.zeros(COUNT), atol=1e-6)
    assert torch.allclose(found[:, -1], torch.ones(COUNT), atol=1e-5)
    steps = found.diff(dim=1)
    assert (steps > 0).all()
    assert float((steps.amax(1) / steps.amin(1)).median()) > 1.5


def test_lost_channels_are_a_share_and_never_all() -> None:
    found = changed(waves() + 10, channel_drop=0.5)
    is_lost = (found == 0).all(2)
    assert (is_lost == (found == 0).any(2)).all()
    assert 0.42 < float(is_lost.float().mean()) < 0.53
    assert not is_lost.all(1).any()
    alone = waves()[:, :1]
    assert torch.equal(changed(alone, channel_drop=0.9), alone)


def test_batches_change_series_and_recordings() -> None:
    series = np.random.default_rng(0).standard_normal((8, 3, 40)).astype(np.float32)
    split: dict[str, Any] = {"series": series, "trial": series[:, None], "label": np.arange(8)}
    fields = {
        "series": Value((3, 40)),
        "trial": Value((1, 3, 40), is_recording=True),
        "label": Value((), "class", "int64", tuple("abcdefgh")),
    }
    settings = DataConfig.model_validate({"augment": {"magnitude": 0.5}}).augment
    batch = next(Batches(split, fields, 8, augmentation=settings).epoch(0))
    factors = batch.fields["series"] / torch.from_numpy(series)
    assert float(factors.std()) > 0.05
    assert torch.allclose(batch.fields["trial"].squeeze(1), batch.fields["series"], atol=1e-5)
    assert torch.equal(batch.fields["label"], torch.arange(8))


def test_recordings_are_no_pictures_and_grey_pictures_no_recordings() -> None:
    recording, picture = Value((1, 3, 40), is_recording=True), Value((1, 3, 40))
    assert "magnitude" in of_use([recording])
    assert not {"rotate", "brightness", "crop"} & set(of_use([recording]))
    assert "magnitude" not in of_use([picture])
    assert {"rotate", "brightness", "crop"} <= set(of_use([picture]))
    trials = np.random.default_rng(0).standard_normal((4, 1, 3, 40)).astype(np.float32)
    settings = DataConfig.model_validate({"augment": {"rotate": 30.0, "brightness": 0.5}}).augment
    batch = next(Batches({"trial": trials}, {"trial": recording}, 4, augmentation=settings).epoch(0))
    assert torch.equal(batch.fields["trial"], torch.from_numpy(trials))


def test_lost_words_are_a_share_and_become_unknown() -> None:
    texts = torch.randint(2, 50, (COUNT, 30), generator=torch.Generator().manual_seed(0))
    texts[:, 20:] = 0
    found = changed(texts, token_drop=0.2)
    is_lost = found != texts
    assert (found[is_lost] == 1).all()
    assert abs(float(is_lost[:, :20].float().mean()) - 0.2) < 0.02
    assert not is_lost[:, 20:].any()


def test_all_frames_of_a_clip_are_changed_alike() -> None:
    frame = torch.rand(20, 3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    clips = frame.expand(20, 3, 5, 16, 16).contiguous()
    for settings in ({"rotate": 30.0, "shift": 3.0}, {"perspective": 0.4}, {"brightness": 0.5}, {"hue": 90.0}):
        found = changed(clips, **settings)
        assert found.shape == clips.shape
        assert torch.allclose(found, found[:, :, :1].expand_as(found), atol=1e-5)
        assert torch.allclose(found[:, :, 0], changed(frame[:, :, 0], **settings), atol=1e-5)


def test_mixup_mixes_pictures_and_classes_by_the_same_share() -> None:
    values = np.arange(200, dtype=np.float32) / 200
    split: dict[str, Any] = {
        "image": np.broadcast_to(values[:, None, None, None], (200, 1, 4, 4)).copy(),
        "label": np.arange(200) % 5,
    }
    fields = {"image": Value((1, 4, 4)), "label": Value((), "class", "int64", tuple("abcde"))}
    settings = DataConfig.model_validate({"augment": {"mixup": 1.0}}).augment
    batches = Batches(split, fields, 50, seed=2, shuffle=True, augmentation=settings)
    batch = next(batches.epoch(0))
    shares = batch.fields["label"]
    assert shares.shape == (50, 5)
    assert torch.allclose(shares.sum(1), torch.ones(50))
    own = torch.from_numpy(split["label"])[batch.indices]
    kept = shares.gather(1, own[:, None])[:, 0]
    whom = torch.from_numpy(partners(2, 0, batch.indices.numpy(), 200))
    is_other = own != torch.from_numpy(split["label"])[whom]
    one, two = (torch.from_numpy(values)[numbers] for numbers in (batch.indices, whom))
    expected = kept * one + (1 - kept) * two
    found = batch.fields["image"][:, 0, 0, 0]
    assert torch.allclose(found[is_other], expected[is_other], atol=1e-5)
    assert 0.35 < float(kept[is_other].mean()) < 0.65
    other_sizes = next(Batches(split, fields, 7, seed=2, shuffle=True, augmentation=settings).epoch(0))
    assert torch.allclose(other_sizes.fields["image"], batch.fields["image"][:7])


def test_cutmix_pastes_a_rectangle_and_counts_its_area() -> None:
    pictures, others = torch.zeros(COUNT, 1, 20, 30), torch.ones(COUNT, 1, 20, 30)
    draws = torch.from_numpy(uniforms(3, np.arange(COUNT), 3))
    found, kept = Cutmix(cutmix=1.0).mixed(pictures, others, draws)
    assert torch.allclose(1 - found.mean((1, 2, 3)), kept, atol=1e-6)
    assert set(found.unique().tolist()) == {0.0, 1.0}
    rows, columns = found[:, 0].amax(2).sum(1), found[:, 0].amax(1).sum(1)
    assert torch.equal(rows * columns, found.sum((1, 2, 3))), "it is one rectangle"
    assert 0.55 < float(kept.mean()) < 0.8


def test_losses_take_shares_as_torch_does() -> None:
    from workbench.layers.cross_entropy_loss.module import ChosenCrossEntropyLoss

    scores, shares = torch.randn(8, 4), torch.softmax(torch.randn(8, 4), 1)
    weights = (1.0, 2.0, 0.5, 1.0)
    ours = ChosenCrossEntropyLoss(class_weights=weights, ignore_index=3)(scores, shares)
    assert torch.allclose(ours, torch.nn.functional.cross_entropy(scores, shares, torch.tensor(weights)))


@pytest.mark.parametrize("name", ["mixup", "cutmix"])
def test_a_network_learns_from_mixed_samples(tiny_data: Any, tmp_path: Any, name: str) -> None:
    from workbench.core.errors import RunError
    from workbench.project import runs, storage
    from workbench.project.new_project import create
    from workbench.training.engine import train
    from workbench.training.events import EpochEnded

    project, _ = create("lenet5", ("npz", {"path": str(tiny_data)}), tmp_path)
    data = {**project.data, "batch_size": 16, "augment": {name: 0.4}}
    project = replace(project, training={"epochs": 6, "lr": 0.01}, data=data)
    storage.save(project, tmp_path / "net.cnn")
    events = list(train(runs.new_job(project, tmp_path / "net.cnn")))
    last = [event for event in events if isinstance(event, EpochEnded)][-1]
    assert last.validation["accuracy"] > 0.8
    other, _ = create("autoencoder", ("npz", {"path": str(tiny_data)}), tmp_path)
    other = replace(other, data={**other.data, "augment": {name: 0.4}})
    with pytest.raises(RunError, match=f"{name} mixes the classes of whole pictures, which .* cannot take"):
        list(train(runs.new_job(other, tmp_path / "other.cnn")))


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 4, 8, 8)])
def test_grey_pictures_are_offered_nothing_that_needs_colours(shape: tuple[int, ...]) -> None:
    colourful = {"hue", "saturation", "grey"}
    assert not colourful & set(of_use([Value(shape, "map", "uint8")]))
    assert colourful <= set(of_use([Value((3, *shape[1:]), "map", "uint8")]))
    assert "brightness" in of_use([Value(shape, "map", "uint8")])


def test_series_of_one_channel_have_none_to_lose() -> None:
    assert "channel_drop" not in of_use([Value((1, 40))])
    assert "channel_drop" not in of_use([Value((1, 1, 40), is_recording=True)])
    assert "channel_drop" in of_use([Value((2, 40))])
    assert "channel_drop" in of_use([Value((1, 2, 40), is_recording=True)])
