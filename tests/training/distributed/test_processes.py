"""Several processes train what one would, to the rounding of their sums; and again what they trained, to the bit."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.training.distributed.scenarios import SCENARIOS
from tests.training.distributed.starting import Ended, rows, start
from tests.training.factories import logged
from workbench.training.checkpoint import newest
from workbench.training.engine import train
from workbench.training.events import RunStarted
from workbench.training.run_folder import RunFolder

pytestmark = pytest.mark.slow  # all of them together

HALVES = ("half-normed", "rest-normed", "half-sparse", "rest-sparse", "half-residual", "rest-residual")
TWO = ("lenet", "residual", "normed", "sparse", "graphics", "turns", "stopped", "rate", *HALVES, "exploding")


def numbers(found: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Every loss and metric of a run, each with what it is."""
    told = []
    for row in found:
        if row["event"] == "StepEnded":
            told.append((f"step {row['step']}", row["loss"]))
        for part in ("train", "validation", "test"):
            told += [(f"{row['event']} {part} {name}", value) for name, value in row.get(part, {}).items()]
    return told


def close(one: list[dict[str, Any]], other: list[dict[str, Any]], within: float = 1e-5) -> None:
    """Asserts that two runs have the same course."""
    first, second = numbers(one), numbers(other)
    assert [what for what, _ in first] == [what for what, _ in second]
    differing = [
        (what, a, b)
        for (what, a), (_, b) in zip(first, second, strict=True)
        if not abs(a - b) <= within * max(1.0, abs(a))
    ]
    assert not differing


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Ended]]:
    """Two processes that went through all scenarios, and the folder that has what they left."""
    folder = tmp_path_factory.mktemp("two")
    return folder, start(2, folder, *TWO)


@pytest.fixture(scope="module")
def two(ended: tuple[Path, list[Ended]]) -> Path:
    """What two processes left."""
    folder, ends = ended
    assert [(each.code, each.said) for each in ends] == [(0, "")] * 2
    return folder


@pytest.fixture(scope="module")
def four(two: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What four processes left; they also go on with what two of them began."""
    folder = tmp_path_factory.mktemp("four")
    ends = start(4, folder, "lenet", "residual", "half-residual")
    assert [(each.code, each.said) for each in ends] == [(0, "")] * 4
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this process trains alone."""
    return tmp_path_factory.mktemp("alone")


def own(name: str, folder: Path) -> list[dict[str, Any]]:
    """What one process comes to."""
    return [event.as_json() for event in train(SCENARIOS[name].job(folder / name))]


@pytest.mark.parametrize("name", ["lenet", "residual"])
def test_two_and_four_have_the_course_of_one(name: str, two: Path, four: Path, alone: Path) -> None:
    expected = own(name, alone)
    close(expected, rows(two, name))
    close(expected, rows(four, name))


@pytest.mark.parametrize("name", ["lenet", "residual", "normed", "sparse", "graphics"])
def test_all_processes_see_the_same_numbers_and_one_writes(name: str, two: Path) -> None:
    assert numbers(rows(two, name, 0)) == numbers(rows(two, name, 1))
    lines = (two / name / "events.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows(two, name, 0)


def test_every_family_learns(two: Path) -> None:
    for name, steps in (("sparse", 2), ("graphics", 4), ("lenet", 16)):  # within the first of its stages
        losses = [row["loss"] for row in rows(two, name) if row["event"] == "StepEnded"]
        assert losses[steps - 1] < losses[0]


def test_groups_are_learnt_from_whole(two: Path, alone: Path) -> None:
    """The first batch is of one group, whose noise is drawn as one process draws it; a cut one would differ."""
    first = [
        next(row for row in found if row["event"] == "StepEnded") for found in (own("turns", alone), rows(two, "turns"))
    ]
    assert first[0]["loss"] == pytest.approx(first[1]["loss"], rel=1e-6)
    assert first[0]["samples"] == first[1]["samples"]


@pytest.mark.parametrize("name", ["normed", "sparse", "residual"])
def test_as_many_processes_resume_to_the_bit(name: str, two: Path) -> None:
    assert logged(two / name) == logged(two / f"half-{name}")
    found, again = (newest(RunFolder(two / each).checkpoints, "step")[0] for each in (name, f"half-{name}"))
    assert found is not None
    assert again is not None
    assert found.tensors.keys() == again.tensors.keys()
    assert all(torch.equal(tensor, again.tensors[key]) for key, tensor in found.tensors.items())


def test_remembered_codes_of_all_samples_are_in_the_checkpoint(two: Path) -> None:
    found, _ = newest(RunFolder(two / "sparse").checkpoints, "step")
    assert found is not None
    codes = next(tensor for key, tensor in found.tensors.items() if key.startswith("samples."))
    assert len(codes) == 6
    assert all(bool(code.any()) for code in codes)


def test_another_number_of_processes_goes_on_within_rounding(four: Path, alone: Path, tmp_path: Path) -> None:
    shutil.copytree(four / "half-residual", tmp_path / "half-residual")
    rest = [event.as_json() for event in train(SCENARIOS["rest-residual"].job(tmp_path / "half-residual"))]
    steps = [row for row in own("residual", alone / "again") if row["event"] != "StepEnded" or row["step"] > 4]
    close([row for row in steps if row["event"] == "StepEnded"], [row for row in rest if row["event"] == "StepEnded"])


def test_a_request_to_stop_reaches_all_whoever_gets_it(two: Path) -> None:
    ends = [rows(two, "stopped", rank)[-1] for rank in (0, 1)]
    assert [(end["event"], end["reason"], end["step"]) for end in ends] == [("RunEnded", "stopped", 4)] * 2


def test_a_requested_rate_reaches_all(two: Path) -> None:
    for rank in (0, 1):
        found = rows(two, "rate", rank)
        assert {row["lr"] for row in found if row["event"] == "StepEnded" and row["step"] > 5} == {0.001}


def test_batch_norm_says_that_it_sees_parts(two: Path) -> None:
    said = [row["message"] for row in rows(two, "normed") if row["event"] == "Warned"]
    assert [text for text in said if "own part of a batch, of 8 samples in 2 parts" in text]
    assert not [row for row in rows(two, "lenet") if row["event"] == "Warned"]


def test_a_number_that_is_none_ends_all_with_one_sentence(two: Path) -> None:
    ends = [rows(two, "exploding", rank)[-1] for rank in (0, 1)]
    assert ends[0]["reason"] == "nan"
    assert ends[0]["message"] == ends[1]["message"]
    assert "at step 2 (epoch 1); the first node with such values is " in ends[0]["message"]


@pytest.mark.parametrize(("name", "rank"), [("killed", 1), ("killed-writer", 0)])
def test_a_killed_process_ends_the_others_with_its_rank_and_the_run_goes_on(
    tmp_path: Path, name: str, rank: int
) -> None:
    ends = start(3, tmp_path, name)
    assert ends[rank].code == -9
    for other in {0, 1, 2} - {rank}:
        assert ends[other].code == 2
        assert f"rank {rank} (of 3, from 0) gives no answer any more" in ends[other].said
        assert len(ends[other].said.splitlines()) == 1
    first = next(train(replace(SCENARIOS[name].job(tmp_path / name), resume=True)))
    assert isinstance(first, RunStarted)
    assert first.step in (8, 9)


def test_a_process_that_hangs_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    ends = start(2, tmp_path, "hangs", hanging=(1,))
    assert ends[0].code == 2
    assert "rank 1 (of 2, from 0) gives no answer" in ends[0].said


def test_an_error_of_one_is_said_by_all(tmp_path: Path) -> None:
    (tmp_path / "lenet").mkdir()
    (tmp_path / "lenet" / "run.json").write_text("{}")
    ends = start(2, tmp_path, "lenet")
    assert [each.code for each in ends] == [2, 2]
    assert ends[0].said.startswith("There is a run lenet already.")
    assert ends[1].said.startswith("The process of rank 0 (of 2, from 0) has ended: There is a run lenet already.")
