"""How a setting is described to people: declared in its pydantic field, so that one place says it.

`title` is its name in words, with its unit; `json_schema_extra` holds by which other setting one of its parts is
chosen (`chosen_by`), under which heading forms show it (`below_heading`), whether its size counts more than its
difference (`RATIO`), and by which names other programs know it (`also_called`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

RATIO: dict[str, Any] = {"by_ratio": True}


def chosen_by(setting: str) -> dict[str, Any]:
    """Returns the declaration of a setting with parts, of which the one acts that another setting names."""
    return {"chosen_by": setting}


def below_heading(heading: str) -> dict[str, Any]:
    """Returns the declaration of a setting that forms show in the section with this heading."""
    return {"heading": heading}


def also_called(*names: str) -> dict[str, Any]:
    """Returns the declaration of a setting that others call so: who writes such a name is told the right one."""
    return {"also_called": list(names)}


def meant_by(word: str, infos: Mapping[str, FieldInfo]) -> list[str]:
    """Returns the settings that a name may mean: those called so elsewhere or in words, else the nearest one.

    Args:
        word: a name that none of the settings has.
        infos: the settings, by name.
    """
    word, folded = word.casefold(), {name.casefold(): name for name in infos}
    called = [name for name, info in infos.items() if word in _names_of(info)]
    return called or [folded[near] for near in get_close_matches(word, folded, n=1, cutoff=0.5)]


def _names_of(info: FieldInfo) -> list[str]:
    """Names of a setting besides its own: its title as a name, without the unit, and what others call it."""
    title = re.sub(r" \(.*\)", "", info.title or "").lower().replace(" ", "_")
    return [title, *map(str, _extra(info).get("also_called", ()))]


def heading_of(info: FieldInfo) -> str:
    """Returns the heading of the section that a setting stands in; "" for none."""
    return str(_extra(info).get("heading", ""))


def title_of(name: str, info: FieldInfo) -> str:
    """Returns a setting's name in words; without one, its name in the file."""
    return info.title or name


def field_at(cls: type[BaseModel], path: Sequence[str]) -> FieldInfo | None:
    """Returns the setting at a path below a declaration; None where none is declared there."""
    info = cls.model_fields.get(path[0]) if path else None
    if info is None or len(path) == 1:
        return info
    inner = parts_of(info)
    return field_at(inner, path[1:]) if inner is not None else None


def parts_of(info: FieldInfo) -> type[BaseModel] | None:
    """Returns the declaration of the settings that a setting consists of; None where it is a single one."""
    kind = info.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def settings_below(info: FieldInfo, path: str) -> Iterator[tuple[str, FieldInfo]]:
    """Yields the single settings that a setting consists of, with their dotted paths; for a single one itself."""
    inner = parts_of(info)
    if inner is None:
        yield path, info
        return
    for name, each in inner.model_fields.items():
        yield from settings_below(each, f"{path}.{name}")


def title_at(cls: type[BaseModel], path: Sequence[str]) -> str:
    """Returns the name in words of the setting at a path below a declaration; "" where none is declared there."""
    info = field_at(cls, path)
    title = (info.title or "") if info is not None else ""
    above = field_at(cls, path[:1])
    is_part = len(path) == 3 and above is not None and "chosen_by" in _extra(above)
    return f"{title} of {choice_words(path[1])}" if title and is_part else title


def value_at(cls: type[BaseModel], path: Sequence[str], values: Mapping[str, Any]) -> Any:
    """Returns the value of the setting at a path, its default where it is not named.

    Args:
        cls: declares the settings.
        path: of a setting that is declared.
        values: the settings as they are; those not named have their defaults.
    """
    found: Any = values
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            info = field_at(cls, path)
            return info.get_default(call_default_factory=True) if info is not None else None
        found = found[part]
    return found


def choice_words(choice: str) -> str:
    """Returns one of a setting's choices in words."""
    return choice.replace("_", " ")


def is_by_ratio(info: FieldInfo) -> bool:
    """Returns whether twice as much is a step of a number, and not a little more."""
    return bool(_extra(info).get("by_ratio"))


def idle_reason(cls: type[BaseModel], path: Sequence[str], values: Mapping[str, Any]) -> str:
    """Returns why a setting does nothing as the others are; "" where it acts.

    Args:
        cls: declares the settings.
        path: of the setting.
        values: the settings as they are; those not named have their defaults.
    """
    other = _extra(cls.model_fields[path[0]]).get("chosen_by")
    if not other or len(path) == 1:
        return ""
    value = value_at(cls, (other,), values)
    if value == path[1]:
        return ""
    choice = title_of(other, cls.model_fields[other]).lower()
    return f"It acts with {choice_words(path[1])} as {choice}, not with {choice_words(str(value))}."


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, Mapping) else {}
