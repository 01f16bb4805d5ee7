"""Turns pydantic's errors into sentences for people: `kernel_size must be at least 1, found 0`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from workbench.core.errors import printable
from workbench.core.setting_words import meant_by

LONGEST_FOUND = 60
Place = tuple[int | str, ...]

# The branches of a union as pydantic writes them into the place of an error: `int`, `tuple[int, int]`, `literal['x']`.
BRANCH = re.compile(r"(int|float|str|bool|none|list|tuple|dict|constrained-\w+)\Z|.*[\[(]")

TYPES = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object of keys and values",
    "mapping_type": "an object of keys and values",
    "model_type": "an object of keys and values",
    "model_attributes_type": "an object of keys and values",
    "none_required": "null",
    "finite_number": "a finite number",
}
BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
LENGTHS = {
    "too_short": ("at least", "min_length", "items"),
    "too_long": ("at most", "max_length", "items"),
    "string_too_short": ("at least", "min_length", "characters"),
    "string_too_long": ("at most", "max_length", "characters"),
}


def sentence(error: ValidationError, model: type[BaseModel] | None = None) -> str:
    """The first thing that is wrong, without a full stop: `kernel_size must be at least 1, found 0`.

    Args:
        error: what pydantic raised.
        model: the class that was validated; with it, a misspelt setting is answered with the nearest known one.
    """
    place, reason = explain(error, model)[0]
    return f"{place} {reason}" if place else reason


def explain(error: ValidationError, model: type[BaseModel] | None = None) -> list[tuple[str, str]]:
    """Everything that is wrong, in pydantic's order.

    Args:
        error: what pydantic raised.
        model: the class that was validated; with it, a misspelt setting is answered with the nearest known one.

    Returns:
        Pairs of the dotted place (`augment.shift`, `shape[1]`; empty for the whole) and the reason with the value
        found (`must be at least 0, found -1`), which together read as a sentence.
    """
    groups: dict[Place, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        groups.setdefault(_field(detail["loc"]), []).append(detail)
    return [_told(place, details, model) for place, details in groups.items()]


def _field(place: Place) -> Place:
    """The place without union branches and what lies inside them."""
    for index, part in enumerate(place):
        if index and isinstance(part, str) and BRANCH.match(part):
            return place[:index]
    return place


def _told(place: Place, details: list[ErrorDetails], model: type[BaseModel] | None) -> tuple[str, str]:
    """Place and reason of the errors of one field; those of a union's branches become one."""
    inner = [each for each in details if len(each["loc"]) > len(place) + 1]
    if inner and len(details) > 1:  # one branch fits as a whole, but not something inside it
        rest = tuple(part for part in inner[0]["loc"][len(place) :] if not isinstance(part, str))
        return _dotted(place + rest), _reason(inner[0], model)
    special = [each for each in details if each["type"] not in TYPES and each["type"] != "literal_error"]
    if special or len(details) == 1:
        return _dotted(place), _reason((special or details)[0], model)
    wanted = list(dict.fromkeys(_wanted(each) for each in details))
    either = " or ".join([", ".join(wanted[:-1]), wanted[-1]] if len(wanted) > 1 else wanted)
    return _dotted(place), f"must be {either}, found {_found(details[0]['input'])}"


def _dotted(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{printable(part)}" if text else printable(part)
    return text


def _wanted(detail: ErrorDetails) -> str:
    """What a type error or a choice asks for."""
    if detail["type"] == "literal_error":
        return str(detail["ctx"]["expected"]).replace("'", '"')
    return TYPES[detail["type"]]


def _reason(detail: ErrorDetails, model: type[BaseModel] | None) -> str:
    kind, found = detail["type"], f", found {_found(detail['input'])}"
    context: dict[str, Any] = detail.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not a setting{_hint(detail['loc'], model)}"
    if kind in TYPES or kind == "literal_error":
        return f"must be {_wanted(detail)}{found}"
    if kind in BOUNDS:
        words, key = BOUNDS[kind]
        return f"must be {words} {_number(context[key])}{found}"
    if kind in LENGTHS:
        words, key, unit = LENGTHS[kind]
        length = context.get("actual_length")
        count = len(detail["input"]) if length is None else length
        return f"must have {words} {context[key]} {unit}, found {count}"
    if kind == "string_pattern_mismatch":
        return f"must look like {context['pattern']}{found}"
    raised = context.get("error")
    if isinstance(raised, ValueError):
        return f"{raised}{found}" if detail["loc"] and "found" not in str(raised) else str(raised)
    text = detail["msg"].replace("Input should", "must")
    return f"{text[:1].lower()}{text[1:]}{found}"


def _hint(place: Place, model: type[BaseModel] | None) -> str:
    """What an unknown setting may have been meant to be."""
    known = _settings(place[:-1], model)
    if not known:
        return ""
    meant = [f'"{name}"' for name in meant_by(str(place[-1]), known)]
    return f"; did you mean {' and '.join(meant)}?" if meant else f"; there are: {', '.join(known)}"


def _settings(place: Place, model: type[BaseModel] | None) -> Mapping[str, FieldInfo]:
    """Settings of the model at a place inside another one; none if that is unknown."""
    for part in place:
        if model is None or isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        candidates = (field.annotation, *get_args(field.annotation)) if field else ()
        model = next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)
    return model.model_fields if model else {}


def _number(value: Any) -> str:
    """A bound as people write it: 1024, not 1024.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _found(value: Any) -> str:
    """The value as it would stand in a file, cut short."""
    text = printable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"
