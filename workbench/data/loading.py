"""From data settings to a data set with all its splits."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from workbench.core.errors import UsageError, shown
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
        raise UsageError(f'There is no data source "{shown(config.source)}". There are: {", ".join(REGISTRY)}.')
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
        UnreadableError: a file cannot be taken.
    """
    from workbench.data.splits import complete

    return complete(source_of(config).load(folder), config)
