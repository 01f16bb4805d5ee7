"""Look at whole pictures: a dropped photograph at its own size, with noise and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from workbench.gui.document.session import Session
from workbench.gui.insight.mosaic import Mosaic
from workbench.gui.insight.panel import LookPanel
from workbench.gui.widgets import theme
from workbench.insight.spec import Picture, ViewContext
from workbench.insight.views.whole_picture import WholePicture
from workbench.inspection.render_request import RenderRequest
from workbench.inspection.renderer import Renderer
from workbench.project import storage
from workbench.project.document import Project
from workbench.project.probes import PictureProbe, SampleProbe
from workbench.project.templates.spec import REGISTRY, GraphBuilder, Samples

LEFT = Qt.MouseButton.LeftButton


def a_photograph(path: Path, height: int = 45, width: int = 70) -> Path:
    """A grey picture with soft edges."""
    x, y = np.meshgrid(np.linspace(0, 6, width), np.linspace(0, 4, height))
    Image.fromarray((np.sin(x) * np.cos(y) * 100 + 128).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A denoiser of pieces of 24×24 that has not been trained."""
    builder = GraphBuilder(Samples((1, 24, 24)))
    REGISTRY["denoiser"]().build(builder)
    data = {"source": "natural", "options": {"crops": 5, "size": 24}}
    storage.save(Project("denoiser", builder.graph(), data), tmp_path / "denoiser.cnn")
    return tmp_path / "denoiser.cnn"


@pytest.fixture
def look(qtbot: QtBot, file: Path) -> Iterator[LookPanel]:
    """The panel on it, with a photograph, at the network's output."""
    session = Session(storage.load(file), file)
    session.look_at(PictureProbe(a_photograph(file.with_name("photo.png"))))
    panel = LookPanel(session, theme.DARK, lambda: file)
    qtbot.addWidget(panel)
    panel.resize(1280, 500)
    panel.show()
    qtbot.waitExposed(panel)
    session.select([session.graph.named("denoised").id])
    panel.choose_view("whole-picture")
    qtbot.waitUntil(lambda: captions(panel)[:1] == ["picture 70×45"], timeout=20_000)
    yield panel
    panel.shut_down()


def captions(look: LookPanel) -> list[str]:
    """Words under the tiles that are shown."""
    picture = look.answer.picture if look.answer is not None else None
    return list(picture.captions) if picture is not None else []


def test_an_output_shows_the_photograph_at_its_own_size(look: LookPanel) -> None:
    assert look.answer is not None
    assert look.answer.picture is not None
    assert look.answer.picture.tiles.shape == (3, 45, 70, 3)
    assert look.header._title.text() == "denoised"
    assert [caption.split()[0] for caption in captions(look)] == ["picture", "clean", "difference"]
    assert look.header.problem == ""


def test_noise_is_added_to_whole_pictures_alone(qtbot: QtBot, look: LookPanel) -> None:
    assert look.header._noise.isVisible()
    look.header._noise.setValue(0.1)
    qtbot.waitUntil(lambda: len(captions(look)) == 4, timeout=20_000)
    assert captions(look)[1].startswith("with noise ")
    assert look.header.noise == 0.1
    look.choose_view("feature-maps")
    assert not look.header._noise.isVisible()
    assert look.header.noise == 0
    qtbot.waitUntil(lambda: captions(look) == [] and look.answer is not None, timeout=20_000)
    assert look.close_up.currentWidget() is look.unit
    look.choose_view("whole-picture")
    qtbot.waitUntil(lambda: len(captions(look)) == 4, timeout=20_000)


def test_the_chosen_picture_is_seen_large(qtbot: QtBot, look: LookPanel) -> None:
    assert look.close_up.currentWidget() is look.close_up.large
    assert look.close_up.large.caption == captions(look)[1], "what is made of it comes first"
    qtbot.mouseClick(look.grid, LEFT, pos=look.grid.tile_rect(2).center().toPoint())
    assert look.close_up.large.caption == "difference"
    look.header._noise.setValue(0.1)
    qtbot.waitUntil(lambda: look.close_up.large.caption.startswith("clean "), timeout=20_000)
    before = look.close_up.large.grab().toImage()
    look.set_theme(theme.LIGHT)
    assert look.close_up.large.grab().toImage() != before


def test_a_sample_is_itself(qtbot: QtBot, look: LookPanel) -> None:
    look.session.look_at(SampleProbe("test", 0))
    qtbot.waitUntil(lambda: captions(look)[:1] == ["picture 24×24"], timeout=20_000)


@pytest.mark.parametrize("width", [340, 1280, 2560])
def test_the_photograph_fits_however_wide_the_panel_is(qtbot: QtBot, look: LookPanel, width: int) -> None:
    body, viewport = look.room.widget(), look.room.viewport()
    assert body is not None
    assert viewport is not None

    def has_room() -> bool:
        look.resize(width, 500)  # a window of its own is not made narrower than its line of buttons, until that breaks
        return look.width() == width and body.width() <= viewport.width()

    qtbot.waitUntil(has_room)
    qtbot.waitUntil(lambda: look.grid.tile_rect(2).right() <= look.grid.width())


def test_photographs_are_shown_smaller_than_they_are_so_that_all_are_seen() -> None:
    mosaic = Mosaic.fitting(3, 400, 600, 390.0, 160.0, None)
    assert mosaic.columns == 3
    assert mosaic.tile_width < 130
    assert mosaic.total_height <= 160
    maps = Mosaic.fitting(16, 56, 56, 390.0, 160.0, None)
    assert maps.tile_width == 56, "a map's pixels stay whole"


def test_a_picture_is_made_once_whatever_unit_is_looked_at(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ViewContext] = []
    real = WholePicture.render

    def render(context: ViewContext) -> Picture:
        made.append(context)
        return real(context)

    monkeypatch.setattr(WholePicture, "render", render)
    project, probe = storage.load(file), PictureProbe(a_photograph(file.with_name("photo.png")))
    node = project.graph.named("clean").id
    renderer = Renderer()
    for unit, noise in ((0, 0.0), (1, 0.0), (1, 0.1), (2, 0.1)):
        renderer.render(RenderRequest(project, file, probe, "", node, "whole-picture", unit, noise=noise))
    assert [context.noise for context in made] == [0.0, 0.1]


def test_a_large_photograph_is_made_smaller_first_and_that_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.inspection.renderer.MOST_PIXELS", 1000)
    project, probe = storage.load(file), PictureProbe(a_photograph(file.with_name("photo.png")))
    request = RenderRequest(project, file, probe, "", project.graph.named("clean").id, "whole-picture")
    picture = Renderer().render(request).picture
    assert picture is not None
    assert picture.tiles.shape[1:3] == (25, 39)
    assert "it was made smaller from 70×45 to 39×25 pixels" in picture.note


def test_a_network_that_depends_on_the_size_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    builder = GraphBuilder(Samples((1, 12, 12)))
    flat = builder.add("Linear", "fc", builder.add("Flatten", "flatten", builder.image()), out_features=144)
    builder.add("Output", "drawn", builder.add("Unflatten", "picture", flat, unflattened_size=(1, 12, 12)))
    project = Project("x", builder.graph(), {"source": "natural", "options": {"crops": 5, "size": 12}})
    file = tmp_path / "x.cnn"
    storage.save(project, file)
    probe = PictureProbe(a_photograph(tmp_path / "photo.png"))
    node = project.graph.named("picture").id
    answer = Renderer().render(RenderRequest(project, file, probe, "", node, "whole-picture"))
    assert answer.picture is None
    assert answer.problem == "fc has weights for pictures of 12×12 pixels alone, so none of 45×70 can be taken."
