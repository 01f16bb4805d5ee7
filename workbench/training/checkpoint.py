"""Checkpoints: an immutable pair of files for each, the JSON written last being the commit.

`step-000480.safetensors` holds the tensors and `step-000480.json` everything else, with size and SHA-256 of the first.
A crash between the two leaves a pair that does not count; reading takes the newest one that is whole.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from workbench.core import strict_json
from workbench.core.errors import InaccessibleError, UnreadableError, printable
from workbench.core.files import WriteError, free_bytes, listed, make_folder, read_bytes, write_own_file
from workbench.core.moving import replace_by_move
from workbench.core.values import Json, bytes_text
from workbench.model.weights import parse_safetensors

KEPT = 3
LARGEST = 16_000_000_000
LARGEST_JSON = 64_000_000
NAME = re.compile(r"(step|best)-(\d{6,12})\.json\Z")
TENSORS = re.compile(r"(step|best)-\d{6,12}\.safetensors\Z")


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
        WriteError: no room, although older checkpoints but the newest were given up for it, or the place cannot be
            written to; what is left is whole.
    """
    stem = folder / f"{kind}-{step:06d}"
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    data = safetensors.torch.save(tensors, metadata={"format": "pt"})
    _make_room(folder, len(data))
    write_own_file(stem.with_suffix(".safetensors"), [data])
    seal = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    record = strict_json.encoded({"step": step, "tensors": seal, **checkpoint.record})
    write_own_file(stem.with_suffix(".json"), [record])
    older = [old for number, old in numbered(folder, kind) if number < step]
    for old in older[KEPT - 1 if kind == "step" else 0 :]:
        _delete(old)
    return stem.with_suffix(".json")


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
    data = read_bytes(partner, LARGEST)
    if len(data) != seal.get("bytes") or hashlib.sha256(data).hexdigest() != seal.get("sha256"):
        raise UnreadableError(partner, f"it is damaged: not the {seal.get('bytes')} bytes that were written.")
    tensors = parse_safetensors(data, partner)
    broken = next(
        (name for name, each in tensors.items() if each.is_floating_point() and not each.isfinite().all()), ""
    )
    if broken:
        raise UnreadableError(partner, f"{printable(broken)} holds NaN or infinite values, which no run writes.")
    return Checkpoint(tensors, record)


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
