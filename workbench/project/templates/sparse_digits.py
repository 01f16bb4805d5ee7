"""Sparse codes below a linear classifier: what is learnt without labels needs few of them."""

from collections.abc import Mapping
from typing import ClassVar

from workbench.core.graph import Port
from workbench.core.values import Json
from workbench.project.templates.base_deconvolutional import Deconvolutional
from workbench.project.templates.spec import GraphBuilder, Samples, template


@template(name="sparse-digits", title="Sparse codes and a linear classifier")
class SparseDigits(Deconvolutional):
    """Learns strokes of digits without labels, then their classes from 100 labels, by one linear layer."""

    rank: ClassVar[int] = 3
    data: ClassVar[Mapping[str, Json]] = {
        "source": "digits",
        "options": {"labelled": 100},
        "batch_size": 50,
        "validation_share": 0.0,
    }
    samples: ClassVar[Samples | None] = None
    training: ClassVar[Mapping[str, Json]] = {
        "schedule": "constant",
        "weight_decay": 0.01,
        "stages": [
            {"epochs": 10, "train": ["codes"], "losses": {"loss": 0.0}},
            {
                "epochs": 60,
                "train": ["classifier"],
                "losses": {"codes_error": 0.0, "codes_sparsity": 0.0},
                "lr": 0.05,
            },
        ],
    }

    def build(self, builder: GraphBuilder) -> None:
        image = builder.image(normalised=False)
        codes = self.coded(builder, "codes", image, out_channels=16, kernel_size=7, lam=2.0, iterations=20)
        pooled = builder.add("MaxPool3dSwitches", "pool", codes, kernel_size=4, maps=1)
        flat: Port = builder.add("Flatten", "flatten", pooled)
        builder.classify(builder.add("Linear", "classifier", flat, out_features=builder.samples.scores))
