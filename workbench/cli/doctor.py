"""`doctor`: is this installation sound?"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench import __version__
from workbench.cli import say
from workbench.core import strict_json
from workbench.core.errors import WorkbenchError, printable
from workbench.core.files import free_bytes
from workbench.core.process import training_threads
from workbench.core.resources import example, resource
from workbench.core.values import bytes_text
from workbench.data import disk_cache

LEAST_FREE = 2_000_000_000
PACKAGES = ("torch", "torchvision", "numpy", "pydantic", "safetensors", "Pillow", "PyQt6", "pyqtgraph")


def run(*, as_json: bool, clears_cache: bool = False) -> int:
    """Prints one line for each thing looked at; 1 if something is wrong.

    Args:
        as_json: print JSON alone.
        clears_cache: whether decoded data that is kept on the disk is deleted first.
    """
    if clears_cache:
        say(f"{bytes_text(disk_cache.clear())} of decoded data deleted.")
    rows = []
    for title, look in CHECKS:
        try:
            rows.append((title, True, look()))
        except (WorkbenchError, ImportError, OSError, RuntimeError, PackageNotFoundError) as error:
            rows.append((title, False, str(error).strip().splitlines()[0]))
    if as_json:
        checks = [{"check": title, "ok": is_ok, "found": text} for title, is_ok, text in rows]
        print(strict_json.printed({"ok": all(is_ok for _, is_ok, _ in rows), "checks": checks}), flush=True)
    else:
        for title, is_ok, text in rows:
            print(f"{'ok   ' if is_ok else 'WRONG'}  {title:<12} {text}")
    return 0 if all(is_ok for _, is_ok, _ in rows) else 1


def _program() -> str:
    return f"CNN Workbench {__version__}, Python {sys.version.split()[0]} on {sys.platform}"


def _packages() -> str:
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def _torch() -> str:
    import torch

    torch.set_num_threads(training_threads())
    devices = [f"cuda:{i} {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())] or ["no GPU"]
    a = torch.arange(12.0).reshape(3, 4)
    if float((a @ a.T)[2, 2]) != 366.0:
        raise RuntimeError("torch multiplies wrongly on this processor")
    return f"works on the processor with {training_threads()} of {os.cpu_count()} cores; {', '.join(devices)}"


def _torchvision() -> str:
    """The pair must fit: torchvision's compiled operators load only beside the torch they were built for."""
    import torch
    import torchvision

    boxes = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    torchvision.ops.nms(boxes, torch.ones(1), 0.5)
    return "goes with this torch"


def _resources() -> str:
    digits, project = resource("digits"), example("lenet5-digits.cnn")
    return f"digits in {digits}, example {project}"


def _state() -> str:
    from platformdirs import user_log_dir, user_state_dir

    places = [
        Path(user_state_dir("cnn-workbench", appauthor=False)),
        Path(user_log_dir("cnn-workbench", appauthor=False)),
    ]
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    return ", ".join(dict.fromkeys(map(str, places))) + " can be written to"


def _disk() -> str:
    free = free_bytes(Path.cwd())
    if free < LEAST_FREE:
        raise RuntimeError(f"only {bytes_text(free)} are free here; trainings may run out of room")
    return f"{bytes_text(free)} free here"


def _cache() -> str:
    """Where decoded data lies; a folder that is not there yet is made when it is needed."""
    count, size = disk_cache.taken()
    kept = f"{count:,} data set{'' if count == 1 else 's'}, {bytes_text(size)}" if count else "empty"
    most = f"{bytes_text(disk_cache.MOST_BYTES)} at most; --clear-cache empties it"
    return f"decoded data in {printable(disk_cache.folder())}: {kept} ({most})"


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("program", _program),
    ("packages", _packages),
    ("torch", _torch),
    ("torchvision", _torchvision),
    ("resources", _resources),
    ("folders", _state),
    ("disk", _disk),
    ("cache", _cache),
)
