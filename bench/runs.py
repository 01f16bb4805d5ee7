"""Measures how the list of runs grows: reading their logs, reading them again, and filling the table.

python bench/runs.py [--quick]

The runs are copies of one, with one log of very many steps that has all their names; CPU time of this process.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import figures
from figures import Figure, cpu_ms

FEW, MANY, STEPS = 10, 1000, 100_000


def make_runs(project: Path, count: int, steps: int) -> None:
    """Trains once, makes its log long, and copies the run."""
    from workbench.core.resources import example
    from workbench.project import runs, storage
    from workbench.training.engine import train
    from workbench.training.read_log import keep_log
    from workbench.training.run_folder import RunFolder

    made = storage.load(example("lenet5-digits.cnn"))
    storage.save(replace(made, training={**made.training, "epochs": 1}), project)
    list(train(runs.new_job(storage.load(project), project)))
    first = project.with_suffix(".runs") / "run-001"
    shutil.rmtree(first / "checkpoints")
    rows = (first / "events.jsonl").read_text().splitlines()
    step = next(row for row in rows if json.loads(row)["event"] == "StepEnded")
    ends = [row for row in rows if json.loads(row)["event"] in ("RunStarted", "EpochEnded", "RunEnded")]
    (first / "events.jsonl").write_text("\n".join([ends[0], *[step] * steps, *ends[1:]]) + "\n")
    keep_log(RunFolder(first))
    for number in range(2, count + 1):
        shutil.copytree(first, first.with_name(f"run-{number:03d}"), copy_function=_linked)


def _linked(source: str, target: str) -> str:
    """Gives a log another name, since so many copies would fill a disk; copies all else."""
    if source.endswith("events.jsonl"):
        os.link(source, target)
        return target
    return shutil.copy2(source, target)


def listed(count: int, steps: int) -> dict[str, float]:
    """CPU milliseconds of each part."""
    from workbench.training.run_rows import RunRows

    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "digits.cnn"
        make_runs(project, count, steps)
        rows = RunRows()
        folder = project.with_suffix(".runs")
        found = {"read": cpu_ms(lambda: rows.read(folder)), "read again": cpu_ms(lambda: rows.read(folder))}
        if count == FEW:
            for kept in folder.glob("*/epochs.json"):
                kept.unlink()
            found["read without what a training keeps"] = cpu_ms(lambda: RunRows().read(folder))
        return found | {"table": _filled(project, name)}


def _filled(project: Path, home: str) -> float:
    """CPU milliseconds until a shown table has its rows, which another one has read before."""
    from PyQt6.QtWidgets import QApplication

    from workbench.gui.app.application import make_app
    from workbench.gui.document.session import Session
    from workbench.gui.training.runner import Runner
    from workbench.gui.training.runs_list import RunsList
    from workbench.gui.training.runs_model import RunsListing
    from workbench.gui.training.runs_table import RunsTable
    from workbench.project import storage

    app = QApplication.instance() or make_app()
    session = Session(storage.load(project), project)
    runner = Runner(session)
    runs = RunsList(session, runner)
    runs.shut_down()
    read = runs._rows.read(project.with_suffix(".runs"))
    listing = RunsListing.of(read.rows)
    table = RunsTable(session, runner, runs)
    table.show()
    assert app is not None

    def fill() -> None:
        runs._show(read, listing)
        QApplication.processEvents()

    spent = cpu_ms(fill)
    table.close()
    runner.shut_down()
    assert table.model.rowCount() == len(read.rows) > 0, home
    return spent


def measure(quick: bool) -> list[Figure]:
    """Growth from ten runs to a thousand."""
    few, many = listed(FEW, STEPS), listed(100 if quick else MANY, STEPS)
    ratio = (100 if quick else MANY) / FEW
    found = [figures.at_most("growth", f"{name}: {ratio:g} times the runs", many[name] / few[name], 1.5 * ratio)
             for name in many]  # fmt: skip
    found += [figures.at_most("growth", f"{name}, {ratio * FEW:g} runs of 10^5 steps", many[name], 1000, "ms")
              for name in many]  # fmt: skip
    return [*found, *(figures.plain("growth", f"{name}, {FEW} runs", few[name], "ms") for name in few)]


if __name__ == "__main__":
    figures.run(measure)
