"""Helper process that turns a pickled state_dict into a safetensors file; run with bounded memory, by `model.weights`.

    python -m workbench.model.unpickling SOURCE TARGET

torch's `weights_only` reader runs no code of the file; what it may still do (claim huge tensors, nest anything) ends
at the checks here or at the memory limit. Prints one sentence and exits with 1 if the file is refused.
"""

from __future__ import annotations

import contextlib
import sys
import zipfile
from pathlib import Path

import safetensors.torch
import torch

from workbench.core.errors import WorkbenchError
from workbench.core.files import write_file

MEMORY = 24 << 30  # addresses, not pages: torch alone takes several GiB of them


class RefusedError(Exception):
    """The file is not taken; the text says why."""


def check_archive(path: Path) -> None:
    """Refuses a zip whose members are packed, or claim more than the file has: torch never writes such."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if any(member.compress_type != zipfile.ZIP_STORED for member in members):
        raise RefusedError("its parts are packed, which torch never does; it is not read.")
    if sum(member.file_size for member in members) > path.stat().st_size:
        raise RefusedError("its parts claim more bytes than the file has; it is damaged.")


def tensors_of(value: object) -> dict[str, torch.Tensor]:
    """The state_dict in what was unpickled: itself, or under the usual keys of a training script."""
    if isinstance(value, dict):
        for key in ("state_dict", "model_state_dict", "model"):
            if isinstance(value.get(key), dict):
                value = value[key]
                break
    if not isinstance(value, dict) or not value:
        raise RefusedError(f"it holds a {type(value).__name__}, but a table of named tensors is needed.")
    found = {}
    for key, tensor in value.items():
        if not isinstance(key, str):
            raise RefusedError(f"one of its keys is {str(key)[:60]!r}, but names are needed.")
        if not isinstance(tensor, torch.Tensor):
            raise RefusedError(f"its entry {key[:60]!r} is a {type(tensor).__name__}, but a tensor is needed.")
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
            raise RefusedError("it holds code or objects that are not tensors, so it was not opened.") from None
        raise RefusedError("the file is damaged or not made by torch.save.") from None
    write_file(target, [safetensors.torch.save(tensors_of(value), metadata={"format": "pt"})])


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
