"""Short paths of the settings that belong to the chosen optimiser and schedule: `training.momentum`.

They are the words of the command line; files and forms have whole paths alone (`training.optimizers.SGD.momentum`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.core.errors import UsageError, printable
from workbench.core.registry import Registry
from workbench.core.setting_words import choice_words
from workbench.core.values import Json
from workbench.training.config import TrainingConfig
from workbench.training.old_settings import RENAMED
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES

SECTION = "training"
KINDS: Mapping[str, tuple[str, Registry[Any]]] = {
    "optimizer": ("optimizers", OPTIMIZERS),
    "schedule": ("schedules", SCHEDULES),
}


def is_short(path: str) -> bool:
    """Returns whether a path is the short one of a setting that some optimiser or schedule has."""
    name = _name_in(path)
    return bool(name) and any(_owners(kind, name) for kind in KINDS)


def whole_path(path: str, training: Mapping[str, Json]) -> str:
    """Returns the whole path for a short one; any other path as it is.

    Args:
        path: of a setting, whole or short.
        training: the training settings, which choose optimiser and schedule; those not named have their defaults.

    Raises:
        UsageError: neither the chosen optimiser nor the chosen schedule has that setting, but others have it.
    """
    if not is_short(path):
        return path
    name = _name_in(path)
    owned = [kind for kind in KINDS if _owners(kind, name)]
    for kind in owned:
        chosen = _chosen(kind, training)
        if chosen in _owners(kind, name):
            return f"{SECTION}.{KINDS[kind][0]}.{chosen}.{name}"
    raise UsageError(" ".join(_refusal(kind, path, _chosen(kind, training)) for kind in owned))


def _name_in(path: str) -> str:
    """The setting that a short path names, by today's name; "" where the path is none."""
    section, _, name = path.partition(".")
    if section != SECTION or name in TrainingConfig.model_fields:
        return ""
    return RENAMED.get(name, name)


def _chosen(kind: str, training: Mapping[str, Json]) -> str:
    return str(training.get(kind, TrainingConfig.model_fields[kind].default))


def _owners(kind: str, name: str) -> list[str]:
    """The optimisers or schedules that have a setting of this name."""
    return [thing for thing, cls in KINDS[kind][1].items() if name in cls.model_fields]


def _refusal(kind: str, path: str, chosen: str) -> str:
    """Which have the setting, and what the chosen one has."""
    registry = KINDS[kind][1]
    own = list(registry[chosen].model_fields) if chosen in registry else []
    has = f"it has {', '.join(own)}" if own else "it has no settings of its own"
    owners = _listed([choice_words(owner) for owner in _owners(kind, _name_in(path))])
    word = path.removeprefix(f"{SECTION}.")
    return (
        f"{printable(choice_words(chosen))} has no {word}; {has}. There is one with {owners}: set {SECTION}.{kind} too."
    )


def _listed(names: list[str]) -> str:
    """The names as a choice: `a, b or c`."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
