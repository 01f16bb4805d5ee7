"""The one undo command of the program: an edit, done and undone through the session."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QUndoCommand

from workbench.core.edits import Edit
from workbench.project.document import Project

KIND = 1  # Qt tries to merge commands of one kind


class EditCommand(QUndoCommand):
    """An edit on the undo stack."""

    def __init__(self, edit: Edit, made: Project, apply: Callable[[Edit, Project | None], None]) -> None:
        """Prepares a change that is made when the command is pushed.

        Args:
            edit: the change.
            made: the document after it, since it was tried.
            apply: makes a change; given the document after it, it takes that.
        """
        super().__init__(edit.text)
        self._edit = edit
        self._made: Project | None = made
        self._apply = apply

    def redo(self) -> None:
        made, self._made = self._made, None  # later the document before it may be another object
        self._apply(self._edit, made)

    def undo(self) -> None:
        self._apply(self._edit.inverse(), None)

    def id(self) -> int:
        return KIND

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        merged = self._edit.merged_with(other._edit) if isinstance(other, EditCommand) else None
        if merged is None:
            return False
        self._edit = merged
        self.setText(merged.text)
        self.setObsolete(merged == merged.inverse())
        return True
