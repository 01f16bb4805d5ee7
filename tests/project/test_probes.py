"""Probes: how they are named, kept and read."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workbench.core import strict_json
from workbench.core.errors import UnreadableError, UsageError
from workbench.inspection.probe_loader import ProbeReader, centred
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.probes import DrawnProbe, PictureProbe, SampleProbe, kept_probes, parse_probe, probe_json

INPUT = {"image": (1, 12, 12)}


def drawing(*shape: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize(
    ("text", "probe"),
    [
        ("test:17", SampleProbe("test", 17)),
        ("train:0", SampleProbe("train", 0)),
        ("digits/7.png", PictureProbe(Path("digits/7.png"))),
        ("test:x", PictureProbe(Path("test:x"))),
    ],
)
def test_text_names_a_sample_or_else_a_file(text: str, probe: object) -> None:
    assert parse_probe(text) == probe


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 5, 9), (1, 512, 512), (3, 512, 512)])
def test_a_drawing_comes_back_from_the_project_file_as_it_was(tmp_path: Path, shape: tuple[int, ...]) -> None:
    probe = DrawnProbe.of(drawing(*shape), is_centred=True)
    project = replace(Project("x"), probes=(probe_json(probe, tmp_path),))
    storage.save(project, tmp_path / "p.cnn")
    (found,), notes = kept_probes(storage.load(tmp_path / "p.cnn").probes, tmp_path)
    assert found == probe
    assert not notes


def test_samples_and_pictures_come_back(tmp_path: Path) -> None:
    inside, outside = PictureProbe(tmp_path / "a" / "b.png"), PictureProbe(Path("/elsewhere/c.png"))
    rows = [probe_json(each, tmp_path) for each in (SampleProbe("train", 3), inside, outside)]
    assert rows[:2] == [{"sample": "train:3"}, {"picture": "a/b.png"}]
    assert kept_probes(rows, tmp_path)[0] == (SampleProbe("train", 3), inside, outside)
    assert probe_json(inside, None) == {"picture": str(inside.path)}


def png(pixels: np.ndarray[Any, Any]) -> list[str]:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return [base64.b64encode(data.getvalue()).decode()]


GOOD = np.zeros((4, 4), np.uint8)


@pytest.mark.parametrize(
    "row",
    [
        5,
        [],
        {},
        {"sample": 3},
        {"sample": "test:-1"},
        {"picture": ""},
        {"picture": "a\0b"},
        {"picture": ["a"]},
        {"drawing": []},
        {"drawing": {"shape": [1, 4], "png": png(GOOD)}},
        {"drawing": {"shape": [1, 4, 4.0], "png": png(GOOD)}},
        {"drawing": {"shape": [2, 4, 4], "png": png(GOOD)}},
        {"drawing": {"shape": [1, 513, 4], "png": png(GOOD)}},
        {"drawing": {"shape": [1, 4, 5], "png": png(GOOD)}},
        {"drawing": {"shape": [3, 4, 4], "png": png(GOOD)}},
        {"drawing": {"shape": [1, 4, 4], "png": png(GOOD.astype(np.uint16))}},
        {"drawing": {"shape": [1, 4, 4], "png": [1]}},
        {"drawing": {"shape": [1, 4, 4], "png": ["%%%"]}},
        {"drawing": {"shape": [1, 4, 4], "png": [png(GOOD)[0][:60]]}},
        {"drawing": {"shape": [1, 4, 4], "png": png(GOOD), "centred": 1}},
    ],
    ids=str,
)
def test_a_wrong_probe_is_passed_over_with_a_sentence(tmp_path: Path, row: Any) -> None:
    probes, notes = kept_probes([row, {"sample": "test:1"}], tmp_path)
    assert probes == (SampleProbe("test", 1),)
    assert len(notes) == 1
    assert notes[0].startswith("Probe 1 of the project is passed over: ")
    assert notes[0].endswith(".")


def test_a_drawing_has_bounds() -> None:
    with pytest.raises(UsageError, match="512×512 pixels, not 1×513×4"):
        DrawnProbe.of(drawing(1, 513, 4))


def test_centring_moves_the_mass_to_the_middle() -> None:
    pixels = np.zeros((1, 9, 9), np.uint8)
    pixels[0, 1:4, 6:8] = 200
    moved = centred(pixels)
    assert moved.sum() == pixels.sum()
    rows, columns = (np.average(np.arange(9), weights=moved[0].sum(axis=axis)) for axis in (1, 0))
    assert abs(rows - 4) <= 0.5
    assert abs(columns - 4) <= 0.5
    assert np.array_equal(centred(np.zeros((1, 3, 3), np.uint8)), np.zeros((1, 3, 3), np.uint8))


class TestReading:
    @pytest.fixture
    def reader(self, trained: Path) -> ProbeReader:
        return ProbeReader(storage.load(trained), trained.parent)

    def test_a_sample(self, reader: ProbeReader) -> None:
        assert reader.sizes == {}
        reading = reader.read(SampleProbe("test", 4), INPUT)
        assert reading.truth == "1"
        assert np.array_equal(reading.fields["image"], reader.dataset.splits["test"]["image"][4])
        assert reader.sizes["test"] == 30

    def test_what_does_not_fit_is_told(self, reader: ProbeReader) -> None:
        with pytest.raises(UsageError, match='no sample "test:30": test has 30 samples'):
            reader.read(SampleProbe("test", 30), INPUT)
        with pytest.raises(UsageError, match="takes image of 1×9×9, but that of the data is 1×12×12"):
            reader.read(SampleProbe(), {"image": (1, 9, 9)})
        with pytest.raises(UsageError, match="2 inputs"):
            reader.read(DrawnProbe.of(drawing(1, 4, 4)), {"a": (1, 4, 4), "b": (1, 4, 4)})
        with pytest.raises(UsageError, match="no picture"):
            reader.read(DrawnProbe.of(drawing(1, 4, 4)), {"a": (7,)})

    def test_a_picture_is_brought_to_the_size(self, reader: ProbeReader, tmp_path: Path) -> None:
        Image.fromarray(drawing(24, 24, 3)).save(tmp_path / "x.png")
        reading = reader.read(PictureProbe(tmp_path / "x.png"), INPUT)
        assert reading.fields["image"].shape == (1, 12, 12)
        assert reading.fields["image"].dtype == np.uint8
        with pytest.raises(UnreadableError, match=r"gone\.png: there is no such file"):
            reader.read(PictureProbe(tmp_path / "gone.png"), INPUT)

    def test_a_whole_picture_keeps_its_size(self, reader: ProbeReader, tmp_path: Path) -> None:
        pixels = drawing(24, 40, 3)
        Image.fromarray(pixels).save(tmp_path / "x.png")
        probe = PictureProbe(tmp_path / "x.png")
        assert reader.whole(probe, INPUT).fields["image"].shape == (1, 24, 40)
        coloured = reader.whole(probe, {"image": (3, 12, 12)})
        assert np.array_equal(coloured.fields["image"], pixels.transpose(2, 0, 1))
        assert coloured.notes == ()
        small = reader.whole(probe, INPUT, most=240)
        assert small.fields["image"].shape == (1, 12, 20)
        assert small.notes == ("it was made smaller from 40×24 to 20×12 pixels",)

    def test_whole_samples_and_drawings_are_as_they_are(self, reader: ProbeReader) -> None:
        sample = SampleProbe("test", 4)
        whole = reader.whole(sample, INPUT, most=10)
        assert np.array_equal(whole.fields["image"], reader.read(sample, INPUT).fields["image"])
        pixels = drawing(1, 30, 20)
        assert np.array_equal(reader.whole(DrawnProbe.of(pixels), INPUT).fields["image"], pixels)
        with pytest.raises(UsageError, match="2 inputs"):
            reader.whole(DrawnProbe.of(pixels), {"a": (1, 4, 4), "b": (1, 4, 4)})

    def test_a_drawing_needs_no_data(self, tmp_path: Path) -> None:
        project = replace(Project("x"), data={"source": "idx", "options": {"path": "gone"}})
        reader = ProbeReader(project, tmp_path)
        pixels = drawing(1, 12, 12)
        assert np.array_equal(reader.read(DrawnProbe.of(pixels), INPUT).fields["image"], pixels)
        assert reader.read(DrawnProbe.of(drawing(3, 30, 20)), INPUT).fields["image"].shape == (1, 12, 12)


def test_lines_of_a_drawing_are_short_enough_for_the_strict_reader(tmp_path: Path) -> None:
    row = probe_json(DrawnProbe.of(drawing(3, 200, 200)), tmp_path)
    assert max(map(len, row["drawing"]["png"])) <= 2000
    assert strict_json.parse(strict_json.pretty(row).encode(), "x") == row
