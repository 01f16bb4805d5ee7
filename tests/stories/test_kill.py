"""A training that is killed again and again ends exactly like one that never was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.training import factories
from workbench.training import checkpoint
from workbench.training.engine import train

KILLS = 20
ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which this system does not have")
def test_twenty_kills_inside_epochs_change_no_bit(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.stories.killed_process", str(tmp_path / "killed"), str(KILLS), "1"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=250, check=False)
    assert result.stdout.strip() == str(KILLS), result.stderr[-2000:]
    for _ in train(victim.job(tmp_path / "whole")):
        pass
    assert factories.logged(tmp_path / "killed") == factories.logged(tmp_path / "whole")
    whole, _ = checkpoint.newest(tmp_path / "whole" / "checkpoints", "step")
    killed, notes = checkpoint.newest(tmp_path / "killed" / "checkpoints", "step")
    assert notes == []
    assert whole is not None
    assert killed is not None
    assert whole.tensors.keys() == killed.tensors.keys()
    assert all(torch.equal(whole.tensors[key], killed.tensors[key]) for key in whole.tensors)
    assert not list((tmp_path / "killed").rglob("*.part"))
