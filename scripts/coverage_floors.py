"""Measures how much of the packages without a window their tests run, and fails where it is less than agreed.

python scripts/coverage_floors.py        prints a table; the floors are in pyproject.toml, [tool.workbench.coverage]

Only the tests of these packages are measured, so the whole suite runs more lines than this says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
# Folders, and the contracts of what these packages declare.
TESTS = (
    "core", "layers", "model", "editing", "project", "formats", "inspection", "contracts/test_every_block.py",
    "contracts/test_every_exporter.py", "contracts/test_every_importer.py",
)  # fmt: skip

# A process that has crashed is not replaced: the rest would wait for tests that nobody runs any more.
IN_PARALLEL = ("-n", "2", "--dist", "loadfile", "--max-worker-restart", "0")
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # of torch's in each process: more than there are cores wait for one another


def floors() -> dict[str, float]:
    """Returns the least share of lines in percent that each package must have."""
    settings = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
    return {name: float(floor) for name, floor in settings["tool"]["workbench"]["coverage"].items()}


def shares(report: dict[str, Any]) -> dict[str, float]:
    """Returns the share of lines in percent that ran, by package, from coverage's JSON report."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, file in report["files"].items():
        parts = Path(name).parts
        package = parts[parts.index("workbench") + 1]
        counts[package][0] += file["summary"]["covered_lines"]
        counts[package][1] += file["summary"]["num_statements"]
    return {name: 100 * covered / lines if lines else 100.0 for name, (covered, lines) in counts.items()}


def too_low(found: dict[str, float], wanted: dict[str, float]) -> list[str]:
    """Returns a sentence for each package that is below its floor, or was not measured."""
    return [
        f"{name}: {found.get(name, 0.0):.1f} % of its lines run in tests, at least {floor:g} % must. "
        "Write the missing test."
        for name, floor in wanted.items()
        if found.get(name, 0.0) < floor
    ]


def main() -> int:
    """Runs the tests and prints the table; 0 if all packages are at their floors or above."""
    wanted = floors()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        measured = [f"--cov=workbench.{name}" for name in wanted]
        tests = [f"tests/{name}" for name in TESTS]
        command = [sys.executable, "-m", "pytest", "-q", *IN_PARALLEL, *measured]
        command += [f"--cov-report=json:{report}", *tests]
        environment = {
            **ONE_THREAD,
            "QT_QPA_PLATFORM": "offscreen",
            **os.environ,
            "COVERAGE_FILE": str(Path(folder, "data")),
        }
        code = subprocess.run(command, cwd=HERE, env=environment, check=False).returncode
        if code:
            return code
        found = shares(json.loads(report.read_text("utf-8")))
    for name, floor in wanted.items():
        print(f"{name:10} {found.get(name, 0.0):6.1f} %   at least {floor:g} %")
    faults = too_low(found, wanted)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
