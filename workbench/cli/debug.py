"""`debug`: what scripts need that break things on purpose; everything here is the real loader and the real writer."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.core.status import status_of
from workbench.core.values import Json
from workbench.project import storage
from workbench.project.checks import project_problems
from workbench.project.runs import runs_of
from workbench.training.run_folder import RunFolder


def save_once(file: Path) -> int:
    """Opens, changes one number, saves.

    Raises:
        WorkbenchError: it cannot be read or written.
    """
    storage.clear_leftovers(file)
    project = storage.load(file)
    saves = project.view.get("saves", 0)
    saves = saves + 1 if isinstance(saves, int) else 1
    storage.save(replace(project, view={**project.view, "saves": saves}), file)
    return 0


def state(file: Path) -> int:
    """Opens the project and verifies all its runs; 1 if a checkpoint that should count is damaged."""
    storage.clear_leftovers(file)
    project = storage.load(file)
    problems = project_problems(project)
    runs = [verify(run) for run in runs_of(file)]
    last: dict[str, Json] = runs[-1] if runs else {"epoch": 0, "step": 0, "lost_s": 0.0}
    is_whole = all(run["whole"] for run in runs)
    answer = {"runs": len(runs), "problems": len(problems), "whole": is_whole, **last}
    print(strict_json.printed(answer), flush=True)
    return 0 if is_whole else 1


def verify(run: RunFolder) -> dict[str, Json]:
    """Whether a run's newest checkpoint is whole, how far it is, and how many seconds of work a kill cost."""
    from workbench.training import checkpoint

    run.record()
    checkpoints = list(checkpoint.verify(run.checkpoints))
    broken = [name for name, record in checkpoints if record is None]
    records = [record for name, record in checkpoints if record and name.startswith("step-")]
    progress = records[0]["progress"] if records else {"epoch": 0, "step": 0}
    steps = [event for event in run.events() if event.get("event") == "StepEnded"]
    lost = sum(1 for event in steps if event["step"] > progress["step"])
    pace = _seconds_per_step(run, len(steps))
    return {
        "run": run.name,
        "epoch": progress["epoch"],
        "step": progress["step"],
        "lost_steps": lost,
        "lost_s": round(lost * pace, 3),
        "whole": not broken,
    }


def _seconds_per_step(run: RunFolder, steps: int) -> float:
    """From the times that the log and the record were last written."""
    log, record = status_of(run.log), status_of(run.path / "run.json")
    if not steps or log is None or record is None:
        return 0.0
    spent = log.st_mtime - record.st_mtime
    return max(0.0, spent) / steps


def open_server() -> int:
    """Opens each path read on stdin as the window would, and answers in one line of JSON."""
    print("ready", flush=True)
    for line in sys.stdin:
        path = line.rstrip("\n")
        print(strict_json.printed(_opened(Path(path))), flush=True)
    return 0


def _opened(path: Path) -> dict[str, Json]:
    from workbench.model.cost import costs
    from workbench.model.receptive_fields import receptive_fields

    try:
        project = storage.load(path)
        problems = project_problems(project)
        costs(project.graph)
        dict(receptive_fields(project.graph))
    except UnreadableError as error:
        return {"error": str(error), "file": error.file, "field": error.field}
    except WorkbenchError as error:
        return {"error": str(error), "file": str(path), "field": ""}
    return {"ok": True, "problems": len(problems)}
