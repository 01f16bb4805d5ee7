"""What the convolutions of one, two and three axes share: the shape rule, weights and cost."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.core.setting_words import also_called
from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS, per_axis
from workbench.layers.spec import Layer, ShapeError, SuggestParam
from workbench.layers.windows import Windows, sliding, window_size, window_text


def divisor_below(number: int, *others: int) -> int:
    """The largest number up to `number` that divides all the others."""
    return next(each for each in range(number, 0, -1) if all(other % each == 0 for other in others))


def check_groups(x: Value, groups: int, out_channels: int) -> None:
    """Refuses groups that do not divide the channels.

    Raises:
        ShapeError: with the largest number of groups below that does.
    """
    if x.channels % groups or out_channels % groups:
        raise ShapeError(
            f"groups = {groups} must divide the {x.channels} channels that come in and the {out_channels} that go out.",
            found=f"{x.channels} channels",
            needed=f"a multiple of {groups}",
            fixes=(SuggestParam("groups", divisor_below(groups, x.channels, out_channels)),),
        )


class Convolution(Layer):
    """Slides a bank of learnt filters along `axes` axes; the subclasses fix their number and types."""

    axes: ClassVar[int] = 0
    trains: ClassVar[bool] = True
    width_setting: ClassVar[str] = "out_channels"
    linear: ClassVar[bool] = True
    formula: ClassVar[str] = "y[o] = bias[o] + Σ over inputs i: weight[o, i] ⋆ x[i]"

    out_channels: int = Field(
        16, json_schema_extra=also_called("filters"), ge=1, le=MOST_CHANNELS, description="How many filters to learn"
    )
    kernel_size: Any = None
    stride: Any = None
    padding: Any = None
    dilation: Any = None
    groups: int = Field(1, ge=1, le=MOST_CHANNELS, description="Parts of the channels that do not see each other")
    bias: bool = Field(True, description="Learn one offset for each filter")
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = Field(
        "zeros", description="What the margin around the input is filled with"
    )

    def _kernel(self) -> tuple[int, ...]:
        return per_axis(self.kernel_size, self.axes)

    def _dilation(self) -> tuple[int, ...]:
        return per_axis(self.dilation, self.axes)

    def _margins(self) -> tuple[int, ...]:
        """Padding before and behind together, for each axis."""
        if self.padding == "same":
            return tuple(d * (k - 1) for k, d in zip(self._kernel(), self._dilation(), strict=True))
        return tuple(2 * p for p in per_axis(self.padding, self.axes))

    def _check(self, x: Value) -> None:
        check_groups(x, self.groups, self.out_channels)
        if self.padding == "same" and max(per_axis(self.stride, self.axes)) > 1:
            raise ShapeError(
                f'padding = "same" works with stride 1 only, but stride is {self.stride}.',
                found=f"stride {self.stride}",
                needed="stride 1",
                fixes=(SuggestParam("stride", 1),),
            )
        lacking = {"reflect": 1, "circular": 0}.get(self.padding_mode)
        for size, margin in zip(x.spatial, self._margins(), strict=True):
            largest = margin - margin // 2
            if lacking is not None and largest > size - lacking:
                raise ShapeError(
                    f'padding_mode = "{self.padding_mode}" can fill a margin of {size - lacking} along an axis of '
                    f"{size}, but padding is {largest}.",
                    found=str(x),
                    needed=f"at least {largest + lacking} along that axis",
                    fixes=(SuggestParam("padding_mode", "zeros"),),
                )

    def output(self, x: Value) -> Value:
        self._check(x)
        sizes = tuple(
            window_size(size + margin, kernel, stride, 0, dilation)
            for size, margin, kernel, stride, dilation in zip(
                x.spatial,
                self._margins(),
                self._kernel(),
                per_axis(self.stride, self.axes),
                self._dilation(),
                strict=True,
            )
        )
        if min(sizes) < 1:
            raise too_small(x, self._kernel(), self._margins(), self._dilation())
        return x.reshaped(self.out_channels, *sizes)

    def module(self, x: Value) -> Call:
        return call(
            f"nn.{type(self).__name__}",
            x.channels,
            self.out_channels,
            kernel_size=self.kernel_size,
            **{
                key: getattr(self, key)
                for key in ("stride", "padding", "dilation", "groups", "bias", "padding_mode")
                if getattr(self, key) != type(self).model_fields[key].default or key == "padding"
            },
        )

    def parameters(self, x: Value) -> dict[str, Shape]:
        weight = (self.out_channels, x.channels // self.groups, *self._kernel())
        return {"weight": weight, "bias": (self.out_channels,)} if self.bias else {"weight": weight}

    def macs(self, x: Value) -> int:
        return self.output(x).elements * x.channels // self.groups * prod(self._kernel())

    def windows(self, x: Value) -> tuple[Windows, ...]:
        before = tuple(margin // 2 for margin in self._margins())
        strides = per_axis(self.stride, self.axes)
        return (sliding(self._kernel(), strides, before, self._dilation(), margin=self.padding_mode),)

    def explain(self, x: Value) -> str:
        if self.padding == "same":
            return "same size: stride 1 and a margin that makes up for the kernel"
        settings = (per_axis(each, self.axes) for each in (self.kernel_size, self.stride, self.padding, self.dilation))
        rows = [window_text(*numbers) for numbers in zip(x.spatial, *settings, strict=True)]
        return "; ".join(dict.fromkeys(rows))


def too_small(x: Value, kernel: tuple[int, ...], margins: tuple[int, ...], dilation: tuple[int, ...]) -> ShapeError:
    """The error for a window that does not fit into what comes in."""
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    window = "×".join(map(str, spans))
    room = "×".join(str(size + margin) for size, margin in zip(x.spatial, margins, strict=True))
    lacking = max(span - size for span, size in zip(spans, x.spatial, strict=True))
    is_dilated = any(d > 1 and k > 1 for k, d in zip(kernel, dilation, strict=True))
    fitting = min(size + margin for size, margin in zip(x.spatial, margins, strict=True))
    odd = dict.fromkeys((fitting - 1 + fitting % 2, min(3, fitting)))  # the largest that fits, and the usual one
    kernels = tuple(SuggestParam("kernel_size", each) for each in odd if each > 0)
    fixes = (SuggestParam("dilation", 1),) if is_dilated else (SuggestParam("padding", -(-lacking // 2)), *kernels)
    return ShapeError(
        f"its window of {window} does not fit into {x} ({room} with its margin).",
        found=str(x),
        needed=f"at least {window} with the margin",
        fixes=fixes,
    )
