"""Networks that are built and dropped leave nothing behind."""

from __future__ import annotations

import gc
import linecache

import torch

from tests.training import factories
from workbench.model.network import Network


def sources() -> int:
    """How many program texts torch.fx and the tracebacks' cache keep."""
    loader = torch.fx.graph_module._loader
    return len(loader.eval_cache) + sum(name.startswith("<eval_with_key>") for name in linecache.cache)


def test_the_source_of_a_network_goes_with_it() -> None:
    gc.collect()
    before = sources()
    for _ in range(10):
        network = Network(factories.graph())
        assert "conv" in network.predict_program.code
    assert sources() > before
    del network
    gc.collect()
    assert sources() == before
