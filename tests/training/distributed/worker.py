"""One process of several that train together: goes through scenarios, and leaves in a folder what each came to.

Started as `python -m tests.training.distributed.worker FOLDER NAME...` with RANK, WORLD_SIZE, MASTER_ADDR and
MASTER_PORT in its environment; without them it trains alone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.training.distributed.scenarios import SCENARIOS, Scenario
from workbench.core.errors import WorkbenchError
from workbench.training.control import Control
from workbench.training.engine import train
from workbench.training.events import Event, StepEnded
from workbench.training.peers import Peers, joined


def run(scenario: Scenario, folder: Path, peers: Peers) -> list[dict[str, Any]]:
    """Trains a scenario; what it logs, as rows."""
    control = Control()
    job = replace(scenario.job(folder), peers=peers)
    rows: list[dict[str, Any]] = []
    for event in train(job, control):
        rows.append(event.as_json())
        _interfere(scenario, event, control, peers)
    return rows


def _interfere(scenario: Scenario, event: Event, control: Control, peers: Peers) -> None:
    """What is asked of one of the processes, or happens to it, after a step."""
    if isinstance(event, StepEnded) and event.step == scenario.at and peers.rank == scenario.rank % peers.size:
        match scenario.happens:
            case "stop":
                control.cancel()
            case "rate":
                control.request_lr(0.001)
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hangs":
                signal.pause()


def main(folder: Path, names: list[str]) -> int:
    """Goes through the scenarios in one group; 2 with a sentence where that ends early."""
    seconds = SCENARIOS[names[0]].seconds
    try:
        with joined(os.environ, seconds) as peers:
            for name in names:
                rows = run(SCENARIOS[name], folder / name.replace("rest-", "half-"), peers)
                (folder / f"{name}-{peers.rank}.json").write_text(json.dumps(rows), "utf-8")
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
