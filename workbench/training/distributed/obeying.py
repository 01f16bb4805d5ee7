"""How a process that was started by the launcher hears from it: by words on its stdin, one a line."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from workbench.training.control import Control

PIECE = 4096


def obey_stdin(control: Control, descriptor: int = 0) -> threading.Thread:
    """Obeys the words `stop`, `hold`, `go`, `rate X` and `snapshot`; where the launcher is gone the training stops.

    Args:
        control: of the training.
        descriptor: where the words come in.

    Returns:
        The thread that listens; it reads without Python's buffers, whose locks would be in the way of the end.
    """
    thread = threading.Thread(target=_listen, args=(control, descriptor), daemon=True, name="launcher's words")
    thread.start()
    return thread


def _listen(control: Control, descriptor: int) -> None:
    for line in _lines(descriptor):
        word, _, rest = line.partition(" ")
        match word:
            case "stop":
                control.cancel()
            case "hold":
                control.hold()
            case "go":
                control.go_on()
            case "snapshot":
                control.request_snapshot()
            case "rate":
                try:
                    control.request_lr(float(rest))
                except ValueError:
                    continue  # half a number, from a launcher that was killed while it wrote
    control.cancel()


def _lines(descriptor: int) -> Iterator[str]:
    waiting = b""
    while piece := _read(descriptor):
        *whole, waiting = (waiting + piece).split(b"\n")
        yield from (line.decode("ascii", "replace") for line in whole)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, PIECE)
    except OSError:
        return b""
