"""Settings in words: told by their declaration, and only those that do something."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from workbench.core.setting_words import idle_reason, is_by_ratio, meant_by, title_of
from workbench.data.config import AugmentSettings, DataConfig
from workbench.data.spec import REGISTRY as SOURCES
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.training.config import TrainingConfig
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES


@pytest.mark.parametrize(
    "cls", [TrainingConfig, AugmentSettings, *(cls for _, cls in (*OPTIMIZERS.items(), *SCHEDULES.items()))]
)
def test_every_number_and_choice_has_a_name_in_words(cls: type[TrainingConfig]) -> None:
    titles = {name: title_of(name, info) for name, info in cls.model_fields.items() if name != "stages"}
    assert all(title != name and "_" not in title for name, title in titles.items())
    assert len(set(titles.values())) == len(titles)


@pytest.mark.parametrize(
    ("name", "values", "acts"),
    [
        ("schedules.step.step_size", {"schedule": "one_cycle"}, False),
        ("schedules.step.gamma", {}, False),
        ("schedules.step.gamma", {"schedule": "step"}, True),
        ("schedules.cosine.warmup", {"schedule": "one_cycle"}, False),
        ("schedules.cosine.warmup", {"schedule": "cosine"}, True),
        ("schedules.one_cycle.warmup", {}, True),
        ("optimizers.SGD.nesterov", {"optimizer": "SGD"}, True),
        ("optimizers.SGD.nesterov", {}, False),
        ("optimizers.Adam.beta2", {"optimizer": "SGD"}, False),
        ("optimizers.AdamW.beta1", {"optimizer": "AdamW"}, True),
        ("optimizers", {"optimizer": "AdamW"}, True),
        ("lr", {"schedule": "step"}, True),
    ],
)
def test_a_setting_that_does_nothing_says_with_what_it_would(name: str, values: dict[str, object], acts: bool) -> None:
    reason = idle_reason(TrainingConfig, name.split("."), values)
    assert (reason == "") == acts


def test_the_reason_names_the_choices() -> None:
    reason = idle_reason(TrainingConfig, ("schedules", "step", "gamma"), {"schedule": "cosine"})
    assert reason == "It acts with step as rate schedule, not with cosine."


def test_rates_go_by_their_size() -> None:
    assert is_by_ratio(TrainingConfig.model_fields["lr"])
    assert not is_by_ratio(OPTIMIZERS["SGD"].model_fields["momentum"])
    assert not is_by_ratio(DataConfig.model_fields["test_share"])


@pytest.mark.parametrize(
    ("cls", "word", "meant"),
    [
        (TrainingConfig, "learning_rate", ["lr"]),  # by its title
        (TrainingConfig, "Early_Stopping", ["patience"]),
        (TrainingConfig, "ema", ["average_decay"]),  # by what others call it
        (TrainingConfig, "epoch", ["epochs"]),  # by its letters
        (TrainingConfig, "workers", []),
        (DataConfig, "val_split", ["validation_share"]),
        (SOURCES["folder"], "size", ["width", "height"]),  # and not resize
        (LAYERS["Conv2d"], "filters", ["out_channels"]),
        (LAYERS["ConvTranspose2d"], "filters", ["out_channels"]),
        (LAYERS["Linear"], "units", ["out_features"]),
    ],
)
def test_a_setting_is_found_by_other_names(cls: type[BaseModel], word: str, meant: list[str]) -> None:
    assert meant_by(word, cls.model_fields) == meant
