"""Starts processes of the worker, as torchrun and its like do, and waits for their ends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.architecture.sources import ROOT

LONGEST = 100  # seconds, far above what any of it takes


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, and what it said."""

    code: int
    said: str


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def surroundings(rank: int, size: int, port: int, address: str = "127.0.0.1") -> dict[str, str]:
    """The environment of one process."""
    own = {"RANK": str(rank), "WORLD_SIZE": str(size), "MASTER_ADDR": address, "MASTER_PORT": str(port)}
    return {**os.environ, "OMP_NUM_THREADS": "1", "TORCH_CPP_LOG_LEVEL": "FATAL", "GLOO_SOCKET_IFNAME": "lo", **own}


def start(size: int, folder: Path, *names: str, hanging: tuple[int, ...] = ()) -> list[Ended]:
    """Runs scenarios in so many processes; how each ended, by rank. Hanging ones are killed after the others' ends."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.training.distributed.worker", str(folder), *names]
    port = free_port()
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=surroundings(rank, size, port), stderr=subprocess.PIPE, text=True)
        for rank in range(size)
    ]
    try:
        for rank in {*range(size)} - {*hanging}:
            processes[rank].wait(LONGEST)
        for rank in hanging:
            processes[rank].kill()
        said = [process.communicate(timeout=LONGEST)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    return [Ended(process.returncode, text) for process, text in zip(processes, said, strict=True)]


def rows(folder: Path, name: str, rank: int = 0) -> list[dict[str, Any]]:
    """What a process has seen of a scenario: all events."""
    found: list[dict[str, Any]] = json.loads((folder / f"{name}-{rank}.json").read_text("utf-8"))
    return found
