"""Blocks that people keep: each a file in a folder of theirs, written from a selection."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.files import WriteError, listed, make_folder, read_bytes, reason_of, write_file
from workbench.core.strict_json import parse, pretty
from workbench.core.values import Json
from workbench.editing.clipboard import MARK, MOST_BYTES
from workbench.editing.pieces import stem_of
from workbench.project.blocks.spec import Piece
from workbench.project.format import MOST_EDGES, Reader, graph_json

FORMAT = 1
SUFFIX = ".block"
LONGEST_TITLE = 100
FOLDER_VARIABLE = "CNN_WORKBENCH_BLOCKS"


def blocks_folder() -> Path:
    """Returns the folder of the user's blocks: what CNN_WORKBENCH_BLOCKS names, else one in the user's data."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("cnn-workbench", appauthor=False) / "blocks"


def path_of(title: str) -> Path:
    """Returns the file in which a block of that title is kept.

    Raises:
        UsageError: the title cannot be one.
    """
    return blocks_folder() / f"{stem_of(title)}{SUFFIX}"


def keep(piece: Piece) -> Path:
    """Writes a piece into the user's folder of blocks, in the place of one with the same name.

    Raises:
        UsageError: the title cannot be one.
        WriteError: the folder cannot be written to.
    """
    path = path_of(piece.title)
    make_folder(path.parent)
    write_file(path, [dumped(piece).encode()])
    return path


def delete(path: Path) -> None:
    """Takes the file of a kept block away.

    Raises:
        WriteError: it cannot be deleted.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"{printable(path)} was not deleted: {reason_of(error)}.", error.errno or 0) from None


def dumped(piece: Piece) -> str:
    """Returns a piece as text."""
    left = [piece.exit.node, piece.exit.name] if piece.exit is not None else None
    ports: dict[str, Json] = {"entries": [[port.node, port.name] for port in piece.entries], "exit": left}
    return pretty({MARK: "block", "format": FORMAT, "title": piece.title, **graph_json(piece.graph), **ports})


def saved() -> list[Path]:
    """Returns the files of the user's blocks, by name; none where the folder is not there.

    Raises:
        UnreadableError: the folder cannot be read.
    """
    return sorted(each for each in listed(blocks_folder(), missing_ok=True) if each.suffix == SUFFIX)


def read(path: Path) -> Piece:
    """Returns a kept block.

    Raises:
        UnreadableError: the file cannot be read, is damaged or something else; names the place.
    """
    data = read_bytes(path, MOST_BYTES)
    row = parse(data, str(path))
    reader = Reader(str(path))
    if not isinstance(row, dict) or row.get(MARK) != "block":
        raise UnreadableError(path, "it is no block of CNN Workbench.")
    version = row.get("format")
    if type(version) is not int or not 1 <= version <= FORMAT:
        reader.refuse("format", f"it is of another version (format {version!r}); this one reads {FORMAT}.")
    graph = reader.graph({key: row[key] for key in ("nodes", "edges", "groups") if key in row})
    if not graph.nodes:
        reader.refuse("nodes", "it holds none.")
    title = reader.text(row.get("title"), "title", LONGEST_TITLE)
    try:
        stem_of(title)
    except UsageError as error:
        reader.refuse("title", str(error))
    rows = reader.list(row.get("entries", []), "entries", MOST_EDGES)
    entries = tuple(reader.port(each, graph.nodes, f"entries[{i}]") for i, each in enumerate(rows))
    left = row.get("exit")
    return Piece(title, graph, entries, None if left is None else reader.port(left, graph.nodes, "exit"))
