"""Whether a run is being trained just now, by this process or another: its lock tells, else how fresh its log is."""

from __future__ import annotations

import time
from pathlib import Path

from workbench.core.errors import UnreadableError
from workbench.core.lock import Holder, holder_of
from workbench.core.status import status_of
from workbench.training.run_folder import RunFolder, list_runs

QUIET_SECONDS = 120.0  # after which a log that has not grown may be that of a training that has ended


def trainer_of(run: RunFolder) -> Holder:
    """Returns whether somebody trains a run, as its lock says; "unknown" for one trained on another machine."""
    return holder_of(run.path / "lock")


def is_at_work(run: RunFolder) -> bool:
    """Returns whether a run without an end is being trained; where its lock does not tell, its log was fresh."""
    holder = trainer_of(run)
    return holder == "somebody" or (holder == "unknown" and _is_fresh(run.log))


def _is_fresh(log: Path) -> bool:
    try:
        status = status_of(log)
    except UnreadableError:
        return False
    return status is not None and abs(time.time() - status.st_mtime) < QUIET_SECONDS


def unfinished(folder: Path) -> str:
    """Returns the newest run that was stopped or killed and that nobody trains, so that it can be gone on with.

    Args:
        folder: of the project's runs.

    Returns:
        Its name; "" if there is none.
    """
    for run in reversed(list_runs(folder)):
        ending = run.ending()
        if (ending is None and not is_at_work(run)) or (ending is not None and ending.get("reason") == "stopped"):
            return run.name
    return ""
