"""`predict --to`: tables of classes, masks and pictures of whole folders."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Run


def save(path: Path, pixels: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)


def scene(random: np.random.Generator, height: int, width: int) -> tuple[Any, Any]:
    """A dark picture with a bright rectangle, and its mask."""
    picture = random.integers(0, 60, (height, width, 3))
    top, left = random.integers(0, height - 12), random.integers(0, width - 12)
    mask = np.zeros((height, width), np.uint8)
    mask[top : top + 10, left : left + 10] = 1
    return np.where(mask[..., None] == 1, picture + 180, picture), mask


def test_classes_of_a_folder_become_a_table(cli: Run, trained: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(40):
        picture = random.integers(0, 60, (12, 12))
        picture[:, 4 * (number % 3) : 4 * (number % 3) + 4] += 150
        save(tmp_path / "new" / f"part{number % 2}" / f"{number:02}.png", picture)
    (tmp_path / "new" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "new" / "notes.txt").write_text("x")
    answer = cli("predict", trained, tmp_path / "new", "--to", tmp_path / "out.csv", "--json")
    assert answer.code == 2, "one of them cannot be read"
    assert "broken.png" in answer.err
    assert answer.json == {"run": "run-001", "to": str(tmp_path / "out.csv"), "answered": 40, "unreadable": 1}
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == sorted(row["file"] for row in rows)
    assert rows[0]["file"] == "part0/00.png"
    names = [name for name in rows[0] if name.startswith("p(")]
    assert names == ["p(0)", "p(1)", "p(2)"]
    for row in rows:
        shares = [float(row[name]) for name in names]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
        assert float(row["probability"]) == max(shares)
        assert row["class"] == str(np.argmax(shares))
    one = cli("predict", trained, tmp_path / "new" / "part0" / "00.png", "--json").json["predictions"][0]
    assert float(rows[0]["probability"]) == pytest.approx(one["probability"], abs=1e-5)
    right = np.mean([int(row["class"]) == int(Path(row["file"]).stem) % 3 for row in rows])
    assert right > 0.9


def test_a_folder_of_classes_is_no_place_for_a_table(cli: Run, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = cli("predict", trained, tmp_path / "empty", "--to", tmp_path / "out.csv")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "There are no pictures in" in answer.err
    answer = cli("predict", trained, "test:0", "--to", tmp_path / "out")
    assert answer.code == 2
    assert "the answers are a table: --to out.csv" in answer.err


@pytest.mark.parametrize("options", ["tile=32,overlap=8", "width=48,height=48"])
def test_masks_are_written_at_the_pictures_own_size(cli: Run, tmp_path: Path, options: str) -> None:
    random = np.random.default_rng(1)
    for number in range(12):
        picture, mask = scene(random, 48, 48)
        save(tmp_path / "data" / "images" / f"{number}.png", picture)
        save(tmp_path / "data" / "masks" / f"{number}.png", mask)
    project = tmp_path / "net.cnn"
    words = ("--set", "training.epochs=25", "--set", "training.lr=0.01", "--set", "data.batch_size=4")
    assert cli("new", "small-unet", project, "--data", f"masks:{tmp_path / 'data'},{options}", *words).code == 0
    assert cli("train", project, "--json").code == 0
    wanted = {}
    for number, (height, width) in enumerate([(48, 48), (75, 110), (20, 90)]):
        picture, wanted[number] = scene(random, height, width)
        save(tmp_path / "new" / f"{number}.png", picture)
    answer = cli("predict", project, tmp_path / "new", "--to", tmp_path / "out")
    assert answer.code == 0, answer.err
    for number, mask in wanted.items():
        with Image.open(tmp_path / "out" / f"{number}.png") as image:
            assert image.mode == "P"
            found = np.array(image)
        assert found.shape == mask.shape
        seen = found != 255
        if "tile" in options or mask.shape == (48, 48):
            assert seen.all()
        else:
            assert not seen.all()
            assert "cuts off has the class 255" in answer.err
        both = ((found == 1) & (mask == 1)).sum()
        dice = 2 * both / max(1, (found == 1).sum() + (mask == 1)[seen].sum())
        if seen.all():
            assert dice > 0.7, (number, dice)
    whole = cli("predict", project, tmp_path / "data", "--to", tmp_path / "whole")
    count = len(list((tmp_path / "data" / "images").iterdir()))
    assert f"Note: {count:,} pictures" in whole.err
    assert [path.name for path in (tmp_path / "whole").iterdir()] == ["images"]
    table = cli("predict", project, tmp_path / "new", "--to", tmp_path / "out.csv")
    assert table.code == 2
    assert "makes a mask of each picture: name a folder" in table.err


def test_the_pictures_themselves_are_not_written_over(cli: Run, tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    for number in range(8):
        save(tmp_path / "clean" / f"{number}.png", random.integers(0, 255, (40, 40)))
    project = tmp_path / "net.cnn"
    data = f"pairs:{tmp_path / 'clean'},degrade=noise,patch=20"
    assert cli("new", "srcnn", project, "--data", data, "--set", "training.epochs=1").code == 0
    assert cli("train", project, "--json").code == 0
    before = (tmp_path / "clean" / "0.png").read_bytes()
    answer = cli("predict", project, tmp_path / "clean", "--to", tmp_path / "clean")
    assert answer.code == 2
    assert "is the picture itself" in answer.err
    assert (tmp_path / "clean" / "0.png").read_bytes() == before
    assert cli("predict", project, tmp_path / "clean", "--to", tmp_path / "out").code == 0
    with Image.open(tmp_path / "out" / "3.png") as image:
        assert (image.size, image.mode) == ((40, 40), "L")


def test_what_cannot_be_meant_is_told(cli: Run, trained: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    answer = cli("predict", trained, tmp_path / "new")
    assert answer.code == 2
    assert "is a folder, but a file is needed; of all its files --to X.csv or --to FOLDER" in answer.err
    answer = cli("predict", trained, "test:0", "--to", tmp_path / "x.csv", "--out", tmp_path / "x.png")
    assert answer.code == 2
    assert "give one of them" in answer.err
    assert not (tmp_path / "x.csv").exists()


def test_texts_of_a_folder_or_of_a_table_become_a_table(cli: Run, tmp_path: Path) -> None:
    words = {"good": "fine film", "bad": "dull film"}
    rows = [f"{text} {number},{label}" for number in range(30) for label, text in words.items()]
    (tmp_path / "reviews.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    file = tmp_path / "net.cnn"
    assert (
        cli(
            "new", "textcnn", file, "--data", f"text:{tmp_path / 'reviews.csv'},length=8", "--set", "training.epochs=2"
        ).code
        == 0
    )
    assert cli("train", file, "--json").code == 0
    for number, text in enumerate(words.values()):
        (tmp_path / "new").mkdir(exist_ok=True)
        (tmp_path / "new" / f"{number}.txt").write_text(text)
    assert cli("predict", file, tmp_path / "new", "--to", tmp_path / "x.csv").code == 0
    with (tmp_path / "x.csv").open(newline="") as table:
        assert [row["class"] for row in csv.DictReader(table)] == ["good", "bad"]
    new = [f"fine film {number},bad" for number in range(3)] + ["film dull dull,good"]  # whatever classes they have
    (tmp_path / "others.csv").write_text("text,label\n" + "\n".join(new) + "\n")
    answer = cli("predict", file, tmp_path / "others.csv")
    assert answer.code == 2
    assert "holds many samples, so the answers are a table: --to X.csv" in answer.err
    answer = cli("predict", file, "other.csv")
    assert answer.code == 2
    assert "there is no such file" in answer.err, "one word that ends so is no text"
    (tmp_path / "bare.csv").write_text("text\nfine film\nfilm dull dull\n")
    assert cli("predict", file, tmp_path / "bare.csv", "--to", tmp_path / "y.csv").code == 0
    with (tmp_path / "y.csv").open(newline="") as table:
        assert [row["class"] for row in csv.DictReader(table)] == ["good", "bad"], "new texts have no classes"
    answer = cli("predict", file, tmp_path / "others.csv", "--to", tmp_path / "y.csv")
    assert answer.code == 0
    assert "4 of 4 answered" in answer.out
    with (tmp_path / "y.csv").open(newline="") as table:
        rows_ = list(csv.DictReader(table))
    assert [row["class"] for row in rows_] == ["good", "good", "good", "bad"]
    assert [row["file"] for row in rows_] == [f"others.csv:{number}" for number in range(4)]


def test_files_of_series_become_a_table_as_long_as_the_network_takes_them(cli: Run, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)

    def table(name: str, length: int, channels: int = 1) -> Path:
        head = ["@problemName s", f"@dimension {channels}", "@classLabel true up down", "@data"]
        rows = []
        for number in range(20):
            course = np.linspace(-1, 1, length) * (1 if number % 2 == 0 else -1)
            parts = [
                ",".join(f"{each:.3f}" for each in course + chance.normal(0, 0.1, length)) for _ in range(channels)
            ]
            rows.append(":".join(parts) + f":{('up', 'down')[number % 2]}")
        (tmp_path / name).write_text("\n".join(head + rows))
        return tmp_path / name

    file = tmp_path / "net.cnn"
    assert cli("new", "fcn1d", file, "--data", f"series:{table('s.ts', 16)}", "--set", "training.epochs=6").code == 0
    assert cli("train", file, "--json").code == 0
    answer = cli("predict", file, table("new.ts", 12), "--to", tmp_path / "x.csv")
    assert answer.code == 0
    assert "new.ts: " in answer.err, "that they are shorter is said"
    with (tmp_path / "x.csv").open(newline="") as found:
        rows = list(csv.DictReader(found))
    assert len(rows) == 20
    assert np.mean([row["class"] == ("up", "down")[number % 2] for number, row in enumerate(rows)]) > 0.8
    answer = cli("predict", file, table("two.ts", 16, 2), "--to", tmp_path / "x.csv")
    assert answer.code == 2
    assert "it has series of 2×16, but the network takes 1×16" in answer.err


def test_samples_are_no_files_to_make_masks_of(cli: Run, tmp_path: Path) -> None:
    for number in range(8):
        save(tmp_path / "clean" / f"{number}.png", np.full((20, 20), 20 * number))
    project = tmp_path / "net.cnn"
    data = f"pairs:{tmp_path / 'clean'},degrade=noise"
    assert cli("new", "srcnn", project, "--data", data, "--set", "training.epochs=1").code == 0
    assert cli("train", project, "--json").code == 0
    answer = cli("predict", project, "test:0", "--to", tmp_path / "out")
    assert answer.code == 2
    assert "test:0 is a sample of the data" in answer.err


def test_a_folder_of_clips_becomes_a_table(cli: Run, tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    for label in ("up", "down"):
        (tmp_path / "clips" / label).mkdir(parents=True)
        for number in range(6):
            frames = [Image.fromarray(chance.integers(0, 256, (16, 16), np.uint8)) for _ in range(4)]
            file = tmp_path / "clips" / label / f"{number}.gif"
            frames[0].save(file, save_all=True, append_images=frames[1:])
    project = tmp_path / "net.cnn"
    data = f"clips:{tmp_path / 'clips'},frames=4,side=16"
    assert cli("new", "small-c3d", project, "--data", data, "--set", "training.epochs=1").code == 0
    assert cli("train", project, "--json").code == 0
    (tmp_path / "clips" / "notes.txt").write_text("none")
    assert cli("predict", project, tmp_path / "clips", "--to", tmp_path / "x.csv").code == 0
    with (tmp_path / "x.csv").open(newline="") as table:
        assert [row["file"] for row in csv.DictReader(table)] == [
            f"{label}/{number}.gif" for label in ("down", "up") for number in range(6)
        ]
    (tmp_path / "empty").mkdir()
    answer = cli("predict", project, tmp_path / "empty", "--to", tmp_path / "x.csv")
    assert answer.code == 2
    assert "There are no files (.avi .gif" in answer.err


def test_masks_lie_below_the_folder_wherever_their_pictures_do(cli: Run, tmp_path: Path) -> None:
    for number in range(8):
        save(tmp_path / "data" / "images" / f"{number}.png", np.full((16, 16, 3), 20 * number))
        save(tmp_path / "data" / "masks" / f"{number}.png", np.eye(16))
    project, away = tmp_path / "net.cnn", tmp_path / "away"
    new = cli("new", "small-unet", project, "--data", f"masks:{tmp_path / 'data'}", "--set", "training.epochs=1")
    assert new.code == 0
    assert cli("train", project, "--json").code == 0
    save(away / "a.jpg", np.full((16, 16, 3), 90))
    assert cli("predict", project, away / "a.jpg", "--to", tmp_path / "out").code == 0
    assert [path.name for path in away.iterdir()] == ["a.jpg"], "nothing is written beside the picture"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]
    save(away / "a.png", np.full((16, 16, 3), 90))
    answer = cli("predict", project, away / "a.jpg", away / "a.png", "--to", tmp_path / "out")
    assert answer.code == 2
    assert "would both be written to" in answer.err
    answer = cli("predict", project, away / "a.png", "--to", away)
    assert answer.code == 2
    assert "is the picture itself" in answer.err


def test_pictures_of_16_bits_come_out_with_16(cli: Run, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    for number in range(8):
        clean = np.linspace(9000, 60000, 400).reshape(20, 20) + random.integers(0, 900, (20, 20))
        for role, picture in (("clean", clean), ("noisy", clean + random.normal(0, 500, (20, 20)))):
            (tmp_path / "data" / role).mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.astype(np.uint16)).save(tmp_path / "data" / role / f"{number}.png")
    project = tmp_path / "net.cnn"
    words = ("--set", "training.epochs=1")
    assert cli("new", "small-dncnn", project, "--data", f"pairs:{tmp_path / 'data'}", *words).code == 0
    assert cli("train", project, "--json").code == 0
    source = tmp_path / "data" / "noisy"
    assert cli("predict", project, source, "--to", tmp_path / "out").code == 0
    assert cli("predict", project, source / "2.png", "--out", tmp_path / "one.png").code == 0
    for file in (tmp_path / "out" / "2.png", tmp_path / "one.png"):
        with Image.open(file) as image:
            assert image.mode == "I;16"
            found = np.array(image)
        assert len(np.unique(found)) > 256
        assert np.abs(found.astype(float) - clean).mean() < 20_000
