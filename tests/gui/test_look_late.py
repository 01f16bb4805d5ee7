"""What is shown while the work is slow: nothing that is of another unit, view, node or sample; the asked unit first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.conftest import small_project
from tests.gui.look_page import opened
from workbench.gui.insight.panel import LookPanel
from workbench.insight.growing import TileGrower
from workbench.insight.probe import Recorder
from workbench.insight.views.deconvnet import Deconvnet
from workbench.insight.way_down import WayDown
from workbench.inspection import renderer as rendering
from workbench.inspection.network_loading import LiveWeights
from workbench.inspection.render_request import RenderRequest, RenderResult
from workbench.inspection.renderer import Renderer
from workbench.project import storage
from workbench.project.probes import SampleProbe

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def look(qtbot: QtBot, tmp_path: Path) -> Iterator[LookPanel]:
    """The panel on the convolution of a small network."""
    path = small_project(tmp_path)
    panel = opened(qtbot, storage.load(path), path, "conv")
    yield panel
    panel.shut_down()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], threading.Event]]:
    """Holds a function of the renderer until its event is set."""
    gates: list[threading.Event] = []

    def hold(name: str) -> threading.Event:
        gate, real = threading.Event(), getattr(rendering, name)
        gates.append(gate)

        def held(*arguments: Any) -> Any:
            assert gate.wait(60)
            return real(*arguments)

        monkeypatch.setattr(rendering, name, held)
        return gate

    yield hold
    for gate in gates:
        gate.set()


def click(qtbot: QtBot, look: LookPanel, unit: int) -> None:
    place = look.grid.tile_rect(unit).center().toPoint()
    qtbot.mouseClick(look.grid, LEFT, pos=place)


def is_empty(look: LookPanel) -> bool:
    return look.unit.map._image is None and look.unit.down._image is None and look.unit.filter._image is None


def settle(qtbot: QtBot, look: LookPanel) -> None:
    qtbot.waitUntil(lambda: not look.is_busy and look.answer is not None, timeout=20_000)


def test_a_unit_is_never_shown_under_another_ones_number(
    qtbot: QtBot, look: LookPanel, slow: Callable[[str], threading.Event]
) -> None:
    shown: list[tuple[str, int | None]] = []

    def note(answer: RenderResult) -> None:
        is_shown = not is_empty(look)
        shown.append((look.unit.caption, answer.detail.unit if is_shown and answer.detail else None))

    look._looker.answered.connect(note)
    gate = slow("inspect_unit")
    for unit in (2, 1, 3):
        click(qtbot, look, unit)
        assert look.unit.caption == f"unit {unit}"
        assert is_empty(look)
        assert look.unit.numbers == "Looking …"
    gate.set()
    settle(qtbot, look)
    assert not is_empty(look)
    assert look.unit.caption == "unit 3"
    assert look.answer is not None
    assert look.answer.detail is not None
    assert look.answer.detail.unit == 3
    assert [unit for caption, unit in shown if unit is not None and caption != f"unit {unit}"] == []


def test_another_view_takes_the_tiles_away_at_once(
    qtbot: QtBot, look: LookPanel, slow: Callable[[str], threading.Event]
) -> None:
    assert look.grid._picture is not None
    gate = slow("inspect_unit")
    look.choose_view("deconvnet")
    assert look.grid._picture is None
    assert is_empty(look)
    gate.set()
    settle(qtbot, look)
    assert look.grid._picture is not None


def test_another_node_takes_everything_away_at_once(
    qtbot: QtBot, look: LookPanel, slow: Callable[[str], threading.Event]
) -> None:
    gate = slow("inspect_unit")
    session = look.session
    session.select([session.graph.named("relu").id])
    assert look.grid._picture is None
    assert is_empty(look)
    gate.set()
    settle(qtbot, look)
    assert look.answer is not None
    assert look.answer.request.node == session.graph.named("relu").id


def test_another_sample_that_takes_long_takes_the_first_one_away(
    qtbot: QtBot, look: LookPanel, slow: Callable[[str], threading.Event]
) -> None:
    gate = slow("_sent")
    look.session.look_at(SampleProbe("test", 1))
    qtbot.waitUntil(lambda: look.grid._picture is None, timeout=20_000)
    assert is_empty(look)
    assert look.probe.input._image is None
    assert look.probe.bars.rows == ()
    gate.set()
    settle(qtbot, look)
    assert look.probe.input.caption.startswith("test:1 ")


def test_another_project_takes_everything_away(
    qtbot: QtBot, look: LookPanel, slow: Callable[[str], threading.Event], tmp_path: Path
) -> None:
    gate = slow("load")
    small = []
    look.thumbnails_ready.connect(small.append)
    (tmp_path / "other").mkdir()
    path = small_project(tmp_path / "other")
    look.session.replace(replace(storage.load(path), uuid="another"), path)
    assert look.grid._picture is None
    assert look.probe.input._image is None
    assert small[0] == {}
    gate.set()
    qtbot.waitUntil(lambda: not look.is_busy, timeout=20_000)


@pytest.fixture
def request_(tmp_path: Path) -> RenderRequest:
    path = small_project(tmp_path)
    project = storage.load(path)
    return RenderRequest(project, path, SampleProbe("test", 0), node=project.graph.named("conv").id, view="deconvnet")


def test_the_asked_unit_comes_first_then_what_is_seen(request_: RenderRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SHOWN_SECONDS", 0.0)
    answers = list(Renderer().answers(replace(request_, unit=3, seen=(2, 3))))
    made = [
        answer.picture.made.tolist() for answer in answers[:-1] if answer.picture and answer.picture.made is not None
    ]
    assert [row.index(True) if sum(row) == 1 else sum(row) for row in made] == [3, 2, 3]
    assert made[1][2]
    assert all(answer.detail is not None and answer.detail.unit == 3 for answer in answers)
    whole = answers[-1].picture
    assert whole is not None
    assert whole.made is None
    assert np.array_equal(whole.tiles, Deconvnet.render(_scene(request_)).tiles)
    assert whole.note == Deconvnet.render(_scene(request_)).note
    assert [answer.thumbnails is None for answer in answers] == [False, True, True, True]


def test_tiles_that_are_made_are_kept_for_another_unit(
    request_: RenderRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "SHOWN_SECONDS", 0.0)
    renderer, made = Renderer(), []
    make = TileGrower.make
    monkeypatch.setattr(TileGrower, "make", lambda self, numbers: made.extend(numbers) or make(self, numbers))
    first = renderer.answers(replace(request_, unit=1))
    next(first)
    first.close()
    renderer.render(replace(request_, unit=0))
    renderer.render(replace(request_, unit=2))
    assert sorted(made) == [0, 1, 2, 3]
    assert made[:2] == [1, 0]


def test_tiles_that_are_made_quickly_are_made_together(
    request_: RenderRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "SHOWN_SECONDS", 1000.0)
    renderer, made, make = Renderer(), [], TileGrower.make
    monkeypatch.setattr(TileGrower, "make", lambda self, numbers: made.append(tuple(numbers)) or make(self, numbers))
    picture = renderer.render(replace(request_, unit=2, seen=(1, 3))).picture
    assert made == [(2,), (1, 0), (3,)]
    assert picture is not None
    assert np.array_equal(picture.tiles, Deconvnet.render(_scene(request_)).tiles)
    assert picture.captions == Deconvnet.render(_scene(request_)).captions


@pytest.mark.parametrize("unit", [1, 3])
def test_another_unit_sends_one_signal_down_and_nothing_up(
    request_: RenderRequest, monkeypatch: pytest.MonkeyPatch, unit: int
) -> None:
    renderer = Renderer()
    renderer.render(replace(request_, unit=0))
    sent: list[int] = []
    down, record = WayDown.down, Recorder.record
    monkeypatch.setattr(WayDown, "down", lambda self, spots: sent.append(len(spots)) or down(self, spots))
    monkeypatch.setattr(Recorder, "record", lambda self, *inputs: sent.append(-1) or record(self, *inputs))
    detail = renderer.render(replace(request_, unit=unit)).detail
    assert sent == [1]
    assert detail is not None
    assert detail.unit == unit


def test_the_way_down_goes_with_the_weights(request_: RenderRequest) -> None:
    renderer = Renderer()
    before = renderer.render(request_).picture
    state = _scene(request_).network.modules.state_dict()
    other = {name: -2 * each.numpy() if each.is_floating_point() else each.numpy() for name, each in state.items()}
    for step, arrays in enumerate((other, {name: each.numpy() for name, each in state.items()})):
        live = LiveWeights(step, arrays)
        renderer.show_weights(live)
        fresh = Renderer()
        fresh.show_weights(live)
        found, expected = renderer.render(request_), fresh.render(request_)
        assert found.picture is not None
        assert expected.picture is not None
        assert before is not None
        assert np.array_equal(found.picture.values, expected.picture.values)
        assert found.detail is not None
        assert expected.detail is not None
        assert np.array_equal(np.asarray(found.detail.down_values), np.asarray(expected.detail.down_values))
        assert np.array_equal(found.picture.values, before.values) is (step == 1)


def test_work_for_what_is_no_longer_asked_stops(qtbot: QtBot, look: LookPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SHOWN_SECONDS", 0.0)
    begun, go_on, make, made = threading.Event(), threading.Event(), TileGrower.make, []

    def held(self: TileGrower, numbers: Sequence[int]) -> None:
        begun.set()
        assert go_on.wait(60)
        made.extend(numbers)
        make(self, numbers)

    monkeypatch.setattr(TileGrower, "make", held)
    look.choose_view("deconvnet")
    qtbot.waitUntil(begun.is_set, timeout=20_000)
    look.choose_view("feature-maps")
    qtbot.waitUntil(lambda: look._looker._waiting is not None, timeout=20_000)
    go_on.set()
    settle(qtbot, look)
    assert look.answer is not None
    assert look.answer.request.view == "feature-maps"
    assert len(made) == 1


def test_the_same_anew_may_wait_and_another_thing_may_not(request_: RenderRequest) -> None:
    assert replace(request_, has_thumbnails=False).can_wait_for(request_)
    edited = replace(request_.project, notes="edited")
    others: tuple[dict[str, Any], ...] = (
        {"project": edited}, {"unit": 2}, {"seen": (1, 2)}, {"run": "run-007"}, {"noise": 0.5}, {"view": "filters"},
        {"probe": SampleProbe("test", 1)}, {"other": SampleProbe("test", 2)},
    )  # fmt: skip
    for change in others:
        assert not replace(request_, **change).can_wait_for(request_), change


def _scene(request: RenderRequest) -> Any:
    renderer, kept = Renderer(), []
    real = Deconvnet.render.__func__  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Deconvnet, "render", classmethod(lambda cls, scene: kept.append(scene) or real(cls, scene)))
        renderer.render(request)
    return replace(kept[0], units=())
