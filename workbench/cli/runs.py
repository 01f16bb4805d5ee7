"""`runs`: the trainings of a project."""

from __future__ import annotations

from pathlib import Path

from workbench.cli.tables import print_table
from workbench.core import strict_json
from workbench.core.values import Json
from workbench.project import storage
from workbench.project.runs import runs_of
from workbench.training.history import describe, metrics_text


def run(file: Path, *, as_json: bool) -> int:
    """Prints the runs, oldest first.

    Raises:
        WorkbenchError: the project or its runs cannot be read.
    """
    storage.load(file)
    rows = [describe(each) for each in runs_of(file)]
    if as_json:
        print(strict_json.printed({"runs": rows}), flush=True)
    elif not rows:
        print(f"{file.name} has no runs yet. Train it: cnn-workbench train {file}")
    else:
        print_rows(rows)
    return 0


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
    metrics = ("best validation", "test")
    print_table(("run", "state", "epochs", *metrics, "time"), cells, wrapped=metrics)
