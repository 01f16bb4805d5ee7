"""How a setting is told to people: declared in its pydantic field, so that one place says it.

`title` is its name in words, with its unit; `json_schema_extra` holds with which choices of another setting it acts
(`acts_with`), and whether its size counts more than its difference (`RATIO`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

RATIO: dict[str, Any] = {"by_ratio": True}


def acts_with(setting: str, *choices: str) -> dict[str, Any]:
    """Returns the declaration of a setting that does something only with these choices of another one."""
    return {"acts_with": [setting, *choices]}


def title_of(name: str, info: FieldInfo) -> str:
    """Returns a setting's name in words; without one, its name in the file."""
    return info.title or name


def title_at(cls: type[BaseModel], path: Sequence[str]) -> str:
    """Returns the name in words of the setting at a path below a declaration; "" where none is declared there."""
    info = cls.model_fields.get(path[0]) if path else None
    if info is None:
        return ""
    if len(path) == 1:
        return info.title or ""
    kind = info.annotation
    return title_at(kind, path[1:]) if isinstance(kind, type) and issubclass(kind, BaseModel) else ""


def choice_words(choice: str) -> str:
    """Returns one of a setting's choices in words."""
    return choice.replace("_", " ")


def is_by_ratio(info: FieldInfo) -> bool:
    """Returns whether twice as much is a step of a number, and not a little more."""
    return bool(_extra(info).get("by_ratio"))


def idle_reason(cls: type[BaseModel], name: str, values: Mapping[str, Any]) -> str:
    """Returns why a setting does nothing as the others are; "" where it acts.

    Args:
        cls: declares the settings.
        name: of the setting.
        values: the settings as they are; those not named have their defaults.
    """
    found = _extra(cls.model_fields[name]).get("acts_with")
    if not found:
        return ""
    other, *choices = found
    info = cls.model_fields[other]
    value = values.get(other, info.default)
    if value in choices:
        return ""
    wanted = " or ".join(map(choice_words, choices))
    return f"It acts with {wanted} as {title_of(other, info).lower()}, not with {choice_words(str(value))}."


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, Mapping) else {}
