"""Runs of projects that were edited since, that are links, or that a window has open."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from workbench.core.lock import FileLock
from workbench.project import storage


class TestRestore:
    def test_the_network_of_a_run_becomes_a_project_again(self, cli: Run, trained: Path, tmp_path: Path) -> None:
        before = storage.load(trained)
        tree = json.loads(trained.read_text())
        tree["graph"]["nodes"] = tree["graph"]["nodes"][:1]
        tree["graph"]["edges"] = []
        tree["training"]["epochs"] = 77
        trained.write_text(json.dumps(tree))
        (tmp_path / "sub").mkdir()
        out = tmp_path / "sub" / "again.cnn"
        answer = cli("restore", trained, out, "--run", "run-001")
        assert answer.code == 0
        found = storage.load(out)
        assert found.graph == before.graph
        assert found.training_config() == before.training_config()
        assert cli("check", out).code == 0  # its data is found from its new place

    def test_nothing_is_written_over(self, cli: Run, trained: Path, tmp_path: Path) -> None:
        for out, told in ((trained, "exists already"), (tmp_path / "x.txt", "ends in .cnn")):
            answer = cli("restore", trained, out)
            assert answer.code == 2
            assert told in answer.err


class TestEditedSince:
    @staticmethod
    def edited(path: Path, node: str, **params: Any) -> None:
        tree = json.loads(path.read_text())
        next(each for each in tree["graph"]["nodes"] if each["name"] == node)["params"].update(params)
        path.write_text(json.dumps(tree))

    @pytest.mark.parametrize("node", ["image", "pool1", "conv1"])
    def test_a_network_whose_weights_still_fit_is_measured_as_drawn_and_that_is_said(
        self, cli: Run, trained: Path, node: str
    ) -> None:
        assert "edited since" not in cli("evaluate", trained).err
        change = {
            "image": {"mean": [0.9]},
            "pool1": {"kernel_size": 2, "ceil_mode": True},
            "conv1": {"padding_mode": "reflect"},
        }
        self.edited(trained, node, **change[node])
        for words in (
            ("evaluate", trained),
            ("predict", trained, "test:0"),
            ("export", trained, trained.with_name("x.py")),
        ):
            answer = cli(*words)
            assert answer.code == 0
            assert "edited since run-001 was trained. This is about the network as it is drawn now" in answer.err

    def test_moving_and_renaming_are_no_edits(self, cli: Run, trained: Path) -> None:
        tree = json.loads(trained.read_text())
        for each in tree["graph"]["nodes"]:
            each["position"] = [each["position"][0] + 5, 9]
            each["name"] = {"conv1": "first"}.get(each["name"], each["name"])
        trained.write_text(json.dumps(tree))
        answer = cli("evaluate", trained)
        assert answer.code == 0
        assert "edited since" not in answer.err

    @pytest.mark.parametrize("what", ["network", "settings", "nothing"])
    def test_a_run_that_goes_on_says_that_the_project_was_edited(self, cli: Run, stopped: Path, what: str) -> None:
        if what == "network":
            self.edited(stopped, "conv1", padding_mode="reflect")
        elif what == "settings":
            tree = json.loads(stopped.read_text())
            tree["training"]["weight_decay"] = 0.25
            stopped.write_text(json.dumps(tree))
        else:  # as the run began, which was by --epochs 2
            tree = json.loads(stopped.read_text())
            tree["training"]["epochs"] = 2
            stopped.write_text(json.dumps(tree))
        answer = cli("train", stopped, "--resume", "--run", "cut")
        assert answer.code == 0
        assert ("goes on with its own network and settings" in answer.err) == (what != "nothing")


def test_a_project_that_a_window_has_open_is_not_written_over(cli: Run, trained: Path) -> None:
    before = trained.read_bytes()
    with FileLock(storage.lock_file(trained), trained.name):
        answer = cli("new", "lenet5", trained, "--force")
    assert answer.code == 2
    assert "is open in a window" in answer.err
    assert trained.read_bytes() == before
    assert cli("new", "lenet5", trained, "--force").code == 0


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_a_project_that_is_a_link_says_where_its_runs_go(cli: Run, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "l.cnn"
    link.symlink_to(trained)
    answer = cli("train", link, "--epochs", 1, "--set", f"data.options.path={tmp_path / 'tiny.npz'}")
    assert "is a link, and its runs are beside the link" in answer.err
    assert "is a link" not in cli("train", trained, "--epochs", 1).err


@pytest.mark.parametrize("name", ["a\nb", "a\u202eb", "a\x1b[31mb"])
def test_a_run_renamed_on_the_disk_is_drawn_and_told_by_a_name_of_one_line(cli: Run, stopped: Path, name: str) -> None:
    folder = storage.runs_folder(stopped)
    (folder / "cut").rename(folder / name)
    answer = cli("train", stopped, "--resume", "--run", name)
    assert answer.code == 0
    assert name not in answer.err
    assert "Finished (a<U+" in answer.err
    assert (folder / name / "curves.png").is_file()


@pytest.mark.parametrize(
    "change",
    [
        {"options": {"path": {"a": 1}}},
        {"options": {"nonsense": 3}},
        {"source": "nobody's"},
    ],
)
def test_data_settings_of_a_damaged_record_name_its_file(cli: Run, stopped: Path, change: dict[str, Any]) -> None:
    file = storage.runs_folder(stopped) / "cut" / "run.json"
    record = json.loads(file.read_text())
    record["data"] |= change
    file.write_text(json.dumps(record))
    answer = cli("train", stopped, "--resume", "--run", "cut")
    assert answer.code in (1, 2)
    assert "run.json: it is damaged" in answer.err


@pytest.mark.parametrize("threads", [2**40, 5000, 0, -3, "two", None])
def test_threads_that_no_machine_has_are_damage(cli: Run, stopped: Path, threads: object) -> None:
    file = storage.runs_folder(stopped) / "cut" / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"threads": threads}))
    answer = cli("train", stopped, "--resume", "--run", "cut")
    assert answer.code in (1, 2)
    assert "run.json at threads" in answer.err
