"""Names of weights: what wraps a network puts words in front of them, which are taken off again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from workbench.core.names import plain_part
from workbench.core.values import Shape

T = TypeVar("T")
PLAIN = re.compile(r"[A-Za-z0-9_.]*")
ALONE = ".value"  # how the weight of a Parameter node ends
COMPILED = "_orig_mod"
NUMBERED = "layer"  # what `core.names.drawable` puts before a name that begins with a digit
FIRST_NUMBER = re.compile(rf"{NUMBERED}\d+(\.|\Z)")
# What DataParallel, torch.compile, Lightning and training scripts call the network inside them.
WRAPPERS = frozenset({"module", COMPILED, "model", "net", "network", "state_dict", "weights", "ema", "ema_model"})
LIKE = 0.5  # from which likeness on a name is worth naming


def named_as(ours: Collection[str], tensors: Mapping[str, T]) -> dict[str, T]:
    """Returns tensors by the names that a network has for them.

    Of all beginnings that the names of a file have (`module.`, `model._orig_mod.`, ...), the one is taken off behind
    which most of the network's names stand; one that wrappers are not known to make (`layer1.0`) only if all do.
    What does not begin so is left out if the beginning is one that wrappers are known to make, since it belongs to them
    (a loss, an optimiser); else it keeps its name.

    Args:
        ours: names that the network has.
        tensors: anything by name.
    """
    names = set(ours)
    if names.issuperset(tensors):
        return dict(tensors)
    bare = {name.removeprefix(NUMBERED): name for name in names if FIRST_NUMBER.match(name)}
    if bare and not any(name.endswith(tuple(f".{each}" for each in names)) or name in names for name in tensors):
        found = named_as(bare, tensors)  # of an nn.Sequential, whose names begin with digits there
        return {bare.get(name, name): each for name, each in found.items()}
    tensors = _drawn(names, tensors)
    if not any(COMPILED in name for name in names):
        tensors = {name.replace(f"{COMPILED}.", ""): each for name, each in tensors.items()}
    counts: Counter[str] = Counter()
    for name in tensors:
        words = name.split(".")
        counts.update(".".join(words[:at]) for at in range(len(words)) if ".".join(words[at:]) in names)
    needed = sum(not name.endswith("num_batches_tracked") for name in names)
    known = [each for each in counts if not each or WRAPPERS.issuperset(each.split(".")) or counts[each] >= needed]
    best = max(known, key=lambda prefix: (counts[prefix], -len(prefix)), default="")
    if not best:
        return dict(tensors)
    start = f"{best}."
    found = {name.removeprefix(start): each for name, each in tensors.items() if name.startswith(start)}
    if not WRAPPERS.issuperset(best.split(".")):
        found |= {name: each for name, each in tensors.items() if not name.startswith(start) and name not in found}
    return found


def _drawn(names: Collection[str], tensors: Mapping[str, T]) -> dict[str, T]:
    """Tensors by names as nodes may have them; a parameter that is a node here is that node's only weight."""
    alone = {name.removesuffix(ALONE) for name in names if name.endswith(ALONE)}
    found = {}
    for name, each in tensors.items():
        parts = name.split(".")
        if name not in names and not PLAIN.fullmatch(name):
            parts = [*map(plain_part, parts[:-1]), parts[-1]]
        whole = ".".join(parts)
        is_alone = bool(alone) and any(".".join(parts[at:]) in alone for at in range(len(parts)))
        found[whole + ALONE if is_alone else whole] = each
    return found


def by_order(ours: Mapping[str, Shape], theirs: Mapping[str, Shape]) -> dict[str, str]:
    """Returns which weights of a file are which of a network, where their names say nothing.

    The longest common runs of shapes are matched, as lines of two texts are compared, so that what one of both has more
    is passed over.

    Args:
        ours: name → shape, in the order of the network.
        theirs: name → shape, in the order of the file.
    """
    mine, others = list(ours.items()), list(theirs.items())
    matcher = SequenceMatcher(None, [shape for _, shape in mine], [shape for _, shape in others], autojunk=False)
    return {
        mine[block.a + step][0]: others[block.b + step][0]
        for block in matcher.get_matching_blocks()
        for step in range(block.size)
    }


def nearest(name: str, others: Mapping[str, tuple[int, ...]], shape: tuple[int, ...]) -> str:
    """Returns the name that is most like one of the network's, of the same shape first; "" if none is like it."""

    def likeness(other: str) -> float:
        return SequenceMatcher(None, name, other).ratio()

    fitting = [other for other, each in others.items() if each == shape] or list(others)
    best = max(fitting, key=likeness, default="")
    return best if best and likeness(best) >= LIKE else ""
