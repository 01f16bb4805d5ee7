"""Checkpoints: an immutable pair of files for each, the JSON written last being the commit.

`step-000480.safetensors` holds the tensors and `step-000480.json` everything else, with size and SHA-256 of the first.
A crash between the two leaves a pair that does not count; reading takes the newest one that is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from workbench.core import strict_json
from workbench.core.errors import UnreadableError
from workbench.core.files import WriteError, read_bytes, write_file
from workbench.core.tensor_file import check_header
from workbench.core.values import Json

KEPT = 3
LARGEST = 16_000_000_000
LARGEST_JSON = 64_000_000
NAME = re.compile(r"(step|best)-(\d{6,12})\.json\Z")


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint in memory: tensors by key, and the rest."""

    tensors: Mapping[str, Tensor]
    record: Mapping[str, Json]


def write(folder: Path, kind: str, step: int, checkpoint: Checkpoint) -> Path:
    """Writes a pair, then deletes the older ones of its kind beyond those kept.

    Args:
        folder: where checkpoints are.
        kind: "step" (the last three are kept) or "best" (one is kept).
        step: the step it stands for.
        checkpoint: what to keep.

    Raises:
        WriteError: no room, or the place cannot be written to; older checkpoints are whole.
    """
    stem = folder / f"{kind}-{step:06d}"
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    data = safetensors.torch.save(tensors, metadata={"format": "pt"})
    _check_room(folder, len(data))
    write_file(stem.with_suffix(".safetensors"), [data])
    seal = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    record = strict_json.pretty({"step": step, "tensors": seal, **checkpoint.record})
    write_file(stem.with_suffix(".json"), [record.encode()])
    for old in _stems(folder, kind)[KEPT if kind == "step" else 1 :]:
        for suffix in (".json", ".safetensors"):
            with contextlib.suppress(OSError):
                old.with_suffix(suffix).unlink()
    return stem.with_suffix(".json")


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < 1.2 * size:
        sizes = f"{size / 1e6:,.1f} MB are needed and {free / 1e6:,.1f} MB are free"
        raise WriteError(f"No checkpoint was written to {folder}: {sizes}. Earlier checkpoints are whole.")


def _stems(folder: Path, kind: str) -> list[Path]:
    """The checkpoints of a kind, newest first, without their suffix."""
    found = []
    if folder.is_dir():
        for path in folder.iterdir():
            name = NAME.match(path.name)
            if name and name[1] == kind:
                found.append((int(name[2]), path.with_suffix("")))
    return [path for _, path in sorted(found, reverse=True)]


def read(stem: Path) -> Checkpoint:
    """Reads one pair.

    Raises:
        UnreadableError: a part is missing, damaged or does not belong to the other.
    """
    file, partner = stem.with_suffix(".json"), stem.with_suffix(".safetensors")
    record = strict_json.read(file, LARGEST_JSON)
    seal = record.get("tensors") if isinstance(record, dict) else None
    if not isinstance(seal, dict):
        raise UnreadableError(file, "it is not a checkpoint.", field="tensors")
    data = read_bytes(partner, LARGEST)
    if len(data) != seal.get("bytes") or hashlib.sha256(data).hexdigest() != seal.get("sha256"):
        raise UnreadableError(partner, f"it is damaged: not the {seal.get('bytes')} bytes that were written.")
    check_header(data, partner)
    return Checkpoint(safetensors.torch.load(data), record)


def newest(folder: Path, kind: str) -> tuple[Checkpoint | None, list[str]]:
    """The newest whole checkpoint of a kind, and a sentence for each newer one that had to be passed over."""
    passed_over: list[str] = []
    for stem in _stems(folder, kind):
        try:
            return read(stem), passed_over
        except UnreadableError as error:
            passed_over.append(str(error))
    return None, passed_over


def verify(folder: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every checkpoint's name, with its record if it is whole, else None."""
    for kind in ("step", "best"):
        for stem in _stems(folder, kind):
            try:
                yield stem.name, dict(read(stem).record)
            except UnreadableError:
                yield stem.name, None
