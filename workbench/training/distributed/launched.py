"""A training in many processes as whoever runs it in one sees it: a generator of events, and a control."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence

from workbench.core.errors import RunError
from workbench.training.control import Control
from workbench.training.distributed.commands import on_this_machine
from workbench.training.distributed.launcher import Launcher, Outcome, free_port
from workbench.training.events import Event, RunEnded
from workbench.training.following import event_of
from workbench.training.log_rows import is_whole

ASKED_SECONDS = 0.1  # how often the control is looked at


def launched(words: Sequence[str], processes: int, control: Control) -> Iterator[Event]:
    """Trains in processes of this machine, telling everything that happens but for snapshots.

    Where it is cancelled before the training has begun, nothing has happened, and nothing is told.

    Args:
        words: behind the program's name: train FILE and options, among them --json.
        processes: how many.
        control: reaches all of them.

    Raises:
        RunError: they were not started, or one has failed; the sentence says why.
    """
    launcher = Launcher(on_this_machine(words, processes, free_port()), reads=True)
    is_over = threading.Event()
    last: Event | None = None
    outcomes: list[Outcome] = []
    helpers = [
        threading.Thread(target=_pass_on, args=(control, launcher, is_over), daemon=True),
        threading.Thread(target=lambda: outcomes.append(launcher.wait()), daemon=True),  # ends what hangs
    ]
    for helper in helpers:
        helper.start()
    try:
        for line in launcher.printed():
            row = json.loads(line)
            event = event_of(row) if is_whole(row) else None
            if event is not None:
                last = event
                yield event
        helpers[1].join()
    finally:
        is_over.set()
        launcher.kill()
        for helper in helpers:
            helper.join()
    if last is None and control.is_cancelled:
        return
    if not isinstance(last, RunEnded):
        raise RunError(launcher.said() or outcomes[0].failure or "The processes of the training ended without a word.")


def _pass_on(control: Control, launcher: Launcher, is_over: threading.Event) -> None:
    """Hands what is asked of the control on to the processes."""
    is_held = False
    while not is_over.wait(ASKED_SECONDS):
        if control.is_cancelled:
            launcher.stop()
            return
        rate = control.take_lr()
        if rate is not None:
            launcher.tell(f"rate {rate!r}")
        if control.is_held != is_held:
            is_held = not is_held
            launcher.tell("hold" if is_held else "go")
