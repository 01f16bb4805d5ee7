"""Tables that say which class each file of a folder has, and perhaps its split."""

from __future__ import annotations

from pathlib import Path

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists
from workbench.data.folder_listing import some
from workbench.data.labelled_files import LabelledFile
from workbench.data.split_names import split_of
from workbench.data.text_table import read_table

TABLES = ("metadata.csv", "labels.csv")
FILES = ("file", "file_name", "path", "volume", "image")
LABELS = ("label", "class", "diagnosis")
OWNERS = ("patient", "patient_id", "subject", "subject_id", "participant_id")


def of_table(place: Path, path: Path) -> tuple[list[LabelledFile], list[str]]:
    """Returns the files that a table lists and that are there, and what a person should know about them.

    Args:
        place: the folder that names of files start from.
        path: of the table, with the columns file and label; it may have split.

    Raises:
        UnreadableError: it is no such table, or a split has a name that is none.
    """
    table = read_table(path)
    file, label = table.find(FILES), table.find(LABELS)
    if not file or not label:
        raise UnreadableError(path, f"it needs the columns file and label; there are: {some(table.header)}")
    split = table.found(("split", "set", "part"))
    found, missing = [], []
    for row, (name, of_class) in enumerate(zip(table.column(file), table.column(label), strict=True)):
        part = "train" if split is None else split_of(table.rows[row][split])
        if part is None:
            raise table.bad_cell(row, split or 0, "a split is called train, validation or test.")
        if name and exists(place / name):
            found.append(LabelledFile(place / name, of_class, part))
        else:
            missing.append(name)
    notes = []
    if missing:
        notes.append(f"{len(missing):,} of {len(table.rows):,} files of the table are not there: {some(missing)}")
    owner = table.find(OWNERS)
    if owner and split is None and len(set(table.column(owner))) < len(table.rows):
        notes.append(
            f'Several files are of one "{printable(owner)}", and may come into different splits: a network then knows '
            "whom it is tested with. Give the table a column split."
        )
    return found, notes
