"""Records what a torch module calls (torch.fx), where its way may depend on sizes but not on numbers.

torch.fx replaces methods of all modules of the process while it records. Modules that run on other threads meanwhile,
such as those of a training, go past the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from workbench.core.values import Shape
from workbench.layers.spec import REGISTRY, Layer
from workbench.model.translation.margins import LOWEST, same

BATCHES = (2, 3)
# Whose classes are layers by their names.
HOMES = ("torch.nn.", "torchvision.ops.", "torchvision.models.convnext", "timm.layers.")
NORM_AND_ACTIVATION = "BatchNormAct2d"  # timm's batch norm with the activation behind it, in one module
# timm's windows with TensorFlow's margins, which follow from the size of what comes in: the class, and their filling.
SAME: Mapping[str, tuple[type[nn.Module], float]] = {
    "Conv2dSame": (nn.Conv2d, 0.0), "AvgPool2dSame": (nn.AvgPool2d, 0.0), "MaxPool2dSame": (nn.MaxPool2d, LOWEST),
}  # fmt: skip


def layer_class(module: nn.Module) -> type[Layer] | None:
    """Returns the layer that is called as a module's class, if the class is one of torch's or torchvision's."""
    cls = type(module)
    name = "BatchNorm2d" if cls.__name__ == NORM_AND_ACTIVATION else cls.__name__
    return REGISTRY.get(name) if f"{cls.__module__}.".startswith(HOMES) else None


class Values(fx.Interpreter):
    """Runs a record, or what there is of one, and keeps what every step gave."""

    def __init__(self, module: nn.Module, graph: fx.Graph | None = None) -> None:
        super().__init__(module, garbage_collect_values=False, graph=graph)

    def of(self, *inputs: Tensor) -> dict[fx.Node, Any]:
        """Returns what every step of a whole record gives."""
        with torch.no_grad():
            self.run(*inputs)
        return dict(self.env)

    def up_to(self, node: fx.Node, sample: Tensor) -> Any:
        """Returns what a step gives, after those before it that were not run yet; `sample` is the only input."""
        with torch.no_grad():
            for each in node.graph.nodes:
                if each not in self.env:
                    self.env[each] = sample if each.op == "placeholder" else self.run_node(each)
                if each is node:
                    break
        return self.env[node]


class Tracer(fx.Tracer):
    """Records calls of modules that are layers, or that are torch's own, as one step.

    Where the module's code asks for a truth that follows from sizes alone, what was recorded so far is run without
    numbers, with two batches, and answers.
    """

    def __init__(self, shape: Shape) -> None:
        """Prepares a record.

        Args:
            shape: of one sample.
        """
        super().__init__()
        self._samples = [torch.empty(batch, *shape, device="meta") for batch in BATCHES]
        self._values: list[Values] = []
        self._thread = get_ident()
        self._is_aside = False
        self._fillings: dict[nn.Module, float] = {}

    def trace(self, root: nn.Module, concrete_args: dict[str, Any] | None = None) -> fx.Graph:  # type: ignore[override]
        """Records a module; windows with TensorFlow's margins become torch's own, with a margin before them."""
        for module in root.modules():
            name = type(module).__name__
            if name in SAME and type(module).__module__.startswith("timm."):
                module.__class__, self._fillings[module] = SAME[name]
        return super().trace(root, concrete_args)

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        if self._is_aside or get_ident() != self._thread:
            return forward(*args, **kwargs)
        if m in self._fillings:
            return super().call_module(m, forward, (self._padded(m, args[0]),), kwargs)
        if type(m).__name__ != NORM_AND_ACTIVATION:
            return super().call_module(m, forward, args, kwargs)
        normalised = self.create_proxy("call_module", self.path_of_module(m), args, kwargs)
        return m.act(m.drop(normalised))  # type: ignore[operator]

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, fx.Proxy]) -> Any:
        if self._is_aside or get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return layer_class(m) is not None or super().is_leaf_module(m, module_qualified_name)

    def to_bool(self, obj: fx.Proxy) -> bool:
        """Answers where a module's code branches.

        Raises:
            TraceError: it depends on the numbers or on how many samples there are.
        """
        first, second = self._known(obj)
        if isinstance(first, Tensor) or first != second:
            return super().to_bool(obj)
        return bool(first)

    def _known(self, obj: fx.Proxy) -> list[Any]:
        """What a step gives for both batches, without numbers."""
        if not self._values:
            self._values = [Values(self.root, self.graph) for _ in BATCHES]
        self._is_aside = True
        try:
            return [each.up_to(obj.node, sample) for each, sample in zip(self._values, self._samples, strict=True)]
        finally:
            self._is_aside = False

    def _padded(self, module: Any, x: fx.Proxy) -> fx.Proxy:
        """Records the margin before a window."""
        height, width = self._known(x)[0].shape[-2:]
        kernel, stride, dilation = (
            (each, each) if isinstance(each, int) else tuple(each)
            for each in (module.kernel_size, module.stride, getattr(module, "dilation", 1))
        )
        top, left, bottom, right = same((height, width), kernel, stride, dilation, is_upper=True)
        if not any((top, left, bottom, right)):
            return x
        padded: fx.Proxy = F.pad(x, [left, right, top, bottom], value=self._fillings[module])  # type: ignore[arg-type,assignment]
        return padded
