"""How fast a training goes, on a clock of the test's own."""

from __future__ import annotations

import pytest

from workbench.training.pace import MARK_SECONDS, WINDOW_SECONDS, Pace, duration_text


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("every", "batch", "expected"), [(0.5, 8, (2.0, 16.0)), (0.01, 64, (100.0, 6400.0))])
def test_steps_and_samples_in_a_second(every: float, batch: int, expected: tuple[float, float]) -> None:
    clock = Clock()
    pace = Pace(clock)
    for step in range(1, 200):
        pace.add(step, batch)
        clock.now += every
    assert pace.per_second() == pytest.approx(expected)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_nothing_is_known_before_there_are_two_marks(count: int) -> None:
    pace = Pace(Clock())
    for step in range(count):
        pace.add(step, 8)
    assert pace.per_second() == (0.0, 0.0)


@pytest.mark.parametrize("nap", [2 * WINDOW_SECONDS, 3600.0])
def test_a_nap_is_soon_forgotten(nap: float) -> None:
    clock = Clock()
    pace = Pace(clock)
    for step in range(1, 40):
        clock.now += nap if step == 20 else 1.0
        pace.add(step, 4)
    assert pace.per_second() == pytest.approx((1.0, 4.0))


def test_batches_that_take_longer_than_the_window_have_a_pace_too() -> None:
    clock = Clock()
    pace = Pace(clock)
    for step in (1, 2, 3):
        clock.now += 2 * WINDOW_SECONDS
        pace.add(step, 4)
    assert pace.per_second()[0] == pytest.approx(1 / (2 * WINDOW_SECONDS))


def test_a_fast_training_leaves_few_marks() -> None:
    clock = Clock()
    pace = Pace(clock)
    for step in range(1, 10_000):
        clock.now += 0.001
        pace.add(step, 1)
    assert len(pace._marks) <= 10 / MARK_SECONDS + 1
    assert pace.per_second() == pytest.approx((1000.0, 1000.0))


def test_after_a_restart_the_pause_does_not_count() -> None:
    clock = Clock()
    pace = Pace(clock)
    for step in (1, 2, 3):
        clock.now += 1.0
        pace.add(step, 4)
    pace.restart()
    clock.now += 10.0
    assert pace.per_second() == (0.0, 0.0)
    for step in (4, 5):
        clock.now += 0.5
        pace.add(step, 4)
    assert pace.per_second() == pytest.approx((2.0, 8.0))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1.0, "0.0 s"), (0.4, "0.4 s"), (0.94, "0.9 s"), (0.97, "1 s"), (8.2, "8 s"), (59, "59 s"),
        (59.7, "1 min 0 s"), (61, "1 min 1 s"), (3599.8, "1 h 0 min"), (3600, "1 h 0 min"), (7500, "2 h 5 min"),
    ],
)  # fmt: skip
def test_durations_are_told_as_people_do(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
