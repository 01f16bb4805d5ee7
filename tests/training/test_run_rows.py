"""The rows of runs are read once, and then only where something has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training import factories
from workbench.training import engine, run_folder
from workbench.training.history import describe, differences
from workbench.training.run_folder import RunFolder
from workbench.training.run_rows import RunRows


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("run-001", "run-002"):
        list(engine.train(factories.job(tmp_path / name, epochs=2)))
        record = json.loads((tmp_path / name / "run.json").read_text())
        record |= {"training": {"epochs": 2}, "data": {}}
        (tmp_path / name / "run.json").write_text(json.dumps(record, indent=2))
    return tmp_path


class Reads:
    """Counts what is read of logs, and where that begins."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.starts: list[tuple[str, int]] = []
        pieces = RunFolder._pieces

        def counted(run: RunFolder, start: int) -> Any:
            self.starts.append((run.name, start))
            return pieces(run, start)

        monkeypatch.setattr(RunFolder, "_pieces", counted)


def test_rows_are_those_of_history_newest_first(runs: Path) -> None:
    found = RunRows().read(runs)
    assert [row["run"] for row in found.rows] == ["run-002", "run-001"]
    assert list(found.rows) == [describe(RunFolder(runs / name)) for name in ("run-002", "run-001")]
    assert [event["epoch"] for event in found.epochs["run-001"]] == [1, 2]


def test_what_has_not_changed_is_not_read_again(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = RunRows()
    first = rows.read(runs)
    reads = Reads(monkeypatch)
    assert rows.read(runs) == first
    assert reads.starts == []


def test_a_log_that_has_grown_is_read_from_where_it_was(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = runs / "run-002" / "events.jsonl"
    whole = log.read_bytes().splitlines(keepends=True)
    second = next(i for i, line in enumerate(whole) if b'"EpochEnded"' in line and b'"epoch": 2' in line)
    log.write_bytes(b"".join(whole[:second]))
    rows = RunRows()
    assert len(rows.read(runs).epochs["run-002"]) == 1
    reads = Reads(monkeypatch)
    with log.open("ab") as file:
        file.write(b"".join(whole[second:]))
    found = rows.read(runs)
    assert len(found.epochs["run-002"]) == 2
    ((name, start),) = reads.starts
    assert name == "run-002"
    assert start > 0
    assert found.rows[0]["state"] == "finished"


@pytest.mark.parametrize("change", ["cut", "replaced", "gone"])
def test_a_log_that_became_another_is_read_anew(runs: Path, change: str) -> None:
    rows = RunRows()
    rows.read(runs)
    log = runs / "run-001" / "events.jsonl"
    whole = log.read_bytes().splitlines(keepends=True)
    log.unlink()
    if change == "cut":
        log.write_bytes(b"".join(whole[:3]))
    elif change == "replaced":
        log.write_bytes(b"".join(whole).replace(b'"epoch": 2', b'"epoch": 9'))
    found = rows.read(runs)
    expected = {"cut": [], "gone": [], "replaced": [1, 9]}[change]
    assert [event["epoch"] for event in found.epochs["run-001"]] == expected
    assert found.rows[1] == describe(RunFolder(runs / "run-001"))


def test_a_log_that_cannot_be_read_is_a_row(runs: Path) -> None:
    log = runs / "run-001" / "events.jsonl"
    log.unlink()
    log.mkdir()
    row = RunRows().read(runs).rows[1]
    assert row["state"] == "damaged"
    assert "events.jsonl" in row["problem"]


def network(**conv: Any) -> dict[str, Any]:
    """A row of a run whose network has such a convolution."""
    return {"network": {"conv1": {"layer": "Conv2d", **conv}, "fc": {"layer": "Linear"}}, "training": {}, "data": {}}


def test_networks_that_differ_are_said_to() -> None:
    found = dict(differences([network(out_channels=6), network(out_channels=24)]))
    assert found == {"network.conv1.out_channels": ["6", "24"]}
    without = {"network": {"fc": {"layer": "Linear"}}, "training": {}, "data": {}}
    assert ("network.conv1.layer", ["Conv2d", "–"]) in differences([network(), without])


def test_a_learning_rate_that_was_changed_while_training_is_a_difference(tmp_path: Path) -> None:
    from workbench.training.control import Control
    from workbench.training.events import StepEnded

    control = Control()
    for event in engine.train(factories.job(tmp_path / "a", epochs=1), control):
        if isinstance(event, StepEnded) and event.step == 3:
            control.request_lr(0.002)
    record = json.loads((tmp_path / "a" / "run.json").read_text()) | {"training": {"epochs": 1}, "data": {}}
    (tmp_path / "a" / "run.json").write_text(json.dumps(record))
    row = describe(RunFolder(tmp_path / "a"))
    assert row["rates"] == ["0.002 from batch 4"]
    assert differences([row, {**row, "rates": []}]) == [("learning rate, changed to", ["0.002 from batch 4", "–"])]


def test_a_wire_that_goes_elsewhere_is_a_difference(tmp_path: Path) -> None:
    from workbench.project.format import graph_json

    record = {"training": {"epochs": 1}, "data": {}, "graph": graph_json(factories.graph())}
    rows = []
    for name, source in (("a", "pool"), ("b", "relu")):
        graph = json.loads(json.dumps(record["graph"]))
        ids = {node["name"]: node["id"] for node in graph["nodes"]}
        next(edge for edge in graph["edges"] if edge["to"][0] == ids["drop"])["from"][0] = ids[source]
        run, lock = RunFolder(tmp_path / name).claim({**record, "graph": graph})
        lock.release()
        rows.append(describe(run))
    assert differences(rows) == [("network.drop.input x", ["pool", "relu"])]


@pytest.mark.parametrize("piece", [7, 64, 1000, 2**20])
def test_events_are_found_wherever_a_log_is_cut_into_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    run = RunFolder(tmp_path / "run-001")
    run.path.mkdir()
    rows = [factories.row("StepEnded", step=step) for step in range(1, 40)]
    rows[5:5] = [factories.row("EpochEnded", epoch=1), factories.row("RateChanged", lr=0.5)]
    rows += [factories.row("EpochEnded", epoch=2), factories.row("Warned", message='about "EpochEnded"')]
    lines = [json.dumps(row) for row in rows]
    run.log.write_text("\n".join(lines) + '\n{"event": "EpochEnded", "epoch": 3')
    monkeypatch.setattr(run_folder, "PIECE", piece)
    found = list(run.events_with_place("EpochEnded", "RateChanged"))
    assert [(event["event"], event.get("epoch")) for event, _ in found] == [
        ("EpochEnded", 1), ("RateChanged", None), ("EpochEnded", 2)
    ]  # fmt: skip
    data = run.log.read_bytes()
    assert all(json.loads(data[:end].splitlines()[-1]) == event for event, end in found)
    assert list(run.events_with_place("EpochEnded", start=found[0][1])) == found[2:]
    assert len(list(run.events())) == len(rows)
