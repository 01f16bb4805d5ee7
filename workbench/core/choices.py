"""Things of which a setting chooses one by its name, each with settings of its own, as types for pydantic.

The settings of those that are not chosen are kept, so that changing to another one and back loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from workbench.core.registry import Registry
from workbench.core.values import Json


def name_in(registry: Registry[Any]) -> Any:
    """Returns the type of a setting that is the name of a registered thing."""
    return Literal[tuple(registry)]


def about(registry: Registry[Any], text: str) -> str:
    """Returns the description of a setting that chooses: the text, and a line for each thing to choose."""
    return "\n".join([text, *(f"{name}: {first_line(thing)}" for name, thing in registry.items())])


def first_line(thing: object) -> str:
    """Returns the sentence that a declaration begins with."""
    return (thing.__doc__ or "").strip().split("\n")[0]


def settings_of_each(title: str, registry: Registry[Any]) -> type[BaseModel]:
    """Returns a model that has the settings of every registered thing under its name; all have defaults."""
    parts: dict[str, Any] = {
        name: (thing, Field(thing(), title=thing.title, description=first_line(thing)))
        for name, thing in registry.items()
    }
    return create_model(
        title, __config__=ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True), **parts
    )


def recorded(parts: BaseModel, chosen: str) -> dict[str, Json]:
    """Returns the settings of the chosen thing whole, and of the others what is not as usual.

    So a record says all that mattered, and no run differs from another by what came into the program since.
    """
    others: Mapping[str, Json] = parts.model_dump(mode="json", exclude_defaults=True)
    kept = {name: settings for name, settings in others.items() if settings and name != chosen}
    return {chosen: getattr(parts, chosen).model_dump(mode="json"), **kept}
