"""Files of many samples, such as tables of series or texts, for `predict --to`: read as those of the data are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli import say
from workbench.core.errors import UnreadableError, printable
from workbench.core.files import exists
from workbench.core.values import Json, Shape, shape_text
from workbench.data.loading import load, source_of
from workbench.project import storage
from workbench.project.kept_options import kept_with
from workbench.project.probes import SampleProbe, parse_probe

OF_THE_NETWORK = ("The texts have ", "All samples are of one class", "Of ")  # how notes begin that are not on the file
MOST_NOTES = 5  # on a file, that are said

if TYPE_CHECKING:
    from workbench.data.spec import Array
    from workbench.inspection.trained import Trained


def holds_samples(trained: Trained, text: str) -> bool:
    """Returns whether what is named is a file or folder that the project's source reads as many samples."""
    source = source_of(trained.project.data_config())
    if not source.is_independent or isinstance(parse_probe(text), SampleProbe) or not exists(text):
        return False
    return type(source).claim(Path(text)) > 0


def samples_in(trained: Trained, file: Path, text: str) -> Iterator[tuple[str, Mapping[str, Array]]]:
    """Yields the samples of a file as the network takes them, each by a name; whatever classes it has are not used.

    Args:
        trained: the network with its weights.
        file: of the project.
        text: the file or folder.

    Raises:
        UnreadableError: it cannot be read, or its samples are of another form than the network takes.
    """
    inputs, project = trained.network.inputs, trained.project
    options: dict[str, Json] = dict(project.data_config().options)
    options |= kept_with(file, trained.origin) | {"path": str(Path(text).absolute())}
    source = source_of(project.data_config())
    if "length" in type(source).model_fields and len(inputs) == 1:
        options["length"] = next(iter(inputs.values()))[-1]  # as the network takes them, whatever these are
    if "is_unlabelled" in type(source).model_fields:
        options["is_unlabelled"] = True
    config = project.data_config().model_copy(update={"options": options, "validation_share": 0.0, "test_share": 0.0})
    dataset = load(config, storage.home_of(file))
    for field, shape in inputs.items():
        _check(text, field, shape, dataset.fields[field].shape if field in dataset.fields else None)
    told = [note for note in dataset.notes if not note.startswith(OF_THE_NETWORK)]
    for note in told[:MOST_NOTES]:
        say(f"Note: {printable(text)}: {note}")
    name = Path(text).name
    for split, arrays in dataset.splits.items():
        place = f"{name}:" if len(dataset.splits) == 1 else f"{name}:{split}:"
        for number in range(dataset.size(split)):
            yield f"{place}{number}", {field: arrays[field][number] for field in inputs}


def _check(text: str, field: str, wanted: Shape, found: Shape | None) -> None:
    if found != wanted:
        there = f"{field} of {shape_text(found)}" if found is not None else f"no {field}"
        raise UnreadableError(text, f"it has {there}, but the network takes {shape_text(wanted)}.")
