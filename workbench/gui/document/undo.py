"""The one undo command of the program: an edit, done and undone through the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtGui import QUndoCommand

from workbench.core.edits import CompositeGraphEdit, Edit, SetField, SetFrame, SetGroup, SetParam
from workbench.core.frames import gradual_change
from workbench.core.graph import Group
from workbench.project.document import CompositeEdit, SetSetting


def merge_key(edit: Edit) -> tuple[object, ...] | None:
    """What must be equal for two edits in a row to be one step: the same settings, or the same being moved."""
    if isinstance(edit, SetParam):
        return ("param", edit.node, edit.param)
    if isinstance(edit, SetField) and edit.field == "position":
        return ("move", edit.node)
    if isinstance(edit, SetFrame):
        part = gradual_change(edit.before, edit.after)
        return ("move" if part == "place" else part, "frame", edit.frame) if part else None
    if isinstance(edit, SetGroup) and isinstance(edit.before, Group) and isinstance(edit.after, Group):
        is_move = replace(edit.before, position=edit.after.position) == edit.after
        return ("move", "group", edit.prefix) if is_move else None
    if isinstance(edit, SetSetting) and edit.path:
        return ("setting", edit.section, *edit.whole_path)
    if isinstance(edit, CompositeEdit):
        return ("together", edit.label, *map(merge_key, edit.edits)) if edit.merges else None
    if isinstance(edit, CompositeGraphEdit):
        keys = [merge_key(each) for each in edit.edits]
        return tuple(keys) if keys and all(key and key[0] in ("move", "param", "size") for key in keys) else None
    return None


def merged(first: Edit, second: Edit) -> Edit:
    """One edit for two with the same key."""
    if isinstance(first, SetParam) and isinstance(second, SetParam):
        return SetParam(first.node, first.param, first.before, second.after, first.label)
    if isinstance(first, SetSetting) and isinstance(second, SetSetting):
        return first.then(second)
    if isinstance(first, SetField) and isinstance(second, SetField):
        return SetField(first.node, first.field, first.before, second.after, first.label)
    if isinstance(first, SetGroup) and isinstance(second, SetGroup):
        return SetGroup(first.prefix, first.before, second.after)
    if isinstance(first, SetFrame) and isinstance(second, SetFrame):
        return SetFrame(first.frame, first.before, second.after)
    if isinstance(first, CompositeEdit) and isinstance(second, CompositeEdit):
        parts = zip(first.edits, second.edits, strict=True)
        return CompositeEdit(tuple(merged(a, b) for a, b in parts), second.label, merges=True)
    assert isinstance(first, CompositeGraphEdit)
    assert isinstance(second, CompositeGraphEdit)
    both = zip(first.edits, second.edits, strict=True)
    return CompositeGraphEdit(tuple(merged(a, b) for a, b in both), first.label)  # type: ignore[misc]


class EditCommand(QUndoCommand):
    """An edit on the undo stack."""

    def __init__(self, edit: Edit, apply: Callable[[Edit], None]) -> None:
        super().__init__(edit.text)
        self._edit = edit
        self._apply = apply

    def redo(self) -> None:
        self._apply(self._edit)

    def undo(self) -> None:
        self._apply(self._edit.inverse())

    def id(self) -> int:
        key = merge_key(self._edit)
        return -1 if key is None else hash(key) & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        if not isinstance(other, EditCommand) or merge_key(self._edit) != merge_key(other._edit):
            return False
        self._edit = merged(self._edit, other._edit)
        self.setText(self._edit.text)
        self.setObsolete(self._edit == self._edit.inverse())
        return True
