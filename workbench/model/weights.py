"""Reading weights that somebody else made, without running anything of the file, and fitting them into a network."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
from torch import Tensor, nn

from workbench.core.errors import UnreadableError, WorkbenchError
from workbench.core.files import read_bytes
from workbench.core.resources import PACKAGE
from workbench.core.tensor_file import check_header
from workbench.core.values import shape_text

LARGEST = 8_000_000_000
SECONDS = 120


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a .safetensors, .pth, .pt or .th file, by key.

    A `module.` in front of every key, as DataParallel leaves it, is taken off. Pickled files are read by a helper
    process with bounded memory and time that takes tensors and nothing else.

    Raises:
        UnreadableError: the file is damaged, holds code, or is no such file.
    """
    data = read_bytes(path, LARGEST)
    if not data:
        raise UnreadableError(path, "the file is empty.")
    if path.suffix.lower() == ".safetensors":
        tensors = parse_safetensors(data, path)
    elif path.suffix.lower() in (".pth", ".pt", ".th"):
        tensors = _unpickle(path)
    else:
        raise UnreadableError(path, "weights are read from .safetensors, .pth, .pt and .th files.")
    if tensors and all(key.startswith("module.") for key in tensors):
        tensors = {key.removeprefix("module."): tensor for key, tensor in tensors.items()}
    return tensors


def parse_safetensors(data: bytes, file: Path) -> dict[str, Tensor]:
    """The tensors in the bytes of a safetensors file.

    Raises:
        UnreadableError: the file is damaged.
    """
    check_header(data, file)
    try:
        return safetensors.torch.load(data)
    except Exception as error:  # the reader's own errors are of several unrelated types
        raise UnreadableError(file, f"the file is damaged: {str(error).splitlines()[0]}.") from None


def _unpickle(path: Path) -> dict[str, Tensor]:
    with tempfile.TemporaryDirectory(prefix="cnn-workbench-") as folder:
        target = Path(folder) / "weights.safetensors"
        command = [sys.executable, "-m", "workbench.model.unpickling", str(path.resolve()), str(target)]
        roots = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))))
        environment = {**os.environ, "PYTHONPATH": roots}  # the helper is this very program, wherever it runs from
        try:
            result = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise UnreadableError(path, f"reading it took more than {SECONDS} seconds; it was given up.") from None
        if result.returncode != 0 or not target.exists():
            reason = result.stdout.strip().splitlines()[-1:] or ["reading it needs more memory than is allowed."]
            raise UnreadableError(path, reason[0])
        return parse_safetensors(read_bytes(target, LARGEST), path)


@dataclass(frozen=True)
class Fit:
    """How weights from a file and those of a network go together.

    Attributes:
        fitting: keys that both have, with one shape.
        missing: keys that only the network has.
        unexpected: keys that only the file has.
        misshapen: key → (the file's shape, the network's).
    """

    fitting: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshapen: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]

    @property
    def is_exact(self) -> bool:
        """Whether nothing is missing, left over or misshapen."""
        return not (self.missing or self.unexpected or self.misshapen)

    def report(self) -> str:
        """What does not fit, in sentences with the first few keys of each sort."""
        parts = [f"{len(self.fitting)} weights fit"]
        for title, keys in (("missing", self.missing), ("unknown", self.unexpected)):
            if keys:
                parts.append(f"{len(keys)} {'is' if len(keys) == 1 else 'are'} {title} ({_some(keys)})")
        if self.misshapen:
            shapes = [
                f"{key} is {shape_text(theirs)}, needed {shape_text(ours)}"
                for key, (theirs, ours) in self.misshapen.items()
            ]
            parts.append(f"{len(shapes)} {'has' if len(shapes) == 1 else 'have'} another shape ({_some(shapes)})")
        return "; ".join(parts)


def _some(texts: list[str] | tuple[str, ...]) -> str:
    return ", ".join(texts[:3]) + (", …" if len(texts) > 3 else "")


def fit(modules: nn.Module, tensors: Mapping[str, Tensor]) -> Fit:
    """Compares a network's state_dict with the tensors of a file."""
    ours = modules.state_dict()
    common = [key for key in ours if key in tensors]
    return Fit(
        tuple(key for key in common if ours[key].shape == tensors[key].shape),
        tuple(key for key in ours if key not in tensors and not key.endswith("num_batches_tracked")),
        tuple(key for key in tensors if key not in ours),
        {
            key: (tuple(tensors[key].shape), tuple(ours[key].shape))
            for key in common
            if ours[key].shape != tensors[key].shape
        },
    )


def load_into(modules: nn.Module, tensors: Mapping[str, Tensor], *, partly: bool = False) -> Fit:
    """Puts the tensors into the network.

    Args:
        modules: the network's modules.
        tensors: by state_dict key.
        partly: take what fits and leave the rest as it is.

    Raises:
        WorkbenchError: something does not fit and `partly` is not asked for; nothing was loaded.
    """
    found = fit(modules, tensors)
    if not found.is_exact and not partly:
        raise WorkbenchError(f"The weights are of another network: {found.report()}. Nothing was loaded.")
    modules.load_state_dict({key: tensors[key] for key in found.fitting}, strict=False)
    return found
