"""Heads drawn by arithmetic: six ellipsoids under one lamp, every factor of the scene known.

The camera is orthographic, so a ray is a pixel's (x, y) and a depth t. For one ellipsoid both the discriminant of
"where does the ray meet it" and the linear term are polynomials of x and y, which makes the whole picture two matrix
products and a square root; what is nearest to the camera is then shaded by Lambert's law over ambient light. Nose,
mouth and hair are not symmetric, so one picture is enough to tell which way a head looks.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.seeds import stream_seed

Floats = NDArray[np.float32]
PARTS = ("background", "head", "left eye", "right eye", "nose", "mouth", "hair")
IDENTITY = (
    "width", "height", "depth", "nose length", "nose width", "eye distance", "mouth width", "hair", "skin", "hair shade"
)  # fmt: skip
AZIMUTH, ELEVATION, LIGHT = 1.2, 0.6, 1.3  # largest turn to each side, nod and angle of the lamp, in radians
AMBIENT = 0.18
LAMP_HEIGHT = 0.45  # radians above the camera
FIELD_OF_VIEW = 0.94  # half the side of a picture, in units of the scene
CHUNK = 65_536  # rays at a time: what fits into a processor's cache


@dataclass(frozen=True)
class Scenes:
    """What is to be drawn, N of each.

    Attributes:
        identity: shape and shades of each head, (N, 10) in [0, 1], named by `IDENTITY`.
        azimuth: how far it is turned to our left, (N,) radians.
        elevation: how far it looks up, (N,) radians.
        light: where the lamp stands, from left to right, (N,) radians.
    """

    identity: Floats
    azimuth: Floats
    elevation: Floats
    light: Floats

    def __len__(self) -> int:
        return len(self.azimuth)

    def part(self, start: int, stop: int) -> Scenes:
        """Some of them."""
        each = (self.identity, self.azimuth, self.elevation, self.light)
        return Scenes(*(values[start:stop] for values in each))


def identities(count: int, seed: int) -> Floats:
    """Heads drawn at random: (count, 10) uniform in [0, 1]."""
    return generator(seed, "identities").uniform(0, 1, (count, len(IDENTITY))).astype(np.float32)


def generator(seed: int, *place: str | int) -> np.random.Generator:
    """Random numbers for one purpose."""
    return np.random.Generator(np.random.PCG64(stream_seed(seed, "heads", *place)))


def render(scenes: Scenes, size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draws scenes.

    Args:
        scenes: N of them.
        size: side of a picture, in pixels.

    Returns:
        Pictures (N, 1, size, size) as bytes, and for each pixel which of `PARTS` is there, (N, size, size).
    """
    pictures = np.empty((len(scenes), 1, size, size), np.uint8)
    parts = np.empty((len(scenes), size, size), np.uint8)
    finer = 2 if size <= 48 else 1  # rays for each pixel along each axis
    step = max(1, CHUNK // (size * finer) ** 2)

    def draw(start: int) -> None:
        some = scenes.part(start, start + step)
        shades, seen = _traced(some, size * finer)
        fine = shades.reshape(len(some), size, finer, size, finer).mean(axis=(2, 4))
        pictures[start : start + step, 0] = np.rint(np.clip(fine, 0, 1) * 255).astype(np.uint8)
        parts[start : start + step] = seen.reshape(len(some), size, finer, size, finer)[:, :, 0, :, 0]

    with ThreadPoolExecutor(max_workers=max(1, min(4, os.cpu_count() or 1))) as pool:  # numpy lets go of Python's lock
        list(pool.map(draw, range(0, len(scenes), step)))
    return pictures, parts


def _solids(identity: Floats) -> tuple[Floats, Floats, Floats]:
    """Centres (N, 6, 3), radii (N, 6, 3) and albedos (N, 6) of the ellipsoids; x right, y up, z to the camera."""
    v = {name: identity[:, i] for i, name in enumerate(IDENTITY)}
    zero = np.zeros(len(identity), np.float32)
    wide, high, deep = 0.42 + 0.16 * v["width"], 0.58 + 0.16 * v["height"], 0.50 + 0.14 * v["depth"]
    apart, far = wide * (0.36 + 0.16 * v["eye distance"]), deep * 0.86
    nose, mouth, cap = 0.16 + 0.18 * v["nose length"], 0.12 + 0.14 * v["mouth width"], 1.03 + 0.12 * v["hair"]
    skin, hair = 0.55 + 0.40 * v["skin"], 0.05 + 0.30 * v["hair shade"]

    def rows(*triples: tuple[Floats, ...]) -> Floats:
        return np.stack([np.stack(np.broadcast_arrays(*triple), -1) for triple in triples], 1).astype(np.float32)

    centres = rows(
        (zero, zero - 0.04, zero),
        (-apart, high * 0.16, far),
        (apart, high * 0.16, far),
        (zero, -high * 0.14, deep * 0.95),
        (zero + 0.04 * wide, -high * 0.52, deep * 0.74),
        (zero, high * 0.20, -deep * 0.28),
    )
    small = zero + 0.085
    radii = rows(
        (wide, high, deep),
        (small * 1.25, small * 0.8, small),
        (small * 1.25, small * 0.8, small),
        (0.06 + 0.06 * v["nose width"], zero + 0.15, nose),
        (mouth, zero + 0.055, zero + 0.14),
        (wide * cap, high * (cap - 0.10), deep * 0.98),
    )
    albedos = np.stack([skin, zero + 0.06, zero + 0.06, np.minimum(1, skin * 1.1), skin * 0.35, hair], 1)
    return centres, radii, albedos.astype(np.float32)


def _axes(scenes: Scenes) -> tuple[Floats, Floats]:
    """The camera's axes (N, 3, 3; rows right, up, towards) and the lamp's direction (N, 3), seen from the head."""
    a, e, lamp = scenes.azimuth, scenes.elevation, scenes.light
    zero = np.zeros_like(a)
    right = np.stack([np.cos(a), zero, -np.sin(a)], -1)
    up = np.stack([np.sin(a) * np.sin(e), np.cos(e), np.cos(a) * np.sin(e)], -1)
    towards = np.stack([np.sin(a) * np.cos(e), -np.sin(e), np.cos(a) * np.cos(e)], -1)
    camera = np.stack([right, up, towards], 1)
    from_camera = np.stack(
        [np.sin(lamp) * np.cos(LAMP_HEIGHT), zero + np.sin(LAMP_HEIGHT), np.cos(lamp) * np.cos(LAMP_HEIGHT)], -1
    )
    return camera.astype(np.float32), np.einsum("ni,nij->nj", from_camera, camera).astype(np.float32)


def _traced(scenes: Scenes, side: int) -> tuple[Floats, NDArray[np.uint8]]:
    """Shades (N, side · side) and the part that each ray meets first."""
    centres, radii, albedos = _solids(scenes.identity)
    camera, lamp = _axes(scenes)
    places = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    places *= FIELD_OF_VIEW
    x, y = (each.ravel() for each in np.meshgrid(places, -places))
    weights = 1 / radii**2  # (N, 6, 3)
    u, v, d = (camera[:, i, None] for i in range(3))
    # |x·u + y·v + t·d − c|² in the ellipsoid's metric is A·t² + 2·B·t + C; B and C are polynomials of x and y.
    a = (weights * d * d).sum(-1)
    b = np.stack([(weights * u * d).sum(-1), (weights * v * d).sum(-1), -(weights * centres * d).sum(-1)], -1)
    c = np.stack(
        [
            (weights * u * u).sum(-1), 2 * (weights * u * v).sum(-1), (weights * v * v).sum(-1),
            -2 * (weights * u * centres).sum(-1), -2 * (weights * v * centres).sum(-1),
            (weights * centres * centres).sum(-1) - 1,
        ],
        -1,
    )  # fmt: skip
    linear = b @ np.stack([x, y, np.ones_like(x)])  # (N, 6, P)
    inside = linear**2 - a[..., None] * (c @ np.stack([x * x, x * y, y * y, x, y, np.ones_like(x)]))
    depth = np.where(inside > 0, (np.sqrt(np.maximum(inside, 0)) - linear) / a[..., None], -np.inf)
    first = depth.argmax(1)  # (N, P)
    t = np.take_along_axis(depth, first[:, None], 1)[:, 0]
    is_hit = np.isfinite(t)
    t = np.where(is_hit, t, 0)
    row = np.arange(len(first))[:, None]
    points = x[:, None] * u + y[:, None] * v + t[..., None] * d  # (N, P, 3)
    normals = (points - centres[row, first]) * weights[row, first]
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    facing = np.maximum(0, np.einsum("npi,ni->np", normals, lamp))
    shades = np.where(is_hit, albedos[row, first] * (AMBIENT + (1 - AMBIENT) * facing), 0)
    return shades.astype(np.float32), np.where(is_hit, first + 1, 0).astype(np.uint8)
