"""How a deconvnet's signals go down through one layer, in windows where the layer is a sliding one.

Each step does what autograd's vector-Jacobian product does, or what the layer's rule says in its place, for a batch of
signals at once. A layer that has no step here is left to autograd (`insight.backproject`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from workbench.insight.window_signal import WindowSignal
from workbench.layers.add.module import Add
from workbench.layers.concat.module import Concat
from workbench.layers.input.module import Normalize
from workbench.layers.spec import Layer

Signal = WindowSignal | Tensor  # of maps, or of anything else, as it is: (K, ...)
Sides = tuple[int, int]
FEW = 4  # channels, for which torch's transposed convolution is slow


def whole(signal: Signal) -> Tensor:
    """Returns signals that fill their maps."""
    return signal.whole() if isinstance(signal, WindowSignal) else signal


def _as_signal(values: Tensor) -> Signal:
    return WindowSignal.whole_map(values) if values.dim() == 4 else values


class Adjoint(ABC):
    """What a layer does with signals that come down."""

    @abstractmethod
    def down(self, signal: Signal) -> Sequence[Signal]:
        """Returns what reaches each input of the layer."""

    def sides(self, sides: Sides) -> Sides | None:
        """Returns how large windows of that size get on the way through; None if they fill the map."""
        return sides


class PassedOn(Adjoint):
    """The signal goes on as it is, to every input."""

    def __init__(self, inputs: int) -> None:
        self._inputs = inputs

    def down(self, signal: Signal) -> Sequence[Signal]:
        return (signal,) * self._inputs


class RectifierAdjoint(Adjoint):
    """What is positive goes on."""

    def down(self, signal: Signal) -> Sequence[Signal]:
        if isinstance(signal, WindowSignal):
            return (signal.with_values(signal.values.clamp(min=0)),)
        return (signal.clamp(min=0),)


class ScaleAdjoint(Adjoint):
    """Each channel has a factor: batch norm that knows its statistics, or a picture's standard deviation."""

    def __init__(self, factors: Tensor) -> None:
        self._factors = factors.detach().reshape(-1)

    def down(self, signal: Signal) -> Sequence[Signal]:
        values = signal.values if isinstance(signal, WindowSignal) else signal
        scaled = values * self._factors.reshape(-1, *(1,) * (values.dim() - 2))
        return (signal.with_values(scaled) if isinstance(signal, WindowSignal) else scaled,)


class ConcatAdjoint(Adjoint):
    """Inputs that were put side by side get their channels back."""

    def __init__(self, channels: list[int]) -> None:
        self._channels = channels

    def down(self, signal: Signal) -> Sequence[Signal]:
        return (
            signal.split(self._channels) if isinstance(signal, WindowSignal) else torch.split(signal, self._channels, 1)
        )


class SlidingAdjoint(Adjoint):
    """What convolution and pooling share: windows grow by the kernel and move by the stride."""

    def __init__(self, numbers: Sequence[Sequence[int]], size: Sides) -> None:
        """Remembers the layer's settings.

        Args:
            numbers: kernel, stride, padding before and dilation, each for both axes.
            size: height and width of what comes into the layer.
        """
        self._kernel, self._stride, self._padding, self._dilation = ((each[0], each[1]) for each in numbers)
        self._size = size

    def sides(self, sides: Sides) -> Sides:
        height, width = self._grown(sides)
        return min(height, self._size[0]), min(width, self._size[1])

    def _grown(self, sides: Sides) -> Sides:
        """How large a window of what comes in is seen by a window of what goes out."""
        height, width = (
            (sides[axis] - 1) * self._stride[axis] + self._dilation[axis] * (self._kernel[axis] - 1) + 1
            for axis in (0, 1)
        )
        return height, width

    def _below(self, values: Tensor, signal: WindowSignal) -> WindowSignal:
        """What comes of a signal, in the windows that its own windows see."""
        (sy, sx), (py, px) = self._stride, self._padding
        return WindowSignal(values, tuple((y * sy - py, x * sx - px) for y, x in signal.corners), self._size)


class ConvolutionAdjoint(SlidingAdjoint):
    """A convolution with a margin of zeros: its filters are put where the signals are."""

    def __init__(self, module: nn.Conv2d, size: Sides) -> None:
        padding = module.padding
        if isinstance(padding, str):  # "same": the odd pixel of the margin lies behind
            ends = zip(module.dilation, module.kernel_size, strict=True)
            padding = tuple(d * (k - 1) // 2 for d, k in ends) if padding == "same" else (0, 0)
        super().__init__((module.kernel_size, module.stride, padding, module.dilation), size)
        self._weight, self._groups = module.weight.detach(), module.groups

    def down(self, signal: Signal) -> Sequence[Signal]:
        assert isinstance(signal, WindowSignal)
        signal = signal.inside()
        return (self._below(self._drawn(signal.values), signal),)

    def _drawn(self, values: Tensor) -> Tensor:
        """The transposed convolution, (K, C, h, w): by the way that is fastest for these sizes."""
        weight, dilation, sides = self._weight, self._dilation, values.shape[2:]
        if self._groups == 1 and dilation == (1, 1) and sides.numel() == 1:  # filters, weighed
            return (values[:, :, 0, 0] @ weight.flatten(1)).reshape(len(values), *weight.shape[1:])
        if self._groups == 1 and weight.shape[1] <= FEW:
            spread = weight.flatten(1).T @ values.flatten(2)
            return F.fold(spread, self._grown((sides[0], sides[1])), self._kernel, dilation, 0, self._stride)
        return F.conv_transpose2d(values, weight, stride=self._stride, groups=self._groups, dilation=dilation)


class MaxPoolAdjoint(SlidingAdjoint):
    """Max pooling: each signal goes to where the maximum stood; windows that overlap lose nothing."""

    def __init__(self, module: nn.MaxPool2d, x: Tensor) -> None:
        kernel, stride, padding, dilation = (
            (each, each) if isinstance(each, int) else (each[0], each[1])
            for each in (module.kernel_size, module.stride, module.padding, module.dilation)
        )
        super().__init__((kernel, stride, padding, dilation), (x.shape[2], x.shape[3]))
        _, self._switches = F.max_pool2d(
            x, kernel, stride, padding, dilation, ceil_mode=module.ceil_mode, return_indices=True
        )  # of each output position the place of its maximum in the flat map, (1, C, H, W)

    def down(self, signal: Signal) -> Sequence[Signal]:
        assert isinstance(signal, WindowSignal)
        signal = signal.inside()
        count, channels, height, width = signal.values.shape
        high, wide = self._grown((height, width))
        places = signal.cut(self._switches)
        rows = torch.div(places, self._size[1], rounding_mode="floor")
        below = self._below(signal.values, signal)
        starts = torch.tensor([y * wide + x for y, x in below.corners], device=places.device)
        places = places + rows * (wide - self._size[1]) - starts[:, None, None, None]  # in the windows below
        spread = signal.values.new_zeros(count, channels, high * wide)
        spread.scatter_add_(2, places.flatten(2), signal.values.flatten(2))
        return (below.with_values(spread.reshape(count, channels, high, wide)),)


class LinearAdjoint(Adjoint):
    """Any other linear layer: autograd's product, which does not depend on what came in."""

    def __init__(self, module: nn.Module, x: Tensor) -> None:
        self._module, self._like = module, x

    def sides(self, sides: Sides) -> None:
        return

    def down(self, signal: Signal) -> Sequence[Signal]:
        values = whole(signal)
        nothing = self._like.new_zeros(len(values), *self._like.shape[1:]).requires_grad_(True)
        with torch.enable_grad():
            output = self._module(nothing)
        return (_as_signal(torch.autograd.grad(output, nothing, values)[0]),)


class FullyConnectedAdjoint(Adjoint):
    """A fully connected layer of vectors."""

    def __init__(self, module: nn.Linear) -> None:
        self._weight = module.weight.detach()

    def down(self, signal: Signal) -> Sequence[Signal]:
        return (whole(signal) @ self._weight,)


class ReshapeAdjoint(Adjoint):
    """A layer that only lines values up in another way."""

    def __init__(self, x: Tensor) -> None:
        self._shape = x.shape[1:]

    def sides(self, sides: Sides) -> None:
        return

    def down(self, signal: Signal) -> Sequence[Signal]:
        return (_as_signal(whole(signal).reshape(-1, *self._shape)),)


def adjoint_of(cls: type[Layer], module: nn.Module, inputs: Sequence[Tensor]) -> Adjoint | None:
    """Returns how the deconvnet's signals go down through a layer; None if that is left to autograd.

    Args:
        cls: the layer.
        module: its torch module, which predicts.
        inputs: what comes in for the sample, (1, ...) each.
    """
    if cls.deconvnet != "vjp":
        return RectifierAdjoint() if cls.deconvnet == "rectify" else PassedOn(1)
    match module:
        case nn.MaxPool2d() if len(inputs) == 1:
            return MaxPoolAdjoint(module, inputs[0])
        case Add():
            return PassedOn(len(inputs))
        case Concat():
            return ConcatAdjoint([each.shape[1] for each in inputs]) if module.dim == 1 else None
    return _of_linear(module, inputs[0]) if cls.linear and len(inputs) == 1 else None


def _of_linear(module: nn.Module, x: Tensor) -> Adjoint | None:
    """How signals go down through a linear layer of one input; None if it is not linear after all."""
    match module:
        case nn.Conv2d() if module.padding_mode == "zeros":
            return ConvolutionAdjoint(module, (x.shape[2], x.shape[3]))
        case _BatchNorm():
            if module.running_var is None:
                return None  # mean and variance are those of the sample itself
            factors = (module.running_var + module.eps).rsqrt()
            return ScaleAdjoint(factors if module.weight is None else factors * module.weight)
        case nn.Identity():
            return PassedOn(1)
        case nn.Flatten():
            return ReshapeAdjoint(x)
        case nn.Linear() if x.dim() == 2:
            return FullyConnectedAdjoint(module)
        case Normalize() if module.std.numel() == 1 or module.std.dim() == x.dim() - 1:
            return ScaleAdjoint(1 / module.std)
    return LinearAdjoint(module, x)
