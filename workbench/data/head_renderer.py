"""Heads drawn by arithmetic: six ellipsoids under one lamp, every factor of the scene known.

The camera is orthographic, so a ray is a pixel's (x, y) and a depth t. Where it meets an ellipsoid is a linear
function of x and y plus the root of a quadratic one, which makes the whole picture two matrix products and a square
root; what is nearest to the camera is then shaded by Lambert's law over ambient light. Nose,
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
    """The camera's axes (N, 3, 3; rows right, up, towards) in the head's frame, and the lamp (N, 3) in the camera's."""
    a, e, lamp = scenes.azimuth, scenes.elevation, scenes.light
    zero = np.zeros_like(a)
    right = np.stack([np.cos(a), zero, -np.sin(a)], -1)
    up = np.stack([np.sin(a) * np.sin(e), np.cos(e), np.cos(a) * np.sin(e)], -1)
    towards = np.stack([np.sin(a) * np.cos(e), -np.sin(e), np.cos(a) * np.cos(e)], -1)
    flat = np.cos(LAMP_HEIGHT)
    lamps = np.stack([np.sin(lamp) * flat, zero + np.sin(LAMP_HEIGHT), np.cos(lamp) * flat], -1)
    return np.stack([right, up, towards], 1).astype(np.float32), lamps.astype(np.float32)


def _quadrics(scenes: Scenes, camera: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """The ellipsoids (X − C)ᵀ M (X − C) = 1 in the camera's frame, and where rays meet them.

    On the ray through (x, y) the surface obeys (t + linear)² = square, linear of first and square of second degree.

    Returns:
        M as xx, yy, zz, xy, xz, yz (N, 6, 6), M C (N, 6, 3), albedos (N, 6); weights of x, y, 1 (N, 6, 3) and of
        x², xy, y², x, y, 1 (N, 6, 6).
    """
    centres, radii, albedos = _solids(scenes.identity)
    scaled = camera[:, None] / radii[:, :, None, :]
    m = scaled @ scaled.transpose(0, 1, 3, 2)
    middle = (camera[:, None] @ centres[..., None])[..., 0]
    pull = (m @ middle[..., None])[..., 0]
    xx, yy, zz, xy, xz, yz = (m[..., i, j] for i, j in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)))
    linear = np.stack([xz / zz, yz / zz, -pull[..., 2] / zz], -1)
    p, q, r = (linear[..., i] for i in range(3))
    square = np.stack(
        [
            p * p - xx / zz, 2 * (p * q - xy / zz), q * q - yy / zz, 2 * (p * r + pull[..., 0] / zz),
            2 * (q * r + pull[..., 1] / zz), r * r - ((middle * pull).sum(-1) - 1) / zz,
        ],
        -1,
    )  # fmt: skip
    return np.stack([xx, yy, zz, xy, xz, yz], -1), pull, albedos, linear, square


def _traced(scenes: Scenes, side: int) -> tuple[Floats, NDArray[np.uint8]]:
    """Shades (N, side · side) and the part that each ray meets first."""
    camera, lamp = _axes(scenes)
    shapes, pull, albedos, linear, square = _quadrics(scenes, camera)
    places = ((np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1) * np.float32(FIELD_OF_VIEW)
    x, y = (each.ravel() for each in np.meshgrid(places, -places))
    depth = square @ np.stack([x * x, x * y, y * y, x, y, np.ones_like(x)])  # (N, 6, P)
    missed = depth <= 0
    np.sqrt(np.maximum(depth, 0, out=depth), out=depth)
    depth -= linear @ np.stack([x, y, np.ones_like(x)])
    depth[missed] = -np.inf
    nearest, first = depth[:, 0].copy(), np.zeros(depth[:, 0].shape, np.uint8)
    for number in range(1, depth.shape[1]):  # argmax over a middle axis takes several times as long
        closer = depth[:, number] > nearest
        np.copyto(nearest, depth[:, number], where=closer)
        first[closer] = number
    hit = np.flatnonzero(nearest.ravel() > -np.inf)
    which, pixel = hit // len(x), hit % len(x)
    table = np.concatenate([shapes, pull, albedos[..., None]], -1).reshape(-1, 10)
    xx, yy, zz, xy, xz, yz, px, py, pz, albedo = table[which * 6 + first.ravel()[hit]].T
    x, y, t = x[pixel], y[pixel], nearest.ravel()[hit]
    normal = (xx * x + xy * y + xz * t - px, xy * x + yy * y + yz * t - py, xz * x + yz * y + zz * t - pz)
    facing = sum(each * lamp[which, i] for i, each in enumerate(normal))
    facing = np.maximum(0, facing / np.sqrt(sum(each * each for each in normal)))
    shades = np.zeros(nearest.size, np.float32)
    shades[hit] = albedo * (AMBIENT + (1 - AMBIENT) * facing)
    seen = np.zeros(nearest.size, np.uint8)
    seen[hit] = first.ravel()[hit] + 1
    return shades.reshape(nearest.shape), seen.reshape(nearest.shape)
