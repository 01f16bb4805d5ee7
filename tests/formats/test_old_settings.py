"""Settings of format 1, in which those of all optimisers and schedules lay side by side, mean what they meant."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.choices import quoted
from tests.training import factories
from workbench.core.errors import UsageError
from workbench.project import storage
from workbench.project.document import Project, checked, unknown_settings
from workbench.project.records import settings_of
from workbench.training import checkpoint, engine
from workbench.training.config import TrainingConfig
from workbench.training.events import RunEnded, StepEnded
from workbench.training.old_settings import record_of_format_2, training_of_format_2
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.run_folder import RunFolder

HERE = Path(__file__).parent
RUNS = ("sgd", "adamw")


def config(**training: Any) -> TrainingConfig:
    return checked(TrainingConfig, training_of_format_2(training), "training")


def test_a_project_means_what_it_meant() -> None:
    project = storage.load(HERE / "format-1-settings.cnn")
    found = project.training_config()
    assert found.chosen_optimizer.model_dump() == {"momentum": 0.8, "nesterov": True}
    assert found.chosen_schedule.model_dump() == {"step_size": 1, "gamma": 0.5}
    assert project.training["optimizers"] == {
        "SGD": {"momentum": 0.8, "nesterov": True},
        "Adam": {"beta1": 0.8},
        "AdamW": {"beta1": 0.8},
    }
    assert project.training["schedules"] == {"step": {"step_size": 1, "gamma": 0.5}}
    assert unknown_settings(project) == ["training.sharpness"]


@pytest.mark.parametrize(
    ("old", "optimizer", "schedule"),
    [
        ({}, {"beta1": 0.9, "beta2": 0.999}, {"warmup": 0.2}),
        ({"momentum": 0.5}, {"beta1": 0.5, "beta2": 0.999}, {"warmup": 0.2}),
        ({"optimizer": "Adam", "momentum": 0.9, "beta2": 0.99}, {"beta1": 0.9, "beta2": 0.99}, {"warmup": 0.2}),
        ({"optimizer": "SGD", "beta2": 0.5, "momentum": 0}, {"momentum": 0.0, "nesterov": False}, {"warmup": 0.2}),
        ({"schedule": "cosine", "warmup": 0.0}, {"beta1": 0.9}, {"warmup": 0.0}),
        ({"schedule": "step", "warmup": 0.7, "step_epochs": 3}, {"beta1": 0.9}, {"step_size": 3, "gamma": 0.1}),
        ({"schedule": "constant", "step_factor": 0.3}, {"beta2": 0.999}, {}),
    ],
)
def test_each_setting_goes_to_whom_it_was_for(
    old: dict[str, Any], optimizer: dict[str, Any], schedule: dict[str, Any]
) -> None:
    found = config(**old)
    assert optimizer.items() <= found.chosen_optimizer.model_dump().items()
    assert found.chosen_schedule.model_dump() == schedule


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "AdamW"])
def test_what_was_set_for_all_is_kept_for_all(optimizer: str) -> None:
    found = config(optimizer=optimizer, momentum=0.7, beta2=0.8, nesterov=True).optimizers.model_dump()
    assert found["SGD"] == {"momentum": 0.7, "nesterov": True}
    assert found["Adam"] == found["AdamW"] == {"beta1": 0.7, "beta2": 0.8, "eps": 1e-8}


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ({"momentum": 1.0, "optimizer": "SGD"}, "training.optimizers.SGD.momentum must be less than 1, found 1.0."),
        ({"momentum": "much", "optimizer": "Adam"}, 'training.optimizers.Adam.beta1 must be a number, found "much".'),
        ({"nesterov": 1}, "training.optimizers.SGD.nesterov must be true or false, found 1."),
        ({"beta2": None}, "training.optimizers.AdamW.beta2 must be a number, found null."),
        ({"beta2": [0.9]}, "training.optimizers.AdamW.beta2 must be a number, found [0.9]."),
        ({"warmup": -0.1, "schedule": "cosine"}, "training.schedules.cosine.warmup must be at least 0, found -0.1."),
        ({"step_epochs": 2.5}, "training.schedules.step.step_size must be a whole number, found 2.5."),
        ({"step_factor": True}, "training.schedules.step.gamma must be a number, found true."),
        ({"optimizer": ["SGD"], "warmup": 0.2}, f"training.optimizer must be {quoted(OPTIMIZERS)}, "),
    ],
)
def test_a_wrong_value_is_refused_once_under_its_new_name(old: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        config(**old)
    assert str(caught.value).startswith(message)
    moved = training_of_format_2(old)
    assert isinstance(moved, dict)
    assert sum(len(part) for name in ("optimizers", "schedules") for part in moved.get(name, {}).values()) == 1


@pytest.mark.parametrize(
    "training",
    [
        {"momentum": 0.8, "optimizer": "SGD", "optimizers": {"SGD": {"momentum": 0.7}}},
        {"momentum": 0.8, "optimizers": [1]},
        {"step_factor": 0.2, "schedules": {"step": {"gamma": 0.3}}},
        {"warmup": 0.3, "schedules": {"cosine": 3}},
    ],
)
def test_nothing_is_written_over(training: dict[str, Any]) -> None:
    assert training_of_format_2(training) == training


@pytest.mark.parametrize("training", [None, 3, "fast", [{"momentum": 1}]])
def test_what_is_no_table_stays(training: Any) -> None:
    assert training_of_format_2(training) == training
    assert record_of_format_2({"training": training, "data": training}) == {"training": training, "data": training}


@pytest.mark.parametrize("odd", [["SGD"], {"SGD": 1}, None, 3, True, "Lion"])
@pytest.mark.parametrize("value", [0.5, [0.9], {"x": 1}, None, "much"])
def test_no_odd_record_stops_the_reading(odd: Any, value: Any) -> None:
    names = ("momentum", "beta2", "warmup", "step_factor")
    for training in (
        {"optimizer": odd, "schedule": odd, **dict.fromkeys(names, value)},
        {"optimizers": odd, "schedules": odd, **dict.fromkeys(names, value)},
        {"optimizer": "AdamW", "optimizers": {"AdamW": odd, "SGD": value}, "momentum": value},
    ):
        record = record_of_format_2({"training": training, "data": {"augment": odd}})
        assert record["data"] == {"augment": odd}
        kept = str(record["training"])
        assert all(str(each).strip("{}") in kept for each in (odd, value)), "nothing is lost"


@pytest.mark.parametrize(("name", "chosen"), [("adamw", "AdamW"), ("sgd", "SGD")])
def test_a_record_says_what_one_of_today_says(name: str, chosen: str) -> None:
    """So that a run of today which differs in nothing is compared with it as equal."""
    run = RunFolder(HERE / f"run-1-{name}")
    record, (training, data) = run.record(), settings_of(run)
    today, then = training.as_record(), record["training"]
    assert then["optimizers"][chosen] == today["optimizers"][chosen]
    assert then["schedules"] == today["schedules"]
    assert record["data"] == data.as_record()


def test_augmentations_that_are_off_are_missing_and_wrong_ones_stay() -> None:
    old = {"shift": 0.0, "rotate": 10.0, "scale": 0, "flip": False}
    assert record_of_format_2({"data": {"augment": old}}) == {"data": {"augment": {"rotate": 10.0}}}
    wrong = {"shift": False, "flip": 0, "rotate": None}
    assert record_of_format_2({"data": {"augment": wrong}}) == {"data": {"augment": wrong}}


# A bias before a batch norm has rounding for a gradient, of which Adam makes whole steps; nothing else feels them.
NOISE = {"model.conv.bias", "model.bn.running_mean"}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_format_1_goes_on_as_it_began(name: str, tmp_path: Path) -> None:
    """Its end was computed by the program of format 1; other machines round elsewhere, but not by a wrong setting."""
    folder = tmp_path / "run"
    shutil.copytree(HERE / f"run-1-{name}", folder)
    end = load_file(folder / "end.safetensors")
    run = RunFolder(folder)
    training, data = settings_of(run)
    job = replace(factories.job(folder, resume=True), config=training, data=data, threads=1)
    events = list(engine.train(job))
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason == "finished"
    found, _ = checkpoint.newest(run.checkpoints, "step")
    assert found is not None
    assert found.tensors.keys() == end.keys()
    for key, tensor in end.items():
        largest = 0.1 if key in NOISE else 1e-4
        torch.testing.assert_close(found.tensors[key], tensor, rtol=1e-3, atol=largest, msg=key)


OLD = {
    "sgd": {"optimizer": "SGD", "momentum": 0.7, "nesterov": True, "schedule": "step", "step_epochs": 1,
            "step_factor": 0.25},
    "adamw": {"optimizer": "AdamW", "momentum": 0.7, "beta2": 0.9, "schedule": "one_cycle", "warmup": 0.5},
    "adam": {"optimizer": "Adam", "momentum": 0.6, "beta2": 0.8, "schedule": "cosine", "warmup": 0.1},
}  # fmt: skip


@pytest.mark.parametrize("name", OLD)
def test_a_record_of_format_1_resumes_to_the_bit(name: str, tmp_path: Path) -> None:
    """The record of an interrupted run is rewritten as format 1 had it; its end is that of one that went through."""
    common = {"epochs": 3, "lr": 0.02, "weight_decay": 0.01, "checkpoint_steps": 2}
    made = config(**common, **OLD[name])

    def job(folder: Path, **changes: Any) -> engine.TrainingJob:
        return replace(factories.job(folder), config=made, threads=1, **changes)

    list(engine.train(job(tmp_path / "whole")))
    running = engine.train(job(tmp_path / "parts"))
    for event in running:
        if isinstance(event, StepEnded) and event.step == 12:
            break
    running.close()
    run = RunFolder(tmp_path / "parts")
    defaults = {"momentum": 0.9, "nesterov": False, "beta2": 0.999, "warmup": 0.2, "step_epochs": 5, "step_factor": 0.1}
    data = factories.job(tmp_path / "unused").data.model_dump(mode="json")
    del data["augment"]["brightness"]
    record = {"format": 1, "training": {**defaults, **common, **OLD[name]}, "data": data}
    (run.path / "run.json").write_text(json.dumps(record), "utf-8")
    training, read = settings_of(run)
    assert (training, read.augment) == (made, factories.AUGMENTED)
    list(engine.train(replace(job(run.path, resume=True), config=training, data=read)))
    assert factories.logged(run.path) == factories.logged(tmp_path / "whole")
    ends = [checkpoint.newest(tmp_path / each / "checkpoints", "step")[0] for each in ("whole", "parts")]
    assert ends[0] is not None
    assert ends[1] is not None
    assert all(torch.equal(ends[1].tensors[key], tensor) for key, tensor in ends[0].tensors.items())


def test_a_project_is_written_sparsely(tmp_path: Path) -> None:
    storage.save(Project("id", training=storage.load(HERE / "format-1-settings.cnn").training), tmp_path / "p.cnn")
    written = json.loads((tmp_path / "p.cnn").read_text("utf-8"))["training"]
    assert list(written) == ["epochs", "optimizer", "optimizers", "lr", "schedule", "schedules", "sharpness"]
    assert list(written["optimizers"]) == ["Adam", "AdamW", "SGD"]
