"""The campaigns of bench/ in a short form, and that each can see what it looks for."""

from __future__ import annotations

import contextlib
import errno
import os
import random
from dataclasses import replace
from pathlib import Path

import campaign
import faults
import inject_errors
import kill_saves
import mutate_runs
import pytest
import recovery_story
import soak
import start_at_once

from tests.gui.conftest import session, window  # noqa: F401 - fixtures
from workbench.core.files import WriteError
from workbench.gui.window.main_window import MainWindow
from workbench.training import checkpoint, run_folder, saving

SEED = 7
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which this system does not have")
needs_proc = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="reads /proc, which this system does not have"
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own, with settings, state and logs in it."""
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))
    return tmp_path / "work"


@pytest.fixture
def tally() -> campaign.Tally:
    return campaign.Tally("short")


@needs_proc
def test_mutated_runs(place: Path, tally: campaign.Tally) -> None:
    mutate_runs.run(SEED, 0, 6, place, tally)
    assert tally.broken == []
    assert tally.seen["exit 0"] > 10


@needs_proc
def test_the_campaign_of_mutants_sees_a_mistake(
    place: Path, tally: campaign.Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "is_whole", lambda row: True)
    mutate_runs.run(1, 13, 1, place, tally)  # a mutant with an odd number in its log
    assert "exit 3" in " ".join(tally.broken)


@needs_proc
def test_injected_errors(place: Path, tally: campaign.Tally) -> None:
    inject_errors.run(SEED, 0, 6, place, tally)
    assert tally.broken == []
    assert tally.seen["hit"] > 1


@needs_proc
def test_the_campaign_of_errors_sees_what_differs(
    place: Path, tally: campaign.Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = inject_errors.templates(place)
    fault = faults.Fault("os.replace", 12, errno.EIO, 3)

    def forgetful(saver: saving.Saver, step: int, weights: checkpoint.Checkpoint) -> None:
        with contextlib.suppress(WriteError):
            checkpoint.write(saver._folder, "best", step, weights)

    project = inject_errors.copied(made["train"], place / "case")
    monkeypatch.setattr(saving.Saver, "_write_best", forgetful)
    with faults.injected(fault, place / "case") as counts:
        campaign.command("train", project)
    assert counts["os.replace"] >= 12
    inject_errors.after_training(project, made["whole"], tally.fail)
    assert any("differ" in sentence for sentence in tally.broken)


@needs_proc
@pytest.mark.parametrize("number", [1, 4])
def test_an_injected_error_comes_at_its_call_and_nowhere_else(tmp_path: Path, number: int) -> None:
    tried = []
    with faults.injected(faults.Fault("os.mkdir", number, errno.EDQUOT, 1), tmp_path / "in") as counts:
        (tmp_path / "out").mkdir()
        for each in range(1, 6):
            try:
                (tmp_path / f"in{each}").mkdir()
            except OSError as error:
                tried.append((each, error.errno))
    assert tried == [(number, errno.EDQUOT)]
    assert counts["os.mkdir"] == 5
    assert os.mkdir.__module__ == "posix"


@needs_proc
def test_the_story_of_recovery_loses_nothing_and_says_what_it_would_lose(place: Path, tally: campaign.Tally) -> None:
    made = inject_errors.templates(place)
    project = inject_errors.copied(made["whole"], place / "case")
    kept = recovery_story.keep_and_recover(project, tally.fail)
    recovery_story.after_recovery(project, kept, tally.fail)
    assert tally.broken == []
    for run in (place / "case").rglob("run.json"):
        run.unlink()
    project.with_name("saved.cnn").unlink()
    recovery_story.after_recovery(project, kept, tally.fail)
    assert ["lost from sight" in sentence for sentence in tally.broken] == [True, True]


@needs_fork
def test_trainings_that_start_at_once(place: Path, tally: campaign.Tally) -> None:
    start_at_once.warm_up()
    template = campaign.small_project(place / "template", epochs=1)
    expected = {}
    for seed in (100, 101, 102):
        project = inject_errors.copied(template, place / f"alone-{seed}")
        expected[seed] = start_at_once.alone(project, seed)
    project = inject_errors.copied(template, place / "triple")
    trainings = start_at_once.at_once(project, sorted(expected), start_at_once.forked)
    assert start_at_once.breaks(project, trainings, expected) == []
    wrong = [replace(trainings[0], seed=101), *trainings[1:]]
    assert start_at_once.breaks(project, wrong, expected)
    assert start_at_once.breaks(project, trainings, {**expected, 100: expected[101]})
    assert start_at_once.breaks(project, trainings[:2], expected)


@needs_fork
@pytest.mark.slow
def test_windows_killed_round_saving(place: Path) -> None:
    """In a process of its own, since what is forked must not have an application yet."""
    import subprocess
    import sys

    words = [sys.executable, kill_saves.__file__, "--seed", str(SEED), "--count", "4"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed" in done.stdout.splitlines()[-1]


@needs_proc
@pytest.mark.slow
def test_a_window_that_is_used_for_long(
    window: MainWindow,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three cycles tell no growth, but that one can be gone through, and what is left at rest."""
    chance = random.Random(SEED)
    monkeypatch.setattr(soak, "NODES", ("conv", "pool", "fc"))
    window.session.project = replace(window.session.project, training={"epochs": 100_000})
    samples = []
    for _ in range(3):
        soak.cycle(window, chance)
        samples.append(soak.take())
    assert samples[-1].threads <= max(each.threads for each in samples[:-1])
    assert samples[-1].files <= samples[-2].files
    window.close()


def samples_of(growth: float) -> list[soak.Sample]:
    draw = random.Random(1)
    return [
        soak.Sample(round(5e8 + growth * number + draw.uniform(0, 2e5)), 3, 11, 1000 + number, 800)
        for number in range(200)
    ]


@pytest.mark.parametrize(("growth", "is_too_much"), [(0, False), (15e3, False), (30e3, True), (60e3, True)])
def test_the_line_through_the_cycles(tally: campaign.Tally, growth: float, is_too_much: bool) -> None:
    soak.judge(samples_of(growth), tally)
    assert bool(tally.broken) == is_too_much


@pytest.mark.parametrize("name", ["threads", "files", "widgets", "objects"])
def test_what_else_may_not_grow(tally: campaign.Tally, name: str) -> None:
    samples = [replace(each, **{name: 1000 + 3 * number}) for number, each in enumerate(samples_of(0))]
    soak.judge(samples, tally)
    assert any(name in sentence for sentence in tally.broken)


@pytest.mark.parametrize("script", ["mutate_runs", "kill_saves", "start_at_once", "inject_errors", "soak"])
def test_every_campaign_says_what_it_does(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = {each.__name__: each for each in (mutate_runs, kill_saves, start_at_once, inject_errors, soak)}[script]
    with pytest.raises(SystemExit) as end:
        campaign.options(module.__doc__ or "", count=3).parse_args(["--help"])
    assert end.value.code == 0
    assert "The rule:" in capsys.readouterr().out
