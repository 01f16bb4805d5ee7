"""Names of nodes: the rule, why it is what it is, and how to find a free one.

A name is a dotted path. It becomes the key of weights (`layer1.0.conv1.weight`), an attribute of a torch module and an
identifier in exported code; so its parts are plain, and none may hide what torch keeps on a module (everything with a
leading underscore is torch's).
"""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Iterable

LONGEST = 200
PART = re.compile(r"[A-Za-z0-9_]+\Z")

# The attributes of torch.fx.GraphModule and torch.nn.ModuleDict; tests/core/test_names.py holds the table to torch.
TAKEN = frozenset(
    """
    T_destination add_module add_submodule apply bfloat16 buffers call_super_init children clear code compile cpu cuda
    delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward get_buffer
    get_extra_state get_parameter get_submodule graph half ipu items keys load_state_dict meta modules mtia
    named_buffers named_children named_modules named_parameters parameters pop print_readable recompile
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule shape_env share_memory state_dict to to_empty to_folder train training type
    update values xpu zero_grad
    """.split()
)


def name_problem(name: str) -> str:
    """Why this cannot be a node's name, as the end of a sentence; empty when it can."""
    if not name or len(name) > LONGEST:
        return f"needs 1 to {LONGEST} characters"
    parts = name.split(".")
    for part in parts:
        if not PART.match(part):
            return "may only have letters A-Z and a-z, digits and _ between its dots"
        if part in TAKEN or part.startswith("_"):
            return f'may not have the part "{part}", which torch uses itself'
    if parts[0][0].isdigit():
        return "may not begin with a digit"
    if keyword.iskeyword(parts[0]) or parts[0] in ("self", "torch", "nn", "F"):
        return f'may not begin with "{parts[0]}", which means something in Python'
    return ""


def id_of(name: str) -> str:
    """Returns the id of a node that a program draws: it follows from the name, so the same network is the same file."""
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()[:8]


def prefixes(name: str) -> list[str]:
    """The groups a name stands in, outermost first: `a.b.c` → `a`, `a.b`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def is_within(node: str, name: str) -> bool:
    """Whether a name means a node: its own, or that of a group that it is in."""
    return node == name or node.startswith(f"{name}.")


def clash(name: str, others: Iterable[str]) -> str:
    """The first of the other names that cannot stand beside this one; empty when there is none."""
    for other in others:
        if other == name or other.startswith(name + ".") or name.startswith(other + "."):
            return other
    return ""


class TakenNames:
    """Names that are taken, asked and added to without going through all of them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._groups: set[str] = set()
        self._numbers: dict[tuple[str, str], int] = {}  # (stem, tail) → the first number that may be free
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Takes a name."""
        self._names.add(name)
        self._groups.update(prefixes(name))

    def has_clash(self, name: str) -> bool:
        """Returns whether a name cannot stand beside those that are taken."""
        return name in self._names or name in self._groups or any(each in self._names for each in prefixes(name))

    def free(self, wanted: str) -> str:
        """Returns the name that `free_name` gives, which is not taken by this."""
        if not self.has_clash(wanted):
            return wanted
        head = next((prefix for prefix in prefixes(wanted) if prefix in self._names), wanted)
        tail = wanted.removeprefix(head)
        stem = head.rstrip("0123456789") or head
        number = self._numbers.get((stem, tail), 2)
        while self.has_clash(name := _numbered(stem, number, tail)):
            number += 1
        self._numbers[stem, tail] = number
        return name


def free_name(wanted: str, others: Iterable[str]) -> str:
    """The wanted name itself if it is free, else the same with the next free number behind it (`relu` → `relu2`).

    Where a node has the name of the wanted one's group, the group gets the number (`block.relu` → `block2.relu`).
    """
    return TakenNames(others).free(wanted)


def _numbered(stem: str, number: int, tail: str) -> str:
    """The name with its number, the stem cut where it would become too long."""
    room = LONGEST - len(str(number)) - len(tail)
    return f"{stem[: max(room, 1)]}{number}{tail}"


def drawable(name: str) -> str:
    """Returns a name as near to this one as may be drawn: parts that torch keeps for itself get a _ behind them."""
    parts = [plain_part(part) for part in name.split(".")]
    if parts[0][0].isdigit():
        parts[0] = f"layer{parts[0]}"
    while len(".".join(parts)) > LONGEST and len(parts) > 1:
        parts.pop(0)
    mended = ".".join(parts)[:LONGEST]
    return mended if not name_problem(mended) else f"net.{mended}"


def plain_part(part: str) -> str:
    """Returns one part of a dotted name as it may be drawn: `block1-0` → `block1_0`, `type` → `type_`."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in part).lstrip("_") or "x"
    return f"{plain}_" if plain in TAKEN else plain
