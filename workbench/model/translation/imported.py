"""What an importer gives: a network as it was read, with what was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbench.core.graph import Graph, Port

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


@dataclass(frozen=True)
class Unread:
    """Something of the other network that this program cannot compute.

    Attributes:
        node: name of the placeholder that stands for it.
        kind: what it is called there.
        reason: why it is not understood, as a sentence without its full stop.
    """

    node: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """A network as it was read.

    Attributes:
        graph: its nodes and wires, without places.
        origin: what it was read from, for people.
        weights: its weights by state_dict key; empty where it came without.
        notes: what a person should know, in sentences.
        unread: what is kept as a placeholder.
        blocks: prefixes of names that are groups, outermost first.
        auxiliary: names of outputs that matter in training alone → the weight that their loss usually has.
        classes: names of the classes; empty if they are not known.
        outputs: its outputs by name, the main one first.
    """

    graph: Graph
    origin: str
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    blocks: tuple[str, ...] = ()
    auxiliary: Mapping[str, float] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    outputs: Mapping[str, Port] = field(default_factory=dict)


def tensors_of(arrays: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, Tensor]:
    """Returns the numbers of a file as weights: float32, or whole numbers where they are counts."""
    import torch

    found = {key: torch.from_numpy(array.copy()) for key, array in arrays.items()}
    return {key: each.float() if each.is_floating_point() else each for key, each in found.items()}
