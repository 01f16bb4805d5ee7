"""Words that are no command, and errors that nobody foresaw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from workbench.cli import main
from workbench.cli.app import COMMANDS
from workbench.core.errors import WorkbenchError
from workbench.project import storage


def test_help_shows_every_command(cli: Run) -> None:
    answer = cli("--help")
    assert answer.code == 0
    assert all(f"\n  {name} " in answer.out for name in COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS - {"debug"}))
def test_every_command_has_help(cli: Run, command: str) -> None:
    answer = cli(command, "--help")
    assert answer.code == 0
    assert f"Usage: cnn-workbench {command}" in answer.out or f" {command} " in answer.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["trian", "x.cnn"], "No such command 'trian'"),
        (["nosuch"], "No such command 'nosuch'"),
        (["--bogus"], "No such option: --bogus"),
        (["train"], "Missing argument 'FILE'"),
        (["train", "x.cnn", "--bogus"], "No such option: --bogus"),
        (["train", "x.cnn", "--epochs", "many"], "Invalid value for '--epochs'"),
        (["debug"], "Missing command"),
        (["debug", "nosuch"], "No such command 'nosuch'"),
        (["predict", "x.cnn"], "Missing argument 'INPUT...'"),
    ],
)
def test_wrong_words_are_told(cli: Run, opened: list[str], words: list[str], told: str) -> None:
    answer = cli(*words)
    assert (answer.code, answer.out, opened) == (2, "", [])
    assert told in answer.err


def test_no_words_or_a_file_open_the_window(cli: Run, opened: list[str], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for words in ([], ["new.cnn"], [str(tmp_path / "folder")]):
        assert cli(*words).code == 0
    assert opened == ["", "new.cnn", str(tmp_path / "folder")]


@pytest.mark.parametrize("command", ["check", "summary", "train", "evaluate", "runs"])
def test_a_file_that_cannot_be_read_is_named(cli: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "bad.cnn").write_text("{")
    for name, told in (("gone.cnn", "there is no such file"), ("bad.cnn", "damaged or no project")):
        answer = cli(command, tmp_path / name)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith(f"Error: {tmp_path / name}")
        assert told in answer.err
        assert answer.err.count("\n") == 1


def test_an_error_that_nobody_foresaw_leaves_a_report(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> Any:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(storage, "load", fail)
    answer = cli("check", "net.cnn")
    assert answer.code == 3
    assert answer.err.startswith(
        "Error: this is a mistake in the program (ZeroDivisionError: by nothing). The report is"
    )
    (report,) = (tmp_path / "home").rglob("report-*.txt")
    assert str(report) in answer.err
    text = report.read_text()
    assert "in fail" in text
    assert f"Python {sys.version.split()[0]}" in text


def test_where_no_report_can_be_kept_that_is_said_too(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "load", lambda path: 1 / 0)
    (tmp_path / "home").write_text("in the way")
    answer = cli("check", "net.cnn")
    assert answer.code == 3
    assert "Its report could not be kept: " in answer.err


def test_a_developer_may_see_the_error_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_WORKBENCH_TRACEBACK", "1")
    monkeypatch.setattr(storage, "load", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(lambda path: 0, arguments=["check", "net.cnn"])


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, ""),
        (WorkbenchError("A sentence."), 2, "Error: A sentence."),
        (SystemExit(4), 4, ""),
        (SystemExit("text"), 2, ""),
    ],
)
def test_how_a_command_may_end(
    cli: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    def fail(path: Path) -> Any:
        raise error

    monkeypatch.setattr(storage, "load", fail)
    answer = cli("check", "net.cnn")
    assert (answer.code, answer.err.strip()) == (code, told)
