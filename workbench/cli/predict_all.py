"""`predict --to`: what a trained network says about many pictures, as a table, or as a mask or picture for each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.cli import say
from workbench.cli.predict_samples import holds_samples, samples_in
from workbench.core import strict_json
from workbench.core.errors import UnreadableError, UsageError, WorkbenchError, printable
from workbench.core.files import is_folder, is_same_place, make_folder, write_file
from workbench.data.listening import telling
from workbench.data.loading import source_of
from workbench.data.pictures import SUFFIXES, png_of_fractions
from workbench.inspection.portraits import mask_png
from workbench.inspection.predicting import answers, files_in, made_of, mask_result, picture_result
from workbench.inspection.probe_loader import ProbeReader
from workbench.project import storage
from workbench.project.probes import SampleProbe, parse_probe

if TYPE_CHECKING:
    from workbench.inspection.trained import Trained

TOGETHER = 32  # samples that go through the network at once
TABLE, TEXTS = ".csv", frozenset({".txt"})
MOST_SAID = 5  # inputs that cannot be read, or have a note, of which each is told


def run(file: Path, inputs: list[str], to: Path, run_: str, weights: Path | None, *, as_json: bool) -> int:
    """Writes the answers to all inputs; 2 if an input cannot be read (the others are answered).

    Args:
        file: the project.
        inputs: pictures, folders of pictures, samples, texts for a network that takes texts, or files of many samples
            as the data are: tables of texts or series, recordings.
        to: a table (`.csv`), or the folder for a PNG file of each picture.
        run_: which run.
        weights: a file of weights, in place of a run.
        as_json: print JSON alone.

    Raises:
        WorkbenchError: there are no weights, no inputs, or the network has no such answer.
    """
    from workbench.cli.trained import trained_network

    trained = trained_network(storage.load(file), file, run_, weights)
    named = _named(inputs, trained)
    makes = bool(mask_result(trained.network) or picture_result(trained))
    if to.suffix.lower() == TABLE:
        if mask_result(trained.network):
            raise UsageError("This network makes a mask of each picture: name a folder for them, --to FOLDER.")
        done, troubles = _table(trained, file, named, to)
    elif makes:
        done, troubles = _pictures(trained, named, to)
    else:
        raise UsageError(
            f"This network gives classes or numbers, so the answers are a table: --to {printable(to.name)}{TABLE}"
        )
    _say(troubles)
    if as_json:
        answer = {"run": trained.origin, "to": str(to), "answered": done, "unreadable": len(troubles)}
        print(strict_json.printed(answer), flush=True)
    else:
        print(f"{to}: {done:,} of {max(done + len(troubles), len(named)):,} answered ({trained.origin})")
    return 2 if troubles else 0


def _say(troubles: Sequence[str]) -> None:
    for trouble in troubles[:MOST_SAID]:
        say(f"Error: {trouble}")
    if len(troubles) > MOST_SAID:
        say(f"Error: {len(troubles) - MOST_SAID:,} more inputs cannot be read.")


def _named(inputs: Sequence[str], trained: Trained) -> list[tuple[str, str]]:
    """What each input is called in the answers, and what it is: files of a folder by their places in it.

    Masks, and pictures that a network is to arrive at, are passed over where they lie beside what it starts from.

    Raises:
        UsageError: there are none.
    """
    takes_texts = any(len(shape) == 1 for shape in trained.network.inputs.values())
    source, named = source_of(trained.project.data_config()), list[tuple[str, str]]()
    for text in inputs:
        if holds_samples(trained, text) or not is_folder(text):
            named.append((text, text))
            continue
        found = list(files_in(Path(text), TEXTS if takes_texts else source.endings or SUFFIXES))
        kept = source.inputs_among(found, Path(text))
        if len(kept) < len(found):
            rest = len(found) - len(kept)
            say(f"Note: {rest:,} pictures of {printable(text)} that belong to others are left out.")
        named += [(path.relative_to(text).as_posix(), str(path)) for path in kept]
    if not named:
        others = f"files ({' '.join(sorted(source.endings))})" if source.endings else "pictures"
        what = "texts (.txt)" if takes_texts else others
        raise UsageError(f"There are no {what} in {', '.join(map(printable, inputs))}.")
    return named


def _table(trained: Trained, file: Path, named: Sequence[tuple[str, str]], to: Path) -> tuple[int, list[str]]:
    """Writes the table; how many inputs are in it, and what is wrong with the others."""
    from workbench.cli.trained import named_probe

    reader = ProbeReader(trained.project, storage.home_of(file))
    rows: list[tuple[str, dict[str, Any]]] = []
    troubles: list[str] = []
    tell = telling(len(named))

    def readings() -> Iterator[tuple[str, Mapping[str, Any]]]:
        for number, (name, text) in enumerate(named, 1):
            try:
                if name == text and holds_samples(trained, text):  # files of a folder are samples themselves
                    yield from samples_in(trained, file, text)
                else:
                    yield name, reader.read(named_probe(text), trained.network.inputs).fields
            except WorkbenchError as error:
                troubles.append(str(error))
            tell(number)

    waiting = readings()
    while some := list(islice(waiting, TOGETHER)):
        found = answers(trained.network, [fields for _, fields in some])
        rows += [(name, answer) for (name, _), answer in zip(some, found, strict=True)]
    if rows:
        write_file(to, [_csv(rows).encode()])
    return len(rows), troubles


def _csv(rows: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """The table as text: classes with their probabilities, by their names, or numbers."""
    first = rows[0][1]
    classes = sorted(first.get("classes", {}))
    has_labels = "labels" in first
    values = [name for name in first if name not in ("class", "probability", "classes", "labels")]
    widths = {name: np.size(first[name]) for name in values}
    answer_columns = ["labels"] if has_labels else ["class", "probability"] if classes else []
    header = ["file", *answer_columns, *(f"p({name})" for name in classes)]
    for name, width in widths.items():
        header += [name] if width == 1 else [f"{name}[{number}]" for number in range(width)]
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(header)
    for file, answer in rows:
        cells: list[Any] = [file]
        if has_labels:
            cells.append("|".join(answer["labels"]))
        elif classes:
            cells += [answer["class"], f"{answer['probability']:.6f}"]
        if classes:
            cells += [f"{answer['classes'][name]:.6f}" for name in classes]
        for name in values:
            cells += [f"{value:.6g}" for value in np.ravel(answer[name])]
        writer.writerow(cells)
    return made.getvalue()


def _targets(named: Sequence[tuple[str, str]], to: Path) -> dict[str, Path]:
    """The file that is made of each picture: below the folder, wherever the picture itself lies.

    Raises:
        UsageError: two pictures would be written to one file, or one of them to itself.
    """
    found, taken = dict[str, Path](), dict[Path, str]()
    for name, text in named:
        inside = Path(Path(name).name) if Path(name).is_absolute() or ".." in Path(name).parts else Path(name)
        target = to / inside.with_suffix(".png")
        if is_same_place(target, Path(text)):
            raise UsageError(f"{printable(target)} is the picture itself; choose another folder.")
        if (other := taken.setdefault(target, text)) != text:
            raise UsageError(f"{printable(other)} and {printable(text)} would both be written to {printable(target)}.")
        found[text] = target
    return found


def _pictures(trained: Trained, named: Sequence[tuple[str, str]], to: Path) -> tuple[int, list[str]]:
    """Writes a PNG file for each picture; how many there are, and what is wrong with the others."""
    source = source_of(trained.project.data_config())
    troubles: list[str] = []
    notes: dict[str, int] = {}
    classes: tuple[str, ...] = ()
    done, tell = 0, telling(len(named))
    if samples := [text for _, text in named if isinstance(parse_probe(text), SampleProbe)]:
        raise UsageError(f"Masks and pictures are made of picture files; {samples[0]} is a sample of the data.")
    targets = _targets(named, to)
    for number, (_, text) in enumerate(named, 1):
        target = targets[text]
        try:
            made = made_of(trained, source, Path(text))
        except UnreadableError as error:
            troubles.append(str(error))
            continue
        if made.is_mask:
            data, classes = mask_png(made.values, len(made.classes)), tuple(made.classes)
        else:
            data = png_of_fractions(made.values, is_deep=made.is_deep)
        make_folder(target.parent)
        write_file(target, [data])
        for note in made.notes:
            notes[note] = notes.get(note, 0) + 1
        done += 1
        tell(number)
    if classes:
        numbered = ", ".join(f'{number} is "{printable(name)}"' for number, name in enumerate(classes[:MOST_SAID]))
        say(f"Note: A mask holds the numbers of the classes: {numbered}{', …' if len(classes) > MOST_SAID else ''}.")
    for note, count in list(notes.items())[:MOST_SAID]:
        say(f"Note: {count:,} of {len(named):,} pictures: {note}")
    return done, troubles
