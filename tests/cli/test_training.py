"""train, evaluate, predict, runs and export on a small project."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
from PIL import Image

from tests.cli.conftest import Run
from workbench.cli import train as train_command
from workbench.model.exports.spec import REGISTRY as EXPORTERS
from workbench.project import storage
from workbench.project.runs import find_run
from workbench.training.history import describe, result_text
from workbench.training.run_folder import RunFolder


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def losses(events: list[dict[str, Any]]) -> list[float]:
    return [event["loss"] for event in events if event["event"] == "StepEnded"]


class TestTrain:
    def test_every_line_is_an_event_and_the_last_has_the_test(self, cli: Run, trained: Path) -> None:
        ready = trained.with_name("ready")
        words = ("--epochs", 1, "--run", "mine", "--ready", ready, "--checkpoint-every", 2, "--seed", 5)
        answer = cli("train", trained, *words, "--json")
        assert (answer.code, answer.err) == (0, "")
        events = answer.lines
        assert names(events)[0] == "RunStarted"
        assert events[-1]["event"] == "RunEnded"
        assert (events[-1]["reason"], events[-1]["run"]) == ("finished", "mine")
        assert set(events[-1]["test"]) >= {"accuracy", "loss"}
        assert names(events).count("StepEnded") == events[0]["steps_per_epoch"] == 5
        assert [event["step"] for event in events if event["event"] == "CheckpointWritten"] == [2, 4, 5]
        assert ready.exists()
        run = RunFolder(storage.runs_folder(trained) / "mine")
        assert [json.dumps(event) for event in run.events()] == [json.dumps(event) for event in events]
        record = run.record()["training"]
        assert (record["epochs"], record["seed"], record["checkpoint_steps"]) == (1, 5, 2)

    def test_the_seed_decides(self, cli: Run, trained: Path) -> None:
        first, again, other = (
            losses(cli("train", trained, "--epochs", 1, "--seed", seed, "--json").lines) for seed in (1, 1, 2)
        )
        assert first == again != other

    def test_for_people(self, cli: Run, trained: Path) -> None:
        answer = cli("train", trained, "--epochs", 2, "--set", "data.batch_size=32")
        assert (answer.code, answer.out) == (0, "")
        assert "run-002: 15,031 parameters, 81 train, 9 validation, 30 test, batches of 32" in answer.err
        assert re.search(r"epoch 2/2 · train loss .*accuracy .*validation", answer.err)
        assert re.search(r"Finished \(run-002, ", answer.err)
        assert re.search(r"Test: .*accuracy \d", answer.err)
        picture = storage.runs_folder(trained) / "run-002" / "curves.png"
        assert f"The curves are in {picture}" in answer.err.replace("\n", "")
        with Image.open(picture) as image:
            assert image.size[1] == 920
        assert storage.load(trained).training["epochs"] == 3, "settings for one run do not change the project"

    def test_from_weights(self, cli: Run, trained: Path, tmp_path: Path) -> None:
        cli("export", trained, tmp_path / "net.py")
        weights = tmp_path / "net.safetensors"
        started = losses(cli("train", trained, "--epochs", 1, "--weights", weights, "--json").lines)
        fresh = losses(cli("train", trained, "--epochs", 1, "--json").lines)
        assert started[0] < 0.5 * fresh[0]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--epochs", "0"], "training.epochs must be at least 1, found 0."),
            (["--run", "run-001"], "There is a run run-001 already"),
            (["--run", "a/b"], "cannot be a run's name"),
            (["--device", "tpu"], "training.device must"),
            (["--device", "cuda:77"], 'There is no device "cuda:77" here'),
            (["--checkpoint-every", "often"], '--checkpoint-every takes steps (500) or seconds (30s), not "often"'),
            (["--set", "conv9.stride=1"], 'There is no node "conv9"'),
            (["--weights", "gone.pth"], "gone.pth: there is no such file"),
            (["--resume", "--weights", "x.pth"], "With --resume the weights come from the run"),
            (["--resume", "--epochs", "3"], "there is nothing left to do"),
            (["--resume", "--epochs", "9"], "is finished, with training.epochs = 3, so it cannot go on with 9. Start"),
            (["--resume", "--set", "data.batch_size=5"], "with data.batch_size = 16, so it cannot go on with 5"),
            (["--resume", "--set", "training.beta1=0.5"], "with training.beta1 = 0.9, so it cannot go on with 0.5"),
            (["--resume", "--set", "training.beta1=0.9"], "there is nothing left to do"),
            (["--resume", "--set", "data.augment.flip=true"], "with data.augment.flip = false, so it cannot go on"),
            (["--set", "training.momentum=0.5"], "AdamW has no momentum; it has beta1, beta2, eps."),
        ],
    )
    def test_wrong_wishes_are_told(self, cli: Run, trained: Path, words: list[str], told: str) -> None:
        answer = cli("train", trained, *words)
        assert answer.code == (0 if "nothing left" in told else 2)
        assert told in answer.err
        assert [path.name for path in storage.runs_folder(trained).iterdir() if (path / "run.json").exists()] == [
            "run-001"
        ]

    def test_seconds_between_checkpoints(self, cli: Run, trained: Path) -> None:
        assert cli("train", trained, "--epochs", 1, "--checkpoint-every", "30s", "--run", "s", "--json").code == 0
        record = RunFolder(storage.runs_folder(trained) / "s").record()["training"]
        assert (record["checkpoint_seconds"], record["checkpoint_steps"]) == (30.0, None)

    def test_a_network_with_problems_is_not_trained(self, cli: Run, trained: Path) -> None:
        answer = cli("train", trained, "--set", "fc3.out_features=9")
        assert answer.code == 1
        assert "found   9 scores" in answer.out
        assert not (storage.runs_folder(trained) / "run-002").exists()


class TestResume:
    def test_it_ends_as_if_it_had_never_stopped(self, cli: Run, stopped: Path) -> None:
        answer = cli("train", stopped, "--resume", "--json")
        assert answer.code == 0
        assert answer.lines[0]["step"] == 9
        assert (answer.lines[-1]["reason"], answer.lines[-1]["run"]) == ("finished", "cut")
        whole = cli("train", stopped, "--run", "whole", "--epochs", 2, "--json").lines
        logged = list(RunFolder(storage.runs_folder(stopped) / "cut").events())
        assert losses(logged) == losses(whole)
        assert answer.lines[-1]["test"] == whole[-1]["test"]

    def test_a_run_by_name_and_one_that_is_finished(self, cli: Run, stopped: Path) -> None:
        answer = cli("train", stopped, "--resume", "--run", "run-001")
        assert (answer.code, answer.out) == (0, "")
        assert answer.err == "run-001 is finished after 3 epochs; there is nothing left to do.\n"
        answer = cli("train", stopped, "--resume", "--run", "gone")
        assert (answer.code, answer.err) == (2, 'Error: net.cnn has no run "gone". There are: run-001, cut.\n')

    def test_a_setting_that_contradicts_is_refused(self, cli: Run, stopped: Path) -> None:
        answer = cli("train", stopped, "--resume", "--epochs", 9)
        assert answer.code == 2
        assert "cut was started with training.epochs = 2, so it cannot go on with 9" in answer.err
        assert cli("train", stopped, "--resume", "--epochs", 2, "--json").code == 0

    def test_handlers_of_signals_are_put_back(self, stopped: Path) -> None:
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        with train_command.stopping(object()):  # type: ignore[arg-type]
            assert signal.getsignal(signal.SIGINT) is signal.getsignal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGINT) not in before
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


class TestEvaluate:
    def test_as_json(self, cli: Run, trained: Path) -> None:
        answer = cli("evaluate", trained, "--json")
        assert answer.code == 0
        found = answer.json
        assert (found["split"], found["run"]) == ("test", "run-001")
        assert found["metrics"]["accuracy"] > 0.9
        matrix = np.array(found["confusion"])
        assert (matrix.sum(), matrix.shape) == (30, (3, 3))
        assert [row["class"] for row in found["classes"]] == ["0", "1", "2"]
        assert [row["samples"] for row in found["classes"]] == [10, 10, 10]
        assert found["classes"][1]["recall"] == matrix[1, 1] / 10
        assert found["classes"][1]["f1"] == 2 * matrix[1, 1] / (10 + matrix[:, 1].sum())

    def test_another_split_for_people(self, cli: Run, trained: Path) -> None:
        answer = cli("evaluate", trained, "--split", "train", "--run", "run-001")
        assert answer.code == 0
        assert answer.out.startswith("run-001 on 81 train samples: loss ")
        assert len(re.findall(r"precision .*%  recall .*%", answer.out)) == 3

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--split", "holdout"], 'The data has no split "holdout". It has train, validation, test.'),
            (["--run", "gone"], 'net.cnn has no run "gone". There are: run-001.'),
            (["--weights", "gone.pth"], "gone.pth: there is no such file."),
            (["--run", "run-001", "--weights", "x.pth"], "give --run or --weights, not both"),
        ],
    )
    def test_wrong_wishes_are_told(self, cli: Run, trained: Path, words: list[str], told: str) -> None:
        answer = cli("evaluate", trained, *words)
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err

    def test_a_project_that_was_never_trained(self, cli: Run, trained: Path) -> None:
        shutil.rmtree(storage.runs_folder(trained))
        for words in (("evaluate", trained), ("predict", trained, "test:0")):
            answer = cli(*words)
            assert answer.code == 2
            assert "net.cnn has no weights yet. Train it first: cnn-workbench train net.cnn." in answer.err

    def test_of_a_network_that_was_edited_since_the_run_s_own_is_measured(self, cli: Run, trained: Path) -> None:
        before = cli("evaluate", trained)
        tree = json.loads(trained.read_text())
        next(node for node in tree["graph"]["nodes"] if node["name"] == "conv1")["params"]["out_channels"] = 5
        trained.write_text(json.dumps(tree))
        answer = cli("evaluate", trained)
        assert answer.code == 0
        assert (
            "The network was edited since run-001 was trained. This is about the network that it trained." in answer.err
        )
        assert answer.out == before.out
        pictured = cli("look", trained, "--view", "filters", "--layer", "conv1", "--out", trained.with_name("f.png"))
        assert pictured.code == 0
        assert "6 units" in pictured.err
        assert "of the network that it trained" not in cli("predict", trained, "test:0", "--json").out


class TestPredict:
    @pytest.fixture
    def pictures(self, tmp_path: Path) -> list[Path]:
        """A sample of each class as a PNG, the last one larger than the network takes."""
        paths = []
        for label in range(3):
            pixels = np.zeros((12, 12), np.uint8)
            pixels[:, 4 * label : 4 * label + 4] = 200
            size = 48 if label == 2 else 12
            Image.fromarray(pixels).resize((size, size), Image.Resampling.NEAREST).save(tmp_path / f"{label}.png")
            paths.append(tmp_path / f"{label}.png")
        return paths

    def test_pictures_and_samples(self, cli: Run, trained: Path, pictures: list[Path]) -> None:
        answer = cli("predict", trained, *pictures, "test:4", "--json")
        assert (answer.code, answer.json["run"]) == (0, "run-001")
        rows = answer.json["predictions"]
        assert [row["class"] for row in rows] == ["0", "1", "2", "1"]
        assert [row["input"] for row in rows] == [*map(str, pictures), "test:4"]
        for row in rows:
            assert row["probability"] == pytest.approx(max(row["classes"].values()), abs=1e-6)
            assert list(row["classes"].values()) == sorted(row["classes"].values(), reverse=True)
            assert abs(sum(row["classes"].values()) - 1) < 1e-5

    def test_for_people(self, cli: Run, trained: Path) -> None:
        answer = cli("predict", trained, "test:3")
        assert re.match(r"test:3: 0 \d+\.\d%, . \d+\.\d%, . \d+\.\d%\n", answer.out)

    def test_what_cannot_be_read_is_named_and_the_others_answered(
        self, cli: Run, trained: Path, pictures: list[Path]
    ) -> None:
        pictures[1].write_bytes(b"no picture")
        answer = cli("predict", trained, *pictures, "gone.png", "test:999", "train:80", "--json")
        assert answer.code == 2
        assert [row["input"] for row in answer.json["predictions"]] == [str(pictures[0]), str(pictures[2]), "train:80"]
        errors = answer.err.splitlines()
        assert len(errors) == 3
        assert errors[0].startswith(f"Error: {pictures[1]}: ")
        assert errors[1] == "Error: gone.png: there is no such file."
        assert errors[2] == 'Error: There is no sample "test:999": test has 30 samples, counted from 0.'

    def test_data_of_another_shape_is_told(self, cli: Run, trained: Path) -> None:
        np.savez(trained.with_name("tiny.npz"), x_train=np.zeros((9, 16, 12), np.uint8), y_train=np.arange(9) % 3)
        answer = cli("predict", trained, "train:1")
        assert answer.code == 2
        assert "The network takes image of 1×12×12" in answer.err
        assert "1×16×12" in answer.err

    def test_a_network_that_makes_pictures(self, cli: Run, tmp_path: Path, tiny_data: Path) -> None:
        file = tmp_path / "auto.cnn"
        cli("new", "autoencoder", file, "--data", f"npz:{tiny_data}")
        assert cli("train", file, "--epochs", 1, "--json").lines[-1]["test"].keys() == {
            "loss",
            "rmse",
            "psnr",
            "mae",
            "ssim",
        }
        row = cli("predict", file, "test:0", "--json").json["predictions"][0]
        assert np.array(row["reconstruction"]).shape == (1, 12, 12)
        assert cli("predict", file, "test:0").out == "test:0: reconstruction (1, 12, 12) (values: --json)\n"
        assert cli("evaluate", file, "--json").json["classes"] == []


class TestRuns:
    def test_as_json(self, cli: Run, trained: Path) -> None:
        (run,) = cli("runs", trained, "--json").json["runs"]
        assert (run["run"], run["state"], run["epoch"], run["epochs"]) == ("run-001", "finished", 3, 3)
        assert run["test"]["accuracy"] > 0.9
        assert run["best_epoch"] in (1, 2, 3)
        assert run["training"]["lr"] == 0.01

    def test_for_people(self, cli: Run, trained: Path) -> None:
        answer = cli("runs", trained)
        assert answer.code == 0
        assert re.search(r"run-001 +finished +3 of 3 +loss .*accuracy", answer.out)
        shutil.rmtree(storage.runs_folder(trained))
        assert "has no runs yet. Train it: cnn-workbench train" in cli("runs", trained).out
        assert cli("runs", trained, "--json").json == {"runs": []}

    @pytest.mark.parametrize(
        ("file", "text"),
        [
            ("run.json", "{"),
            ("run.json", '{"format": 9}'),
            ("run.json", '{"format": 1}'),
            ("run.json", '{"format": 1, "training": 3}'),
            ("events.jsonl", '{"event": "RunEnded"}\n'),
            ("events.jsonl", '{"event": "RunEnded", "reason": 3, "seconds": []}\n'),
        ],
    )
    def test_a_damaged_run_is_shown_as_such(self, cli: Run, trained: Path, file: str, text: str) -> None:
        (storage.runs_folder(trained) / "run-001" / file).write_text(text)
        (run,) = cli("runs", trained, "--json").json["runs"]
        assert run["state"] == "damaged"
        assert file in run["problem"]
        assert "damaged" in cli("runs", trained).out


def test_a_best_epoch_by_what_is_not_reported_is_refused_before_the_training(cli: Run, trained: Path) -> None:
    for words in (
        ("train", trained, "--set", "training.monitor=psnr"),
        ("train", trained, "--set", "training.monitor=x.y"),
    ):
        answer = cli(*words)
        assert answer.code == 1
        assert "which this network does not report. There are: auto, loss, accuracy" in answer.out
    assert len(cli("runs", trained, "--json").json["runs"]) == 1
    answer = cli("train", trained, "--set", "training.monitor=accuracy.loss", "--epochs", 1)
    assert answer.code == 1
    assert cli("train", trained, "--set", "training.monitor=loss", "--epochs", 1).code == 0
    assert "best validation loss" in result_text(describe(find_run(trained)))


class TestExport:
    def test_to_python(self, cli: Run, trained: Path, tmp_path: Path) -> None:
        out = tmp_path / "exported.py"
        answer = cli("export", trained, "--to", "python", out)
        assert (answer.code, answer.out) == (0, "")
        beside = tmp_path / "exported.safetensors"
        assert answer.err == f"{out} and {beside} written, with the weights of run-001.\n"
        tensors = safetensors.torch.load(beside.read_bytes())
        assert tensors["fc3.weight"].shape == (3, 84)
        script = (
            "import sys, torch; sys.path.insert(0, sys.argv[1]); import exported\n"
            "scores = exported.load(sys.argv[1] + '/exported.safetensors')(torch.zeros(2, 1, 12, 12))\n"
            "print(tuple(scores.shape), exported.CLASSES)"
        )
        command = [sys.executable, "-I", "-c", script, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stdout == "(2, 3) ['0', '1', '2']\n", done.stderr

    def test_weights_alone(self, cli: Run, trained: Path, tmp_path: Path) -> None:
        answer = cli("export", trained, "--to", "safetensors", tmp_path / "net.safetensors")
        assert (answer.code, answer.out) == (0, "")
        assert (
            answer.err
            == f"{tmp_path / 'net.safetensors'} and {tmp_path / 'net.json'} written, with the weights of run-001.\n"
        )
        again = tmp_path / "again.safetensors"
        assert cli("export", trained, "--to", "safetensors", "--weights", tmp_path / "net.safetensors", again).code == 0
        assert again.read_bytes() == (tmp_path / "net.safetensors").read_bytes()

    @pytest.mark.parametrize(("to", "out"), [("python", "a.py"), ("safetensors", "a.safetensors")])
    def test_a_project_that_was_never_trained(self, cli: Run, trained: Path, tmp_path: Path, to: str, out: str) -> None:
        """As in the window, the first random weights are written, and it is said."""
        shutil.rmtree(storage.runs_folder(trained))
        answer = cli("export", trained, "--to", to, tmp_path / out)
        assert answer.code == 0
        assert answer.err.startswith("Note: The network is not trained yet.\n")
        assert answer.err.endswith("written, with first random weights.\n")
        assert cli("export", trained, "--to", to, "--run", "run-001", tmp_path / out).code == 2

    def test_the_help_names_all(self, cli: Run) -> None:
        text = " ".join(cli("export", "--help").out.split())
        assert "python (.py): " in text
        assert "safetensors (.safetensors): " in text

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--to", "fortran", "a.f"], f'There is no export "fortran". There are: {", ".join(EXPORTERS)}.'),
            (
                ["--to", "safetensors", "a.py"],
                'An export to safetensors ends in .safetensors, such as "a.safetensors".',
            ),
            (["--to", "python", "a.txt"], 'An export to python ends in .py, such as "a.py".'),
            (["--to", "python", "."], 'such as "network.py"'),
            (["no/such/folder/a.py"], "its folder does not exist"),
        ],
    )
    def test_wrong_wishes_are_told(self, cli: Run, trained: Path, words: list[str], told: str) -> None:
        answer = cli("export", trained, *words)
        assert (answer.code, answer.out) == (2, "")
        assert told in answer.err
