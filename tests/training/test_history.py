"""What a run has left, read back: its curve in pieces, its result in a line, the matrix of its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core import strict_json
from workbench.training import history
from workbench.training.events import MOST_LOGGED_CLASSES, EpochEnded, Event, RunStarted, StepEnded
from workbench.training.history import loss_curve, matrix_of, result_text
from workbench.training.log_rows import is_whole
from workbench.training.run_folder import RunFolder

ROW: dict[str, Any] = {
    "run": "run-003", "state": "finished", "epoch": 10, "epochs": 10, "best_epoch": 8,
    "best": {"loss": 0.1, "accuracy": 0.976}, "test": {}, "network": {},
}  # fmt: skip


def epoch(number: int, counts: list[list[int]], *, is_best: bool = True) -> EpochEnded:
    matrix = np.array(counts, dtype=np.int64)
    return EpochEnded(number, number * 3, {"loss": 1.0}, {"loss": 1.0}, 0.1, is_best, 1.0, {"confusion": matrix})


def log_of(folder: Path, *events: Event) -> RunFolder:
    (folder / "run-001").mkdir()
    run = RunFolder(folder / "run-001")
    run.log.write_text("".join(strict_json.line(each.as_json()).strip() + "\n" for each in events))
    return run


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "run-003: 10 epochs, best validation accuracy 97.60% (epoch 8)"),
        ({"epoch": 1, "epochs": 1, "best": {}, "test": {"loss": 0.25}}, "run-003: 1 epoch, test loss 0.25"),
        ({"epoch": 3, "state": "stopped", "best": {}}, "run-003: 3 of 10 epochs, stopped"),
        ({"state": "damaged"}, "run-003: damaged, nothing of it can be shown"),
    ],
)  # fmt: skip
def test_what_a_run_came_to_is_one_line(changes: dict[str, Any], text: str) -> None:
    assert result_text(ROW | changes) == text


def test_a_curve_is_read_in_pieces_with_epochs_for_x(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PIECE", 2)
    begun = RunStarted("run-001", 0, 2, 4, 8, {"train": 32}, 10, "cpu", 1)
    steps = [StepEnded(step, 1, step, 1 / step, 0.1, 8) for step in range(1, 6)]
    pieces = list(loss_curve(log_of(tmp_path, begun, *steps)))
    assert [len(piece) for piece in pieces] == [2, 2, 1]
    assert [point for piece in pieces for point in piece] == [(step / 4, 1 / step) for step in range(1, 6)]


def test_the_matrix_is_that_of_the_weights(tmp_path: Path) -> None:
    run = log_of(
        tmp_path, epoch(1, [[5, 0], [2, 3]]), epoch(2, [[4, 1], [0, 5]]), epoch(3, [[1, 4], [4, 1]], is_best=False)
    )
    events = list(run.events("EpochEnded"))
    network = {"loss": {"input target": "label"}, "label": {"classes": ["cat", "dog"]}}
    matrix = matrix_of({**ROW, "network": network}, events)
    assert matrix is not None
    assert (matrix.epoch, matrix.counts, matrix.classes) == (2, [[4, 1], [0, 5]], ("cat", "dog"))


def test_a_log_of_before_has_no_matrix(tmp_path: Path) -> None:
    row = epoch(1, [[1]]).as_json()
    del row["confusion"]
    assert is_whole(row)
    assert matrix_of(ROW, [row]) is None


def test_a_matrix_of_many_classes_is_not_logged() -> None:
    many = np.zeros((MOST_LOGGED_CLASSES + 1,) * 2, dtype=int).tolist()
    assert epoch(1, many).as_json()["confusion"] == {}
    assert epoch(1, [[1, 2], [3, 4]]).as_json()["confusion"] == {"confusion": [[1, 2], [3, 4]]}


@pytest.mark.parametrize("matrix", [[[1, 2]], [[1, -2], [3, 4]], [[1, "2"], [3, 4]], 7, [[1, 2], 3]])
def test_a_matrix_that_no_run_writes_is_left_out(tmp_path: Path, matrix: Any) -> None:
    row = epoch(1, [[1]]).as_json() | {"confusion": {"confusion": matrix}}
    assert not is_whole(row)
