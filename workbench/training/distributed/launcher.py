"""Starts the processes of a training, watches them, and ends them together."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import FrameType

from workbench.core.errors import RunError, printable
from workbench.core.process import handling_stops
from workbench.training.distributed.commands import Start

ENDING_SECONDS = 20.0  # within which the others end by themselves after one has failed
STOPPING_SECONDS = 120.0  # within which all end that were asked to: a step and a checkpoint
KEPT_LINES = 40  # of what a process has said
NOBODY = -1
UNREACHABLE, UNKNOWN = 255, 127  # exit codes of ssh, and of a shell that finds no such program


@dataclass(frozen=True)
class Outcome:
    """How the processes ended.

    Attributes:
        code: the exit code for all: that of process 0, or of the first that failed.
        failure: a sentence about the first that failed without having said itself why; "" otherwise.
    """

    code: int
    failure: str = ""


class Launcher:
    """The processes of one training. Process 0 shows its events on the launcher's own stdout and stderr, or is read."""

    def __init__(self, starts: Sequence[Start], *, reads: bool = False) -> None:
        """Starts them.

        Args:
            starts: the processes.
            reads: whether somebody reads what process 0 prints (`printed`).

        Raises:
            RunError: one could not be started; none is left then.
        """
        self._starts = list(starts)
        self._ends: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._said: list[deque[str]] = [deque(maxlen=KEPT_LINES) for _ in starts]
        self._kill_at: float | None = None
        self._stops = 0
        try:
            for start in self._starts:
                self._processes.append(_started(start, is_read=reads))
        except OSError as error:
            self._kill()
            self._follow_all()
            program = self._starts[len(self._processes)].words[0]
            missing = f"there is no {printable(program)} here. Install it, or start the processes by hand (--emit)."
            reason = missing if isinstance(error, FileNotFoundError) else f"{error.strerror or error}."
            raise RunError(f"The processes were not started: {reason}") from None
        self._follow_all()

    def _follow_all(self) -> None:
        for rank in range(len(self._processes)):
            threading.Thread(target=self._follow, args=(rank,), daemon=True).start()

    def _follow(self, rank: int) -> None:
        """Keeps what a process says, and notes its end."""
        process = self._processes[rank]
        if process.stderr is not None:
            for line in process.stderr:
                self._said[rank].append(line.decode("utf-8", "replace"))
        process.wait()
        for stream in (process.stdin, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._ends.put(rank)

    def printed(self) -> Iterator[bytes]:
        """Yields the lines that process 0 prints, to its end."""
        stream = self._processes[0].stdout
        assert stream is not None
        with stream:
            yield from stream

    def tell(self, word: str) -> None:
        """Tells process 0 a word that it obeys (`obeying`)."""
        self._tell(self._processes[0], word)

    def said(self) -> str:
        """The last that process 0 has said on its stderr, without the word in front that marks an error."""
        lines = [line.strip() for line in self._said[0] if line.strip()]
        return lines[-1].removeprefix("Error: ") if lines else ""

    def kill(self) -> None:
        """Ends all processes at once; those that have ended are left alone."""
        self._kill()

    def stop(self) -> None:
        """Asks all processes to end after the step under way; a second time they end at once."""
        self._stops += 1
        self._end_within(STOPPING_SECONDS if self._stops == 1 else ENDING_SECONDS / 4)
        for start, process in zip(self._starts, self._processes, strict=True):
            if start.host:
                self._tell(process, "stop")
            elif process.poll() is None:
                process.send_signal(signal.SIGINT)

    @staticmethod
    def _tell(process: subprocess.Popen[bytes], word: str) -> None:
        assert process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has ended, and nobody listens
            process.stdin.write(f"{word}\n".encode())
            process.stdin.flush()

    def _end_within(self, seconds: float) -> None:
        self._kill_at = min(self._kill_at or float("inf"), time.monotonic() + seconds)
        self._ends.put(NOBODY)  # so that whoever waits looks at the time

    def wait(self) -> Outcome:
        """Waits until all processes have ended, and sees to it that they do once one has failed."""
        left, first = set(range(len(self._processes))), None
        while left:
            try:
                rank = self._ends.get(timeout=None if self._kill_at is None else self._kill_at - time.monotonic())
            except (queue.Empty, ValueError):  # the time is over, perhaps by far
                self._kill()
                self._kill_at = None
                continue
            left.discard(rank)
            if rank != NOBODY and self._processes[rank].returncode != 0 and first is None:
                first = rank
                if left:
                    self._end_within(STOPPING_SECONDS if self._stops else ENDING_SECONDS)
        if first is None:
            return Outcome(0)
        return self._failed(first)

    def _failed(self, rank: int) -> Outcome:
        code, start = self._processes[rank].returncode, self._starts[rank]
        who = f"The process of rank {rank} (of {len(self._starts)}, from 0)"
        if start.host and code in (UNREACHABLE, UNKNOWN):
            what = (
                f"ssh could not reach {printable(start.host)}"
                if code == UNREACHABLE
                else f"{printable(start.host)} lacks the program or this folder at the same place"
            )
            return Outcome(2, f"{who} was not started: {what}. {self._last_words(rank)}".rstrip())
        if code < 0:
            name = signal.Signals(-code).name if -code in signal.valid_signals() else str(-code)
            return Outcome(2, f"{who} was ended by {name}. {self._last_words(rank)}".rstrip())
        return Outcome(code, f"{who} failed. {self._last_words(rank)}".rstrip() if rank and code == 3 else "")

    def _last_words(self, rank: int) -> str:
        lines = [line.strip() for line in self._said[rank] if line.strip()]
        return f"It said: {printable(lines[-1])}" if lines else ""

    def _kill(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()

    @contextlib.contextmanager
    def passing_signals_on(self) -> Iterator[None]:
        """Lets Ctrl+C and SIGTERM reach all processes, once each time."""

        def passed_on(number: int, frame: FrameType | None) -> None:
            self.stop()

        with handling_stops(passed_on):
            try:
                yield
            finally:
                self._kill()


def _started(start: Start, *, is_read: bool) -> subprocess.Popen[bytes]:
    """One process, in a session of its own: Ctrl+C reaches it through the launcher alone, and so only once."""
    shows = start.rank == 0 and not start.host and not is_read
    return subprocess.Popen(
        start.words,
        env={**os.environ, **start.environment},
        stdin=subprocess.PIPE,  # closed when the launcher ends, however it ends
        stdout=subprocess.DEVNULL if start.rank else subprocess.PIPE if is_read else None,
        stderr=None if shows else subprocess.PIPE,
        start_new_session=True,
    )


def free_port() -> int:
    """A port of this machine that nobody listens at just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
