"""From data settings to a data set with all its splits."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary, ref

from pydantic import ValidationError

from workbench import __version__
from workbench.core.errors import UnreadableError, UsageError
from workbench.core.validation import sentence
from workbench.data import placing
from workbench.data.config import DataConfig
from workbench.data.file_state import NamedFiles, State
from workbench.data.listening import NOTHING_READ, ReadingProgress, ReadingStopped, heard_by, listener
from workbench.data.spec import REGISTRY, SPLITS, Dataset, Source

NOT_OF_THE_DATA = {"batch_size", "augment", "ratios"}  # settings that say how a data set is used


def source_of(config: DataConfig) -> Source:
    """The source that the settings name, with its options checked.

    Raises:
        UsageError: there is no such source, or an option is wrong; names the option and the value.
    """
    cls = REGISTRY.find(config.source, "data source")
    try:
        return cls.model_validate(dict(config.options))
    except ValidationError as error:
        told = sentence(error, cls)
        raise UsageError(f"Data source {config.source}: {told}{'' if told.endswith('?') else '.'}") from None


@dataclass(frozen=True)
class _Wanted:
    """What makes one data set another: its settings, the folder that paths start from, and the state of its files."""

    config: str
    folder: Path
    state: State

    @property
    def key(self) -> str:
        """What the data is known by on the disk; "" for what is drawn by the program."""
        if not self.state:
            return ""
        return hashlib.blake2b(f"{__version__} {self.config} {self.state}".encode(errors="surrogateescape"),
                               digest_size=16).hexdigest()  # fmt: skip


_HELD: WeakValueDictionary[_Wanted, Dataset] = WeakValueDictionary()
_NEWEST: dict[tuple[str, Path], ref[Dataset]] = {}  # what was loaded last, though nobody may have it any more
_NAMED: dict[tuple[str, Path], NamedFiles] = {}  # that the files of what was loaded last name
_LOADING: defaultdict[tuple[str, Path], Lock] = defaultdict(Lock)
_PROGRESS: dict[tuple[str, Path], ReadingProgress] = {}  # of what is being loaded, for others who wait for it
_STOPPED: set[tuple[str, Path]] = set()  # what somebody who waited has stopped
WAIT_SECONDS = 0.1  # how often those who wait look how far it is


def load(config: DataConfig, folder: Path) -> Dataset:
    """Returns a data set in memory, with the splits that its source lacks.

    There is one copy in the process: whoever asks for the same while somebody has it gets that one, also where it is
    still being loaded. It is let go of with the last who has it, and loaded anew where its files have changed.

    Args:
        config: the source, its options, and how missing splits are cut.
        folder: the project's folder, which relative paths start from.

    Raises:
        UsageError: there is no such source, or an option is wrong.
        UnreadableError: a file cannot be taken, or there is not enough memory for it.
        ReadingStopped: whoever listens has stopped it, also where the data was there already.
    """
    source = source_of(config)
    settings = _settings(config)
    with _alone((settings, folder)):
        listener()(NOTHING_READ)  # it may have been stopped, and what is held already tells nothing
        wanted = _Wanted(settings, folder, source.state(folder))
        found = _HELD.get(wanted)
        if found is None or not _NAMED[settings, folder].are_unchanged:
            found, _NAMED[settings, folder] = _loaded(source, config, wanted)
            _HELD[wanted] = found
        _NEWEST[settings, folder] = ref(found)
        return found


@contextmanager
def _alone(key: tuple[str, Path]) -> Iterator[None]:
    """Lets one thread at a time load what a key says; those that wait hear how far it is, and may stop it."""
    lock, own = _LOADING[key], listener()
    while not lock.acquire(timeout=WAIT_SECONDS):
        if (progress := _PROGRESS.get(key)) is not None:
            try:
                own(progress)
            except ReadingStopped:
                _STOPPED.add(key)
                raise
    _STOPPED.discard(key)  # of a reading that has ended meanwhile

    def tell(progress: ReadingProgress) -> None:
        _PROGRESS[key] = progress
        own(progress)
        if key in _STOPPED:
            raise ReadingStopped

    try:
        with heard_by(tell):
            yield
    finally:
        _PROGRESS.pop(key, None)
        _STOPPED.discard(key)
        lock.release()


def is_newest(dataset: Dataset, config: DataConfig, folder: Path) -> bool:
    """Whether nobody has loaded the same settings since and found files that had changed; no file is looked at."""
    newest = _NEWEST.get((_settings(config), folder))
    return newest is None or newest() is dataset


def _settings(config: DataConfig) -> str:
    return config.model_dump_json(exclude=NOT_OF_THE_DATA)


def _loaded(source: Source, config: DataConfig, wanted: _Wanted) -> tuple[Dataset, NamedFiles]:
    """A data set as it lies on the disk since an earlier time, or as it is read now, and the files that are named."""
    from workbench.data.kept_datasets import find

    key = wanted.key
    found = find(key) if key and config.storage in ("auto", "disk") else None
    return (found, found.named) if found else _read(source, config, wanted.folder, key)


def _read(source: Source, config: DataConfig, folder: Path, key: str) -> tuple[Dataset, NamedFiles]:
    from workbench.data.duplicates import found_copies
    from workbench.data.kept_datasets import keep
    from workbench.data.layout import with_channels_last
    from workbench.data.notes import data_notes
    from workbench.data.settling import settled
    from workbench.data.splits import assigned, complete

    try:
        with placing.begun(config.storage, key, partial(assigned, config)) as under_way:
            dataset = with_channels_last(settled(complete(source.load(folder), config), under_way))
            cut = {*(SPLITS[place] for place in under_way.cut), *dataset.cut}
            dataset = replace(dataset, cut=tuple(name for name in SPLITS if name in cut))
            notes = [*dataset.notes, *data_notes(dataset), *under_way.notes, *under_way.unmet()]
            if not source.may_repeat:
                copies = found_copies(dataset)
                notes, dataset = [*notes, *copies.notes], replace(dataset, marked={**dataset.marked, **copies.marked})
            dataset = replace(dataset, notes=tuple(dict.fromkeys(notes)))
            if under_way.entry is not None:
                dataset = keep(under_way.entry, dataset, under_way.named)
            return dataset, under_way.named
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
