"""Any setting of a project by its path: `conv1.out_channels`, `training.lr`, `data.augment.rotate`.

A setting of the optimiser or the schedule that is chosen has a short path too: `training.momentum`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Literal, cast, get_origin

from pydantic import ValidationError

from workbench.core.edits import Edit, NodeField, SetField
from workbench.core.errors import UsageError, printable
from workbench.core.graph import Node
from workbench.core.graph_edits import rename, set_param
from workbench.core.setting_words import choice_words, field_at, meant_by
from workbench.core.validation import sentence
from workbench.core.values import Json
from workbench.data.spec import REGISTRY as SOURCES
from workbench.layers.spec import find
from workbench.project.document import SECTIONS, Project, Section, SetSetting, setting, stopped
from workbench.project.document import path_words as words_in
from workbench.project.short_paths import is_short, whole_path

FLAGS = ("bypass", "frozen")
DECIMAL_COMMA = re.compile(r"\s*[-+]?\d*,\d+([eE][-+]?\d+)?\s*\Z")


def parse_assignment(text: str) -> tuple[str, Json]:
    """Reads `path=value`; the value is JSON where it is JSON, else text.

    Raises:
        UsageError: there is no `=`.
    """
    path, equals, value = text.partition("=")
    if not equals or not path:
        raise UsageError(f'"{text}" is not of the form path=value, such as training.lr=0.01.')
    try:
        return path.strip(), json.loads(value)
    except ValueError:
        return path.strip(), value


def assign(project: Project, path: str, value: Json) -> Project:
    """The project with one setting changed.

    Raises:
        UsageError: there is no such setting, or the value is out of bounds.
        GraphError: there is no such node.
    """
    return project.apply(setting_edit(project, path, value))


def assign_all(project: Project, requested: Iterable[tuple[str, Json]]) -> Project:
    """Returns the project with some settings changed, in their order.

    Short paths come last, since what they mean depends on the optimiser and the schedule that the others choose.

    Raises:
        UsageError: there is no such setting, or a value is out of bounds.
        GraphError: there is no such node.
    """
    given = list(requested)
    for path, value in sorted(given, key=lambda request: is_short(request[0])):
        project = assign(project, path, value)
    return project


def setting_edit(project: Project, path: str, value: Json) -> Edit:
    """The edit that gives the setting at a path its value, after checking both.

    Raises:
        UsageError: there is no such setting, or the value is out of bounds.
        GraphError: there is no such node.
    """
    path = whole_path(path, project.training)
    section, _, rest = path.partition(".")
    if section in SECTIONS and rest:
        return _section_edit(project, cast(Section, section), tuple(rest.split(".")), value)
    if path == "notes":
        return SetSetting("notes", (), project.notes, str(value))
    name, dot, param = path.rpartition(".")
    if not dot:
        meant = [f'"{name}.{each}"' for name, cls in SECTIONS.items() for each in meant_by(path, cls.model_fields)]
        hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
        raise UsageError(
            f'"{path}" is no setting: name a node and its setting (conv1.stride), data.… or training.….{hint}'
        )
    return _node_edit(project, project.graph.named(name), param, value)


def path_words(path: str) -> str:
    """Returns what forms call the setting at a path; the path itself where they have no words for it."""
    section, *rest = path.split(".")
    return words_in(section, rest) or path


def value_words(path: str, value: str) -> str:
    """Returns the value of the setting at a path as forms show it."""
    section, *rest = path.split(".")
    info = field_at(SECTIONS[section], rest) if section in SECTIONS else None
    return choice_words(value) if info is not None and get_origin(info.annotation) is Literal else value


def _section_edit(project: Project, section: Section, path: tuple[str, ...], value: Json) -> SetSetting:
    edit = setting(project, section, path, value)
    cls = SECTIONS[section]
    if section == "data" and path[0] not in cls.model_fields and path[0] in _options(project):
        raise UsageError(f'data.{path[0]} is not a setting; did you mean "data.options.{path[0]}"?')
    try:
        cls.model_validate({key: each for key, each in getattr(project.apply(edit), section).items()
                            if key in cls.model_fields or key == path[0]})  # fmt: skip
    except ValidationError as error:
        raise UsageError(stopped(f"{section}.{sentence(error, cls)}") + _comma_hint(value)) from None
    return edit


def _options(project: Project) -> Mapping[str, object]:
    """The options of the project's data source; none where there is no such source."""
    source = SOURCES.get(str(project.data.get("source", "digits")))
    return source.model_fields if source is not None else {}


def _comma_hint(value: Json) -> str:
    """What to write where a setting was refused that is a number with a decimal comma; "" elsewhere."""
    if not isinstance(value, str) or not DECIMAL_COMMA.match(value):
        return ""
    return f" Decimals stand behind a point here: {value.strip().replace(',', '.')}."


def _node_edit(project: Project, node: Node, param: str, value: Json) -> Edit:
    if param == "name":
        return rename(project.graph, node, str(value))
    if param in FLAGS:
        if not isinstance(value, bool):
            raise UsageError(f"{node.name}.{param} must be true or false, found {printable(json.dumps(value))}.")
        return SetField(node.id, cast(NodeField, param), getattr(node, param), value, node.name)
    cls = find(node.layer)
    if cls is None:
        raise UsageError(f'{node.name} is a "{node.layer}", which this version does not know; it cannot be changed.')
    try:
        cls.model_validate({**node.params, param: value})
    except ValidationError as error:
        raise UsageError(stopped(f"{node.name}.{sentence(error, cls)}") + _comma_hint(value)) from None
    return set_param(node, param, value)
