"""Runs the measurements of the speed goals, one after the other, and prints one table.

python bench/every.py [--quick] [--gate] [NAME ...]     NAME is one of the files here, such as curves; without any, all

Each is a process of its own, and most take a minute or two. With --gate it fails where a ratio is twice as bad as
gates.json says that it was when it was last written down; the checks run some quick ones so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from figures import Figure, table

HERE = Path(__file__).resolve().parent
NAMES = (
    "train_speed", "peers", "responsiveness", "busy_machine", "curves", "runs", "shapes", "canvas", "browse", "startup",
    "pipeline", "checkpoints", "data_growth", "data_browsing", "recipe", "distributed", "scale",
)  # fmt: skip


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


def fallen(found: Sequence[Figure], before: Mapping[str, float]) -> list[str]:
    """Returns a sentence for each figure that is twice as bad as it was, and for each that is not measured any more."""
    values = {each.name: each for each in found}
    sentences = []
    for name, was in before.items():
        now = values.get(name)
        if now is None:
            sentences.append(f"{name}: it was {was:g} and is not measured any more; mend bench/gates.json.")
        elif now.value > 2 * was if now.target.startswith("<") else now.value < was / 2:
            sentences.append(f"{name}: {now.value:.3g} {now.unit}, but it was {was:g}; that is twice as bad.")
    return sentences


def main() -> int:
    """Prints the table."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    found: list[Figure] = []
    for name in words or NAMES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found += figures_of(name, quick="--quick" in sys.argv)
    print(table(found))
    if "--gate" not in sys.argv:
        return 0
    sentences = fallen(found, json.loads((HERE / "gates.json").read_text("utf-8")))
    print("\n".join(sentences))
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
