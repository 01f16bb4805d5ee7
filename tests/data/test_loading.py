from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.core.errors import UnreadableError, UsageError
from workbench.data.config import DataConfig
from workbench.data.limits import MOST_BYTES, check_amount
from workbench.data.loading import load, source_of
from workbench.data.paths import locate
from workbench.data.sources.npz import Npz

ROOT = Path(__file__).parents[2]


def test_the_default_is_the_digits_with_three_splits() -> None:
    dataset = load(DataConfig(), Path())
    assert {split: dataset.size(split) for split in dataset.splits} == {"train": 5400, "validation": 600, "test": 1000}
    assert set(np.bincount(dataset.splits["validation"]["label"])) == {60}


def test_the_shares_and_the_seed_come_from_the_settings() -> None:
    half = DataConfig(validation_share=0.5)
    assert load(half, Path()).size("train") == 3000
    other = half.model_copy(update={"seed": 1})
    assert load(half, Path()).fingerprint == load(half, Path()).fingerprint != load(other, Path()).fingerprint


def test_paths_start_from_the_projects_folder(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((20, 3, 3), np.uint8))
    config = DataConfig(source="npz", options={"path": "a.npz"})
    assert source_of(config) == Npz(path="a.npz")
    assert load(config, tmp_path).size("train") == 15


@pytest.mark.parametrize(
    ("source", "options", "expected"),
    [
        ("fodler", {}, 'There is no data source "fodler". There are: '),
        ("folder", {}, "Data source folder: path is missing."),
        ("folder", {"path": "x", "width": 0}, "Data source folder: width must be at least 1, found 0."),
        ("folder", {"path": "x", "height": 9000}, "Data source folder: height must be at most 8192, found 9000."),
        ("folder", {"path": "x", "width": "28"}, 'Data source folder: width must be a whole number, found "28".'),
        ("folder", {"path": "x", "width": 3}, "Data source folder: width and height must be given together."),
        ("folder", {"path": "x", "channels": 2}, "Data source folder: channels must be 1 or 3, found 2."),
        ("folder", {"path": "x", "resize": "zoom"}, 'resize must be "crop", "stretch" or "pad", found "zoom".'),
        ("folder", {"path": "x", "widht": 3}, 'Data source folder: widht is not a setting; did you mean "width"?'),
        ("folder", {"path": "x", "size": 3}, 'folder: size is not a setting; did you mean "width" and "height"?'),
        ("idx", {"path": 3}, "Data source idx: path must be text, found 3."),
        ("idx", {"path": ""}, "Data source idx: path must have at least 1 characters, found 0."),
        ("idx", {"path": "x", "limit": 2.5}, "Data source idx: limit must be a whole number, found 2.5."),
        ("digits", {"path": "x"}, "Data source digits: path is not a setting; there are: labelled."),
    ],
)
def test_wrong_settings_are_told_in_a_sentence(source: str, options: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(DataConfig(source=source, options=options), Path())
    assert expected in str(caught.value)


def test_home_is_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert locate("~/x", Path("p")) == tmp_path / "x"
    assert locate("x", Path("p")) == Path("p/x")
    assert locate(str(tmp_path), Path("p")) == tmp_path
    assert locate("~no-such-user-here/x", Path("p")) == Path("p/~no-such-user-here/x")


def test_amounts_of_memory() -> None:
    check_amount("a", MOST_BYTES, "")
    with pytest.raises(UnreadableError, match=r"a: it needs 8\.6 GB of memory; at most 4\.3 GB are taken\. Do this\."):
        check_amount("a", 2 * MOST_BYTES, "Do this.")


def test_loading_needs_neither_torch_nor_qt() -> None:
    program = (
        "import sys; sys.modules.update({'torch': None, 'torchvision': None, 'PyQt6': None})\n"
        "from pathlib import Path; from workbench.data.config import DataConfig\n"
        "from workbench.data.loading import load\n"
        "assert load(DataConfig(), Path()).size('train') == 5400\n"
        "assert 'PIL' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
