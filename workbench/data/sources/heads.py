"""Heads drawn by this program: every picture's turn, nod, light and identity are known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pydantic import Field

from workbench.core.values import Value
from workbench.data.head_renderer import (
    AZIMUTH,
    ELEVATION,
    IDENTITY,
    LIGHT,
    PARTS,
    Scenes,
    generator,
    identities,
    render,
)
from workbench.data.spec import FACTOR, Array, Dataset, Source, source

FACTORS = ("azimuth", "elevation", "light", "identity")
RANGES = {"azimuth": AZIMUTH, "elevation": ELEVATION, "light": LIGHT}


@source(name="heads", title="Rendered heads with known pose and light", is_drawn=True)
class Heads(Source):
    """Draws heads in batches in which one factor varies, and test pictures of other heads in which all do.

    The default takes some ten seconds on one core. Azimuth, elevation and light are in radians.
    """

    size: int = Field(32, ge=4, le=256, description="Height and width of a picture, in pixels")
    batches: int = Field(150, ge=1, le=10_000, description="Training batches for each of the four factors")
    batch: int = Field(20, ge=2, le=1000, description="Pictures in a batch, in which one factor varies")
    people: int = Field(2000, ge=2, le=1_000_000, description="Heads to train with; the test has 300 others")
    test: int = Field(2000, ge=1, le=1_000_000, description="Test pictures, in which every factor varies")
    parts: bool = Field(False, description="Also give which part of the head each pixel shows, as the field parts")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of heads, poses and lights")

    def load(self, folder: Path) -> Dataset:
        known, others = identities(self.people, self.seed), identities(300, self.seed + 2**31)
        made = {
            "train": self._batches(known, self.batches, "train"),
            "validation": self._batches(known, max(1, self.batches // 10), "validation"),
        }
        test = _free(others, self.test, generator(self.seed, "test"))
        splits = {split: self._split(scenes, factor) for split, (scenes, factor, _) in made.items()}
        splits["test"] = self._split(test, np.zeros(self.test, np.int64))
        groups = {split: numbers for split, (_, _, numbers) in made.items()}
        return Dataset(self._fields(), splits, groups=groups)

    def redraw(self, fields: Mapping[str, Array]) -> Array | None:
        return render(Scenes(**{name: fields[name] for name in FACTORS}), self.size)[0]

    def _fields(self) -> dict[str, Value]:
        fields = {
            "image": Value((1, self.size, self.size), "map", "uint8"),
            FACTOR: Value((), "class", "int64", FACTORS),
            **{name: Value((), "scalar") for name in RANGES},
            "identity": Value((len(IDENTITY),), "vector"),
        }
        return fields | ({"parts": Value((self.size, self.size), "mask", "int64", PARTS)} if self.parts else {})

    def _batches(self, known: Array, count: int, split: str) -> tuple[Scenes, Array, Array]:
        """Scenes in groups, the factor that varies in each scene's group, and the groups' numbers."""
        random = generator(self.seed, split)
        total = count * len(FACTORS)
        factor = np.tile(np.arange(len(FACTORS)), count)
        still = _free(known, total, random)
        moving = _free(known, total * self.batch, random)
        values = {name: np.repeat(getattr(still, name), self.batch, axis=0) for name in FACTORS}
        each = np.repeat(factor, self.batch)
        for number, name in enumerate(FACTORS):
            values[name][each == number] = getattr(moving, name)[each == number]
        return Scenes(**values), each, np.repeat(np.arange(total), self.batch)

    def _split(self, scenes: Scenes, factor: Array) -> dict[str, Array]:
        pictures, parts = render(scenes, self.size)
        arrays: dict[str, Array] = {"image": pictures, FACTOR: factor.astype(np.int64), "identity": scenes.identity}
        arrays |= {name: getattr(scenes, name) for name in RANGES}
        return arrays | ({"parts": parts.astype(np.int64)} if self.parts else {})


def _free(known: Array, count: int, random: np.random.Generator) -> Scenes:
    """Scenes in which every factor is drawn at random: heads of those known, angles uniform."""
    angles = {name: random.uniform(-most, most, count).astype(np.float32) for name, most in RANGES.items()}
    return Scenes(known[random.integers(0, len(known), count)], **angles)
