"""Every check of the project, in one command: format, lint, types, import contracts, coverage, speed, tests.

python scripts/checks.py             everything; stops at nothing, and says at the end what failed
python scripts/checks.py --quick     without the tests of the window, the contracts, the stories and the slow ones
python scripts/checks.py --no-tests  no tests at all
python scripts/checks.py PATH ...    the tests of these files alone; other words go to pytest too, such as -k relu
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from coverage_floors import IN_PARALLEL, ONE_THREAD
from coverage_floors import TESTS as MEASURED

HERE = Path(__file__).resolve().parent.parent
CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "types": ["-m", "mypy"],
    "imports": ["-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
    "coverage": ["scripts/coverage_floors.py"],
    "bench": ["bench/every.py", "--quick", "--gate", "curves", "runs", "shapes"],
    "tests": ["-m", "pytest", "-q", *IN_PARALLEL],
}


SLOW_PARTS = ("gui", "stories", "contracts", "cli")
QUICK = ["-m", "not slow", *(f"--ignore=tests/{part}" for part in SLOW_PARTS)]


def main() -> int:
    """Runs the checks; 0 if all are well."""
    words = [word for word in sys.argv[1:] if word not in ("--quick", "--no-tests")]
    is_whole = len(sys.argv) == 1
    extra = [*words, *(QUICK if "--quick" in sys.argv else [])]
    extra += [f"--ignore=tests/{part}" for part in MEASURED] if is_whole else []  # these run once, under coverage
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    failed = []
    for name, command in CHECKS.items():
        is_skipped = {"tests": "--no-tests" in sys.argv, "coverage": not is_whole, "bench": not is_whole}
        if is_skipped.get(name, bool(words)):
            continue
        command = [*command, *extra] if name == "tests" else command
        own = {**ONE_THREAD, **environment} if name == "tests" else environment
        print(f"== {name}", flush=True)
        started = time.monotonic()
        code = subprocess.run([sys.executable, *command], cwd=HERE, env=own, check=False).returncode
        print(f"== {name}: {'ok' if code == 0 else 'FAILED'} ({time.monotonic() - started:.0f} s)\n", flush=True)
        failed += [name] if code else []
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
