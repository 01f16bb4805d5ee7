"""The place of this process among those that train together, as whoever started it says in the environment.

RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are the contract that torchrun, Slurm's srun, Ray, SkyPilot and
Accelerate keep; LOCAL_RANK chooses the GPU where it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.core.errors import UsageError, printable

MOST_PROCESSES = 4096
VARIABLES = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True)
class Place:
    """Where a process stands among the others.

    Attributes:
        rank: its number, from 0; the process 0 writes everything.
        size: how many there are.
        local_rank: its number on its machine, which is that of its GPU.
        address: name or address of the machine of process 0.
        port: at which process 0 is met.
        attempt: how often the job was started again by whoever runs it.
        is_met_elsewhere: whether whoever started the processes keeps the meeting point, and not process 0.
    """

    rank: int
    size: int
    local_rank: int
    address: str
    port: int
    attempt: int = 0
    is_met_elsewhere: bool = False


def place_of(environment: Mapping[str, str]) -> Place | None:
    """Returns the place that the environment names; None where the process trains alone.

    Raises:
        UsageError: part of the contract is missing, or a number is none or out of its bounds.
    """
    if "WORLD_SIZE" not in environment:
        return None
    size = _number(environment, "WORLD_SIZE", 1, MOST_PROCESSES)
    if size == 1:
        return None
    missing = [name for name in VARIABLES if not environment.get(name)]
    if missing:
        raise UsageError(
            f"WORLD_SIZE is {size}, so {size} processes are to train together, but {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set. Start them with torchrun or srun, or by "
            "cnn-workbench train FILE --processes N; or unset WORLD_SIZE to train alone."
        )
    rank = _number(environment, "RANK", 0, size - 1)
    return Place(
        rank=rank,
        size=size,
        local_rank=_number(environment, "LOCAL_RANK", 0, size - 1) if environment.get("LOCAL_RANK") else 0,
        address=environment["MASTER_ADDR"],
        port=_number(environment, "MASTER_PORT", 1, 65_535),
        attempt=int(restarts) if (restarts := environment.get("TORCHELASTIC_RESTART_COUNT", "")).isdecimal() else 0,
        is_met_elsewhere=environment.get("TORCHELASTIC_USE_AGENT_STORE") == "True",
    )


def _number(environment: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = environment[name].strip()
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise UsageError(f"{name} must be a whole number from {least} to {most}, but it is {printable(repr(text))}.")
    return int(text)
