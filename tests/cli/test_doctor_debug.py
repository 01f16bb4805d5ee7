"""doctor, and the commands for scripts that break things on purpose."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from workbench.cli import doctor
from workbench.core.errors import WorkbenchError
from workbench.data import disk_cache
from workbench.project import storage


class TestDoctor:
    def test_a_sound_installation(self, cli: Run) -> None:
        answer = cli("doctor", "--json")
        found = {row["check"]: row for row in answer.json["checks"]}
        assert [row for row in found.values() if not row["ok"]] == []
        assert (answer.code, answer.json["ok"]) == (0, True)
        assert f"Python {sys.version.split()[0]}" in found["program"]["found"]
        assert list(found) == ["program", "packages", "torch", "torchvision", "resources", "folders", "disk", "cache"]

    def test_what_is_wrong_is_said(self, cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(name: str) -> Path:
            raise WorkbenchError("resources/digits is missing")

        monkeypatch.setattr(doctor, "resource", missing)
        answer = cli("doctor")
        assert answer.code == 1
        assert "WRONG  resources    resources/digits is missing\n" in answer.out
        assert answer.out.count("ok   ") == 7
        assert cli("doctor", "--json").json["ok"] is False

    def test_a_full_disk_is_said(self, cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(doctor, "LEAST_FREE", 10**18)
        answer = cli("doctor", "--json")
        assert answer.code == 1
        found = {row["check"]: row["found"] for row in answer.json["checks"]}
        assert "trainings may run out of room" in found["disk"]

    def test_the_cache_is_told_and_emptied(self, cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(disk_cache.FOLDER, str(tmp_path / "cache"))
        entry = tmp_path / "cache" / "0123"
        entry.mkdir(parents=True)
        (entry / "about.json").write_bytes(b"{}")
        (entry / "0.bin").write_bytes(bytes(5_000_000))
        told = cli("doctor", "--json").json["checks"][-1]["found"]
        assert f"{tmp_path / 'cache'}: 1 data set, 5.0 MB" in told
        answer = cli("doctor", "--clear-cache")
        assert "5.0 MB of decoded data deleted." in answer.err
        assert f"{tmp_path / 'cache'}: empty" in answer.out
        assert not entry.exists()


class TestDebug:
    def test_save_once_changes_one_number(self, cli: Run, trained: Path) -> None:
        before = storage.load(trained)
        left = trained.with_name(".net.cnn.99999999-0123abcd.part")
        left.touch()
        for count in (1, 2):
            answer = cli("debug", "save-once", trained)
            assert (answer.code, answer.out, answer.err) == (0, "", "")
            assert storage.load(trained).view["saves"] == count
        assert storage.load(trained).graph == before.graph
        assert not left.exists()

    def test_state_of_a_whole_project(self, cli: Run, trained: Path) -> None:
        answer = cli("debug", "state", trained)
        assert answer.code == 0
        found = answer.json
        assert (found["runs"], found["problems"], found["whole"]) == (1, 0, True)
        assert (found["run"], found["epoch"], found["step"], found["lost_steps"]) == ("run-001", 3, 15, 0)

    def test_state_of_a_damaged_checkpoint(self, cli: Run, trained: Path) -> None:
        (file,) = (storage.runs_folder(trained) / "run-001" / "checkpoints").glob("best-*.safetensors")
        data = bytearray(file.read_bytes())
        data[-5] ^= 1
        file.write_bytes(data)
        answer = cli("debug", "state", trained)
        assert (answer.code, answer.json["whole"]) == (1, False)

    def test_state_without_runs(self, cli: Run, tmp_path: Path) -> None:
        cli("new", "lenet5", tmp_path / "net.cnn")
        answer = cli("debug", "state", tmp_path / "net.cnn")
        assert (answer.code, answer.json["runs"], answer.json["epoch"]) == (0, 0, 0)

    def test_the_server_answers_each_path_in_one_line(self, tmp_path: Path, trained: Path) -> None:
        bad = tmp_path / "bad.cnn"
        tree = json.loads(trained.read_text())
        tree["graph"]["nodes"][3]["id"] = 7
        bad.write_text(json.dumps(tree))
        paths = [trained, bad, tmp_path / "gone.cnn", tmp_path, "a\0b", trained]
        command = [sys.executable, "-m", "workbench", "debug", "open-server"]
        text = "".join(f"{path}\n" for path in paths)
        done = subprocess.run(
            command, cwd=Path(__file__).parents[2], input=text, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        ready, *answers = done.stdout.splitlines()
        assert ready == "ready"
        rows = [json.loads(answer) for answer in answers]
        assert rows[0] == rows[5] == {"ok": True, "problems": 0}
        assert (rows[1]["file"], rows[1]["field"]) == (str(bad), "graph.nodes[3].id")
        assert [list(row) for row in rows[1:5]] == [["error", "file", "field"]] * 4
        assert rows[2]["error"].endswith("gone.cnn: there is no such file.")
