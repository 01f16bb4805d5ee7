"""The networks of timm (PyTorch Image Models), by their names there."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from workbench.core.errors import UsageError, printable
from workbench.layers.spec import REGISTRY
from workbench.model.imports.spec import Importer, importer, near
from workbench.model.translation.imported import Imported


@importer(name="timm", title="timm")
class TimmImport(Importer):
    """A convolutional network of timm by its name, such as timm:resnet26d; nothing is downloaded."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Returns timm's names; none where it is not installed."""
        if find_spec("timm") is None:
            return ()
        import timm

        return tuple(timm.list_models())

    @classmethod
    def read(cls, what: str) -> Imported:
        """Reads a classifier.

        Raises:
            UsageError: timm is not installed, has none of that name, or torch.fx cannot record it.
        """
        if find_spec("timm") is None:
            raise UsageError("The package timm is not installed. Install it: pip install timm")
        import timm

        from workbench.model.translation.traced import traced, without_numbers

        if not timm.is_model(what):
            raise UsageError(f'timm has no network "{printable(what)}".{near(what, cls.names())}')
        module = without_numbers(lambda: timm.create_model(what, pretrained=False))
        config: dict[str, Any] = timm.data.resolve_model_data_config(module)  # type: ignore[attr-defined,no-untyped-call]
        shape = tuple(config["input_size"])
        settings = {"shape": shape, "mean": tuple(config["mean"]), "std": tuple(config["std"])}
        found = traced(module, REGISTRY["Input"].model_validate(settings), shape)
        return Imported(found.graph, f"timm's {what}", unread=found.unread, blocks=found.blocks, outputs=found.outputs)
