"""A pretrained network that is fitted to other pictures, against the same network from scratch.

    python bench/adapting.py WEIGHTS PICTURES [--network mobilenet_v2] [--side 112] [--train 1000] [--epochs 2] [--json]

WEIGHTS is a file of torchvision's weights for the network, PICTURES a folder with train/CLASS and test/CLASS, such
as a part of CIFAR-10, or with CLASS alone. `import` brings the network with its weights, `adapt` fits it to the
pictures (the last layer learns alone for the first epoch), `train` trains it; beside it the same network begins
with random weights, with as many epochs, the same seed and the same pictures. Both are judged by `evaluate` on the
test pictures. The exit code is 0 where the adapted one is better by 15 points.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from campaign import Answer, command, own_places
from figures import Figure, at_least, plain, table

GOAL = 15.0  # points of accuracy
SEED = 0


def some(pictures: Path, folder: Path, count: int) -> None:
    """Links as many training pictures as asked for, evenly from the classes, and all test pictures.

    Where the pictures have no parts all are linked, and the program keeps some for the test.
    """
    if not (pictures / "train").is_dir():
        folder.symlink_to(pictures.absolute())
        return
    classes = sorted(each.name for each in (pictures / "train").iterdir() if each.is_dir())
    for name in classes:
        files = sorted((pictures / "train" / name).iterdir())
        Random(f"{SEED} {name}").shuffle(files)
        (folder / "train" / name).mkdir(parents=True)
        for file in files[: count // len(classes)]:
            (folder / "train" / name / file.name).symlink_to(file.absolute())
    (folder / "test").symlink_to((pictures / "test").absolute())


def done(*words: object) -> Answer:
    """Runs a command of the program.

    Raises:
        SystemExit: it failed.
    """
    answer = command(*words)
    if answer.code:
        sys.exit(f"{' '.join(map(str, words))}: {answer.text}")
    return answer


def accuracy(project: Path) -> float:
    """Returns the percentage of the test pictures that are judged rightly."""
    answer = done("evaluate", project)
    found = re.search(r"accuracy\D{0,20}([\d.]+) ?%", answer.text)
    if found is None:
        sys.exit(f"evaluate says nothing of accuracy: {answer.text}")
    return float(found[1])


def measure(asked: argparse.Namespace, place: Path) -> list[Figure]:
    """Trains both and compares them."""
    some(asked.pictures, place / "pictures", asked.train)
    project = place / "adapted.cnn"
    done("import", f"torchvision:{asked.network}", project, "--weights", asked.weights)
    data = f"folder:{place / 'pictures'},width={asked.side},height={asked.side}"
    settings = ["--epochs", asked.epochs, "--seed", SEED]
    done("import", f"torchvision:{asked.network}", place / "scratch.cnn")
    found = {}
    for name in ("adapted", "scratch"):
        started = time.monotonic()
        project = place / f"{name}.cnn"
        value = json.loads(project.read_text("utf-8"))
        value["training"]["epochs"] = asked.epochs
        project.write_text(json.dumps(value), "utf-8")
        done("adapt", project, "--data", data)
        done("train", project, *settings)
        found[name] = accuracy(project), time.monotonic() - started
    gain = found["adapted"][0] - found["scratch"][0]
    return [
        plain("networks", f"{asked.network}, adapted: right of the test pictures", found["adapted"][0], "%"),
        plain("networks", "the same from scratch", found["scratch"][0], "%"),
        at_least("networks", "points by which the adapted one is better", gain, GOAL, "points"),
        plain("networks", "adapting and judging", found["adapted"][1], "s"),
        plain("networks", "from scratch and judging", found["scratch"][1], "s"),
    ]


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--network", default="mobilenet_v2", help="of torchvision (mobilenet_v2)")
    parser.add_argument("--side", type=int, default=112, help="to which pictures are enlarged (112)")
    parser.add_argument("--train", type=int, default=1000, help="how many pictures are learnt from (1000)")
    parser.add_argument("--epochs", type=int, default=2, help="(2)")
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp())
    try:
        own_places(place / "home")
        figures = measure(asked, place)
    finally:
        shutil.rmtree(place)
    print(json.dumps([vars(each) for each in figures]) if asked.json else table(figures))
    return 0 if all(each.is_met is not False for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
