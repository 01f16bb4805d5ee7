"""Reading weights that somebody else made, without running anything of the file, and fitting them into a network."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from mmap import mmap
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from workbench.core.errors import UnreadableError, WorkbenchError, printable
from workbench.core.files import exists, read_buffer, resolved
from workbench.core.helper_process import run_module
from workbench.core.status import plain_status
from workbench.core.tensor_file import TensorEntry, check_header
from workbench.core.values import shape_text
from workbench.model.archives import check_claim
from workbench.model.unpickling import DIGITS
from workbench.model.weight_kinds import kind_of, why_not
from workbench.model.weight_names import by_order, named_as, nearest

LARGEST = 8_000_000_000
SECONDS = 120


class Weights(dict[str, Tensor]):
    """Tensors by key.

    Attributes:
        origin: the file that they are from.
    """

    def __init__(self, tensors: Mapping[str, Tensor], origin: str) -> None:
        super().__init__(tensors)
        self.origin = origin


def read_weights(path: Path) -> Weights:
    """The tensors of a safetensors or NumPy file or of one that torch.save wrote, by the keys that they have there.

    The file is recognised by its content. Pickled files are read by a helper process with bounded memory and time that
    takes tensors and nothing else.

    Raises:
        UnreadableError: the file is damaged, holds code, is no such file, or a tensor of it is not finite.
    """
    data = read_buffer(path, LARGEST)
    if not data:
        raise UnreadableError(path, "the file is empty.")
    kind = kind_of(bytes(data[:64]), path.suffix)
    if kind is None:
        raise UnreadableError(path, why_not(bytes(data[:64])))
    tensors = parse_safetensors(data, path) if kind == "safetensors" else READERS[kind](path)
    check_finite(tensors, path)
    return Weights(tensors, str(path))


def check_finite(tensors: Mapping[str, Tensor], file: str | Path) -> None:
    """Refuses weights that no training could begin with.

    Raises:
        UnreadableError: a number is NaN or infinite; names the tensor.
    """
    for key, tensor in tensors.items():
        if tensor.is_floating_point() and not all_finite(tensor):
            bad = int((~torch.isfinite(tensor)).sum())
            raise UnreadableError(
                file,
                f'its tensor "{printable(key)}" holds NaN or infinity in {bad:,} of {tensor.numel():,} places; the '
                "training that wrote it had gone bad. Take an earlier file.",
            )


ELEMENTS = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "U16": torch.uint16,
    "F16": torch.float16, "BF16": torch.bfloat16, "I32": torch.int32, "U32": torch.uint32, "F32": torch.float32,
    "I64": torch.int64, "U64": torch.uint64, "F64": torch.float64,
}  # fmt: skip


def all_finite(tensor: Tensor) -> bool:
    """Returns whether no number is NaN or infinite: neither end is (NaN would be both); one pass and no copy."""
    if not tensor.numel():
        return True
    low, high = tensor.aminmax()
    return bool(low.isfinite() and high.isfinite())


def parse_safetensors(data: bytearray | mmap, file: Path) -> dict[str, Tensor]:
    """The tensors in the bytes of a safetensors file; they share its memory.

    Raises:
        UnreadableError: the file is damaged.
    """
    return {name: _tensor(data, entry) for name, entry in check_header(data, file).items()}


def _tensor(data: bytearray | mmap, entry: TensorEntry) -> Tensor:
    dtype, count = ELEMENTS[entry.dtype], prod(entry.shape)
    if not count:
        return torch.empty(entry.shape, dtype=dtype)
    if entry.start % dtype.itemsize:  # a file of another writer, whose header is of any length
        data, entry = bytearray(data[entry.start : entry.start + count * dtype.itemsize]), replace(entry, start=0)
    return torch.frombuffer(data, dtype=dtype, count=count, offset=entry.start).reshape(entry.shape)


def _unpickle(path: Path) -> dict[str, Tensor]:
    with tempfile.TemporaryDirectory(prefix="cnn-workbench-") as folder:
        target = Path(folder) / "weights.safetensors"
        result = run_module(
            "workbench.model.unpickling", str(resolved(path)), str(target),
            folder=Path(folder), about=path, doing="reading", seconds=SECONDS,
        )  # fmt: skip
        if result.returncode != 0 or not exists(target):
            reason = result.stdout.strip().splitlines()[-1:] or ["reading it needs more memory than is allowed."]
            raise UnreadableError(path, reason[0])
        found = parse_safetensors(read_buffer(target, LARGEST), path)
        return {key[DIGITS:]: found[key] for key in sorted(found)}


def _from_npz(path: Path) -> dict[str, Tensor]:
    """The arrays of a NumPy archive, in their order; nothing pickled is read.

    Raises:
        UnreadableError: it is damaged, an array is of objects or text, or its members claim too much.
    """
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            check_claim(path, sum(each.file_size for each in archive.infolist()), plain_status(path).st_size)
        with np.load(path, allow_pickle=False) as arrays:
            for key in arrays.files:
                found[key.replace("/", ".")] = torch.from_numpy(np.ascontiguousarray(arrays[key]))
    except UnreadableError:
        raise
    except Exception as error:  # NumPy reads headers as Python, and answers odd ones as its parser does
        told = printable(str(error).splitlines()[0][:100] if str(error) else type(error).__name__)
        raise UnreadableError(path, f"its arrays cannot be read as weights ({told}).") from None
    return found


READERS = {"pickled": _unpickle, "npz": _from_npz}


@dataclass(frozen=True)
class Fit:
    """How weights from a file and those of a network go together.

    Attributes:
        fitting: keys that both have, with one shape.
        missing: keys that only the network has.
        unexpected: keys that only the file has.
        misshapen: key → (the file's shape, the network's).
        mistyped: key → the file's element type, where it is of whole numbers and the network's is not.
        near: for the first missing key the unexpected one that is most like it; "" if there is none.
    """

    fitting: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshapen: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
    mistyped: Mapping[str, str] = field(default_factory=dict)
    near: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether nothing is missing, left over, misshapen or of whole numbers."""
        return not (self.missing or self.unexpected or self.misshapen or self.mistyped)

    def report(self) -> str:
        """What does not fit, in sentences with the first few keys of each sort."""
        parts = [f"{len(self.fitting)} weights fit"]
        for title, keys in (("missing", self.missing), ("unknown", self.unexpected)):
            if keys:
                parts.append(f"{len(keys)} {'is' if len(keys) == 1 else 'are'} {title} ({_some(keys)})")
        if self.near:
            parts.append(f"the nearest to {self.missing[0]} is {printable(self.near)}")
        if self.misshapen:
            shapes = [
                f"{key} is {shape_text(theirs)}, needed {shape_text(ours)}"
                for key, (theirs, ours) in self.misshapen.items()
            ]
            parts.append(f"{len(shapes)} {'has' if len(shapes) == 1 else 'have'} another shape ({_some(shapes)})")
        if self.mistyped:
            types = [f"{key} is {dtype}" for key, dtype in self.mistyped.items()]
            what = "holds whole numbers" if len(types) == 1 else "hold whole numbers"
            parts.append(f"{len(types)} {what}, as quantised networks do ({_some(types)}), but float32 is needed")
        return "; ".join(parts)


def _some(texts: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(printable, texts[:3])) + (", …" if len(texts) > 3 else "")


def fit(modules: nn.Module, tensors: Mapping[str, Tensor]) -> Fit:
    """Compares a network's state_dict with the tensors of a file, whatever wraps the names there."""
    ours = modules.state_dict()
    return _compared(ours, named_as(ours, tensors))


def _compared(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> Fit:
    common = [key for key in ours if key in theirs]
    missing = tuple(key for key in ours if key not in theirs and not key.endswith("num_batches_tracked"))
    unexpected = {key: tuple(tensor.shape) for key, tensor in theirs.items() if key not in ours}
    mistyped = {
        key: str(theirs[key].dtype).removeprefix("torch.")
        for key in common
        if ours[key].is_floating_point() and not theirs[key].is_floating_point()
    }
    return Fit(
        tuple(key for key in common if ours[key].shape == theirs[key].shape and key not in mistyped),
        missing,
        tuple(unexpected),
        {
            key: (tuple(theirs[key].shape), tuple(ours[key].shape))
            for key in common
            if ours[key].shape != theirs[key].shape
        },
        mistyped,
        nearest(missing[0], unexpected, tuple(ours[missing[0]].shape)) if missing else "",
    )


def named_by_order(modules: nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Returns tensors by a network's own keys, matched by their order in the file and their shapes alone."""
    shapes = [
        {key: tuple(each.shape) for key, each in table.items() if not key.endswith("num_batches_tracked")}
        for table in (modules.state_dict(), tensors)
    ]
    return {ours: tensors[theirs] for ours, theirs in by_order(*shapes).items()}


def load_into(
    modules: nn.Module, tensors: Mapping[str, Tensor], *, partly: bool = False, fresh: Collection[str] = ()
) -> Fit:
    """Puts the tensors into the network.

    Args:
        modules: the network's modules.
        tensors: by state_dict key, perhaps with what a wrapper put in front of it.
        partly: take what fits and leave the rest as it is.
        fresh: names of nodes that need no weights, since they begin anew.

    Raises:
        WorkbenchError: something does not fit and `partly` is not asked for; nothing was loaded.
    """
    ours = modules.state_dict()
    theirs = named_as(ours, tensors)
    anew = {key for key in ours if key.rpartition(".")[0] in fresh}
    found = _compared({key: each for key, each in ours.items() if key not in anew}, _without(theirs, anew))
    if not found.is_exact and not partly:
        origin = f" in {printable(tensors.origin)}" if isinstance(tensors, Weights) else ""
        raise WorkbenchError(f"The weights{origin} are of another network: {found.report()}. Nothing was loaded.")
    modules.load_state_dict({key: theirs[key] for key in found.fitting}, strict=False)
    return found


def _without(tensors: Mapping[str, Tensor], keys: Collection[str]) -> dict[str, Tensor]:
    return {key: tensor for key, tensor in tensors.items() if key not in keys}
