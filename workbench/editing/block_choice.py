"""The blocks that can be chosen: those of the program and those that the user keeps."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.editing import saved_blocks
from workbench.project.blocks.spec import REGISTRY, Block

OWN = "own:"


@dataclass(frozen=True)
class BlockChoice:
    """A block in the list.

    Attributes:
        key: the name of a block of the program, or `own:` and the file of one that the user keeps.
        title: what people read.
        about: what it is, in a sentence.
    """

    key: str
    title: str
    about: str

    @property
    def is_own(self) -> bool:
        """Whether the user keeps it."""
        return self.key.startswith(OWN)

    @property
    def path(self) -> Path:
        """The file of one that the user keeps."""
        return Path(self.key.removeprefix(OWN))

    @property
    def declared(self) -> type[Block] | None:
        """The class of one of the program."""
        return None if self.is_own else REGISTRY.get(self.key)


def block_choices(text: str = "") -> list[BlockChoice]:
    """Returns the blocks whose title or name holds what was typed: the program's by title, then the user's own."""
    wanted = _letters(text)
    theirs = [BlockChoice(name, cls.title, cls.summary()) for name, cls in REGISTRY.items()]
    try:
        files = saved_blocks.saved()
    except WorkbenchError:  # the list shows what there is; saving says why the folder cannot be used
        files = []
    own = [
        BlockChoice(f"{OWN}{path}", path.stem.replace("_", " "), f"A block of yours, kept in {path}.") for path in files
    ]
    found = [*sorted(theirs, key=lambda choice: choice.title.lower()), *own]
    return [each for each in found if wanted in _letters(each.title) or wanted in _letters(each.key.rpartition("/")[2])]


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isalnum())


def choice_of(key: str) -> BlockChoice | None:
    """Returns the block of that key; None if there is none."""
    return next((each for each in block_choices() if each.key == key), None)
