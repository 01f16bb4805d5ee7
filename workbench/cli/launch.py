"""`train` in many processes: starts them here, over SSH or by Slurm, or prints how somebody else would."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbench.cli import say
from workbench.core.errors import UsageError, printable
from workbench.core.files import is_plain_file, read_bytes, reason_of, resolved, write_file
from workbench.training.distributed import commands
from workbench.training.distributed.commands import check_count as check_count
from workbench.training.distributed.launcher import Launcher, free_port

LARGEST_SCRIPT = 100_000
EMITTED = ("torchrun", "sbatch", "sky", "ssh")


@dataclass(frozen=True)
class Machines:
    """Where a training is to run, as the command line says it.

    Attributes:
        processes: how many, on each machine; None as the project or the run has it.
        hosts: names of machines, divided by commas.
        slurm: whether Slurm is to start them.
        emit: what is printed instead of started: one of `EMITTED`.
        port: at which the processes of several machines meet.
    """

    processes: int | None = None
    hosts: str = ""
    slurm: bool = False
    emit: str = ""
    port: int = commands.PORT

    @property
    def is_elsewhere(self) -> bool:
        """Whether more was asked for than a number of processes on this machine."""
        return bool(self.hosts or self.slurm or self.emit)


def run(file: Path, words: list[str], machines: Machines, processes: int) -> int:
    """Starts a training in many processes, or prints how it would be started; its exit code.

    Args:
        file: the project.
        words: of the command, behind the program's name: train FILE and options.
        machines: where it runs.
        processes: how many on each machine.

    Raises:
        WorkbenchError: they cannot be started.
    """
    hosts = commands.hosts_of(machines.hosts) if machines.hosts else []
    if machines.hosts and machines.slurm:
        raise UsageError("--hosts and --slurm exclude each other: Slurm chooses the machines itself.")
    if not 1 <= machines.port <= 65_535:
        raise UsageError(f"--port must be 1 to 65535, but it is {machines.port}.")
    if machines.emit:
        print(_text(file, words, machines, hosts, processes), end="")
        return 0
    if machines.slurm:
        return _submit(file, words, processes)
    if hosts:
        starts = commands.over_ssh(words, hosts, processes, machines.port)
        if shutil.which("ssh") is None and any(start.host for start in starts):
            raise UsageError("There is no ssh here, by which other machines are reached. Install the OpenSSH client.")
    else:
        starts = commands.on_this_machine(words, processes, free_port())
    launcher = Launcher(starts)
    with launcher.passing_signals_on():
        outcome = launcher.wait()
    if outcome.failure:
        say(f"Error: {outcome.failure}")
    return outcome.code


def _text(file: Path, words: list[str], machines: Machines, hosts: list[str], processes: int) -> str:
    match machines.emit:
        case "torchrun":
            return commands.torchrun_text(words, processes, hosts)
        case "sbatch":
            return commands.sbatch_text(words, processes * max(1, len(hosts)), file.stem)
        case "sky":
            return commands.sky_text(words, processes, file.stem)
        case "ssh":
            starts = (
                commands.over_ssh(words, hosts, processes, machines.port, is_by_hand=True)
                if hosts
                else commands.on_this_machine(words, processes, machines.port)
            )
            return commands.ssh_text(starts)
    known = ", ".join(EMITTED)
    raise UsageError(f'--emit takes one of {known}, not "{printable(machines.emit)}".')


def _submit(file: Path, words: list[str], processes: int) -> int:
    """Writes the file for sbatch beside the project, and hands it in."""
    script = file.with_suffix(".sbatch")
    if shutil.which("sbatch") is None:
        raise UsageError(
            "There is no sbatch here, by which Slurm takes jobs. Log in to a machine of the cluster, or print the file "
            "with --emit sbatch."
        )
    if is_plain_file(script) and commands.MARK.encode() not in read_bytes(script, LARGEST_SCRIPT):
        raise UsageError(f"{printable(script)} is there already, and this program has not written it. Move it away.")
    write_file(script, [commands.sbatch_text(words, processes, file.stem).encode()])
    try:
        done = subprocess.run(["sbatch", str(resolved(script))], capture_output=True, check=False, env=dict(os.environ))
    except OSError as error:
        raise UsageError(f"sbatch could not be run ({reason_of(error)}).") from None
    if done.returncode:
        reason = printable(done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}")
        raise UsageError(f"Slurm did not take {printable(script)}: {reason}")
    say(f"{printable(script)}: {printable(done.stdout.decode('utf-8', 'replace').strip())}")
    return 0
