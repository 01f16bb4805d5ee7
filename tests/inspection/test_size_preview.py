"""What is shown before data is read is what reading makes of the same files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.data.config import DataConfig
from workbench.data.loading import load, source_of
from workbench.data.pixels import as_rgb
from workbench.data.sized_pictures import SizedPictures
from workbench.inspection import size_preview as module
from workbench.inspection.size_preview import SizedPicture, size_preview


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two classes of two pictures each, of noise, all of another size."""
    random = np.random.default_rng(0)
    for number, (width, height) in enumerate(((40, 20), (20, 40), (32, 32), (50, 30))):
        folder = tmp_path / "data" / "ab"[number // 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256, (height, width, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "data"


def previewed(place: Path, name: str = "folder", **options: object) -> list[SizedPicture]:
    source = source_of(DataConfig.model_validate({"source": name, "options": {"path": str(place), **options}}))
    assert isinstance(source, SizedPictures)
    return size_preview(source, place.parent, 4)


@pytest.mark.parametrize("resize", ["crop", "pad", "stretch"])
def test_pictures_are_shown_as_the_data_will_have_them(pictures: Path, resize: str) -> None:
    options = {"path": str(pictures), "width": 24, "height": 16, "resize": resize}
    dataset = load(DataConfig.model_validate({"options": options, "source": "folder"}), pictures.parent)
    read = [as_rgb(sample) for arrays in dataset.splits.values() for sample in arrays["image"]]
    shown = previewed(pictures, width=24, height=16, resize=resize)
    assert [each.name for each in shown] == ["0.png", "1.png", "2.png", "3.png"]
    assert [each.size for each in shown] == ["40×20", "20×40", "32×32", "50×30"]
    assert {each.becomes for each in shown} == {"24×16"}
    for each in shown:
        assert each.whole.shape[1::-1] == tuple(map(int, each.size.split("×")))
        assert any(sample is not None and np.array_equal(each.made, sample) for sample in read)


def test_a_size_that_is_not_set_is_that_which_reading_finds(pictures: Path) -> None:
    config = DataConfig.model_validate({"source": "folder", "options": {"path": str(pictures)}})
    _, height, width = load(config, pictures.parent).fields["image"].shape
    assert {each.becomes for each in previewed(pictures)} == {f"{width}×{height}"}


def test_a_size_found_in_a_part_of_the_files_is_said_to_be_so(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LISTED", 2)
    assert {each.becomes.split(", ")[1] for each in previewed(pictures)} == {"by the first 2 files"}
    assert {each.becomes for each in previewed(pictures, width=8, height=8)} == {"8×8"}


@pytest.mark.parametrize("colours", [(), (3,)])
def test_squares_are_counted_and_masks_are_no_samples(pictures: Path, colours: tuple[int, ...]) -> None:
    place = pictures.parent / "pairs"
    for part in ("images", "masks"):
        (place / part).mkdir(parents=True)
        Image.fromarray(np.zeros((40, 64), np.uint8)).save(place / part / "one.png")
    Image.fromarray(np.zeros((40, 64, *colours), np.uint8)).save(place / "images" / "one.png")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(place / "images" / "small.png")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(place / "masks" / "small.png")
    one, small = previewed(place, "masks", tile=32, overlap=8)
    assert (one.name, one.size, one.becomes) == ("one.png", "64×40", "6 squares of 32×32")
    assert (one.made == module.CUT).all(-1).any(), "the lines along which it is cut"
    assert not (one.whole == module.CUT).all(-1).any()
    assert (small.name, small.becomes) == ("small.png", "left out: smaller than 32×32")


def test_files_that_cannot_be_read_are_passed_over(pictures: Path) -> None:
    (pictures / "a" / "0.png").write_bytes(b"no picture")
    assert [each.name for each in previewed(pictures)] == ["1.png", "2.png", "3.png"]
    (pictures / "table.csv").write_text("file,label\na/1.png,a\n")
    assert [each.name for each in previewed(pictures / "table.csv", "csv")] == ["1.png", "2.png", "3.png"]
    assert previewed(pictures / "nowhere") == [], "and not the pictures beside it"
    assert previewed(pictures / "nowhere" / "else") == []
