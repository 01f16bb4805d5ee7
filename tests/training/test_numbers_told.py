"""What a run tells and goes by: the same numbers whatever the batches, the right metric, the weights that are used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.factories import CLASSES, dataset
from workbench.core.graph import Graph
from workbench.data.batches import Batches
from workbench.data.config import DataConfig
from workbench.model.network import Network
from workbench.project.templates.spec import GraphBuilder, Samples
from workbench.training.config import TrainingConfig
from workbench.training.engine import Trainer, TrainingJob, train
from workbench.training.evaluation import evaluate
from workbench.training.events import EpochEnded, Event, RunEnded, StepEnded, Warned
from workbench.training.history import describe, measure_of, result_text
from workbench.training.metric_names import gone_by, main_metric, metric_of_kind, telling, title_of
from workbench.training.run_folder import RunFolder
from workbench.training.state import chosen, model_weights


def graph(*losses: dict[str, Any], rebuilds: dict[str, Any] | None = None) -> Graph:
    """A hidden layer with a head for each loss, and one that draws the picture again where that is wanted."""
    builder = GraphBuilder(Samples((1, 8, 8), classes=CLASSES, scores=3))
    image = builder.image()
    x = builder.add(
        "ReLU", "relu", builder.add("Linear", "hidden", builder.add("Flatten", "flat", image), out_features=9)
    )
    label = builder.add("Target", "label", field="label", classes=CLASSES)
    for number, params in enumerate(losses):
        scores = builder.add("Linear", f"fc{number}", x, out_features=3)
        builder.add("CrossEntropyLoss", f"head{number}", scores, label, **params)
    if rebuilds is not None:
        drawn = builder.add(
            "Unflatten", "map", builder.add("Linear", "up", x, out_features=64), unflattened_size=[1, 8, 8]
        )
        builder.add(
            "MSELoss",
            "rebuild",
            drawn,
            builder.add("Target", "same", field="image", kind="map", shape=[1, 8, 8]),
            **rebuilds,
        )
    return builder.graph()


def job(folder: Path, drawn: Graph, batch_size: int = 8, count: int = 60, **settings: Any) -> TrainingJob:
    given = {
        "epochs": 2,
        "lr": 0.1,
        "optimizer": "SGD",
        "optimizers": {"SGD": {"momentum": 0.0}},
        "schedule": "constant",
        **settings,
    }
    return TrainingJob(
        drawn, TrainingConfig(**given), DataConfig(batch_size=batch_size), dataset(count), RunFolder(folder), {}
    )


def ran(made: TrainingJob) -> list[Event]:
    return list(train(made))


SUMS = {
    "one sum": graph({"reduction": "sum"}),
    "a sum beside a mean": graph({"reduction": "sum", "weight": 0.5}, {}),
    "a summed reconstruction": graph({}, rebuilds={"reduction": "sum", "weight": 0.01}),
}


@pytest.mark.parametrize("name", SUMS)
def test_a_split_has_one_loss_whatever_the_batches(name: str) -> None:
    data, network = dataset(), Network(SUMS[name], seed=3)
    found = [evaluate(network, Batches(data.splits["train"], data.fields, size)).values() for size in (1, 7, 16, 60)]
    for values in found[1:]:
        assert values == pytest.approx(found[0], rel=1e-5)


def test_a_sum_is_told_for_one_sample_like_a_mean() -> None:
    """So the loss of a split does not grow with it, and train, validation and batches can be drawn in one picture."""
    data = dataset()
    summed, mean = (Network(graph({"reduction": each}), seed=3) for each in ("sum", "mean"))
    batches = Batches(data.splits["train"], data.fields, 13)
    assert evaluate(summed, batches).values() == pytest.approx(evaluate(mean, batches).values(), rel=1e-5)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_steps_epochs_and_validation_tell_one_kind_of_number(reduction: str, tmp_path: Path) -> None:
    events = ran(job(tmp_path / "run", graph({"reduction": reduction}), epochs=1, lr=1e-6))
    steps = [event for event in events if isinstance(event, StepEnded)]
    (epoch,) = (event for event in events if isinstance(event, EpochEnded))
    assert epoch.train["loss"] == pytest.approx(sum(s.loss * s.samples for s in steps) / 60, rel=1e-4)
    assert epoch.train["loss"] == pytest.approx(epoch.validation["loss"], rel=0.3)


@pytest.mark.parametrize(
    "drawn",
    [graph({}), graph({"reduction": "sum"}), graph({"weight": 0.3}, rebuilds={"reduction": "sum", "weight": 1e-3})],
    ids=["mean", "sum", "both"],
)
@pytest.mark.parametrize(("count", "batch_size"), [(19, 16), (30, 12), (24, 8)])
def test_gathered_batches_are_one_large_batch(drawn: Graph, count: int, batch_size: int, tmp_path: Path) -> None:
    settings = {"epochs": 1, "lr": 0.01}
    whole, parts = (
        job(tmp_path / "a", drawn, count, count, **settings),
        job(tmp_path / "b", drawn, batch_size, count, accumulate=9, **settings),
    )
    weights, losses = [], []
    for made in (whole, parts):
        trainer = Trainer(made)
        (step,) = trainer._steps()
        event = trainer._learn(step)
        assert event is not None
        losses.append(event.loss)
        weights.append(trainer.network.modules.state_dict())
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for key, weight in weights[0].items():
        torch.testing.assert_close(weight, weights[1][key], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("weights", [(1.0, 0.3), (0.3, 1.0), (1.0, 1.0)])
@pytest.mark.parametrize("monitor", ["auto", "accuracy"])
def test_with_several_losses_the_best_epoch_is_by_the_accuracy_that_counts_most(
    weights: tuple[float, float], monitor: str, tmp_path: Path
) -> None:
    drawn = graph({"weight": weights[0]}, {"weight": weights[1]}, rebuilds={"weight": 0.1})
    events = ran(job(tmp_path / "run", drawn, epochs=12, monitor=monitor, lr=0.02))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    name = "accuracy.head1" if weights[1] > weights[0] else "accuracy.head0"
    assert main_metric(epochs[0].validation) == name
    best, expected = (-1.0, 0.0), []
    for event in epochs:
        found = (event.validation[name], -event.validation[name.replace("accuracy", "loss")])
        if found > best:
            best = found
            expected.append(event.epoch)
    assert [event.epoch for event in epochs if event.is_best] == expected


@pytest.mark.parametrize(
    ("monitor", "name", "sign"),
    [("rmse", "rmse.rebuild", 1), ("psnr.rebuild", "psnr.rebuild", -1), ("accuracy.head0", "accuracy.head0", -1)],
)
def test_the_best_epoch_is_by_whatever_is_named(monitor: str, name: str, sign: int, tmp_path: Path) -> None:
    drawn = graph({"weight": 0.2}, {}, rebuilds={"weight": 0.5})
    made = job(tmp_path / "run", drawn, epochs=8, monitor=monitor, lr=0.05)
    events = ran(replace(made, record={"training": made.config.model_dump(mode="json")}))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    loss = f"loss.{name.partition('.')[2]}"
    values = [(sign * event.validation[name], event.validation[loss]) for event in epochs]
    assert [event.is_best for event in epochs] == [
        all(value < before for before in values[:number]) for number, value in enumerate(values)
    ]
    assert not [event for event in events if isinstance(event, Warned)]
    row = describe(RunFolder(tmp_path / "run"))
    assert measure_of(row, "best") == name
    assert title_of(name) in result_text(row)


def test_early_stopping_waits_for_the_named_metric(tmp_path: Path) -> None:
    """The loss goes on falling, the accuracy does not: who watches the loss goes on."""
    ends = {}
    for monitor in ("loss", "accuracy"):
        made = job(tmp_path / monitor, graph({}), epochs=25, monitor=monitor, lr=0.05, patience=3)
        ends[monitor] = ran(made)[-1]
        assert isinstance(ends[monitor], RunEnded)
    assert (ends["loss"].reason, ends["accuracy"].reason) == ("finished", "early_stop")  # type: ignore[attr-defined]


def test_in_a_stage_with_one_loss_its_metric_is_found_by_its_full_name(tmp_path: Path) -> None:
    stages = [{"epochs": 3, "losses": {"head0": 0}}, {"epochs": 3, "losses": {"head1": 0}}]
    events = ran(job(tmp_path / "run", graph({}, {}), stages=stages, monitor="accuracy.head1", lr=0.05))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert {"loss", "accuracy"} <= set(epochs[0].validation)
    assert not any("." in name for name in epochs[0].validation)
    best: dict[int, tuple[float, float]] = {}
    for number, event in enumerate(epochs):
        stage, metrics = number // 3, event.validation
        value = (-metrics["accuracy"] if stage == 0 else 0.0, metrics["loss"])
        assert event.is_best == (value < best.get(stage, (9.0, 9.0)))
        best[stage] = min(value, best.get(stage, (9.0, 9.0)))


def test_what_is_measured_on_validation_data_alone_is_not_missed_in_silence(tmp_path: Path) -> None:
    made = job(tmp_path / "run", graph(rebuilds={}), epochs=1, monitor="psnr")
    splits = {name: made.dataset.splits[name] for name in ("train", "test")}
    events = ran(replace(made, dataset=replace(made.dataset, splits=splits)))
    assert any(isinstance(event, Warned) and "on validation data alone" in event.message for event in events)


def test_monitor_loss_goes_by_the_loss(tmp_path: Path) -> None:
    events = ran(job(tmp_path / "run", graph({}, {}), epochs=5, monitor="loss"))
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    lowest = [
        e.epoch for i, e in enumerate(epochs) if all(e.validation["loss"] < o.validation["loss"] for o in epochs[:i])
    ]
    assert [event.epoch for event in epochs if event.is_best] == lowest


def test_an_accuracy_that_nothing_has_is_not_missed_in_silence(tmp_path: Path) -> None:
    events = ran(job(tmp_path / "a", graph(rebuilds={}), epochs=1, monitor="accuracy"))
    assert any(isinstance(event, Warned) and "no loss of this network has one" in event.message for event in events)
    for monitor, drawn in (("auto", graph(rebuilds={})), ("accuracy", graph({}))):
        events = ran(job(tmp_path / monitor, drawn, epochs=1, monitor=monitor))
        assert not [event for event in events if isinstance(event, Warned)]


@pytest.mark.parametrize("settings", [{"lr": 0.5}, {"lr": 3.0}, {"lr": 1.0, "patience": 3, "epochs": 40}])
def test_the_test_is_of_the_weights_that_are_used(settings: dict[str, Any], tmp_path: Path) -> None:
    """A run that ends by itself is tested with its best weights too, which evaluate, predict, look and export take."""
    made = job(tmp_path / "run", graph({}, rebuilds={"weight": 3.0}), **{"epochs": 8, "monitor": "loss", **settings})
    made = replace(made, dataset=noisy(made.dataset))
    ended = ran(made)[-1]
    assert isinstance(ended, RunEnded)
    network = Network(made.graph)
    found, _ = chosen(made.folder.checkpoints)
    assert found is not None
    network.modules.load_state_dict(model_weights(found))
    splits, fields = made.dataset.splits, made.dataset.fields
    assert ended.test == pytest.approx(evaluate(network, Batches(splits["test"], fields, 5)).values(), rel=1e-4)
    assert ended.best == pytest.approx(evaluate(network, Batches(splits["validation"], fields, 5)).values(), rel=1e-4)


def noisy(data: Any) -> Any:
    """The data with labels of the other splits turned about, so that the last epoch is not the best."""
    splits = {name: dict(arrays) for name, arrays in data.splits.items()}
    for name in ("validation", "test"):
        splits[name]["label"] = (splits[name]["label"] + (splits[name]["label"] == 1)) % 3
    return replace(data, splits=splits)


@pytest.mark.parametrize(
    ("stages", "epochs"), [([{"epochs": 30}, {"epochs": 40}], 70), ([{"train": ["fc0"]}, {"epochs": 4}], 5), ([], 10)]
)
def test_a_staged_run_has_the_epochs_of_all_its_stages(
    stages: list[dict[str, Any]], epochs: int, tmp_path: Path
) -> None:
    folder = RunFolder(tmp_path / "run-001")
    folder.claim({"training": {"epochs": 10, "stages": stages}})[1].release()
    assert describe(folder)["epochs"] == epochs


def test_a_metric_is_found_by_what_it_is() -> None:
    assert metric_of_kind({"loss": 1, "accuracy_like": 2, "accuracy.b": 3, "accuracy.a": 4}, "accuracy") == "accuracy.b"
    assert metric_of_kind({"loss": 1}, "accuracy") == ""
    assert main_metric({"loss": 0.5, "loss.a": 0.1}) == "loss"
    assert main_metric({"accuracy": None, "rmse": 2}) == ""


@pytest.mark.parametrize(
    ("monitor", "name"),
    [
        ("auto", "accuracy.b"),
        ("loss", "loss"),
        ("rmse", "rmse.c"),
        ("accuracy.a", "accuracy.a"),
        ("accuracy.z", "loss"),
        ("unheard_of", "loss"),
    ],
)
def test_a_monitor_names_a_metric(monitor: str, name: str) -> None:
    metrics = {"loss": 1.0, "loss.a": 1.0, "accuracy.b": 0.5, "accuracy.a": 0.25, "rmse.c": 3.0}
    assert gone_by(metrics, monitor) == name
    assert gone_by({}, monitor) == ""


def test_the_metric_to_show_is_one_beside_the_loss() -> None:
    assert telling({"loss": 1.0, "rmse": 2.0, "psnr": 20.0}) == "rmse"
    assert telling({"loss": 1.0, "rmse": 2.0, "psnr": 20.0}, "psnr") == "psnr"
    assert telling({"loss": 1.0, "rmse": 2.0}, "loss") == "loss"
    assert telling({"loss": 1.0}) == "loss"
