"""Helper process that turns a pickled state_dict into a safetensors file; run with bounded memory, by `model.weights`.

    python -m workbench.model.unpickling SOURCE TARGET

Before each key in TARGET stands its number in SOURCE, of `DIGITS` digits.

torch's `weights_only` reader runs no code of the file; what it may still do (claim huge tensors, nest anything) ends
at the checks here or at the memory limit. Prints one sentence and exits with 1 if the file is refused.
"""

from __future__ import annotations

import contextlib
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import safetensors.torch
import torch

from workbench.core.errors import WorkbenchError
from workbench.core.files import write_file
from workbench.core.status import plain_status
from workbench.model.weight_kinds import SAVE

MEMORY = 24 << 30  # addresses, not pages: torch alone takes several GiB of them


DEEPEST = 4  # tables in tables that are looked into
MOST_NAMED = 4
DIGITS = 8  # of the number before each key in TARGET: safetensors puts keys in an order of its own
USUAL = (
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params", "module",
    "state_dict_ema", "model_ema", "ema",
)  # fmt: skip
NO_WEIGHTS = frozenset(
    {"optimizer", "optimizer_state_dict", "optimizer_states", "optim", "lr_scheduler", "lr_schedulers", "scheduler"}
    | {"scaler", "callbacks", "loops", "hyper_parameters"}
)
GLOBAL = re.compile(r"(?:GLOBAL|global:?|class) `?([A-Za-z_][\w.]*\.[\w.]*\w)")


class RefusedError(Exception):
    """The file is not taken; the text says why."""


def check_archive(path: Path) -> None:
    """Refuses a zip whose members are packed, or claim more than the file has: torch never writes such."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    names = {PurePosixPath(member.filename).name for member in members}
    if "constants.pkl" in names:
        raise RefusedError(f"it is a TorchScript archive, which holds code; it is not opened. {SAVE}")
    if members and "data.pkl" not in names:
        some = ", ".join(sorted(names)[:MOST_NAMED])
        raise RefusedError(f"it is an archive not made by torch.save (it holds {some}). {SAVE}")
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise RefusedError("its parts are packed, which torch never does; it is not read.")
    if sum(member.file_size for member in members) > plain_status(path).st_size:
        raise RefusedError("its parts claim more bytes than the file has; it is damaged.")


Table = Mapping[str, torch.Tensor]


def tables_in(
    value: object, place: str = "", depth: int = 0, seen: set[int] | None = None
) -> Iterator[tuple[str, Table]]:
    """Finds every table with named tensors in what was unpickled, with the keys that lead to it (`model.state`).

    A table that stands in several places is looked into once, since a few bytes can put one into billions of places.
    """
    seen = set() if seen is None else seen
    if not isinstance(value, dict) or depth > DEEPEST or id(value) in seen:
        return
    seen.add(id(value))
    tensors = {key: each for key, each in value.items() if isinstance(key, str) and isinstance(each, torch.Tensor)}
    if tensors:
        yield place, tensors
    for key, each in value.items():
        if isinstance(key, str) and key.lower() not in NO_WEIGHTS:
            yield from tables_in(each, f"{place}.{key}" if place else key, depth + 1, seen)


def weights_in(value: object) -> Table:
    """Returns the table of weights in what a training script saved.

    The state_dict itself, or what lies under a usual key, or the only table of tensors under any key. Numbers and
    texts beside the weights are no weights and are left out.

    Raises:
        RefusedError: there is none, or nobody can tell which of several is meant.
    """
    found = dict(tables_in(value))
    if not found:
        raise RefusedError(f"{_described(value)}, but a table of named tensors is needed.")
    for usual in USUAL:
        for place, table in found.items():
            if place.rpartition(".")[2].lower() == usual:
                return table
    if "" in found:
        return found[""]
    if len(found) == 1:
        return next(iter(found.values()))
    several = ", ".join(place[:60] for place in list(found)[:MOST_NAMED])
    raise RefusedError(f"it holds several tables of weights ({several}). Save the one that is meant alone.")


def _described(value: object) -> str:
    """What was unpickled, as the beginning of a sentence."""
    if not isinstance(value, dict) or not value:
        return f"it holds a {type(value).__name__}"
    if numbered := next((key for key in value if not isinstance(key, str)), None):
        return f"one of its keys is {str(numbered)[:60]!r}"
    entries = ", ".join(f"{key[:60]!r} (a {type(each).__name__})" for key, each in list(value.items())[:MOST_NAMED])
    return f"it holds {entries}"


def tensors_of(value: object) -> dict[str, torch.Tensor]:
    """Returns the weights in what was unpickled, each with memory of its own.

    Raises:
        RefusedError: there are none, or a tensor is of a kind that is not supported, or lies about its size.
    """
    found = {}
    for key, tensor in weights_in(value).items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_complex():
            raise RefusedError(f"its tensor {key[:60]!r} is sparse, quantised or complex, which is not supported.")
        if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
            raise RefusedError(f"its tensor {key[:60]!r} claims more values than the file holds.")
        found[key] = tensor.detach().contiguous().clone()
    return found


def convert(source: Path, target: Path) -> None:
    """Reads SOURCE and writes TARGET.

    Raises:
        RefusedError: the file is not taken.
    """
    try:
        check_archive(source)
        value = torch.load(source, map_location="cpu", weights_only=True)
    except (RefusedError, OSError, MemoryError):
        raise
    except Exception as error:  # the reader answers damaged files with all sorts of exceptions
        text = str(error)
        if "weights_only" in text or "Unsupported" in text or "WeightsUnpickler" in text:
            named = GLOBAL.search(text)
            what = f" ({named[1][:80]})" if named else ""
            raise RefusedError(
                f"it holds code or objects that are not tensors{what}, so it was not opened. {SAVE}"
            ) from None
        raise RefusedError("the file is damaged or not made by torch.save.") from None
    numbered = {f"{at:0{DIGITS}d}{key}": each for at, (key, each) in enumerate(tensors_of(value).items())}
    write_file(target, [safetensors.torch.save(numbered, metadata={"format": "pt"})])


def main() -> int:
    """Runs one conversion; 0 when TARGET is there."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        convert(Path(sys.argv[1]), Path(sys.argv[2]))
    except (RefusedError, WorkbenchError, OSError, MemoryError) as error:
        print(error or "it needs more memory than is allowed.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
