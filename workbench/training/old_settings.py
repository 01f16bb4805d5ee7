"""Training settings of format 1, in which those of all optimisers and schedules lay side by side, in today's form.

What they meant is written down here once, for project files and for the records of runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from workbench.core.values import Json
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS
from workbench.training.schedules.spec import REGISTRY as SCHEDULES


class _Moved(NamedTuple):
    """Where a setting of format 1 has gone.

    Attributes:
        to: the parts that have it today, and its name there.
        usual: its default in format 1.
    """

    to: Mapping[str, str]
    usual: Json


class _Kind(NamedTuple):
    """A setting that chooses, and what belonged to its choices.

    Attributes:
        choice: its name.
        parts: the name of the setting that holds the settings of each choice today.
        usual: its default in format 1.
        settings: those that have moved.
    """

    choice: str
    parts: str
    usual: str
    settings: Mapping[str, _Moved]


KINDS = (
    _Kind(
        "optimizer",
        "optimizers",
        "AdamW",
        {
            "momentum": _Moved({"SGD": "momentum", "Adam": "beta1", "AdamW": "beta1"}, 0.9),
            "nesterov": _Moved({"SGD": "nesterov"}, False),
            "beta2": _Moved({"Adam": "beta2", "AdamW": "beta2"}, 0.999),
        },
    ),
    _Kind(
        "schedule",
        "schedules",
        "one_cycle",
        {
            "warmup": _Moved({"one_cycle": "warmup", "cosine": "warmup"}, 0.2),
            "step_epochs": _Moved({"step": "step_size"}, 5),
            "step_factor": _Moved({"step": "gamma"}, 0.1),
        },
    ),
)
UNSAID: Mapping[str, dict[str, Json]] = {"Adam": {"eps": 1e-8}, "AdamW": {"eps": 1e-8}}  # which torch had for them
RENAMED = {name: new for kind in KINDS for name, moved in kind.settings.items() for new in moved.to.values()
           if new != name and len(set(moved.to.values())) == 1}  # fmt: skip


def training_of_format_2(training: Json) -> Json:
    """Returns training settings of format 1 in the form of format 2; what is no table stays, to be refused by readers.

    A setting goes to the chosen optimiser or schedule, and to the others that had it where it is not what was usual.
    Wrong values are taken over too, once, so that they are refused under their new name. What is there already under
    the new name is never written over; the old one stays then, as a setting that is not known.
    """
    if not isinstance(training, dict):
        return training
    found = dict(training)
    for kind in KINDS:
        given = found.get(kind.parts, {})
        if not isinstance(given, dict) or not all(isinstance(part, dict) for part in given.values()):
            continue
        parts: dict[str, Any] = {name: dict(part) for name, part in given.items()}
        chosen = found.get(kind.choice, kind.usual)
        for name, moved in kind.settings.items():
            if name in found and _put(parts, moved, found[name], chosen):
                del found[name]
        if parts != given:
            found[kind.parts] = parts
    return found


def _put(parts: dict[str, Any], moved: _Moved, value: Json, chosen: Json) -> bool:
    """Puts a value where it belongs; whether there was room for it everywhere."""
    is_usual = type(value) is type(moved.usual) and value == moved.usual
    wanted = {part: name for part, name in moved.to.items() if part == chosen or not is_usual}
    if not all(_is_right(part, name, value) for part, name in wanted.items()):
        one = chosen if chosen in list(wanted) else next(iter(wanted))
        wanted = {str(one): wanted[str(one)]}
    if any(name in parts.get(part, {}) for part, name in wanted.items()):
        return False
    for part, name in wanted.items():
        parts.setdefault(part, {})[name] = value
    return True


def _is_right(part: str, name: str, value: Json) -> bool:
    """Whether an optimiser or a schedule takes the value."""
    try:
        (OPTIMIZERS.get(part) or SCHEDULES[part]).model_validate({name: value})
    except ValidationError:
        return False
    return True


def _with_unsaid(training: Json) -> Json:
    """Training settings with what the chosen optimiser went by without a setting for it, as records hold it today."""
    parts = training.get("optimizers") if isinstance(training, dict) else None
    if not isinstance(training, dict) or not isinstance(parts, dict):
        return training
    chosen = training.get("optimizer")
    if not isinstance(chosen, str) or chosen not in UNSAID or not isinstance(parts.get(chosen), dict):
        return training
    return training | {"optimizers": parts | {chosen: UNSAID[chosen] | parts[chosen]}}


def record_of_format_2(record: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the record of a run of format 1 in the form of format 2, in which augmentations that are off are missing.

    Args:
        record: as it is in the run's file, whatever it holds.
    """
    found = dict(record)
    if "training" in found:
        found["training"] = _with_unsaid(training_of_format_2(found["training"]))
    data = found.get("data")
    if isinstance(data, dict) and isinstance(data.get("augment"), dict):
        off: dict[str, Json] = {"shift": 0.0, "rotate": 0.0, "scale": 0.0, "flip": False}
        on = {key: value for key, value in data["augment"].items() if key not in off or value != off[key]
              or isinstance(value, bool) != isinstance(off[key], bool)}  # fmt: skip
        found["data"] = data | {"augment": on}
    return found
