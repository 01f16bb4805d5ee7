"""The networks of torchvision, by their names there."""

from __future__ import annotations

from typing import Any

from workbench.core.errors import UsageError, printable
from workbench.layers.spec import REGISTRY
from workbench.model.imports.spec import Importer, importer, near
from workbench.model.translation.imported import Imported

AUXILIARY = {"googlenet": 0.3, "inception_v3": 0.4}  # weights of their auxiliary losses (Szegedy et al. 2014, 2015)
USUAL = (3, 224, 224)


@importer(name="torchvision", title="torchvision")
class TorchvisionImport(Importer):
    """A classifier or segmentation network of torchvision, such as torchvision:resnet50; nothing is downloaded."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        from torchvision import models

        return tuple(models.list_models(module=models)) + _segmenting()

    @classmethod
    def read(cls, what: str) -> Imported:
        """Reads a classifier, or a network that says of each pixel what it is.

        Raises:
            UsageError: torchvision has none of that name, or torch.fx cannot record it.
        """
        from torchvision import models

        from workbench.model.translation.traced import traced, without_numbers

        if what not in cls.names():
            raise UsageError(
                f'torchvision has no classifier or segmentation network "{printable(what)}".{near(what, cls.names())}'
            )
        usual = next(iter(models.get_model_weights(what)), None)
        size, mean, std = preparation(usual)
        shape = (USUAL[0], size, size)
        settings: dict[str, Any] = {"init_weights": False} if what in AUXILIARY else {}
        settings |= {"weights_backbone": None} if what in _segmenting() else {}
        module = without_numbers(lambda: models.get_model(what, weights=None, **settings))
        layer = REGISTRY["Input"].model_validate({"shape": shape, "mean": mean, "std": std})
        found = traced(module, layer, shape)
        auxiliary = {name: AUXILIARY.get(what, 0.3) for name in list(found.outputs)[1:]}
        return Imported(
            found.graph,
            f"torchvision's {what}",
            unread=found.unread,
            blocks=found.blocks,
            auxiliary=auxiliary,
            classes=tuple(usual.meta["categories"]) if usual is not None else (),
            outputs=found.outputs,
        )


def _segmenting() -> tuple[str, ...]:
    """The names of networks that say of each pixel what it is."""
    from torchvision import models
    from torchvision.models import segmentation

    return tuple(models.list_models(module=segmentation))


def preparation(usual: Any) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    """Returns the size, mean and deviation that pictures are brought to for weights of torchvision."""
    transforms = usual.transforms() if usual is not None else None
    size = getattr(transforms, "crop_size", [USUAL[1]])[0]
    return size, tuple(getattr(transforms, "mean", ())), tuple(getattr(transforms, "std", ()))
