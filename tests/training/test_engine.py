"""The training loop: order of events, stopping, best weights, rates, NaN."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training import factories
from workbench.core.errors import RunError, UsageError
from workbench.core.lock import FileLock, LockedError
from workbench.data.config import AugmentSettings
from workbench.data.spec import Dataset
from workbench.model.network import Network
from workbench.training import checkpoint, engine, state
from workbench.training.control import Control
from workbench.training.evaluation import Tally
from workbench.training.events import (
    CheckpointWritten,
    EpochEnded,
    Event,
    RateChanged,
    RunEnded,
    RunStarted,
    SnapshotTaken,
    StepEnded,
    Warned,
)
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS


def of(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_tells_a_whole_run_in_order(tmp_path: Path) -> None:
    events = list(engine.train(factories.job(tmp_path / "run")))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    assert events[0].steps_per_epoch == 8  # 60 samples in batches of 8: seven whole ones and one of 4
    steps, epochs = of(events, StepEnded), of(events, EpochEnded)
    assert [event.step for event in steps] == list(range(1, 25))
    assert [event.epoch for event in epochs] == [1, 2, 3]
    assert [(event.epoch, event.batch) for event in steps][7:9] == [(1, 8), (2, 1)]
    assert events[-1].reason == "finished"
    assert events[-1].test["accuracy"] > 0.6
    assert epochs[-1].validation["loss"] < epochs[0].validation["loss"]
    assert epochs[-1].confusion["confusion"].sum() == 15


def test_the_log_holds_every_event(tmp_path: Path) -> None:
    events = list(engine.train(factories.job(tmp_path / "run")))
    from workbench.training.run_folder import RunFolder

    logged = list(RunFolder(tmp_path / "run").events())
    assert [row["event"] for row in logged] == [type(event).__name__ for event in events]
    assert logged[1]["loss"] == events[1].loss  # type: ignore[attr-defined]


def test_two_runs_with_one_seed_are_equal_and_another_seed_is_not(tmp_path: Path) -> None:
    losses = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        losses.append([e.loss for e in of(list(engine.train(factories.job(tmp_path / name, seed=seed))), StepEnded)])
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


def test_other_users_of_random_numbers_do_not_change_a_run(tmp_path: Path) -> None:
    plain = [event.loss for event in of(list(engine.train(factories.job(tmp_path / "a"))), StepEnded)]
    disturbed = []
    for event in engine.train(factories.job(tmp_path / "b")):
        torch.rand(3)
        if isinstance(event, StepEnded):
            disturbed.append(event.loss)
    assert disturbed == plain


def test_cancel_stops_after_the_batch_with_a_checkpoint(tmp_path: Path) -> None:
    control, events = Control(), []
    for event in engine.train(factories.job(tmp_path / "run"), control):
        events.append(event)
        if isinstance(event, StepEnded) and event.step == 5:
            control.cancel()
    assert of(events, StepEnded)[-1].step == 5
    assert isinstance(events[-2], CheckpointWritten)
    assert events[-2].step == 5
    assert events[-1].reason == "stopped"  # type: ignore[attr-defined]


@pytest.mark.parametrize("step", [7, 8, 9, 16, 24])
def test_a_cancelled_run_goes_on_as_if_it_never_was_also_from_the_end_of_an_epoch(tmp_path: Path, step: int) -> None:
    list(engine.train(factories.job(tmp_path / "whole")))
    control, events = Control(), []
    for event in engine.train(factories.job(tmp_path / "parts"), control):
        events.append(event)
        if isinstance(event, StepEnded) and event.step == step:
            control.cancel()
        assert len(events) < 100, "it does not stop"
    assert events[-1].reason == "stopped"  # type: ignore[attr-defined]
    assert of(events, StepEnded)[-1].step == step
    list(engine.train(factories.job(tmp_path / "parts", resume=True)))
    assert factories.logged(tmp_path / "parts") == factories.logged(tmp_path / "whole")


@pytest.mark.timeout(30)
def test_cancelling_while_it_validates_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    control = Control()
    evaluate = engine.evaluate

    def cancelled(*arguments: Any) -> Any:
        control.cancel()
        return evaluate(*arguments)

    monkeypatch.setattr(engine, "evaluate", cancelled)
    events = list(engine.train(factories.job(tmp_path / "run"), control))
    assert [type(event).__name__ for event in events[-2:]] == ["CheckpointWritten", "RunEnded"]
    assert not of(events, EpochEnded)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("stops", [(3,), (8, 9, 20)])
def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path, optimizer: str, stops: tuple[int, ...]) -> None:
    settings: dict[str, Any] = {"optimizer": optimizer, "weight_decay": 0.01, "clip_grad_norm": 1.0}
    list(engine.train(factories.job(tmp_path / "whole", **settings)))
    for number, stop in enumerate(stops):
        running = engine.train(factories.job(tmp_path / "parts", resume=number > 0, checkpoint_steps=2, **settings))
        for event in running:
            if isinstance(event, StepEnded) and event.step == stop:
                break
        running.close()  # as if the process had died: what came after the last checkpoint is lost
    list(engine.train(factories.job(tmp_path / "parts", resume=True, checkpoint_steps=2, **settings)))
    assert factories.logged(tmp_path / "parts") == factories.logged(tmp_path / "whole")
    whole, _ = checkpoint.newest(tmp_path / "whole" / "checkpoints", "step")
    parts, _ = checkpoint.newest(tmp_path / "parts" / "checkpoints", "step")
    assert whole is not None
    assert parts is not None
    assert whole.tensors.keys() == parts.tensors.keys()
    assert all(torch.equal(whole.tensors[key], parts.tensors[key]) for key in whole.tensors)


def test_resuming_without_any_checkpoint_starts_from_the_seed(tmp_path: Path) -> None:
    list(engine.train(factories.job(tmp_path / "whole")))
    running = engine.train(factories.job(tmp_path / "parts"))
    for event in running:
        if isinstance(event, StepEnded) and event.step == 4:
            break
    running.close()
    events = list(engine.train(factories.job(tmp_path / "parts", resume=True)))
    assert events[0].step == 0  # type: ignore[attr-defined]
    assert factories.logged(tmp_path / "parts") == factories.logged(tmp_path / "whole")


def test_a_damaged_checkpoint_is_passed_over_and_named(tmp_path: Path) -> None:
    control = Control()
    for event in engine.train(factories.job(tmp_path / "run", checkpoint_steps=3), control):
        if isinstance(event, StepEnded) and event.step == 7:
            control.cancel()
    newest = tmp_path / "run" / "checkpoints" / "step-000007.safetensors"
    newest.write_bytes(newest.read_bytes()[:-20])
    events = list(engine.train(factories.job(tmp_path / "run", resume=True, checkpoint_steps=3)))
    assert events[0].step == 6  # type: ignore[attr-defined]
    assert "step-000007.safetensors" in of(events, Warned)[0].message


def test_a_new_rate_holds_from_the_next_step_and_survives_a_resume(tmp_path: Path) -> None:
    control = Control()
    events = []
    for event in engine.train(factories.job(tmp_path / "run", schedule="constant"), control):
        events.append(event)
        if isinstance(event, StepEnded) and event.step == 4:
            control.request_lr(0.002)
        if isinstance(event, StepEnded) and event.step == 6:
            control.cancel()
    assert [event.lr for event in of(events, StepEnded)] == pytest.approx([0.01] * 4 + [0.002] * 2)
    assert of(events, RateChanged)[0].lr == 0.002
    again = list(engine.train(factories.job(tmp_path / "run", resume=True, schedule="constant")))
    assert of(again, StepEnded)[0].lr == pytest.approx(0.002)


def test_early_stop_ends_with_the_best_weights(tmp_path: Path) -> None:
    flat = factories.job(tmp_path / "run", epochs=50, patience=2, monitor="loss", lr=1e-8, schedule="constant")
    events = list(engine.train(flat))
    epochs, end = of(events, EpochEnded), events[-1]
    assert isinstance(end, RunEnded)
    assert end.reason == "early_stop"
    assert len(epochs) < 50
    assert not any(event.is_best for event in epochs[-2:])
    best, _ = checkpoint.newest(tmp_path / "run" / "checkpoints", "best")
    assert best is not None
    best_epoch = [event for event in epochs if event.is_best][-1]
    assert best.record["step"] == best_epoch.step
    assert end.best == best_epoch.validation


def test_the_best_checkpoint_has_the_weights_of_the_best_epoch(tmp_path: Path) -> None:
    events = list(engine.train(factories.job(tmp_path / "run", monitor="loss", epochs=4)))
    best = [event for event in of(events, EpochEnded) if event.is_best][-1]
    found, _ = checkpoint.newest(tmp_path / "run" / "checkpoints", "best")
    assert found is not None
    job = factories.job(tmp_path / "again")
    run = state.start(job.graph, job.config, state.model_weights(found))
    from workbench.data.batches import Batches
    from workbench.training.evaluation import evaluate

    batches = Batches(job.dataset.splits["validation"], job.dataset.fields, 8)
    assert evaluate(run.network, batches).values() == pytest.approx(best.validation)


def poisoned(dataset: Dataset, sample: int) -> Dataset:
    """The data set with one NaN pixel (and so with pictures of floats)."""
    train = dict(dataset.splits["train"])
    images = train["image"].astype(np.float32) / 255
    images[sample, 0, 3, 3] = np.nan
    return replace(dataset, splits={**dataset.splits, "train": {**train, "image": images}})


def test_nan_ends_the_run_in_its_step_and_names_the_node(tmp_path: Path) -> None:
    job = factories.job(tmp_path / "run", checkpoint_steps=1, augment=AugmentSettings())
    events = list(engine.train(replace(job, dataset=poisoned(job.dataset, 33))))
    end = events[-1]
    assert isinstance(end, RunEnded)
    assert end.reason == "nan"
    assert "image" in end.message
    assert f"step {end.step + 1}" in end.message
    for _, record in checkpoint.verify(tmp_path / "run" / "checkpoints"):
        assert record is not None
    found, _ = checkpoint.newest(tmp_path / "run" / "checkpoints", "step")
    assert found is None or all(torch.isfinite(tensor).all() for tensor in found.tensors.values())


def test_an_exploding_rate_never_reaches_a_checkpoint(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"optimizer": "SGD", "lr": 100.0, "schedule": "constant", "epochs": 40}
    job = factories.job(tmp_path / "run", checkpoint_steps=1, **settings)
    pencil_graph = factories.graph(dropout=0.0)
    end = list(engine.train(replace(job, graph=pencil_graph)))[-1]
    assert end.reason in ("nan", "finished")  # type: ignore[attr-defined]
    for path in (tmp_path / "run" / "checkpoints").glob("step-*.json"):
        read = checkpoint.read(path.with_suffix(""))
        assert all(torch.isfinite(tensor).all() for tensor in read.tensors.values())


def test_weights_that_are_not_finite_are_refused_as_a_checkpoint(tmp_path: Path) -> None:
    job = factories.job(tmp_path / "run")
    run = state.start(job.graph, job.config, {})
    with torch.no_grad():
        run.weights["fc.weight"][0, 0] = float("inf")
    with pytest.raises(RunError, match=r"fc\.weight has NaN or infinite values"):
        checkpoint.write(tmp_path, "step", 1, state.captured(run, engine.Progress(), with_optimizer=True))
    assert not list(tmp_path.iterdir())


def test_snapshots_are_copies_lent_twice_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.training.snapshots.LEAST_SECONDS", 0.0)
    control, taken = Control(), []
    for event in engine.train(factories.job(tmp_path / "run"), control):
        if isinstance(event, StepEnded):
            control.request_snapshot()
        if isinstance(event, SnapshotTaken):
            taken.append(event)
    assert [event.step for event in taken] == [2, 3]  # a third has no buffer left
    first = {name: array.copy() for name, array in taken[0].weights.items()}
    assert any(not np.array_equal(first[name], taken[1].weights[name]) for name in first)
    taken[0].release()
    taken[0].release()  # a second time does no harm


def test_weights_are_lent_before_the_step_is_told_after_which_a_training_may_be_held(tmp_path: Path) -> None:
    control, order = Control(), []
    for event in engine.train(factories.job(tmp_path / "run", epochs=1), control):
        match event:
            case SnapshotTaken():
                order.append(("weights", event.step))
                event.release()
            case StepEnded():
                order.append(("step", event.step))
                control.request_snapshot(is_urgent=True)  # however new the last ones are
                control.request_epoch_snapshot()
            case EpochEnded():
                order.append(("epoch", 1))
    last = max(step for what, step in order if what == "step")
    assert order[:3] == [("step", 1), ("weights", 2), ("step", 2)]
    assert order[-3:] == [("step", last), ("weights", last), ("epoch", 1)]


def test_frozen_nodes_keep_weights_and_statistics(tmp_path: Path) -> None:
    job = factories.job(tmp_path / "run")
    nodes = {id_: replace(node, frozen=node.name in ("conv", "bn")) for id_, node in job.graph.nodes.items()}
    job = replace(job, graph=replace(job.graph, nodes=nodes))
    before = {k: v.clone() for k, v in state.start(job.graph, job.config, {}).network.modules.state_dict().items()}
    list(engine.train(job))
    found, _ = checkpoint.newest(tmp_path / "run" / "checkpoints", "step")
    assert found is not None
    after = state.model_weights(found)
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert same == {name for name in before if name.startswith(("conv.", "bn."))}


def test_a_run_that_another_process_has_is_refused(tmp_path: Path) -> None:
    list(engine.train(factories.job(tmp_path / "run", epochs=1)))
    with FileLock(tmp_path / "run" / "lock", "it"), pytest.raises(LockedError, match="in use by another process"):
        list(engine.train(factories.job(tmp_path / "run", resume=True, epochs=1)))


def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    list(engine.train(factories.job(tmp_path / "run", epochs=1)))
    before = factories.logged(tmp_path / "run")
    with pytest.raises(UsageError, match="There is a run run already"):
        list(engine.train(factories.job(tmp_path / "run", epochs=1)))
    assert factories.logged(tmp_path / "run") == before


def test_what_cannot_be_trained_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RunError, match='There is no device "cuda:7" here'):
        list(engine.train(factories.job(tmp_path / "run", device="cuda:7")))
    frozen = factories.job(tmp_path / "run")
    nodes = {id_: replace(node, frozen=True) for id_, node in frozen.graph.nodes.items()}
    with pytest.raises(RunError, match="no weights that can be trained"):
        list(engine.train(replace(frozen, graph=replace(frozen.graph, nodes=nodes))))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    ],
)
def test_running_out_of_memory_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("workbench.model.network.Network.train_batch", fail)
    with pytest.raises(RunError, match=r"not enough memory for a batch of 8.*data\.batch_size=4"):
        list(engine.train(factories.job(tmp_path / "run")))


def test_settings_of_torch_are_put_back(tmp_path: Path) -> None:
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    running = engine.train(replace(factories.job(tmp_path / "run"), threads=before[0] + 1))
    next(running)
    during = torch.get_num_threads()
    running.close()
    assert during == before[0] + 1
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before


def test_a_network_built_on_another_thread_waits_for_the_draws_of_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the window does to look at a run; both draw from the one generator that torch has."""
    undisturbed = list(engine.train(factories.job(tmp_path / "alone", epochs=1)))
    drop, waited = torch.nn.Dropout.forward, []
    builders: list[threading.Thread] = []

    def disturbed(self: torch.nn.Dropout, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            builders.append(threading.Thread(target=Network, args=(factories.graph(),)))
            builders[-1].start()
            builders[-1].join(0.05)
            waited.append(builders[-1].is_alive())
        return drop(self, x)

    monkeypatch.setattr(torch.nn.Dropout, "forward", disturbed)
    events = list(engine.train(factories.job(tmp_path / "beside", epochs=1)))
    for builder in builders:
        builder.join()
    assert len(waited) == len(of(events, StepEnded))
    assert all(waited)
    assert [step.loss for step in of(events, StepEnded)] == [step.loss for step in of(undisturbed, StepEnded)]


def test_of_epochs_with_equal_accuracy_that_with_less_loss_is_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accuracy stays where it is, the loss falls and rises again."""
    losses = iter([0.9, 0.5, 0.3, 0.4, 0.8, 0.9])

    class Known(Tally):
        def values(self) -> dict[str, float]:
            return {"loss": next(losses), "accuracy": 1.0} if not self.cheap_only else super().values()

    monkeypatch.setattr("workbench.training.evaluation.Tally", Known)
    events = list(engine.train(factories.job(tmp_path, epochs=5)))
    assert [event.is_best for event in of(events, EpochEnded)] == [True, True, True, False, False]
