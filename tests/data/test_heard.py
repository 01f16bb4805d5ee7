"""Readings of every kind say how far they are, in the words of what is read, and end where somebody stops them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.data.kinds_of_samples import COUNT, clips, volumes
from workbench.data import listening
from workbench.data.config import DataConfig
from workbench.data.listening import BYTES, ReadingProgress, ReadingStopped, heard, heard_by, telling
from workbench.data.loading import load
from workbench.data.many_files import in_threads

ROWS = 1500


@dataclass(frozen=True)
class Reading:
    """Something of a kind that is read.

    Attributes:
        source: that reads it.
        write: puts a file into a folder and returns it.
        things: of which it is said how many are done.
        options: of the source.
    """

    source: str
    write: Callable[[Path], Path]
    things: tuple[str, ...]
    options: dict[str, Any]


def texts(folder: Path) -> Path:
    lines = ["text,label", *(f"film {number} is good,{number % 2}" for number in range(ROWS))]
    return written(folder / "t.csv", lines)


def ratings(folder: Path) -> Path:
    rows = (f"{number % 40},{number % 37},{number % 5},{10**9 + number}" for number in range(ROWS))
    return written(folder / "ratings.csv", ["userId,movieId,rating,timestamp", *rows])


def table(folder: Path) -> Path:
    rows = (f"2020-01-01 {n // 60:02}:{n % 60:02}:00,{n % 17 + 1},{n % 13 + 1}" for n in range(1440))
    return written(folder / "f.csv", ["date,a,b", *rows])


def series(folder: Path) -> Path:
    rows = (f"{','.join(str((number * step) % 7) for step in range(1, 9))}:{number % 2 + 1}" for number in range(ROWS))
    return written(folder / "s.ts", ["@classLabel true 1 2", "@data", *rows])


def arrays(folder: Path) -> Path:
    np.savez(folder / "a.npz", x=np.full((60, 512, 512), 9, np.uint8), y=np.arange(60) % 2)
    return folder / "a.npz"


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def in_folder(write: Callable[[Path], None]) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        write(folder)
        return folder

    return made


READINGS = {
    "texts": Reading("text", texts, ("pieces of text", "lines", "texts"), {}),
    "ratings": Reading("ratings", ratings, ("lines", "rows", "times"), {"split": "time"}),
    "forecasts": Reading("forecast", table, ("lines", "times", "rows", "series"), {"window": 8}),
    "series": Reading("series", series, ("lines", "series"), {}),
    "arrays": Reading("npz", arrays, (BYTES, "pieces of samples"), {}),
    "clips": Reading("clips", in_folder(clips), ("clips",), {"frames": 4}),
    "volumes": Reading("volumes", in_folder(volumes), ("volumes",), {}),
}


def read(reading: Reading, folder: Path) -> None:
    load(DataConfig(source=reading.source, options={"path": str(reading.write(folder)), **reading.options}), folder)


@pytest.mark.parametrize("name", READINGS)
def test_it_is_said_how_far_it_is(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    told: list[ReadingProgress] = []
    with heard_by(told.append):
        read(READINGS[name], tmp_path)
    for things in READINGS[name].things:
        found = [each for each in told if each.things == things]
        assert found, (things, {each.things for each in told})
        assert max(each.total for each in found) >= max(each.done for each in found)
    assert len(told) >= 10


@pytest.mark.parametrize("name", READINGS)
def test_it_ends_where_somebody_stops_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    for things in READINGS[name].things:
        told: list[ReadingProgress] = []

        def stop(progress: ReadingProgress, things: str = things, told: list[ReadingProgress] = told) -> None:
            told.append(progress)
            if progress.things == things:
                raise ReadingStopped

        with heard_by(stop), pytest.raises(ReadingStopped):
            read(READINGS[name], tmp_path)
        assert [each.things for each in told].count(things) == 1


def test_progress_in_words() -> None:
    assert ReadingProgress(1200, 5000, 7.2).text == "1,200 of 5,000 files, 7 s left"
    assert ReadingProgress(1200, 5000, 7.2, "rows").text == "1,200 of 5,000 rows, 7 s left"
    assert ReadingProgress(3_000_000, 2_000_000_000, 300, BYTES).text == "3.0 MB of 2.0 GB, 5 min left"


def test_short_readings_behind_one_another_are_heard_too(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("workbench.data.listening.time.monotonic", lambda: clock[0])
    told: list[str] = []
    with heard_by(lambda progress: told.append(progress.text)):
        for _ in range(8):  # each by itself is shorter than it takes until somebody is told
            for _ in heard(range(2), "rows", together=1):
                clock[0] += 0.03
    assert len(told) == 3
    assert all(text.split(",")[0] in ("0 of 2 rows", "1 of 2 rows") for text in told)


def test_threads_end_behind_what_they_work_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "EVERY_SECONDS", 0)
    worked: list[int] = []

    def stop(_: ReadingProgress) -> None:
        raise ReadingStopped

    with heard_by(stop), pytest.raises(ReadingStopped):
        for _ in in_threads(worked.append, range(10_000), together=1):
            pass
    assert len(worked) < 10_000


def test_what_is_done_is_told_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[ReadingProgress] = []
    with heard_by(told.append):
        tell = telling(COUNT, "clips")
        for done in range(COUNT):
            tell(done + 1)
    assert [(each.done, each.total, each.things) for each in told] == [(COUNT, COUNT, "clips")]
