"""What other programs have to know of a network beside its weights: how inputs are prepared, and the classes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workbench.core.graph import Graph
from workbench.core.values import Json


def metadata_of(graph: Graph, data: Mapping[str, Json] | None = None) -> dict[str, str]:
    """Returns what a program has to know that uses a file, as JSON texts: each input's preparation, and the classes.

    Args:
        graph: of the network.
        data: how samples are made of files: the data source with its options, such as how pictures are brought to their
            size and which number each word has; None where nobody knows.
    """
    from workbench.layers.input import Input
    from workbench.model.plan import terms_of
    from workbench.model.shapes import infer

    layers = infer(graph).layers
    inputs: dict[str, Any] = {}
    for layer in layers.values():
        if isinstance(layer, Input):
            inputs[layer.field] = {"shape": list(layer.shape), "kind": layer.kind}
            if layer.mean or layer.std:
                inputs[layer.field] |= {"mean": list(layer.mean), "std": list(layer.std), "is_normalised_inside": True}
    classes = next((list(term.classes) for term in terms_of(graph) if term.classes), [])
    text = {"inputs": json.dumps(inputs), "pixels": "0 to 1"} | ({"data": json.dumps(data)} if data else {})
    return text | ({"classes": json.dumps(classes)} if classes else {})
