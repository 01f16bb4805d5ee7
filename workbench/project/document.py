"""The document of a project: graph, data choice, training settings, probes and notes, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeVar
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from workbench.core.edits import MISSING, Edit, GraphEdit, Missing, expect, merged_in_pairs, with_key
from workbench.core.errors import UsageError, printable
from workbench.core.graph import NOTHING, Graph, GraphError
from workbench.core.setting_words import title_at
from workbench.core.validation import explain
from workbench.core.values import Json, Params, is_choice
from workbench.data.config import DataConfig
from workbench.training.config import TrainingConfig

Section = Literal["data", "training", "probes", "notes", "view"]
SECTIONS: Mapping[str, type[BaseModel]] = {"data": DataConfig, "training": TrainingConfig}
C = TypeVar("C", bound=BaseModel)
EMPTY = Graph()


@dataclass(frozen=True)
class Project:
    """Everything that a project file holds.

    Attributes:
        uuid: stays with the project through renames and copies of its file.
        graph: the network.
        data: data settings as in the file; those not named have their defaults.
        training: training settings, likewise.
        probes: pictures to look at the network with.
        notes: the user's own text.
        view: where the canvas stands.
        extra: keys that this version does not know, kept as they came.
    """

    uuid: str
    graph: Graph = EMPTY
    data: Params = NOTHING
    training: Params = NOTHING
    probes: tuple[Json, ...] = ()
    notes: str = ""
    view: Params = NOTHING
    extra: Params = NOTHING

    @classmethod
    def new(cls, graph: Graph, data: Params, training: Params) -> Project:
        """A project with an identity of its own."""
        return cls(str(uuid4()), graph, data, training)

    def data_config(self) -> DataConfig:
        """The data settings, checked.

        Raises:
            UsageError: one is wrong; names it and the value.
        """
        return checked(DataConfig, self.data, "data")

    def training_config(self) -> TrainingConfig:
        """The training settings, checked.

        Raises:
            UsageError: one is wrong; names it and the value.
        """
        return checked(TrainingConfig, self.training, "training")

    def apply(self, edit: Edit) -> Project:
        """The document after an edit.

        Raises:
            GraphError: the edit was made for another state.
        """
        if isinstance(edit, GraphEdit):
            return replace(self, graph=edit.apply(self.graph))
        if isinstance(edit, SetSetting | CompositeEdit):
            return edit.apply(self)
        raise TypeError(f"{edit!r} is no edit of a project")


@dataclass(frozen=True, slots=True)
class SetSetting(Edit):
    """Changes one setting outside the graph: `("augment", "rotate")` of the section "data", or a whole section.

    The tables that the path leads through must be there; `setting` makes the edit for those that are not.
    """

    section: Section
    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def text(self) -> str:
        if self.section == "probes":
            return _probes_text(self.after)
        whole = self.whole_path if isinstance(self.before, Missing) else self.inverse().whole_path
        words = _words(self.section, whole) or _words(self.section, self.path)
        return f"Set {words or '.'.join((self.section, *self.path))}"

    @property
    def whole_path(self) -> tuple[str, ...]:
        """The path of the setting itself, where the edit makes the tables that lead to it too."""
        path, value = self.path, self.after
        while isinstance(self.before, Missing) and isinstance(value, Mapping) and len(value) == 1:
            ((name, value),) = value.items()
            path = (*path, name)
        return path

    def merged_with(self, later: Edit) -> Self | None:
        if not isinstance(later, SetSetting) or not (self.path and later.path) or self.section != later.section:
            return None
        if self.whole_path != later.whole_path or is_choice(self.after) or is_choice(later.after):
            return None
        return replace(self, after=self._with(self.after, later, len(self.path)))

    def _with(self, value: Any, later: SetSetting, depth: int) -> Any:
        """A value in which a later edit has changed what lies below."""
        if depth == len(later.path):
            return later.after
        return with_key(value, later.path[depth], self._with(value.get(later.path[depth]), later, depth + 1))

    def apply(self, project: Project) -> Project:
        """The changed project.

        Raises:
            GraphError: the setting is not as this edit expects it.
        """
        old = getattr(project, self.section)
        return replace(project, **{self.section: self._changed(old, self.path)})

    def _changed(self, old: Any, path: tuple[str, ...]) -> Any:
        if not path:
            expect(old, self.before, self.text)
            return self.after
        if not isinstance(old, Mapping) or (len(path) > 1 and path[0] not in old):
            raise GraphError(f"{self.text}: there is no {path[0]} to go through.")
        if len(path) == 1:
            expect(old.get(path[0], MISSING), self.before, self.text)
            return with_key(old, path[0], self.after)
        return with_key(old, path[0], self._changed(old[path[0]], path[1:]))

    def inverse(self) -> SetSetting:
        return SetSetting(self.section, self.path, self.after, self.before)


@dataclass(frozen=True, slots=True)
class CompositeEdit(Edit):
    """Changes of settings, and of the graph where it takes part, that belong together and are one step for the user.

    Attributes:
        edits: in their order.
        label: what the menu says.
        merges: whether another one with the same label that follows at once is the same step, as while a number spins.
    """

    edits: tuple[Edit, ...]
    label: str
    merges: bool = False

    @property
    def text(self) -> str:
        return self.label

    def apply(self, project: Project) -> Project:
        """The changed project.

        Raises:
            GraphError: something is not as its edit expects it.
        """
        for edit in self.edits:
            project = project.apply(edit)
        return project

    def inverse(self) -> CompositeEdit:
        return CompositeEdit(tuple(edit.inverse() for edit in reversed(self.edits)), self.label, self.merges)

    def merged_with(self, later: Edit) -> Self | None:
        if not isinstance(later, CompositeEdit) or not (self.merges and later.merges) or self.label != later.label:
            return None
        edits = merged_in_pairs(self.edits, later.edits)
        return None if edits is None else replace(self, edits=edits)


def _probes_text(probes: Sequence[Json]) -> str:
    """What is done where these are looked at from now on, in words."""
    last = probes[-1] if probes else None
    if isinstance(last, Mapping) and isinstance(last.get("picture"), str):
        name = printable(last["picture"].replace("\\", "/").rpartition("/")[2])
        more = f" and {len(probes) - 1} more" if len(probes) > 1 else ""
        return f"Keep picture {name}{more}"
    if isinstance(last, Mapping) and "drawing" in last:
        return "Draw"
    return "Change what is looked at"


def path_words(section: str, path: Sequence[str]) -> str:
    """Returns what forms call the setting at a path; "" where they have no words for it."""
    return title_at(SECTIONS[section], path) if section in SECTIONS else ""


def _words(section: str, path: Sequence[str]) -> str:
    """The words within a sentence: without a capital, where it is only that of a beginning."""
    words = path_words(section, path)
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def setting(project: Project, section: Section, path: tuple[str, ...], value: Json | Missing) -> SetSetting:
    """The edit that gives a setting its value, with the tables on its way that are not there yet.

    Raises:
        UsageError: something on the way is no table.
    """
    old: Any = getattr(project, section)
    for depth, part in enumerate(path):
        if not isinstance(old, Mapping):
            place = ".".join((section, *path[:depth]))
            raise UsageError(f'{place} is {printable(old)}, so it has no setting "{printable(part)}".')
        if part not in old:
            for inner in () if isinstance(value, Missing) else reversed(path[depth + 1 :]):
                value = {inner: value}
            return SetSetting(section, path[: depth + 1], MISSING, value)
        old = old[part]
    return SetSetting(section, path, old, value)


def checked(cls: type[C], settings: Mapping[str, Json], section: str) -> C:
    """Settings from a file as a checked value; keys that this version does not know are passed over.

    Raises:
        UsageError: a known setting is wrong.
    """
    known = {key: value for key, value in settings.items() if key in cls.__pydantic_fields__}
    try:
        return cls.model_validate(known)
    except ValidationError as error:
        place, reason = explain(error, cls)[0]
        raise UsageError(stopped(f"{section}.{place} {reason}")) from None


def stopped(text: str) -> str:
    """The sentence with its full stop, if it does not end in a question."""
    return text if text.endswith("?") else f"{text}."


def unknown_settings(project: Project) -> list[str]:
    """Settings in the file that this version does not know; they are kept and change nothing."""
    return [
        f"{name}.{key}"
        for name, cls in SECTIONS.items()
        for key in getattr(project, name)
        if key not in cls.__pydantic_fields__
    ]
