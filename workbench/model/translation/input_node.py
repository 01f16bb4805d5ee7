"""The Input node of a network that a file describes: of the size that the file has for it, or of a usual one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from workbench.core.errors import UnreadableError
from workbench.core.values import Json, shape_text
from workbench.layers.spec import REGISTRY, Layer

UNKNOWN_SIZE = 224  # taken where a file leaves the size open


def input_layer(path: Path, shape: Sequence[int], kind: str, *, name: str = "", **settings: Json) -> Layer:
    """Returns the layer of an Input node.

    Args:
        path: of the file, for the error.
        shape: of one sample.
        kind: of what it gives.
        name: what the file calls this input, where it has several; for the error.
        settings: others of the layer.

    Raises:
        UnreadableError: no input can have such a size.
    """
    try:
        return REGISTRY["Input"].model_validate({"shape": tuple(shape), "kind": kind, **settings})
    except ValidationError:
        which = f"its input {name}" if name else "its input"
        raise UnreadableError(path, f"{which} has the size {shape_text(tuple(shape))}, which none can have.") from None


def size_note(which: str, taken: object) -> str:
    """Returns what is said of an input whose size the file leaves open.

    Args:
        which: the input, as the beginning of a sentence.
        taken: the size or sizes that it gets.
    """
    return f"{which} may have any size; {taken} is taken. The Input node's shape changes it."
