"""Samples that a view sees beside the one that is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.inspection.probe_loader import OTHERS, ProbeReader
from workbench.project.new_project import create
from workbench.project.probes import SampleProbe


def test_they_are_the_first_of_the_test_once_the_data_is_there(tmp_path: Path) -> None:
    project, _ = create("lenet5", None, tmp_path)
    reader = ProbeReader(project, tmp_path)
    inputs = {"image": (1, 28, 28)}
    assert reader.others(inputs) == {}
    first = reader.read(SampleProbe("test", 0), inputs).fields["image"]
    others = reader.others(inputs)["image"]
    assert len(others) == OTHERS
    assert np.array_equal(others[0], first)
    assert reader.others({"image": (1, 9, 9)}) == reader.others({"mask": (1, 28, 28)}) == {}
