"""Optimisers run without torch's compiler in memory, and do just what they do with it."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from workbench.training import light_optimizer
from workbench.training.config import TrainingConfig
from workbench.training.optimizer_state import make_optimizer
from workbench.training.optimizers.spec import REGISTRY as OPTIMIZERS

SCRIPT = """
import sys
from pathlib import Path
from tests.training import factories
from workbench.training import engine
for name in sys.argv[2:]:
    list(engine.train(factories.job(Path(sys.argv[1]) / name, optimizer=name, epochs=1)))
print(*sorted(name for name in sys.modules if name.startswith("torch._dynamo")))
"""
ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_training_does_not_load_the_compiler(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), *OPTIMIZERS]
    found = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == ""


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_step_is_that_of_the_optimiser_itself(name: str) -> None:
    config = TrainingConfig(optimizer=name, lr=0.1, weight_decay=0.01)
    first = torch.nn.Linear(3, 2)
    second = copy.deepcopy(first)
    optimizers = [make_optimizer(config, dict(each.named_parameters())) for each in (first, second)]
    for seed in range(3):
        for module in (first, second):
            torch.manual_seed(seed)
            module(torch.randn(4, 3)).square().sum().backward()
        optimizers[0].step()
        light_optimizer.step(optimizers[1])
        for optimizer in optimizers:
            optimizer.zero_grad()
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert not first.weight.equal(torch.nn.Linear(3, 2).weight)
