"""Pictures at their own size on the command line: `predict --out` and `look --view whole-picture`."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run
from workbench.insight.full_size import as_floats, with_noise
from workbench.insight.latent.metrics import psnr


@pytest.fixture
def denoiser(cli: Run, tmp_path: Path) -> Path:
    """A denoiser that has learnt a little."""
    path = tmp_path / "denoiser.cnn"
    words = ("--data", "natural,crops=20,size=24", "--set", "training.epochs=1", "--set", "layer1.iterations=5")
    assert cli("new", "denoiser", path, *words).code == 0
    assert cli("train", path, "--json").code == 0
    return path


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A colour picture with soft edges, 70 wide and 45 high."""
    x, y = np.meshgrid(np.linspace(0, 6, 70), np.linspace(0, 4, 45))
    channels = [np.sin(x + shift) * np.cos(y) * 100 + 128 for shift in (0.0, 0.3, 0.6)]
    Image.fromarray(np.stack(channels, -1).astype(np.uint8)).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def pixels(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.array(image)


def test_the_picture_is_written_at_its_own_size_and_noise_goes(
    cli: Run, denoiser: Path, photo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "clean.png"
    answer = cli("predict", denoiser, photo, "--out", out, "--noise", 0.1, "--json")
    assert answer.code == 0, answer.err
    found = answer.json
    assert (found["run"], found["out"], found["shape"]) == ("run-001", str(out), [1, 45, 70])
    with Image.open(photo) as image:
        grey = as_floats(np.array(image.convert("L")))[None]
    assert found["psnr_before"] == pytest.approx(psnr(grey, with_noise(grey, 0.1)), abs=1e-3)
    assert found["psnr_after"] > found["psnr_before"] + 3
    assert psnr(as_floats(pixels(out))[None], grey) == pytest.approx(found["psnr_after"], abs=0.3), (
        "it is what is written"
    )


def test_for_people(cli: Run, denoiser: Path, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "clean.png"
    answer = cli("predict", denoiser, photo, "--out", out, "--noise", 0.2)
    first, second = answer.out.splitlines()
    assert first == f"{out}: 70×45 pixels, grey (run-001)"
    assert re.fullmatch(rf"PSNR against {photo}: 1[34]\.\d\d dB with noise of 0\.2, 2\d\.\d\d dB after", second)
    without = cli("predict", denoiser, photo, "--out", out)
    assert "with noise" not in without.out
    assert cli("predict", denoiser, "test:1", "--out", out).code == 0
    assert pixels(out).shape == (24, 24)


def test_colour(cli: Run, photo: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "colour.cnn", tmp_path / "clean.png"
    words = ("--data", "natural,crops=20,size=24,grey=false", "--set", "training.epochs=1")
    assert cli("new", "denoiser", path, *words, "--set", "layer1.iterations=5").code == 0
    assert cli("train", path, "--json").code == 0
    answer = cli("predict", path, photo, "--out", out, "--noise", 0.1, "--json")
    assert answer.json["psnr_after"] > answer.json["psnr_before"] + 3
    assert pixels(out).shape == (45, 70, 3)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--noise", "0.1"], "--noise is for a picture that is written: give --out X.png too."),
        (["--out", "x.jpg"], 'to a .png file; found 1 inputs and "x.jpg"'),
        (["test:1", "--out", "x.png"], 'of one input to a .png file; found 2 inputs and "x.png"'),
        (["--out", "photo.png"], "photo.png is the picture itself"),
        (["--out", "gone/x.png"], "folder does not exist"),
        (["--out", "x.png", "--noise", "2"], "Noise can be 0 to 1, where white is 1; found 2."),
    ],
)
def test_wrong_wishes_are_told(
    cli: Run, denoiser: Path, photo: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(photo.parent)
    before = photo.read_bytes()
    answer = cli("predict", denoiser, photo, *words)
    assert answer.code == 2
    assert told in answer.err
    assert photo.read_bytes() == before


def test_a_network_that_makes_no_picture_is_refused(cli: Run, trained: Path, photo: Path, tmp_path: Path) -> None:
    answer = cli("predict", trained, photo, "--out", tmp_path / "x.png")
    assert answer.code == 2
    assert "no result of this network is a picture. Its results: fc3 (3)." in answer.err
    assert not (tmp_path / "x.png").exists()


def test_look_at_a_whole_picture(cli: Run, denoiser: Path, photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.npz"
    words = ("look", denoiser, "--view", "whole-picture", "--input", photo, "--out", out)
    for more, tiles in (((), 3), (("--noise", 0.1, "--layer", "denoised"), 4)):
        answer = cli(*words, *more)
        assert answer.code == 0, answer.err
        assert "whole picture of clean" in answer.err
        with np.load(out) as arrays:
            assert arrays["values"].shape == (tiles, 1, 45, 70)


def test_other_views_add_no_noise(cli: Run, denoiser: Path, tmp_path: Path) -> None:
    answer = cli("look", denoiser, "--view", "filters", "--noise", 0.1, "--out", tmp_path / "x.png")
    assert answer.code == 2
    assert "Filters adds no noise; leave --noise away" in answer.err


def test_what_is_restored_is_measured_by_what_it_should_be(cli: Run, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    for number in range(8):
        clean = np.kron(chance.integers(40, 200, (6, 6)), np.ones((6, 6)))
        for name, picture in (("clean", clean), ("noisy", clean + chance.normal(0, 20, clean.shape))):
            (tmp_path / "data" / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(tmp_path / "data" / name / f"{number}.png")
    file = tmp_path / "net.cnn"
    assert (
        cli("new", "small-dncnn", file, "--data", f"pairs:{tmp_path / 'data'}", "--set", "training.epochs=1").code == 0
    )
    assert cli("train", file, "--json").code == 0
    answer = cli("predict", file, "test:0", "--out", tmp_path / "a.png")
    assert re.search(r"PSNR against the picture that is wanted: 2\d\.\d\d dB before, \d\d\.\d\d dB after", answer.out)
    answer = cli("predict", file, tmp_path / "data" / "noisy" / "0.png", "--out", tmp_path / "b.png")
    assert answer.code == 0
    assert "PSNR" not in answer.out, "nobody knows what it should be"
