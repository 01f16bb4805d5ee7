"""Runs the measurements of the speed goals, one after the other, and prints one table.

python bench/every.py [--quick] [NAME ...]      NAME is one of the files here, such as curves; without any, all of them

Each is a process of its own, and most take a minute or two.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from figures import Figure, table

HERE = Path(__file__).resolve().parent
NAMES = ("train_speed", "curves", "runs", "shapes", "canvas", "startup", "checkpoints", "recipe")


def figures_of(name: str, *, quick: bool) -> list[Figure]:
    """What one measurement finds.

    Raises:
        SystemExit: it failed.
    """
    command = [sys.executable, str(HERE / f"{name}.py"), "--json", *(["--quick"] if quick else [])]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(f"{name}: {found.stderr.strip()[-2000:]}")
    return [Figure(**json.loads(line)) for line in found.stdout.splitlines() if line.startswith("{")]


def main() -> int:
    """Prints the table."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    found: list[Figure] = []
    for name in words or NAMES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found += figures_of(name, quick="--quick" in sys.argv)
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
