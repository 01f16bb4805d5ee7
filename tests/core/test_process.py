"""Settings of the process: what the user has set stays."""

from __future__ import annotations

import os
import signal

import pytest

from workbench.core.process import handling_stops, prepare, training_threads

NAMES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "KMP_BLOCKTIME", "CUBLAS_WORKSPACE_CONFIG")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any of the names, which is put back afterwards."""
    for name in (*NAMES, "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "to be put back")
        monkeypatch.delenv(name)
    return monkeypatch


def test_what_is_not_set_is_set(environment: pytest.MonkeyPatch) -> None:
    prepare()
    assert [os.environ[name] for name in NAMES] == ["1000", "PASSIVE", "0", ":4096:8"]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_has_set_stays(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "mine")
    prepare()
    assert os.environ[name] == "mine"
    assert all(os.environ[other] != "mine" for other in NAMES if other != name)


def test_a_system_without_that_library_is_fine(environment: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    environment.setattr("sys.platform", "linux")
    environment.setattr("ctypes.CDLL", missing)
    prepare()
    assert os.environ["KMP_BLOCKTIME"] == "0"


@pytest.mark.parametrize(("wanted", "threads"), [("1", 1), ("3", 3), ("16", 16)])
def test_the_users_number_of_threads(environment: pytest.MonkeyPatch, wanted: str, threads: int) -> None:
    environment.setenv("OMP_NUM_THREADS", wanted)
    assert training_threads() == threads


@pytest.mark.parametrize("wanted", ["", "0", "-2", "many", "4,2", "²", "2.5"])
@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (8, 7)])
def test_else_one_core_is_left_free(environment: pytest.MonkeyPatch, wanted: str, cores: int, threads: int) -> None:
    environment.setenv("OMP_NUM_THREADS", wanted)
    environment.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert training_threads() == threads


@pytest.mark.parametrize(("cores", "threads"), [(None, 1), (4, 3)])
def test_systems_without_affinity(environment: pytest.MonkeyPatch, cores: int | None, threads: int) -> None:
    environment.delattr(os, "sched_getaffinity", raising=False)
    environment.setattr(os, "cpu_count", lambda: cores)
    assert training_threads() == threads


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("fails", [False, True])
def test_stops_are_handled_for_a_while_and_then_as_before(number: signal.Signals, *, fails: bool) -> None:
    heard: list[str] = []
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    with handling_stops(lambda got, _: heard.append(f"outer {got:d}")):
        try:
            with handling_stops(lambda got, _: heard.append(f"inner {got:d}")):
                signal.raise_signal(number)
                if fails:
                    raise LookupError
        except LookupError:
            heard.append("failed")
        signal.raise_signal(number)
    assert heard == [f"inner {number:d}", *(["failed"] if fails else []), f"outer {number:d}"]
    assert {each: signal.getsignal(each) for each in before} == before
