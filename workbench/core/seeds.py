"""Seeds for independent streams of random numbers, made from one run's seed.

Everything random in a run is drawn from a stream of its own, named by what it is for and where in the run it stands
(`seed, "step", 480`). So nothing depends on who drew before, and going on after a crash needs no state but the place.
"""

from __future__ import annotations

import hashlib
import threading

# Torch's layers and initialisers draw from one generator that the whole process has: whoever seeds it holds this lock
# until the last number is drawn, so that a network built on another thread, to be looked at, disturbs no training.
DRAWING = threading.Lock()


def stream_seed(seed: int, *place: str | int) -> int:
    """A 63-bit seed for the stream of that place; equal places give equal streams, others unrelated ones."""
    text = "/".join(map(str, (seed, *place)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
