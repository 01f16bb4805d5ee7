"""The table of runs: what tells one run from another is there, however many losses there are."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.cli.runs import print_rows


def row(name: str, losses: int, **changes: Any) -> dict[str, Any]:
    metrics = {"loss": 123.456, **{f"loss.a_loss_node_{i}": i / 3 for i in range(losses)}, "psnr.reconstruction": 21.5}
    return {
        "run": name,
        "state": "early_stop",
        "epoch": 12,
        "epochs": 70,
        "seconds": 4321.0,
        "best": metrics,
        "test": metrics,
    } | changes


@pytest.mark.parametrize("losses", [1, 4, 30])
@pytest.mark.parametrize("columns", ["60", "100", "300"])
def test_names_states_epochs_and_times_stay(
    losses: int, columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    damaged = {"run": "run-003", "state": "damaged", "problem": "run.json does not hold what a run writes " * 9}
    print_rows([row("run-001", losses), row("a-name-of-its-own", losses, state="unfinished", seconds=None), damaged])
    text = capsys.readouterr().out
    lines = text.splitlines()
    for title in ("run", "state", "epochs", "best validation", "test", "time"):
        assert title in lines[0]
    first = next(line for line in lines if line.startswith("run-001"))
    for cell in ("early_stop", "12 of 70", "4321 s"):
        assert cell in first
    assert any(line.startswith("a-name-of-its-own") and "unfinished" in line for line in lines)
    assert any(line.startswith("run-003") and "damaged" in line for line in lines)
    together = "".join(text.split())
    for number in range(losses):
        assert f"a_loss_node_{number}" in text or f"a_loss_node_{number}" in together or losses > 4
