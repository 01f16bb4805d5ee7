"""Three trainings of one project that start at the same moment, again and again: forked from one warm parent, and as
processes of their own.

python bench/start_at_once.py --seed 1

The rule: every training has a run of its own. Its run.json holds its own seed, its log says bit for bit what the same
training says that is alone, and the name it has printed is that of its run. Where all three ask for the same name, one
has it and the others are refused.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign import Tally, learnt, numbered, options, small_project

AT_ONCE, EPOCHS, NAMED_SHARE, SEEDS = 3, 2, 0.2, range(100, 106)
ENDED = re.compile(r"Finished \((\S+),")
Start = Callable[[Sequence[list[str]], Path], list[int]]


@dataclass(frozen=True)
class Training:
    """One of those that were started: its words, exit code, and what it printed."""

    seed: int
    code: int
    text: str


def warm_up() -> None:
    """Loads what a training needs, so that those forked from here begin at the same moment."""
    import importlib

    for name in ("torch", "torch._dynamo", "safetensors.torch", "workbench.cli.train", "workbench.training.engine"):
        importlib.import_module(name)
    for name in ("workbench.model.network", "workbench.training.curves", "workbench.data.sources.npz"):
        importlib.import_module(name)


def in_child(work: Callable[[], int], out: Path) -> int:
    """Forks; the child does the work with its output in a file, and ends with its exit code. Returns the child."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        code = work()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def trained(words: list[str]) -> int:
    """Runs the command line in this process."""
    from workbench.cli import main

    return main(lambda path: 9, arguments=words)


def forked(commands: Sequence[list[str]], folder: Path) -> list[int]:
    """Starts all in children that wait for one byte each, so that they begin together; their exit codes."""
    children = []
    read, write = os.pipe()
    for number, words in enumerate(commands):

        def work(words: list[str] = words) -> int:
            os.read(read, 1)
            return trained(words)

        children.append(in_child(work, folder / f"out-{number}"))
    os.write(write, b"x" * len(commands))
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    os.close(read)
    os.close(write)
    return codes


def as_processes(commands: Sequence[list[str]], folder: Path) -> list[int]:
    """Starts all in processes of their own, which begin when the last one is ready; their exit codes."""
    started = []
    for number, words in enumerate(commands):
        with (folder / f"out-{number}").open("wb") as out:
            program = [sys.executable, __file__, "--one", *words]
            started.append(subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out))
    for each in started:
        assert each.stdout is not None
        each.stdout.readline()
    for each in started:
        each.communicate(b"go\n")
    return [each.returncode for each in started]


def one(words: list[str]) -> int:
    """A process of its own: loads everything, says so, waits for a line, trains."""
    warm_up()
    print("ready", flush=True)
    sys.stdin.readline()
    return trained(words)


def at_once(project: Path, seeds: Sequence[int], start: Start, name: str = "") -> list[Training]:
    """Starts a training for each seed at the same moment, and waits for all."""
    more = ["--run", name] if name else []
    commands = [["train", str(project), "--seed", str(seed), *more] for seed in seeds]
    codes = start(commands, project.parent)
    texts = [(project.parent / f"out-{number}").read_text("utf-8") for number in range(len(seeds))]
    return [Training(*each) for each in zip(seeds, codes, texts, strict=True)]


def alone(project: Path, seed: int) -> list[dict[str, Any]]:
    """What a training of that seed says that nobody disturbs."""
    child = in_child(lambda: trained(["train", str(project), "--seed", str(seed)]), project.parent / "out")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == 0, (project.parent / "out").read_text()
    return learnt(project.with_suffix(".runs") / "run-001" / "events.jsonl")


def breaks(project: Path, trainings: Sequence[Training], expected: dict[int, list[dict[str, Any]]]) -> list[str]:
    """What is shared or missing after trainings that started together."""
    found, runs = [], {}
    for run in sorted(project.with_suffix(".runs").iterdir()):
        record = json.loads((run / "run.json").read_text("utf-8"))
        runs[run.name] = record["training"]["seed"]
        log = (run / "events.jsonl").read_text("utf-8")
        if log.count('"RunStarted"') != 1:
            found.append(f"{run.name}: {log.count('RunStarted')} trainings have written into its log")
        elif learnt(run / "events.jsonl") != expected[runs[run.name]]:
            found.append(f"{run.name}: its log is not that of a training of seed {runs[run.name]} alone")
    for each in trainings:
        told = ENDED.search(each.text)
        if each.code != 0 or told is None:
            found.append(f"the training of seed {each.seed} ended with {each.code}: {each.text[-200:]!r}")
        elif runs.get(told[1]) != each.seed:
            found.append(f"the training of seed {each.seed} says {told[1]}, which is of seed {runs.get(told[1])}")
    if len(runs) != len(trainings):
        found.append(f"{len(trainings)} trainings have left {len(runs)} runs")
    return found


def named_breaks(project: Path, trainings: Sequence[Training], expected: dict[int, list[dict[str, Any]]]) -> list[str]:
    """The same where all have asked for one name: one has it, the others were refused with a sentence that names it."""
    had = [each for each in trainings if each.code == 0]
    refused = [each for each in trainings if each.code == 2 and "mine" in each.text]
    if len(had) != 1 or len(had) + len(refused) != len(trainings):
        return [f"of trainings of one name ended with: {[(each.code, each.text[-200:]) for each in trainings]}"]
    return breaks(project, had, expected)


def triple(template: Path, folder: Path, chance: random.Random, start: Start, expected: dict[int, Any]) -> list[str]:
    """Starts three at once on a project of their own; what they broke."""
    shutil.copytree(template.parent, folder)
    project, seeds = folder / template.name, chance.sample(SEEDS, AT_ONCE)
    is_named = chance.random() < NAMED_SHARE
    trainings = at_once(project, seeds, start, "mine" if is_named else "")
    return (named_breaks if is_named else breaks)(project, trainings, expected)


def main() -> int:
    """Starts as many triples as asked for."""
    if sys.argv[1:2] == ["--one"]:
        return one(sys.argv[2:])
    parser = options(__doc__ or "", count=30)
    parser.add_argument("--processes", type=int, default=6, help="how many triples more in processes of their own (6)")
    asked = parser.parse_args()
    warm_up()
    tally = Tally("start_at_once")
    with tempfile.TemporaryDirectory() as name:
        template = small_project(Path(name) / "template", epochs=EPOCHS)
        expected = {}
        for seed in SEEDS:
            shutil.copytree(template.parent, Path(name) / f"alone-{seed}")
            expected[seed] = alone(Path(name) / f"alone-{seed}" / template.name, seed)
        for number in numbered(asked.first, asked.count + asked.processes):
            start = forked if number < asked.first + asked.count else as_processes
            chance = random.Random(f"{asked.seed} {number}")
            for sentence in triple(template, Path(name) / str(number), chance, start, expected):
                tally.fail(f"triple {number} ({start.__name__}): {sentence}")
            tally.note(f"triples {start.__name__.replace('_', ' ')}")
            shutil.rmtree(Path(name) / str(number))
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
