"""Sound data, damaged at random: each source loads what is left, or refuses it in one sentence that names it."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.data.good_seeds import Seed, seeds
from tests.data.test_bad_by_each_reader import MOST_MEMORY, SOURCES, apart, complaints, needed
from workbench.data.config import DataConfig
from workbench.data.loading import load

pytest.importorskip("nibabel")

__all__ = ["apart"]  # the fixture
TIMES = int(os.environ.get("DAMAGED_TIMES", "28"))  # damages of each file
KEEP = os.environ.get("DAMAGED_KEEP", "")  # a folder that data with a wrong answer are copied to


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Seed]]:
    found: dict[str, list[Seed]] = {}
    for seed in seeds(tmp_path_factory.mktemp("seeds")):
        found.setdefault(seed.source, []).append(seed)
    return found


def damaged(data: bytes, number: int) -> bytes:
    """A copy with a damage; of what is packed every other damage is inside, where check sums do not tell of it."""
    if number % 2 and data[:2] == b"\x1f\x8b":
        return gzip.compress(_damaged(gzip.decompress(data), number // 2))
    if number % 2 and data[:4] == b"PK\x03\x04":
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
            names = before.namelist()
            for name in names:
                member = before.read(name)
                is_chosen = name == names[number // 2 % len(names)]
                after.writestr(name, _damaged(member, number // 2) if is_chosen else member)
        return made.getvalue()
    return _damaged(data, number)


def _damaged(data: bytes, number: int) -> bytes:
    """A copy with bits flipped, cut off, a part zeroed, doubled, or put in, or numbers made large."""
    draw = random.Random(number)
    made = bytearray(data)
    at, length = draw.randrange(len(made) + 1), draw.randrange(1, 64)
    kind = number % 7
    if kind == 0:
        for _ in range(draw.randrange(1, 9)):
            made[draw.randrange(len(made))] ^= 1 << draw.randrange(8)
    elif kind == 1:
        del made[at:]
    elif kind == 2:
        made[at : at + length] = bytes(len(made[at : at + length]))
    elif kind == 3:
        made[at:at] = made[at : at + length]
    elif kind == 4:
        made[at:at] = draw.randbytes(length)
    elif kind == 5:  # in the beginning, where headers are
        made[draw.randrange(min(len(made), 400))] = draw.choice((0, 1, 0x7F, 0x80, 0xFF))
    else:
        digits = [place for place, value in enumerate(made) if 0x30 <= value <= 0x39] or [0]
        place = draw.choice(digits)
        made[place : place + 1] = draw.choice((b"1e400", b"nan", b"-1", b"99999999999999999999", b"", b'"', b"\xff"))
    return bytes(made)


def test_all_sources_are_there_and_what_is_sound_loads(sound: dict[str, list[Seed]], apart: Path) -> None:
    assert set(sound) == {cls.name for cls in SOURCES}
    for found in sound.values():
        for number, seed in enumerate(found):
            path = seed.write(apart.parent / f"{seed.source}{number}")
            options = {"path": str(path), **seed.options}
            assert load(DataConfig(source=seed.source, options=options), apart).size("train")


@pytest.mark.parametrize("name", [cls.name for cls in SOURCES])
def test_what_is_damaged_is_answered(name: str, sound: dict[str, list[Seed]], apart: Path) -> None:
    before = needed()
    found: list[str] = []
    folder = apart.parent / "damaged"
    for seed in sound[name]:
        for file, data in seed.files.items():
            for number in range(TIMES):
                shutil.rmtree(folder, ignore_errors=True)
                path = seed.write(folder)
                (folder / file).write_bytes(damaged(data, number))
                wrong = [f"{file} {number}: {each}" for each in complaints(name, path, apart, seed.options)]
                if wrong and KEEP:
                    shutil.copytree(folder, Path(KEEP) / f"{name}-{len(found)}")
                found += wrong
    assert not found, "\n".join(found)
    assert needed() - before < MOST_MEMORY
