"""From a project to a training, and from its runs back to weights."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tests.graph_factories import changed, line, picture, without
from workbench.core import graph_edits as drawing
from workbench.core.errors import RunError, UnreadableError, UsageError, WorkbenchError
from workbench.core.graph import Graph
from workbench.model.network import Network
from workbench.model.weights import fit
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.records import graph_of
from workbench.project.runs import (
    LostWeightsError,
    find_run,
    new_job,
    processes_of,
    renamed,
    resume_job,
    setting_of,
    trained_weights,
)
from workbench.training import checkpoint
from workbench.training.checkpoint import MODEL
from workbench.training.control import Control
from workbench.training.engine import train
from workbench.training.events import RunEnded, RunStarted
from workbench.training.state import AVERAGE


def best(path: Path, run: str = "run-001") -> dict[str, torch.Tensor]:
    found, _ = checkpoint.newest(find_run(path, run).checkpoints, "best")
    assert found is not None
    return {key.removeprefix("model."): tensor for key, tensor in found.tensors.items()}


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def edited(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def another_run(path: Path, name: str) -> Path:
    """A copy of run-001 that is newer, with all weights doubled in its best checkpoint."""
    runs = storage.runs_folder(path)
    shutil.copytree(runs / "run-001", runs / name)
    edited(runs / name / "run.json", lambda record: record.update(order=record["order"] + 1))
    os.utime(runs / name / "run.json", (1, 1))  # the time of a file says nothing: a copy or a checkout changes it
    folder = runs / name / "checkpoints"
    found, _ = checkpoint.newest(folder, "best")
    assert found is not None
    doubled = {key: tensor * 2 for key, tensor in found.tensors.items()}
    checkpoint.write(folder, "best", 999, checkpoint.Checkpoint(doubled, {"progress": found.record["progress"]}))
    return runs / name


class TestNewRuns:
    def test_a_run_keeps_what_it_was_started_with(self, trained: Path) -> None:
        project = storage.load(trained)
        record = find_run(trained).record()
        assert record["project"] == project.uuid
        assert record["training"]["lr"] == 0.01
        assert record["data"]["batch_size"] == 16
        assert record["samples"] == {"train": 81, "validation": 9, "test": 30}
        assert record["versions"]["numpy"] == np.__version__
        assert graph_of(find_run(trained)) == project.graph

    def test_names_count_on_and_are_not_used_twice(self, trained: Path) -> None:
        project = storage.load(trained)
        assert new_job(project, trained).folder.name == "run-002"
        assert new_job(project, trained, name="mine").folder.path == trained.with_name("net.runs") / "mine"
        with pytest.raises(UsageError, match="There is a run run-001 already"):
            list(train(new_job(project, trained, name="run-001")))
        with pytest.raises(UsageError, match="cannot be a run's name"):
            new_job(project, trained, name="../mine")

    def test_a_run_does_learn(self, trained: Path) -> None:
        ending = find_run(trained).ending()
        assert ending is not None
        assert ending["reason"] == "finished"
        assert ending["test"]["accuracy"] > 0.9

    def test_it_starts_from_given_weights(self, trained: Path) -> None:
        project = storage.load(trained)
        job = new_job(project, trained, weights=best(trained))
        events = train(job)
        next(events)
        ended = [event for event in events if isinstance(event, RunEnded)]
        assert ended[0].test["accuracy"] > 0.9

    def test_settings_and_data_must_be_right(self, trained: Path) -> None:
        project = storage.load(trained)
        with pytest.raises(UsageError, match=r"training\.epochs must be at least 1"):
            new_job(replace(project, training={"epochs": 0}), trained)
        with pytest.raises(UnreadableError, match="no such file"):
            new_job(replace(project, data={"source": "npz", "options": {"path": "gone.npz"}}), trained)
        other = replace(project, graph=changed(project.graph, "image", params={"shape": [1, 28, 28]}))
        with pytest.raises(UsageError, match=r"Either set shape of image to \[1, 12, 12\], or choose other data"):
            new_job(other, trained)


class TestWeights:
    def test_the_newest_run_s_best(self, trained: Path) -> None:
        project = storage.load(trained)
        first, origin, _ = trained_weights(project, trained)
        assert origin == "run-001"
        assert same(first, best(trained))
        another_run(trained, "b")
        second, origin, _ = trained_weights(project, trained)
        assert origin == "b"
        assert torch.equal(second["fc3.weight"], 2 * first["fc3.weight"])
        assert same(trained_weights(project, trained, "run-001")[0], first)

    def test_averaged_weights_are_said(self, trained: Path) -> None:
        assert not trained_weights(storage.load(trained), trained).notes
        folder = another_run(trained, "b") / "checkpoints"
        found, _ = checkpoint.newest(folder, "best")
        assert found is not None
        mean = {
            key.replace(MODEL, AVERAGE, 1): tensor for key, tensor in found.tensors.items() if key.startswith(MODEL)
        }
        made = checkpoint.Checkpoint({**found.tensors, **mean}, {"progress": found.record["progress"]})
        checkpoint.write(folder, "best", 1000, made)
        (note,) = trained_weights(storage.load(trained), trained).notes
        assert note == "The weights of b are averaged over steps."

    def test_a_newer_run_whose_weights_are_damaged_is_not_replaced_by_an_older_one(self, trained: Path) -> None:
        for file in another_run(trained, "b").glob("checkpoints/*"):
            file.write_bytes(file.read_bytes()[:-1])
        with pytest.raises(LostWeightsError, match="No checkpoint of b is whole"):
            trained_weights(storage.load(trained), trained)
        assert trained_weights(storage.load(trained), trained, "run-001")[1] == "run-001"

    def test_a_run_without_weights_is_passed_over(self, trained: Path) -> None:
        shutil.rmtree(another_run(trained, "b") / "checkpoints")
        assert trained_weights(storage.load(trained), trained)[1] == "run-001"
        with pytest.raises(UsageError, match='The run "b" has no weights yet'):
            trained_weights(storage.load(trained), trained, "b")

    def test_without_a_best_one_the_newest_checkpoint_serves(self, trained: Path) -> None:
        for file in find_run(trained).checkpoints.glob("best-*"):
            file.unlink()
        found, origin, _ = trained_weights(storage.load(trained), trained)
        assert origin == "run-001"
        assert found.keys() == Network(storage.load(trained).graph).modules.state_dict().keys()

    def test_the_project_s_own_weights_come_last(self, trained: Path) -> None:
        folder = storage.files_folder(trained)
        folder.mkdir()
        own = {key: torch.zeros_like(tensor) for key, tensor in best(trained).items()}
        (folder / "weights.safetensors").write_bytes(safetensors.torch.save(own))
        project = storage.load(trained)
        assert trained_weights(project, trained)[1] == "run-001"
        shutil.rmtree(storage.runs_folder(trained))
        found, origin, _ = trained_weights(project, trained)
        assert origin == "weights.safetensors"
        assert same(found, own)
        shutil.rmtree(folder)
        with pytest.raises(
            UsageError, match=r"net\.cnn has no weights yet\. Train it first: cnn-workbench train net\.cnn"
        ):
            trained_weights(project, trained)

    def test_renaming_and_grouping_lose_nothing(self, trained: Path) -> None:
        project = storage.load(trained)
        before = best(trained)
        for old, new in (("conv1", "stem.conv"), ("conv2", "conv1"), ("fc1", "head.0")):
            edit = drawing.rename(project.graph, project.graph.named(old), new)
            project = project.apply(edit)
        found, _, _ = trained_weights(project, trained)
        assert fit(Network(project.graph).modules, found).is_exact
        for old, new in (("conv1", "stem.conv"), ("conv2", "conv1"), ("fc1", "head.0"), ("fc2", "fc2")):
            assert torch.equal(found[f"{new}.weight"], before[f"{old}.weight"])

    def test_a_run_that_is_not_there(self, trained: Path) -> None:
        with pytest.raises(UsageError, match=r'net\.cnn has no run "x"\. There are: run-001\.'):
            find_run(trained, "x")
        shutil.rmtree(storage.runs_folder(trained))
        with pytest.raises(UsageError, match=r"has no runs yet\. Train it first"):
            find_run(trained)


def graph_of_two() -> Graph:
    return line(picture((4, 8, 8)), ("a", "Conv2d", {"out_channels": 4}), ("b", "Conv2d", {"out_channels": 4}))


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_name_that_another_node_has_now_brings_no_weights_of_the_old_one(order: tuple[str, str]) -> None:
    """a is deleted and b is called a: whatever the order, what comes is b's."""
    before = graph_of_two()
    after = changed(without(before, "a"), "b", name="a")
    weights = {f"{name}.weight": torch.full((1,), float(ord(name))) for name in order}
    assert renamed(weights, before, after) == {"a.weight": torch.full((1,), float(ord("b")))}


def test_weights_of_a_node_that_is_gone_keep_their_key() -> None:
    before = graph_of_two()
    weights = {f"{name}.weight": torch.zeros(1) for name in "ab"}
    assert list(renamed(weights, before, without(before, "a"))) == ["b.weight", "a.weight"]


class TestResume:
    @pytest.fixture
    def stopped(self, trained: Path) -> Path:
        """The project with another run, stopped in its second epoch."""
        project = replace(storage.load(trained), training={"epochs": 3, "checkpoint_steps": 2})
        control = Control()
        for event in train(new_job(project, trained, name="stopped"), control):
            if getattr(event, "step", 0) == 8:
                control.cancel()
        return trained

    def test_it_goes_on_with_the_settings_it_began_with(self, stopped: Path) -> None:
        job = resume_job(stopped, "stopped", {"training.epochs": 3})
        assert job.resume
        assert job.config.checkpoint_steps == 2
        events = list(train(job))
        assert isinstance(events[0], RunStarted)
        assert events[0].step >= 8
        assert events[-1].reason == "finished"
        assert [event.epoch for event in events if type(event).__name__ == "EpochEnded"] == [2, 3]

    def test_the_graph_of_the_run_is_trained_not_that_of_today(self, stopped: Path) -> None:
        project = storage.load(stopped)
        storage.save(project.apply(drawing.set_param(project.graph.named("conv1"), "out_channels", 3)), stopped)
        assert resume_job(stopped, "stopped", {}).graph.named("conv1").params["out_channels"] == 6

    def test_a_project_edited_since_is_said_and_the_run_goes_on_as_it_began(self, stopped: Path) -> None:
        project = replace(storage.load(stopped), training={"epochs": 3, "checkpoint_steps": 2})
        assert resume_job(stopped, "stopped", {}, project=project).hints == ()
        sentence = "The project is not as stopped began: the run goes on with its own network and settings."
        edited_graph = project.apply(drawing.set_param(project.graph.named("conv1"), "out_channels", 3))
        for other in (edited_graph, replace(project, training={"epochs": 4}), replace(project, training={"epochs": 0})):
            assert resume_job(stopped, "stopped", {}, project=other).hints == (sentence,)

    def test_going_on_in_another_number_of_processes_is_said(self, stopped: Path) -> None:
        assert processes_of(find_run(stopped, "stopped")) == 1
        (hint,) = resume_job(stopped, "stopped", {}, processes=2).hints
        assert "stopped began in a single process and goes on in 2 processes" in hint
        edited(find_run(stopped, "stopped").path / "run.json", lambda record: record["training"].update(processes=4))
        assert processes_of(find_run(stopped, "stopped")) == 4
        (hint,) = resume_job(stopped, "stopped", {}, processes=1).hints
        assert "stopped began in 4 processes and goes on in a single one" in hint

    def test_settings_of_a_run_are_known_by_their_paths(self, stopped: Path) -> None:
        run = find_run(stopped, "stopped")
        assert setting_of(run, "data.batch_size") == 16
        assert setting_of(run, "data.options.nothing") is None

    @pytest.mark.parametrize(
        ("wanted", "message"),
        [
            ({"training.epochs": 9}, "stopped was started with training.epochs = 3, so it cannot go on with 9"),
            ({"data.batch_size": 8}, "stopped was started with data.batch_size = 16, so it cannot go on with 8"),
            ({"data.augment.shift": 1}, "was started with data.augment.shift = 0.0"),
            ({"conv1.stride": 2}, "With --resume every setting comes from the run, so conv1.stride cannot be set"),
            ({"training.nonsense": 2}, "so training.nonsense cannot be set"),
            ({"training.beta2": 0.5}, "was started with training.beta2 = 0.999, so it cannot go on with 0.5"),
            ({"training.optimizers.SGD.momentum": 0.5}, "with training.optimizers.SGD.momentum = 0.9, so it"),
            ({"training.momentum": 0.5}, "AdamW has no momentum"),
        ],
    )
    def test_a_setting_that_contradicts_is_refused(self, stopped: Path, wanted: dict[str, Any], message: str) -> None:
        with pytest.raises(UsageError, match=message):
            resume_job(stopped, "stopped", wanted)

    def test_data_that_has_changed_is_refused(self, stopped: Path) -> None:
        with np.load(stopped.with_name("tiny.npz")) as file:
            arrays = dict(file)
        arrays["x_test"][0, 0, 0] ^= 1
        np.savez(stopped.with_name("tiny.npz"), **arrays)
        with pytest.raises(RunError, match="The data of stopped has changed since it was started"):
            resume_job(stopped, "stopped", {})

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda record: record.pop("training"),
            lambda record: record.pop("data"),
            lambda record: record.pop("graph"),
            lambda record: record.update(training=[1]),
            lambda record: record.update(training={"epochs": "many"}),
            lambda record: record.update(format=9),
            lambda record: record["graph"].update(nodes=3),
        ],
    )
    def test_a_damaged_record_is_refused_with_a_sentence(self, stopped: Path, spoil: Callable[[Any], Any]) -> None:
        edited(find_run(stopped, "stopped").path / "run.json", spoil)
        with pytest.raises(WorkbenchError, match=r"run\.json|stopped: training"):
            resume_job(stopped, "stopped", {})

    def test_odd_numbers_of_threads_are_damage(self, stopped: Path) -> None:
        edited(find_run(stopped, "stopped").path / "run.json", lambda record: record.update(threads=-4))
        with pytest.raises(UnreadableError, match=r"run\.json at threads"):
            resume_job(stopped, "stopped", {})


def test_a_project_without_a_file_of_its_own_has_no_runs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no weights yet"):
        trained_weights(Project("id", graph_of_two()), tmp_path / "new.cnn")
