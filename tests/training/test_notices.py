"""A loss that rises instead of falling is said, once, with a rate to try instead."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.training import factories
from workbench.data.config import AugmentSettings
from workbench.training.config import Stage, TrainingConfig
from workbench.training.engine import train
from workbench.training.events import Warned
from workbench.training.notices import Notices


def notices(**settings: object) -> Notices:
    return Notices((), TrainingConfig.model_validate({"lr": 0.5, **settings}))


@pytest.mark.parametrize(("first", "later", "times"), [(2.0, 3000.0, "1,500"), (0.1, 1.2, "12"), (1e-3, 5.0, "5,000")])
def test_a_loss_that_rose_is_said_once(first: float, later: float, times: str) -> None:
    said = notices()
    said.see_batch(first)
    said.see_batch(later)
    said.see_epoch(7, later, 0.5)
    said.see_epoch(14, 10 * later, 0.5)
    (warned,) = said.take(7)
    assert warned.message.startswith(f"The loss rose {times}-fold, from {first:.4g} to {later:.4g}: learning rate 0.5")
    assert warned.is_grave
    assert warned.rate == pytest.approx(0.05)


@pytest.mark.parametrize(("first", "later"), [(2.0, 19.0), (0.0, 5.0), (2.0, 0.1), (math.nan, 3.0)])
def test_a_loss_that_did_not_is_not(first: float, later: float) -> None:
    said = notices()
    said.see_batch(first)
    said.see_epoch(7, later, 0.5)
    assert not list(said.take(7))


def test_no_rate_is_advised_where_stages_have_their_own() -> None:
    assert notices(stages=[{"epochs": 1, "lr": 3.0}]).lower_rate() == 0
    assert notices(stages=[Stage(epochs=1).model_dump()]).lower_rate() == pytest.approx(0.05)


def test_a_training_with_a_rate_of_a_hundred_says_so(tmp_path: Path) -> None:
    job = factories.job(tmp_path / "run", lr=100.0, schedule="constant", epochs=2)
    warned = [event for event in train(job) if isinstance(event, Warned) and event.is_grave]
    assert len(warned) == 1
    assert warned[0].rate == pytest.approx(10.0)
    assert "rate" in warned[0].message


def test_a_training_that_learns_says_nothing(tmp_path: Path) -> None:
    assert not [
        event for event in train(factories.job(tmp_path / "run")) if isinstance(event, Warned) and event.is_grave
    ]


def test_a_rise_beyond_counting_is_told_short() -> None:
    said = notices()
    said.see_batch(1.0)
    said.see_epoch(7, 2.7e24, 0.5)
    assert "rose more than a million-fold, from 1 to 2.7e+24" in next(said.take(7)).message


def test_classes_that_cannot_come_equally_often_are_said() -> None:
    from workbench.core.values import Value
    from workbench.data.config import DataConfig
    from workbench.data.spec import Dataset
    from workbench.training.readiness import idle_balance

    labels = Dataset({"labels": Value((2,), "vector", classes=("a", "b"))}, {"train": {"labels": np.eye(2)}})
    classes = Dataset({"label": Value((), "class", "int64", ("a", "b"))}, {"train": {"label": np.arange(2)}})
    assert idle_balance(DataConfig(balanced=True), classes) == []
    assert idle_balance(DataConfig(balanced=False), labels) == []
    (said,) = idle_balance(DataConfig(balanced=True), labels)
    assert said.startswith("data.balanced changes nothing of this data")


@pytest.mark.parametrize(("augment", "said"), [
    ({"rotate": 10.0}, []),
    ({"token_drop": 0.1},
     ["data.augment: token_drop changes nothing of this data; it is for texts."]),
    ({"hue": 20.0}, ["data.augment: hue changes nothing of this data; it is for pictures in colours."]),
    ({"rotate": 10.0, "jitter": 0.1, "token_drop": 0.1},
     ["data.augment: jitter and token_drop change nothing of this data; they are for series and texts."]),
])  # fmt: skip
def test_an_augmentation_that_changes_nothing_of_the_data_is_said(
    tmp_path: Path, augment: dict[str, float], said: list[str]
) -> None:
    events = train(factories.job(tmp_path / "run", augment=AugmentSettings.model_validate(augment), epochs=1))
    told = [event.message for event in events if isinstance(event, Warned)]
    assert [each for each in told if each.startswith("data.augment")] == said
