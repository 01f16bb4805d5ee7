"""What tests of data share."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.data import chunks, disk_cache


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, which takes small arrays too."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(disk_cache.FOLDER, str(folder))
    monkeypatch.setattr(chunks, "LARGE", 1)
    return folder
