"""`train` in many processes: here, over SSH, by Slurm, and as what others would type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from workbench.project.storage import runs_folder
from workbench.training.run_folder import RunFolder

ENDLESS = ("--epochs", "400", "--set", "training.checkpoint_steps=1")


def train(file: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Runs `train` as people do, in a process of its own."""
    command = [sys.executable, "-P", "-m", "workbench", "train", str(file), *words]
    environment = {**os.environ, "HOME": str(file.parent), "XDG_STATE_HOME": str(file.parent / "state"), **more}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, env=environment, check=False)


def until(file: Path, text: str, *words: str) -> tuple[str, subprocess.Popen[str]]:
    """Trains until an event that holds a text, then asks for its end; the event's line, and what is still running."""
    command = [sys.executable, "-P", "-m", "workbench", "train", str(file), *words, "--json"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    line = next(line for line in running.stdout if text in line)
    running.terminate()
    return line, running


def steps(lines: str) -> list[dict[str, Any]]:
    return [row for row in map(json.loads, lines.splitlines()) if row["event"] == "StepEnded"]


def tool(folder: Path, name: str, text: str) -> None:
    """A program of that name, found before any other."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{text}\n")
    (folder / name).chmod(0o755)


def path_with(folder: Path) -> str:
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.slow
class TestHere:
    def test_two_processes_tell_what_one_tells_and_go_on_as_one(self, trained: Path) -> None:
        done = train(trained, "--epochs", "2", "--processes", "2", "--json", "--run", "two")
        alone = train(trained, "--epochs", "2", "--json", "--run", "one")
        assert (done.returncode, done.stderr) == (0, "")
        losses = [[row["loss"] for row in steps(each.stdout)] for each in (done, alone)]
        assert losses[0] == pytest.approx(losses[1], abs=1e-5)
        record = RunFolder(runs_folder(trained) / "two").record()
        assert record["training"]["processes"] == 2

    def test_sigterm_reaches_all_and_another_number_goes_on(self, trained: Path) -> None:
        _, running = until(trained, "StepEnded", *ENDLESS, "--processes", "2")
        rest, said = running.communicate(timeout=60)
        assert running.returncode == 130, said
        assert json.loads(rest.splitlines()[-1])["reason"] == "stopped"
        line, running = until(trained, "goes on in", "--resume", "--processes", "1")
        running.communicate(timeout=60)
        assert "began in 2 processes and goes on in a single one" in json.loads(line)["message"]

    def test_over_ssh(self, trained: Path, tmp_path: Path) -> None:
        tool(tmp_path / "bin", "ssh", 'shift 3; exec sh -c "$1"')
        words = ("--epochs", "1", "--hosts", "me@127.0.0.1,me@127.0.0.2", "--json", "--port", "34567")
        done = train(trained, *words, PATH=path_with(tmp_path / "bin"))
        assert done.returncode == 0, done.stderr
        assert len(steps(done.stdout)) == 5

    def test_by_slurm(self, trained: Path, tmp_path: Path) -> None:
        tool(tmp_path / "bin", "scontrol", "echo 127.0.0.1; echo 127.0.0.2")
        ranks = 'for i in 0 1; do SLURM_PROCID=$i SLURM_NTASKS=2 SLURM_LOCALID=$i "$@" & done; wait'
        tool(tmp_path / "bin", "srun", f"shift; {ranks}")
        tool(
            tmp_path / "bin",
            "sbatch",
            'SLURM_JOB_ID=$$ SLURM_CPUS_PER_TASK=1 bash "$1" >&2; echo Submitted batch job 7',
        )
        done = train(trained, "--epochs", "1", "--slurm", "--processes", "2", PATH=path_with(tmp_path / "bin"))
        assert done.returncode == 0, done.stderr
        assert "net.sbatch: Submitted batch job 7" in done.stderr
        ended = RunFolder(runs_folder(trained) / "run-002").ending()
        assert ended is not None
        assert ended["reason"] == "finished"

    def test_a_process_that_waits_for_nobody_says_so(self, trained: Path) -> None:
        where = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "9"}
        done = train(trained, "--set", "training.peer_seconds=2", **where)
        assert done.returncode == 2
        assert "Process 1 of 2 could not meet the others at 127.0.0.1:9 within 2 seconds" in done.stderr
        assert len(done.stderr.splitlines()) == 1


class TestWords:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("--processes", "0"), "--processes must be 1 to"),
            (("--processes", "100000"), "--processes must be 1 to"),
            (("--hosts", "a,,b"), "--hosts takes names of machines"),
            (("--hosts", "a", "--slurm"), "exclude each other"),
            (("--hosts", "a", "--port", "0"), "--port must be"),
            (("--emit", "kubectl"), "--emit takes one of torchrun, sbatch, sky, ssh"),
            (("--slurm",), "There is no sbatch here"),
            (("--hosts", "a,b"), "There is no ssh here"),
        ],
    )
    def test_what_cannot_be_is_a_sentence(
        self, cli: Run, trained: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
    ) -> None:
        monkeypatch.setenv("PATH", str(trained.parent))
        answer = cli("train", trained, *words)
        assert answer.code == 2
        assert told in answer.err

    def test_half_of_the_contract_is_a_sentence(self, cli: Run, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RANK", "0")
        monkeypatch.setenv("WORLD_SIZE", "2")
        answer = cli("train", trained)
        assert answer.code == 2
        assert "MASTER_ADDR and MASTER_PORT are not set" in answer.err

    @pytest.mark.parametrize(
        ("how", "parts"),
        [
            ("torchrun", ["torchrun --standalone --nproc-per-node=3 --no-python", "train", "--set training.epochs=2"]),
            ("sbatch", ["#SBATCH --ntasks=3", "srun", "RANK=$SLURM_PROCID", "training.epochs=2"]),
            ("sky", ["num_nodes: 2", "--nproc-per-node=3", "cnn-workbench train"]),
            ("ssh", ["RANK=0", "RANK=2", "WORLD_SIZE=3"]),
        ],
    )
    def test_what_is_typed_is_printed_and_nothing_runs(
        self, cli: Run, trained: Path, how: str, parts: list[str]
    ) -> None:
        before = sorted(trained.parent.rglob("*"))
        answer = cli("train", trained, "--epochs", "2", "--processes", "3", "--emit", how)
        assert (answer.code, answer.err) == (0, "")
        assert all(part in answer.out for part in parts)
        assert sorted(trained.parent.rglob("*")) == before

    def test_a_file_of_somebody_else_is_left_alone(
        self, cli: Run, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tool(tmp_path / "bin", "sbatch", "exit 0")
        monkeypatch.setenv("PATH", path_with(tmp_path / "bin"))
        trained.with_suffix(".sbatch").write_text("mine")
        answer = cli("train", trained, "--slurm", "--processes", "2")
        assert answer.code == 2
        assert "this program has not written it" in answer.err
        assert trained.with_suffix(".sbatch").read_text() == "mine"

    def test_what_slurm_says_against_it_is_said(
        self, cli: Run, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tool(tmp_path / "bin", "sbatch", "echo invalid partition >&2; exit 1")
        monkeypatch.setenv("PATH", path_with(tmp_path / "bin"))
        answer = cli("train", trained, "--slurm", "--processes", "2")
        assert answer.code == 2
        assert "invalid partition" in answer.err
