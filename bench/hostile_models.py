"""Model files that are broken or made to harm, against the commands that read them.

python bench/hostile_models.py --seed 1 --count 200 [--data FOLDER] [--json]

Half of the files are made to harm (pickles that call os.system, weights outside the folder, bombs, sizes that lie,
circles, names that lead elsewhere), the other half are sound ones of every kind with bytes changed; besides, every
model file in FOLDER, where one is named. All are read in this warm process, pickles by the helper process as always.
The rule: nothing in a file is run (a canary never appears), nothing outside its folder is read in or written, no
exit code 3 and no traceback, no more than 10 s of processor time and 1 GB of memory, and one line that says what is
wrong, or a network.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import hostile_networks
import hostile_weights  # noqa: F401 - declares makers
from campaign import Answer, Tally, command, numbered, options, own_places, small_project
from hostile_bases import MAKERS, Case, Maker, bases
from mutants import spoil_bytes
from mutate_runs import HangError, limited

CPU_SECONDS = 10
MEMORY = 1_000_000  # kilobytes by which one file may raise the peak
ADDRESSES = 8 << 30  # bytes that this process may map beyond what it has at first
LONGEST = 1500  # characters of an answer
SECRET = b"SECRET-THAT-NO-NETWORK-MAY-HOLD" * 40
PICKLED = (".pth", ".pt", ".th", ".bin")
WEIGHTS = (*PICKLED, ".safetensors", ".npz")


@dataclass(frozen=True)
class Judged:
    """What came of one file.

    Attributes:
        number: of the file.
        maker: what it was made by.
        path: its name.
        code: the exit code; None where it hung or raised.
        text: what was answered.
        seconds: of processor time, helper processes included.
        broken: the rules that were broken.
    """

    number: int
    maker: str
    path: str
    code: int | None
    text: str
    seconds: float
    broken: tuple[str, ...]


class Ground:
    """A place with a sound project, the canary's place and a secret, and files that are tried there."""

    def __init__(self, seed: int, place: Path) -> None:
        self._seed, self._place = seed, place
        self._project = small_project(place / "project")
        self._bases = bases(random.Random(seed), self._project)
        self._secret = place / "secret.bin"
        self._secret.write_bytes(SECRET)
        self._canary = place / "CANARY"
        self._before = _listing(place)

    def made(self, number: int, makers: Sequence[Maker]) -> tuple[str, Path]:
        """Makes the file of that number: even ones by a maker, in an order of the seed's; odd ones of changed bytes."""
        dice = random.Random(f"{self._seed} {number}")
        folder = self._place / "case"
        folder.mkdir()
        if number % 2 == 0:
            order = random.Random(self._seed).sample(makers, len(makers))
            maker = order[number // 2 % len(order)]
            case = Case(folder, self._canary, self._secret, dice, self._bases)
            return maker.__name__, maker(case)
        endings = [each for each in self._bases if any(_ending(maker) == each for maker in makers)]
        ending = endings[number // 2 % len(endings)]
        path = folder / f"net{ending}"
        path.write_bytes(self._bases[ending])
        for _ in range(dice.choice((1, 1, 3))):
            spoil_bytes(path, dice)
        return "changed bytes", path

    def judge(self, number: int, maker: str, path: Path) -> Judged:
        """Reads one file by the command for it, and holds what comes of it to the rule."""
        peak, used = _peak(), _used()
        try:
            with limited():
                answer: Answer | None = self._read(path)
            told = ""
        except HangError:
            answer, told = None, "hangs"
        except BaseException as error:
            answer, told = None, f"raised {type(error).__name__}: {error}"[:300]
        seconds = _used() - used
        broken = [told] if told else wrong(answer, path)  # type: ignore[arg-type]
        if seconds > CPU_SECONDS:
            broken.append(f"takes {seconds:.0f} s")
        if _peak() - peak > MEMORY:
            broken.append(f"takes {(_peak() - peak) / 1e6:.1f} GB")
        broken += self._left_behind()
        code, text = (answer.code, answer.text) if answer else (None, told)
        return Judged(number, maker, path.name, code, text[:LONGEST], round(seconds, 2), tuple(broken))

    def _read(self, path: Path) -> Answer:
        ending, out = path.suffix.lower(), self._place / "out" / "out.cnn"
        out.parent.mkdir(exist_ok=True)
        if ending == ".cnn":
            answer = command("summary", path)
            return answer if answer.code else command("check", path)
        if ending == ".block":
            return _as_block(path)
        if ending in WEIGHTS:
            shutil.copy(self._project, out)
            return command("load", out, path, "--partly")
        return command("import", path, out, "--force")

    def _left_behind(self) -> list[str]:
        """What was run, written elsewhere, or read from outside; all is cleared away."""
        broken = []
        if self._canary.exists():
            self._canary.unlink()
            broken.append("CODE WAS RUN")
        for file in (self._place / "out").rglob("*"):
            if file.is_file() and SECRET[:32] in file.read_bytes():
                broken.append("what lies outside was read in")
        shutil.rmtree(self._place / "out", ignore_errors=True)
        shutil.rmtree(self._place / "case")
        if (found := _listing(self._place)) != self._before:
            broken.append(f"left behind: {sorted(found ^ self._before)[:3]}")
            self._before = found
        return broken


def _ending(maker: Maker) -> str:
    """The kind of file that a maker's name begins with."""
    return "." + maker.__name__.partition("_")[0]


def _listing(place: Path) -> frozenset[str]:
    return frozenset(str(each) for each in place.rglob("*") if "home" not in each.parts)


def _peak() -> int:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _used() -> float:
    return sum(os.times()[:4])


def _as_block(path: Path) -> Answer:
    """Reads a kept block, which the window does, as a command would answer."""
    from workbench.core.errors import WorkbenchError
    from workbench.editing.saved_blocks import read
    from workbench.model.problems import find_problems

    started = time.monotonic()
    code, text = 0, ""
    try:
        find_problems(read(path).graph)
    except WorkbenchError as error:
        code, text = 2, f"Error: {error}\n"
    return Answer(code, text, time.monotonic() - started)


def wrong(answer: Answer, path: Path) -> list[str]:
    """Returns what is wrong with an answer: a code, a traceback, no sentence or several, odd letters."""
    text = answer.text
    found = []
    if answer.code not in (0, 1, 2) or "Traceback" in text or "mistake in the program" in text:
        found.append(f"exit {answer.code}")
    lines = [line for line in text.splitlines() if line.startswith("Error: ")]
    if answer.code == 2 and (len(lines) != 1 or len(text.strip().splitlines()) != 1):
        found.append(f"{len(lines)} sentences in {len(text.splitlines())} lines")
    if answer.code == 2 and path.name.isprintable() and not any(each in text for each in (path.name, str(path.parent))):
        found.append("names no file")
    if any(not each.isprintable() for each in text.replace("\n", "").replace("\t", "")):
        found.append("prints control characters")
    if answer.code == 2 and len(text) > LONGEST:
        found.append(f"{len(text)} characters long")
    return found


def run(seed: int, first: int, count: int, place: Path, tally: Tally, makers: Sequence[Maker] = ()) -> list[Judged]:
    """Tries so many files, and returns what came of them.

    Args:
        seed: what everything is drawn from.
        first: number of the first file.
        count: how many.
        place: an empty folder.
        tally: keeps what was seen and broken.
        makers: the ways in which files are made; all of them if empty.
    """
    ground = Ground(seed, place)
    found = []
    for number in numbered(first, count):
        found.append(ground.judge(number, *ground.made(number, makers or MAKERS)))
        note(found[-1], tally)
    return found


def run_given(seed: int, folder: Path, place: Path, tally: Tally) -> list[Judged]:
    """Tries every model file in a folder as it is."""
    ground = Ground(seed, place)
    found = []
    for number, file in enumerate(sorted(folder.rglob("*"))):
        if file.suffix.lower() in hostile_networks.ENDINGS and file.is_file():
            (place / "case").mkdir()
            shutil.copy(file, place / "case" / file.name)
            found.append(ground.judge(number, "given", place / "case" / file.name))
            note(found[-1], tally)
    return found


def note(judged: Judged, tally: Tally) -> None:
    """Counts one file, and keeps what it broke."""
    tally.note("hangs or raises" if judged.code is None else f"exit {judged.code}")
    for sentence in judged.broken:
        tally.fail(f"{judged.number} ({judged.maker}, {judged.path!r}): {sentence}: {judged.text[-300:]!r}")


def spare(maker: Maker) -> bool:
    """Whether a maker's files need no helper process."""
    return _ending(maker) not in PICKLED


def main() -> int:
    """Tries as many files as asked for."""
    parser = options(__doc__ or "", count=200)
    parser.add_argument("--data", type=Path, help="a folder whose model files are tried besides")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    asked = parser.parse_args()
    tally = Tally("hostile_models")
    with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(sys.stderr if asked.json else sys.stdout):
        own_places(Path(name) / "home")
        _bounded()
        found = run(asked.seed, asked.first, asked.count, Path(name) / "made", tally)
        if asked.data:
            found += run_given(asked.seed, asked.data, Path(name) / "given", tally)
    if not asked.json:
        return tally.end()
    rows = [vars(each) for each in found]
    print(json.dumps({"seed": asked.seed, "broken": len(tally.broken), "seen": tally.seen, "files": rows}))
    return 1 if tally.broken else 0


def _bounded() -> None:
    """Keeps this process from taking the machine's memory, should a file get it to."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + ADDRESSES
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    sys.exit(main())
