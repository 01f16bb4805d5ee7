"""Every augmentation: off at its default, draws of its own for every sample, pictures and masks in step."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor

from tests.contracts.drawing_settings import beyond_bounds, drawn_settings, some
from workbench.core.validation import sentence
from workbench.core.values import Value
from workbench.data.augment import augment, draws_of
from workbench.data.augmentations.spec import REGISTRY, SORTS, Geometric, Mixing, Serial, Verbal, Warp
from workbench.data.batches import Batches
from workbench.data.config import AugmentSettings, DataConfig

STRONG: dict[str, Any] = {
    "shift": 3.0, "rotate": 30.0, "scale": 0.3, "shear": 30.0, "hue": 90.0, "blur": 2.0, "pad_crop": 4, "elastic": 2.0,
}  # fmt: skip
OLDEST = ("rotate", "scale", "shift", "flip")  # they share a stream, which runs of their time go on with


def strong(name: str) -> AugmentSettings:
    """The augmentation alone, so strong that it is seen."""
    is_switch = REGISTRY[name].model_fields[name].annotation is bool
    return AugmentSettings(**{name: True if is_switch else STRONG.get(name, 0.5)})


def drawn(name: str, seed: int, epoch: int, indices: np.ndarray) -> np.ndarray:
    """Its random numbers for some samples."""
    return next(draws_of(REGISTRY[name], seed=seed, epoch=epoch, indices=indices))


def samples(count: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    """Bytes and floats with a bright spot aside, and the mask of that spot."""
    generator = torch.Generator().manual_seed(2)
    mask = torch.zeros(count, 24, 20, dtype=torch.int64)
    mask[:, 5:13, 4:12] = 2
    spot = (mask == 2)[:, None]
    noise = torch.randint(0, 30, (count, 3, 24, 20), generator=generator)  # colours, which some change alone
    pixels = (noise + 200 * spot).to(torch.uint8)
    return pixels, pixels.float() / 255, mask


def series(count: int = 12) -> Tensor:
    """Series of four channels."""
    return torch.randn(count, 4, 30, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("name", REGISTRY)
def test_it_says_what_it_is(name: str) -> None:
    cls = REGISTRY[name]
    assert list(cls.model_fields) == [name] == [cls.name]
    assert any(issubclass(cls, sort) for sort in SORTS)
    assert (cls.__doc__ or "").strip().endswith(".")
    info = AugmentSettings.model_fields[name]
    assert info.title
    assert info.description
    assert not info.default, "off at its default"
    assert bool(cls.shared_draws) == (name in OLDEST), "a new one has a stream of its own, by its name"


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(data=st.data())
def test_its_setting_goes_through_json(name: str, data: st.DataObject) -> None:
    made = DataConfig(augment=data.draw(drawn_settings(REGISTRY[name])))
    assert DataConfig.model_validate(json.loads(made.model_dump_json())) == made
    assert DataConfig.model_validate(json.loads(json.dumps(made.as_record()))) == made


@pytest.mark.parametrize("name", REGISTRY)
def test_a_value_just_outside_a_bound_is_refused_by_name(name: str) -> None:
    for setting, value in beyond_bounds(REGISTRY[name]):
        with pytest.raises(ValidationError) as caught:
            DataConfig(augment={setting: value})
        assert sentence(caught.value, DataConfig).startswith(f"augment.{name} must be ")


@pytest.mark.parametrize("name", REGISTRY)
def test_at_its_default_it_is_off(name: str) -> None:
    off = AugmentSettings(**{name: AugmentSettings.model_fields[name].default})
    assert not off.is_on
    assert off.chosen() == []
    assert [type(each) for each in strong(name).chosen()] == [REGISTRY[name]]
    split = {"image": np.full((4, 1, 6, 6), 100, np.uint8), "label": np.arange(4)}
    fields = {"image": Value((1, 6, 6), "map", "uint8"), "label": Value((), "class", "int64", tuple("abcd"))}
    batch = next(Batches(split, fields, 4, augmentation=off).epoch(0))
    assert torch.equal(batch.fields["image"], torch.from_numpy(split["image"]))


@pytest.mark.parametrize("name", REGISTRY)
def test_off_it_leaves_what_others_do(name: str) -> None:
    pixels, floats, mask = samples()
    for other in REGISTRY:
        if other != name:
            alone = strong(other)
            with_it = AugmentSettings(**{**alone.model_dump(), name: AugmentSettings.model_fields[name].default})
            for one, two in zip(
                augment(alone, [pixels, floats, mask], 1, 0, torch.arange(12)),
                augment(with_it, [pixels, floats, mask], 1, 0, torch.arange(12)),
                strict=True,
            ):
                assert torch.equal(one, two)


@pytest.mark.parametrize("name", REGISTRY)
@some
@given(seed=st.integers(0, 2**31 - 1), epoch=st.integers(0, 1000), data=st.data())
def test_its_draws_follow_seed_epoch_and_sample_alone(name: str, seed: int, epoch: int, data: st.DataObject) -> None:
    cls = REGISTRY[name]
    indices = np.array(data.draw(st.lists(st.integers(0, 10**9), min_size=2, max_size=9, unique=True)))
    found = drawn(name, seed, epoch, indices)
    assert found.shape == (len(indices), cls.draws)
    assert ((found >= 0) & (found < 1)).all()
    assert np.array_equal(drawn(name, seed, epoch, indices[::-1].copy()), found[::-1])
    assert not np.isin(drawn(name, seed, epoch + 1, indices), found).any()
    assert not np.isin(drawn(name, seed + 1, epoch, indices), found).any()
    assert len(np.unique(found)) == found.size


@pytest.mark.parametrize("name", REGISTRY)
def test_no_other_has_its_draws(name: str) -> None:
    own = drawn(name, 3, 1, np.arange(200))
    for other in REGISTRY:
        if other != name:
            assert not np.isin(drawn(other, 3, 1, np.arange(200)), own).any(), other


@pytest.mark.parametrize("name", REGISTRY)
def test_a_sample_is_changed_the_same_in_any_batch(name: str) -> None:
    pixels, floats, mask = samples()
    texts = torch.randint(0, 50, (12, 20), generator=torch.Generator().manual_seed(6))
    fields = [pixels, floats, mask, series(), texts]
    whole = augment(strong(name), fields, 5, 2, torch.arange(12))
    order = torch.tensor([7, 0, 11, 3])
    part = augment(strong(name), [field[order] for field in fields], 5, 2, order)
    for one, two in zip(whole, part, strict=True):
        assert torch.allclose(one[order].float(), two.float(), atol=1e-5)
    is_of_series, is_of_texts = issubclass(REGISTRY[name], Serial), issubclass(REGISTRY[name], Verbal)
    is_of_pairs = issubclass(REGISTRY[name], Mixing)  # which needs a second sample: `Batches` mixes
    assert torch.equal(whole[1], floats) == (is_of_series or is_of_texts or is_of_pairs)
    assert torch.equal(whole[3], fields[3]) != is_of_series
    assert torch.equal(whole[4], texts) != is_of_texts
    assert torch.equal(whole[4] == 0, texts == 0), "nothing is put behind the end of a text"
    assert whole[0].dtype == torch.float32
    assert float(whole[0].min()) >= 0
    assert float(whole[0].max()) <= 1


@pytest.mark.parametrize("name", REGISTRY)
def test_a_mask_stays_in_step_with_its_picture(name: str) -> None:
    pixels, floats, mask = samples()
    moved, _, where = augment(strong(name), [pixels, floats, mask], 4, 0, torch.arange(12))
    assert where.dtype == torch.int64
    assert set(where.unique().tolist()) <= {0, 2}
    if not issubclass(REGISTRY[name], Geometric | Warp):
        assert torch.equal(where, mask)
        return
    assert not torch.equal(where, mask)
    assert ((moved[:, 0] > 0.5) == (where == 2)).float().mean() > 0.96
