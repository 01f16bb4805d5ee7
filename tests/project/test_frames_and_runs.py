"""Frames change nothing that is computed, and none is lost when the network of a run is brought back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.core.frames import Frame
from workbench.core.framing import add_frame
from workbench.core.graph import Graph
from workbench.model.cost import costs
from workbench.model.shapes import infer
from workbench.model.source import python_source
from workbench.project import storage
from workbench.project.format import graph_json
from workbench.project.records import brought_back, graph_of, is_edited, likeness, project_of
from workbench.project.runs import find_run
from workbench.training.run_folder import RunFolder

STAGE = Frame("Stage", "why", "blue", (0.0, 0.0, 400.0, 200.0))
NOTE = Frame(text="a note", area=(900.0, 0.0, 90.0, 40.0))


def with_frames(graph: Graph, **frames: Frame) -> Graph:
    return replace(graph, frames=frames)


@pytest.mark.parametrize("frame", [STAGE, NOTE])
def test_a_network_is_the_same_with_and_without_frames(trained: Path, frame: Frame) -> None:
    graph = storage.load(trained).graph
    framed = add_frame(graph, frame).apply(graph)
    assert framed != graph
    assert likeness(framed) == likeness(graph)
    assert not is_edited(find_run(trained), framed)
    assert infer(framed).values == infer(graph).values
    assert costs(framed) == costs(graph)
    assert python_source(framed, "w") == python_source(graph, "w")


def run_with_frames(trained: Path, **frames: Frame) -> RunFolder:
    """The run, as if it had been begun with these frames."""
    run = find_run(trained)
    record = run.record()
    record["graph"] = graph_json(with_frames(graph_of(run), **frames))
    (run.path / "run.json").write_text(json.dumps(record))
    return run


def test_a_run_keeps_the_frames_that_it_was_begun_with(trained: Path) -> None:
    run = run_with_frames(trained, f=STAGE, n=NOTE)
    assert project_of(run).graph.frames == {"f": STAGE, "n": NOTE}


@pytest.mark.parametrize("now", [{"f": STAGE, "n": NOTE}, {"n": NOTE, "f": replace(STAGE, title="Stem", colour="red")}])
def test_frames_alone_are_nothing_to_bring_back(trained: Path, now: dict[str, Frame]) -> None:
    project = storage.load(trained)
    run = run_with_frames(trained, f=STAGE, n=NOTE)
    assert brought_back(replace(project, graph=with_frames(project.graph, **now)), run) is None


def test_what_was_written_since_stays_and_what_was_deleted_comes_back(trained: Path) -> None:
    run = run_with_frames(trained, f=STAGE, n=NOTE)
    project = storage.load(trained)
    later = replace(NOTE, text="written later")
    moved = replace(STAGE, text="written later", area=(500.0, 500.0, 400.0, 200.0))
    project = replace(project, graph=with_frames(project.graph, new=later, f=moved))
    step = brought_back(project, run)
    assert step is not None
    after = project.apply(step)
    assert after.graph.frames == {"f": replace(moved, area=STAGE.area), "n": NOTE, "new": later}
    assert after.apply(step.inverse()) == project
    assert brought_back(after, run) is None


def test_a_run_of_before_there_were_frames_takes_none_away(trained: Path) -> None:
    run = find_run(trained)
    assert "frames" not in run.record()["graph"]
    project = storage.load(trained)
    nodes = dict(project.graph.nodes)
    first = next(iter(nodes))
    nodes[first] = replace(nodes[first], position=(-300.0, 0.0))
    project = replace(project, graph=replace(project.graph, nodes=nodes, frames={"n": NOTE}))
    step = brought_back(project, run)
    assert step is not None
    assert project.apply(step).graph.frames == {"n": NOTE}
