"""What is typed to start a training in many processes, here and elsewhere: as words, or as the text of a file."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.errors import UsageError, printable
from workbench.training.place import MOST_PROCESSES

PORT = 29_500  # that torchrun takes too
HERE = ("localhost", "127.0.0.1")
LAUNCHED = "CNN_WORKBENCH_LAUNCHED"  # set where a process obeys the words that come in on its stdin
MARK = "# Written by cnn-workbench train --slurm; it may be edited."


@dataclass(frozen=True)
class Start:
    """One process that is to be started.

    Attributes:
        rank: its number.
        words: the command.
        environment: what is set for it beside what is set already.
        host: the machine, "" for this one.
    """

    rank: int
    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


def program() -> list[str]:
    """The words that run this program, wherever they are typed on a machine where it is installed at the same place."""
    return [sys.executable, "-P", "-m", "workbench"]


def check_count(processes: int) -> int:
    """Returns the number of processes.

    Raises:
        UsageError: so many cannot be started.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise UsageError(f"--processes must be 1 to {MOST_PROCESSES}, but it is {processes}.")
    return processes


def hosts_of(text: str) -> list[str]:
    """The machines that `--hosts` names.

    Raises:
        UsageError: none, one twice, or what cannot be the name of a machine.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if not name or name.startswith("-") or any(letter.isspace() or not letter.isprintable() for letter in name):
            raise UsageError(
                f"--hosts takes names of machines, such as a,b or me@a,b; {printable(repr(name))} is none."
            )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(f"--hosts names {printable(twice)} twice. Give it several processes by --processes instead.")
    return names


def on_this_machine(words: Sequence[str], processes: int, port: int) -> list[Start]:
    """The processes of a training on this machine, which share its cores.

    Args:
        words: behind the program's name: train FILE and options.
        processes: how many.
        port: at which they meet.
    """
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, _cores() // processes))
    shared = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), LAUNCHED: "1"}
    shared |= {"OMP_NUM_THREADS": threads} | _loopback()
    ranks = ({"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(processes))
    return [Start(rank, (*program(), *words), {**shared, **own}) for rank, own in enumerate(ranks)]


def over_ssh(
    words: Sequence[str], hosts: Sequence[str], processes: int, port: int, *, is_by_hand: bool = False
) -> list[Start]:
    """The processes of a training on several machines, each of which has program, project and data at the same place.

    Args:
        words: as `on_this_machine`.
        hosts: the machines; the first one has process 0.
        processes: how many on each.
        port: at which they meet on the first machine.
        is_by_hand: whether a person starts them, so that they listen to nobody on their stdin.
    """
    size = len(hosts) * processes
    found: list[Start] = []
    for number, host in enumerate(hosts):
        for local in range(processes):
            own = {
                "RANK": str(number * processes + local),
                "LOCAL_RANK": str(local),
                "WORLD_SIZE": str(size),
                "MASTER_ADDR": hosts[0].rpartition("@")[2],
                "MASTER_PORT": str(port),
                **({} if is_by_hand else {LAUNCHED: "1"}),
            }
            if host in HERE:
                found.append(Start(len(found), (*program(), *words), own))
                continue
            settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in own.items())
            cores = f'OMP_NUM_THREADS="$(( ($(nproc) + {processes - 1}) / {processes} ))" ' if processes > 1 else ""
            command = f"cd {shlex.quote(str(Path.cwd()))} && {settings} {cores}{shlex.join([*program(), *words])}"
            found.append(Start(len(found), ("ssh", "-o", "BatchMode=yes", host, command), host=host))
    return found


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _loopback() -> dict[str, str]:
    """The interface that never leaves this machine, since the name of the machine may lead elsewhere or nowhere."""
    import socket

    names = [name for _, name in socket.if_nameindex()] if hasattr(socket, "if_nameindex") else []
    found = next((name for name in ("lo", "lo0") if name in names), "")
    return {"GLOO_SOCKET_IFNAME": found} if found and "GLOO_SOCKET_IFNAME" not in os.environ else {}


def torchrun_text(words: Sequence[str], processes: int, hosts: Sequence[str]) -> str:
    """The command for torchrun: one line on each machine, or one alone."""
    command = shlex.join(["--no-python", *program(), *words])
    if len(hosts) < 2:
        return f"torchrun --standalone --nproc-per-node={processes} {command}\n"
    address = hosts[0].rpartition("@")[2]
    lines = [
        f"# on {host}:\ntorchrun --nnodes={len(hosts)} --nproc-per-node={processes} --node-rank={number} "
        f"--master-addr={address} --master-port={PORT} {command}\n"
        for number, host in enumerate(hosts)
    ]
    return "".join(lines)


def ssh_text(starts: Sequence[Start]) -> str:
    """The commands that `--hosts` runs, one a line."""
    return "".join(f"{_assigned(start)}{shlex.join(start.words)}\n" for start in starts)


def _assigned(start: Start) -> str:
    settings = {name: value for name, value in start.environment.items() if name != LAUNCHED}
    return "".join(f"{name}={shlex.quote(value)} " for name, value in settings.items())


def sbatch_text(words: Sequence[str], processes: int, name: str) -> str:
    """The file that Slurm's sbatch takes: one task for each process, wherever Slurm puts it."""
    task = 'RANK=$SLURM_PROCID WORLD_SIZE=$SLURM_NTASKS LOCAL_RANK=$SLURM_LOCALID exec "$@"'
    return f"""#!/bin/bash
{MARK}
#SBATCH --job-name={shlex.quote(name)}
#SBATCH --ntasks={processes}
#SBATCH --cpus-per-task=4
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@120
# For GPUs: #SBATCH --gpus-per-task=1

export MASTER_ADDR="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)"
export MASTER_PORT=$(( 20000 + SLURM_JOB_ID % 20000 ))
export OMP_NUM_THREADS="${{SLURM_CPUS_PER_TASK:-1}}"
cd {shlex.quote(str(Path.cwd()))} || exit 2
srun --kill-on-bad-exit=1 bash -c {shlex.quote(task)} train {shlex.join([*program(), *words])}
"""


def sky_text(words: Sequence[str], processes: int, name: str) -> str:
    """The task that SkyPilot's `sky launch` takes; the working folder goes along."""
    command = shlex.join(["--no-python", "cnn-workbench", *words])
    return f"""name: {name}
workdir: .
num_nodes: 2
resources:
  cpus: 4+
setup: |
  pip install cnn-workbench
run: |
  torchrun --nnodes=$SKYPILOT_NUM_NODES --nproc-per-node={processes} --node-rank=$SKYPILOT_NODE_RANK \\
    --master-addr=$(echo "$SKYPILOT_NODE_IPS" | head -n 1) --master-port={PORT} {command}
"""
