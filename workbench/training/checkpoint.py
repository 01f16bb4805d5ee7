"""Checkpoints: an immutable pair of files for each, the JSON written last being the commit.

`step-000480.safetensors` holds the tensors and `step-000480.json` everything else, with size and SHA-256 of the first.
A crash between the two leaves a pair that does not count; reading takes the newest one that is whole.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import mmap
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from workbench.core import strict_json
from workbench.core.errors import InaccessibleError, RunError, UnreadableError, printable
from workbench.core.files import (
    CHUNK,
    WriteError,
    free_bytes,
    listed,
    make_folder,
    open_plain,
    reason_of,
    write_own_file,
)
from workbench.core.moving import replace_by_move
from workbench.core.status import status_of
from workbench.core.tensor_file import header_of
from workbench.core.values import Json, bytes_text
from workbench.model.weights import ELEMENTS, all_finite, parse_safetensors

MODEL = "model."  # what the keys of the network's own tensors begin with
KEPT = 3
LARGEST = 16_000_000_000
LARGEST_JSON = 64_000_000
NAME = re.compile(r"(step|best)-(\d{6,12})\.json\Z")
_SOUND: set[tuple[object, ...]] = set()  # the states of files that this process has found to be as they were written
TENSORS = re.compile(r"(step|best)-\d{6,12}\.safetensors\Z")


NAMES = {dtype: name for name, dtype in ELEMENTS.items()}


class NonFiniteError(RunError):
    """The weights have gone bad; the last checkpoint is from before."""


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint in memory: tensors by key, and the rest."""

    tensors: Mapping[str, Tensor]
    record: Mapping[str, Json]


def write(folder: Path, kind: str, step: int, checkpoint: Checkpoint) -> Path:
    """Writes a pair, then deletes the older ones of its kind beyond those kept; never one of a later step.

    Args:
        folder: where checkpoints are.
        kind: "step" (the last three are kept) or "best" (one is kept).
        step: the step it stands for.
        checkpoint: what to keep.

    Raises:
        NonFiniteError: a number is NaN or infinite; such a state never becomes a checkpoint.
        WriteError: no room, although older checkpoints but the newest were given up for it, or the place cannot be
            written to; what is left is whole.
    """
    if broken := _broken(checkpoint.tensors):
        name = broken.removeprefix(MODEL)
        raise NonFiniteError(f"{name} has NaN or infinite values at step {step}; no checkpoint was written of it.")
    stem = folder / f"{kind}-{step:06d}"
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    tensors = dict(sorted(tensors.items(), key=lambda pair: (-pair[1].element_size(), pair[0])))
    header, size = header_of({name: (NAMES[each.dtype], tuple(each.shape)) for name, each in tensors.items()})
    _make_room(folder, size)
    sum_ = hashlib.sha256()
    write_own_file(stem.with_suffix(".safetensors"), _hashed(_pieces(header, tensors.values()), sum_))
    seal = {"bytes": size, "sha256": sum_.hexdigest()}
    record = strict_json.encoded({"step": step, "tensors": seal, **checkpoint.record})
    write_own_file(stem.with_suffix(".json"), [record])
    older = [old for number, old in numbered(folder, kind) if number < step]
    for old in older[KEPT - 1 if kind == "step" else 0 :]:
        _delete(old)
    return stem.with_suffix(".json")


def _pieces(header: bytes, tensors: Iterable[Tensor]) -> Iterator[bytes | memoryview]:
    """Yields the bytes of a safetensors file, without copying those of the tensors."""
    yield header
    for tensor in tensors:
        data = tensor.reshape(-1).view(torch.uint8).numpy().data
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]


def _hashed(pieces: Iterable[bytes | memoryview], sum_: hashlib._Hash) -> Iterator[bytes | memoryview]:
    """Passes the pieces on and adds each to the sum."""
    for piece in pieces:
        sum_.update(piece)
        yield piece


def _broken(tensors: Mapping[str, Tensor]) -> str:
    """Returns the name of the first tensor that holds a number that is NaN or infinite; "" where none does."""
    return next((key for key, each in tensors.items() if each.is_floating_point() and not all_finite(each)), "")


def _delete(stem: Path) -> None:
    """Deletes a pair: its record first, so that half of one never counts, and nothing where that cannot be deleted."""
    with contextlib.suppress(OSError):
        for suffix in (".json", ".safetensors"):
            stem.with_suffix(suffix).unlink(missing_ok=True)


def _make_room(folder: Path, size: int) -> None:
    """Gives up the oldest checkpoints, but never the newest one nor the best, until so many bytes fit."""
    spare = [stem for _, stem in numbered(folder, "step")[1:]]
    while (free := free_bytes(folder)) < 1.2 * size:
        if not spare:
            sizes = f"{bytes_text(round(1.2 * size))} are needed and only {bytes_text(free)} are free"
            kept = " Earlier checkpoints are whole." if numbered(folder, "step") else ""
            sentence = f"No checkpoint was written to {printable(folder)}: {sizes}.{kept}"
            raise WriteError(sentence, errno.ENOSPC)
        _delete(spare.pop())


def numbered(folder: Path, kind: str) -> list[tuple[int, Path]]:
    """The checkpoints of a kind, newest first: the step and the path without its suffix.

    Raises:
        UnreadableError: the folder is there, but cannot be read.
    """
    found = []
    for path in listed(folder, missing_ok=True):
        name = NAME.match(path.name)
        if name and name[1] == kind:
            found.append((int(name[2]), path.with_suffix("")))
    return sorted(found, reverse=True)


def sweep(folder: Path) -> None:
    """Deletes tensors without a record: what a crash between the two files of a pair has left.

    Only for whoever holds the run's lock, since a pair that is being written looks alike.

    Raises:
        UnreadableError: the folder is there, but cannot be read.
    """
    names = {path.name for path in listed(folder, missing_ok=True)}
    for name in names:
        is_half = TENSORS.match(name) and name.removesuffix(".safetensors") + ".json" not in names
        if is_half:
            with contextlib.suppress(OSError):
                (folder / name).unlink()


def set_aside(folder: Path, step: int, into: Path) -> list[str]:
    """Moves all pairs of a later step into another folder, since the run has gone back behind them.

    Returns:
        Their names.

    Raises:
        WriteError: one could not be moved.
        UnreadableError: the folder is there, but cannot be read.
    """
    later = [stem for kind in ("step", "best") for number, stem in numbered(folder, kind) if number > step]
    if later:
        make_folder(into)
    for stem in later:
        for suffix in (".json", ".safetensors"):
            part = stem.with_suffix(suffix)
            if os.path.lexists(part):
                replace_by_move(part, into / part.name)
    return [stem.name for stem in later]


def read(stem: Path) -> Checkpoint:
    """Reads one pair.

    Raises:
        InaccessibleError: the system does not let it be read.
        UnreadableError: a part is missing, damaged or does not belong to the other, or its weights are not finite.
    """
    file, partner = stem.with_suffix(".json"), stem.with_suffix(".safetensors")
    record = strict_json.read(file, LARGEST_JSON)
    seal = record.get("tensors") if isinstance(record, dict) else None
    if not isinstance(seal, dict):
        raise UnreadableError(file, "it is not a checkpoint.", field="tensors")
    status = status_of(partner)
    known = (str(partner), seal.get("sha256"), status and (status.st_ino, status.st_size, status.st_mtime_ns))
    tensors = _mapped(partner, seal, is_known=known in _SOUND)
    if known not in _SOUND and (broken := _broken(tensors)):
        raise UnreadableError(partner, f"{printable(broken)} holds NaN or infinite values, which no run writes.")
    _SOUND.add(known)
    return Checkpoint(tensors, record)


def _mapped(file: Path, seal: Mapping[str, Json], *, is_known: bool) -> dict[str, Tensor]:
    """Returns the tensors of a file, in memory that is the file's until somebody writes into it.

    Args:
        file: one that only runs write, each whole, so that none changes under whoever has mapped it.
        seal: its size and SHA-256 as they were written.
        is_known: whether this very file was found to be sound before.

    Raises:
        InaccessibleError: the system does not let it be read.
        UnreadableError: it is damaged.
    """
    with open_plain(file) as opened:
        size = os.fstat(opened.fileno()).st_size
        damage = UnreadableError(file, f"it is damaged: not the {seal.get('bytes')} bytes that were written.")
        if size != seal.get("bytes") or not 0 < size <= LARGEST:
            raise damage
        if not is_known and _sum_of(opened, file) != seal.get("sha256"):
            raise damage
        data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
    return parse_safetensors(data, file)


def _sum_of(opened: Any, file: Path) -> str:
    """Returns the SHA-256 of a file."""
    try:
        return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InaccessibleError(file, f"the file cannot be read ({reason_of(error)}).") from None


def newest(folder: Path, kind: str) -> tuple[Checkpoint | None, list[str]]:
    """The newest whole checkpoint of a kind, and a sentence for each newer one that had to be passed over.

    Raises:
        InaccessibleError: the system does not let one be read; it may be sound, so an older one is no answer.
        UnreadableError: the folder is there, but cannot be read.
    """
    passed_over: list[str] = []
    for _, stem in numbered(folder, kind):
        try:
            return read(stem), passed_over
        except InaccessibleError:
            raise
        except UnreadableError as error:
            passed_over.append(str(error))
    return None, passed_over


def verify(folder: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every checkpoint's name, with its record if it is whole, else None."""
    for kind in ("step", "best"):
        for _, stem in numbered(folder, kind):
            try:
                yield stem.name, dict(read(stem).record)
            except UnreadableError:
                yield stem.name, None
