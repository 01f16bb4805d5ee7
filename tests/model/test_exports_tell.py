"""The ending of a file names the export, and files of weights say how samples are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.graph_factories import default
from workbench.core.errors import UsageError
from workbench.model.exports.base_metadata import metadata_of
from workbench.model.exports.spec import REGISTRY, exporter_for
from workbench.model.network import Network


@pytest.mark.parametrize("suffix", sorted({cls.suffix for _, cls in REGISTRY.items()}))
def test_every_ending_names_an_export(suffix: str) -> None:
    assert exporter_for("", Path(f"net{suffix.upper()}")).suffix == suffix


def test_an_ending_that_nothing_is_written_with_is_told() -> None:
    with pytest.raises(UsageError, match=r'No export ends in "\.doc"\. There are: \.csv, '):
        exporter_for("", Path("net.doc"))
    with pytest.raises(UsageError, match=r'An export to onnx ends in \.onnx, such as "net\.onnx"\.'):
        exporter_for("onnx", Path("net.doc"))


def test_how_samples_are_made_is_told_where_it_is_known(tmp_path: Path) -> None:
    graph = default("lenet5")
    told = {"source": "folder", "options": {"resize": "pad", "width": 28}}
    assert json.loads(metadata_of(graph, told)["data"]) == told
    assert "data" not in metadata_of(graph)
    REGISTRY["safetensors"].write(Network(graph), graph, tmp_path / "net.safetensors", data=told)
    assert json.loads((tmp_path / "net.json").read_text("utf-8"))["data"] == told
