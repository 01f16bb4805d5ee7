"""From data settings to a data set with all its splits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from workbench.core.errors import UnreadableError, UsageError, printable
from workbench.core.validation import sentence
from workbench.data.config import DataConfig
from workbench.data.spec import REGISTRY, Dataset, Source


def source_of(config: DataConfig) -> Source:
    """The source that the settings name, with its options checked.

    Raises:
        UsageError: there is no such source, or an option is wrong; names the option and the value.
    """
    cls = REGISTRY.get(config.source)
    if cls is None:
        raise UsageError(f'There is no data source "{printable(config.source)}". There are: {", ".join(REGISTRY)}.')
    try:
        return cls.model_validate(dict(config.options))
    except ValidationError as error:
        told = sentence(error, cls)
        raise UsageError(f"Data source {config.source}: {told}{'' if told.endswith('?') else '.'}") from None


def load(config: DataConfig, folder: Path) -> Dataset:
    """Loads a data set into memory and gives it the splits that it lacks.

    Args:
        config: the source, its options, and how missing splits are cut.
        folder: the project's folder, which relative paths start from.

    Raises:
        UsageError: there is no such source, or an option is wrong.
        UnreadableError: a file cannot be taken, or there is not enough memory for it.
    """
    from workbench.data.notes import data_notes
    from workbench.data.splits import complete

    source = source_of(config)
    try:
        dataset = complete(source.load(folder), config)
        return replace(dataset, notes=tuple(dict.fromkeys((*dataset.notes, *data_notes(dataset)))))
    except MemoryError:
        what = config.options.get("path") or config.source
        raise UnreadableError(
            str(what), "there is not enough memory for this data. Take a part of it, or make its pictures smaller."
        ) from None


def source_for(path: Path) -> str:
    """Returns the name of the source that a file or folder is for; "" if there is none.

    Raises:
        UnreadableError: a folder cannot be read.
    """
    claims = {name: cls.claim(path) for name, cls in REGISTRY.items()}
    return max(claims, key=lambda name: claims[name]) if any(claims.values()) else ""
