"""Processes that train together: how they meet, add numbers up, and end together.

No process waits for ever: whoever fails says why at the meeting point before it closes its connections, and whoever
finds a connection closed, or waits longer than it was told to, asks there who is left.
"""

from __future__ import annotations

import contextlib
import socket
import time
import traceback
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from workbench.core.errors import RunError, WorkbenchError, printable
from workbench.training.place import Place, place_of

ROLL_CALL_SECONDS = 5.0  # within which all that are left have noticed that one is missing
LOST = "a connection was lost"  # what a process says that only noticed


class PeerLostError(RunError):
    """Another process has ended or cannot be reached any more, so the training cannot go on."""


class Peers:
    """The processes of one training. A single process exchanges nothing.

    Attributes:
        rank: number of this process, from 0.
        size: how many there are.
        local_rank: number of this process on its machine.
    """

    def __init__(self, place: Place | None = None, store: Any = None, links: Any = None) -> None:
        """Holds the connections of one process to the others.

        Args:
            place: where it stands; without one it trains alone.
            store: the meeting point.
            links: torch's gloo group. Held here and nowhere else, since the connections close with the last reference:
                torch's own default group was seen to outlive `destroy_process_group` once `torch._dynamo` is loaded.
        """
        self.rank, self.size = (place.rank, place.size) if place else (0, 1)
        self.local_rank = place.local_rank if place else 0
        self._store, self._links = store, links

    @property
    def is_alone(self) -> bool:
        """Whether there is nobody else."""
        return self.size == 1

    @property
    def is_writer(self) -> bool:
        """Whether this process writes log, checkpoints and events, and reads what the others begin with."""
        return self.rank == 0

    def sum(self, *tensors: Tensor) -> None:
        """Adds tensors up over all processes, in place; the result is the same bits everywhere.

        Raises:
            PeerLostError: another process has ended.
        """
        with self._noticing():
            self._add_up(tensors)

    def _add_up(self, tensors: tuple[Tensor, ...]) -> None:
        works = [
            dist.all_reduce(tensor, async_op=True) if tensor.is_cuda else self._links.allreduce([tensor])
            for tensor in tensors
        ]
        for work in works:  # one waiting time for all of them
            work.wait()

    def broadcast(self, data: bytes) -> bytes:
        """Returns what the writer has; the others give b"".

        Raises:
            PeerLostError: another process has ended.
        """
        with self._noticing():
            size = torch.tensor([len(data)])
            self._links.broadcast(size, 0).wait()
            content = _as_tensor(data) if self.is_writer else torch.empty(int(size), dtype=torch.uint8)
            self._links.broadcast(content, 0).wait()
        return data if self.is_writer else content.numpy().tobytes()

    def gather(self, data: bytes) -> list[bytes]:
        """Returns what each process has, by rank.

        Raises:
            PeerLostError: another process has ended.
        """
        with self._noticing():
            sizes = [torch.zeros(1, dtype=torch.int64) for _ in range(self.size)]
            self._links.allgather(sizes, torch.tensor([len(data)])).wait()
            longest = max(int(size) for size in sizes)
            padded = _as_tensor(data + bytes(longest - len(data)))
            found = [torch.empty(longest, dtype=torch.uint8) for _ in sizes]
            self._links.allgather(found, padded).wait()
        return [each[: int(size)].numpy().tobytes() for each, size in zip(found, sizes, strict=True)]

    @contextlib.contextmanager
    def _noticing(self) -> Iterator[None]:
        """Turns what torch says of a lost connection into a sentence that names the process."""
        try:
            yield
        except RuntimeError as error:
            traceback.clear_frames(error.__traceback__)  # which hold what keeps the connections open
            raise self._lost() from None

    def _lost(self) -> PeerLostError:
        """Asks at the meeting point who is left; the sentence names who failed, else who gives no answer."""
        self._close()  # so that whoever waits for this process notices too
        silent = self._others()
        try:
            self._say("end", LOST)
            silent, said = self._roll_call(silent)
            self._part([rank for rank in self._others() if rank not in silent])
            if said:
                return PeerLostError(said)
        except RuntimeError:
            silent = [0]  # who keeps the meeting point, most often
        return PeerLostError(
            f"{self._called(silent)} {'gives' if len(silent) == 1 else 'give'} no answer any more: killed, out of "
            "memory, or on a machine that cannot be reached. The training cannot go on like this; --resume continues "
            "from the last checkpoint."
        )

    def _roll_call(self, silent: list[int]) -> tuple[list[int], str]:
        """Asks others until all but one have answered: whoever closes a connection has said so before, or is dead.

        Returns:
            Those that give no answer, and the sentence of one that has failed, "" if there is none.

        Raises:
            RuntimeError: there is no meeting point any more.
        """
        end = time.monotonic() + ROLL_CALL_SECONDS
        while silent:
            for rank in list(silent):
                answer = self._answer(rank)
                if answer is not None:
                    silent.remove(rank)
                if answer not in (None, LOST):
                    return silent, f"{self._called([rank])} has ended: {answer}"
            if len(silent) == 1 or time.monotonic() > end:
                break
        return silent, ""

    def _others(self) -> list[int]:
        return [rank for rank in range(self.size) if rank != self.rank]

    def _called(self, ranks: list[int]) -> str:
        who = "The process of rank" if len(ranks) == 1 else "The processes of ranks"
        return f"{who} {' and '.join(map(str, ranks))} (of {self.size}, from 0)"

    def _answer(self, rank: int) -> str | None:
        """What a process has said at its end; None if nothing within a moment.

        Raises:
            RuntimeError: there is no meeting point any more.
        """
        try:
            self._store.wait([f"end/{rank}"], timedelta(seconds=0.1))
        except dist.DistNetworkError:
            raise
        except RuntimeError:
            return None
        said: bytes = self._store.get(f"end/{rank}")
        return said.decode("utf-8", "replace")

    def _say(self, what: str, text: str) -> None:
        self._store.set(f"{what}/{self.rank}", text)

    def _part(self, others: list[int]) -> None:
        """Leaves the meeting point; who keeps it waits until others have read there what they want to know."""
        with contextlib.suppress(RuntimeError):
            self._say("gone", "yes")
            if self.is_writer and others:
                self._store.wait([f"gone/{rank}" for rank in others], timedelta(seconds=ROLL_CALL_SECONDS + 1))

    def use_gpus(self, device: torch.device, seconds: float) -> None:
        """Lets tensors on GPUs be added up by NCCL, from GPU to GPU.

        Args:
            device: of this process.
            seconds: how long any process is waited for.
        """
        if not self.is_alone and device.type == "cuda" and not dist.is_initialized():
            torch.cuda.set_device(device)
            store: Any = dist.PrefixStore("nccl", self._store)  # type: ignore[attr-defined]
            patience = timedelta(seconds=seconds)
            dist.init_process_group("nccl", store=store, rank=self.rank, world_size=self.size, timeout=patience)

    def fail(self, sentence: str) -> None:
        """Tells the others why this process ends, so that all of them can say it."""
        with contextlib.suppress(RuntimeError):
            self._say("end", sentence)
        self._close()
        self._part(self._others())

    def leave(self) -> None:
        """Parts once all processes have come to its end; twice does no harm."""
        if self._links is not None:
            self._part(self._others())
        self._close()

    def _close(self) -> None:
        self._links = None
        with contextlib.suppress(RuntimeError):
            if dist.is_initialized():
                dist.destroy_process_group()


ALONE = Peers()


def _as_tensor(data: bytes) -> Tensor:
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data else torch.empty(0, dtype=torch.uint8)


@contextlib.contextmanager
def joined(environment: Mapping[str, str], seconds: float) -> Iterator[Peers]:
    """Meets the processes that the environment names, or nobody; whatever goes wrong meanwhile is told to the others.

    Args:
        environment: has RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT where there are others.
        seconds: how long any process is waited for.

    Raises:
        UsageError: the environment holds only part of it.
        RunError: the others were not met.
    """
    place = place_of(environment)
    if place is None:
        yield ALONE
        return
    peers = _join(place, timedelta(seconds=seconds))
    try:
        yield peers
    except PeerLostError:
        raise
    except WorkbenchError as error:
        peers.fail(str(error))
        raise
    except BaseException as error:
        peers.fail(
            "it was interrupted." if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        )
        raise
    finally:
        peers.leave()


def _join(place: Place, patience: timedelta) -> Peers:
    """Meets the others.

    Raises:
        RunError: process 0 cannot be reached, or not all have come.
    """
    where = f"{printable(place.address)}:{place.port}"
    keeps = place.rank == 0 and not place.is_met_elsewhere
    try:
        socket.getaddrinfo(place.address, place.port)
        torch_dist: Any = dist  # which does not declare these as its own
        whole = torch_dist.TCPStore(place.address, place.port, place.size, keeps, patience)
        store = torch_dist.PrefixStore(f"cnn-workbench/{place.attempt}", whole)
        links = torch_dist.ProcessGroupGloo(store, place.rank, place.size, patience)
    except OSError as error:
        raise RunError(
            f"MASTER_ADDR is {printable(place.address)}, but no machine of that name is known here "
            f"({error.strerror or error})."
        ) from None
    except RuntimeError as error:
        raise RunError(_unmet(place, where, str(error), patience)) from None
    return Peers(place, store, links)


def _unmet(place: Place, where: str, reason: str, patience: timedelta) -> str:
    """Why the processes did not meet, in a sentence."""
    if "EADDRINUSE" in reason or "address already in use" in reason.lower():
        return f"The port of {where} is taken by another program. Choose another MASTER_PORT (--port)."
    waited = f"within {patience.total_seconds():g} seconds"
    if place.rank == 0:
        return (
            f"Not all {place.size} processes have come to {where} {waited}. Were all of them started, and does no "
            "firewall close the port?"
        )
    return (
        f"Process {place.rank} of {place.size} could not meet the others at {where} {waited}. Was process 0 started "
        "there, is MASTER_ADDR its machine, and does no firewall close the port?"
    )
