"""`runs`: the trainings of a project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.cli.tables import print_table
from workbench.core import strict_json
from workbench.core.errors import UnreadableError
from workbench.core.values import Json
from workbench.project import storage
from workbench.training.run_folder import RunFolder, list_runs


def run(file: Path, *, as_json: bool) -> int:
    """Prints the runs, oldest first.

    Raises:
        WorkbenchError: the project cannot be read.
    """
    storage.load(file)
    rows = [describe(each) for each in list_runs(storage.runs_folder(file))]
    if as_json:
        print(strict_json.line({"runs": rows}), flush=True)
    elif not rows:
        print(f"{file.name} has no runs yet. Train it: cnn-workbench train {file}")
    else:
        print_rows(rows)
    return 0


def describe(run_: RunFolder) -> dict[str, Json]:
    """A run in a row: settings, how far it came and its best and test metrics."""
    try:
        return _described(run_)
    except UnreadableError as error:
        return {"run": run_.name, "state": "damaged", "problem": str(error)}
    except (KeyError, TypeError, AttributeError):  # whole JSON, but not what a run writes
        problem = f"{run_.path}: run.json or events.jsonl does not hold what a run writes; it is damaged."
        return {"run": run_.name, "state": "damaged", "problem": problem}


def _described(run_: RunFolder) -> dict[str, Json]:
    record = run_.record()
    ending = run_.ending()
    last: dict[str, Any] = {}
    best: dict[str, Any] = {}
    for event in run_.events():
        if event.get("event") == "EpochEnded":
            last = event
            best = event if event.get("is_best") else best
    training = record["training"]
    return {
        "run": run_.name,
        "state": ending["reason"] if ending else "unfinished",
        "created": record.get("created"),
        "epoch": last.get("epoch", 0),
        "epochs": training["epochs"],
        "seconds": float(ending["seconds"]) if ending else None,
        "validation": last.get("validation", {}),
        "best": best.get("validation", {}),
        "best_epoch": best.get("epoch"),
        "test": ending.get("test", {}) if ending else {},
        "training": training,
        "data": record.get("data", {}),
    }


def print_rows(rows: list[dict[str, Json]]) -> None:
    """Prints the rows for people."""
    cells = []
    for row in rows:
        if row["state"] == "damaged":
            cells.append([row["run"], "damaged", "", row["problem"], "", ""])
            continue
        time = f"{row['seconds']:.0f} s" if row["seconds"] is not None else ""
        epochs = f"{row['epoch']} of {row['epochs']}"
        cells.append([row["run"], row["state"], epochs, metrics_text(row["best"]), metrics_text(row["test"]), time])
    print_table(("run", "state", "epochs", "best validation", "test", "time"), cells)


def metrics_text(metrics: dict[str, Json]) -> str:
    """Metrics as people read them: accuracy in per cent, the rest with four digits."""
    parts = []
    for name, value in metrics.items():
        if isinstance(value, (int, float)):
            is_share = name.split(".")[0] == "accuracy"
            parts.append(f"{name} {value:.2%}" if is_share else f"{name} {value:.4g}")
    return ", ".join(parts)
