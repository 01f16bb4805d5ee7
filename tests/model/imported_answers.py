"""What networks that came in answer, for the tests of every importer."""

from __future__ import annotations

import torch
from torch import Tensor, fx

from workbench.model.network import Network
from workbench.model.translation.imported import Imported
from workbench.model.weights import load_into


def answers(imported: Imported, x: Tensor) -> list[Tensor]:
    """Returns what each output gives for samples; everything of the network must have been understood."""
    assert imported.unread == ()
    network = Network(imported.graph)
    load_into(network.modules, imported.weights)
    network.set_training(False)
    run = fx.Interpreter(network.predict_program, garbage_collect_values=False)
    with torch.no_grad():
        run.run(x)
    return [run.env[network.predict_ports[port]] for port in imported.outputs.values()]
