"""How a layer is declared: one class that gives palette entry, form, shape rule, torch module, cost and import.

A layer is a frozen pydantic model. Its fields are the settings (by torch's names), its methods answer in plain
arithmetic, without torch. See `relu.py` for the shortest one and `conv2d.py` for a rich one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from workbench.core.registry import Registry
from workbench.core.values import KINDS, Json, Shape, Value
from workbench.layers.call import Call
from workbench.layers.windows import Cutting, Window, Windows

if TYPE_CHECKING:
    from torch import nn

REGISTRY: Registry[type[Layer]] = Registry("workbench.layers")
L = TypeVar("L", bound="type[Layer]")


@dataclass(frozen=True)
class Insert:
    """Fix: put a layer on the wire that comes into the port."""

    layer: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class SuggestParam:
    """Fix: give a setting of this layer another value."""

    param: str
    value: Json


@dataclass(frozen=True)
class SetWidth:
    """Fix: make the layer that feeds the port give this many channels or features."""

    width: int


Remedy = Insert | SuggestParam | SetWidth


class ShapeError(Exception):
    """What comes in does not fit the layer.

    Attributes:
        port: the input that is wrong.
        found: what comes in, for people.
        needed: what would fit, for people.
        fixes: what would mend it, best first.
        fits: a value that would fit, where another size of the same would do.
    """

    def __init__(
        self,
        message: str,
        *,
        port: str = "x",
        found: str = "",
        needed: str = "",
        fixes: tuple[Remedy, ...] = (),
        fits: Value | None = None,
    ) -> None:
        super().__init__(message)
        self.port = port
        self.found = found
        self.needed = needed
        self.fixes = fixes
        self.fits = fits


@dataclass(frozen=True)
class In:
    """An input port.

    Attributes:
        name: as in the file and on the canvas.
        kinds: what may be wired to it (see `core.values.KINDS`); empty takes anything but a loss.
        axes: how many axes it needs, batch not counted; empty takes any number.
        variadic: takes any number of wires, as `x.0`, `x.1`, ...
        fewest: how many wires a variadic port needs.
        whole_numbers: takes class numbers and switches too, where no kinds are named.
        training_only: what comes in here matters in training alone; to predict, the module is called without it. Such
            ports come last.
        unit_range: numbers that come in here are between 0 and 1, such as probabilities.
        positive: numbers that come in here are above zero, as for a logarithm.
        below: name of the layer's setting below which the whole numbers are that come in here; "" for none.
        default_source: the layer without inputs that usually feeds it, which a fix may add; "" for none.
    """

    name: str = "x"
    kinds: frozenset[str] | set[str] = frozenset()
    axes: tuple[int, ...] = ()
    variadic: bool = False
    fewest: int = 1
    whole_numbers: bool = False
    training_only: bool = False
    unit_range: bool = False
    positive: bool = False
    below: str = ""
    default_source: str = ""

    def end(self, number: int = 0) -> str:
        """Returns what a wire into it ends at: the port's own name, or that with a number where it takes several."""
        return f"{self.name}.{number}" if self.variadic else self.name


@dataclass(frozen=True)
class RequiredLoss:
    """A loss that belongs to a layer.

    Attributes:
        loss: its kind.
        name: suffix of its node's name, behind the layer's node's name and a _.
        wires: what feeds each of its ports: what feeds an input port of the layer, or an output port of it.
        settings: its settings that are those of the layer, by the layer's names for them.
    """

    loss: str
    name: str
    wires: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RequiredLosses:
    """The losses without which a layer learns nothing of use.

    Attributes:
        losses: what they are and how they are wired.
        reason: what comes of it without them, as a sentence about the layer without its name and full stop.
        any_loss_suffices: whether the layer learns by any loss that it feeds, so that these are only what is usual.
    """

    losses: tuple[RequiredLoss, ...]
    reason: str
    any_loss_suffices: bool = False


class Layer(BaseModel):
    """One kind of network layer; subclasses are declared with the decorator `@layer`.

    Attributes:
        title: what people read.
        group: title of its palette group (see `layers.groups`).
        stem: how its nodes are called, without their number; the layer's name in small letters if empty.
        formula: what it computes, in one line of text.
        inputs: its input ports.
        output_ports: names of its output ports.
        optional_outputs: output ports that cost something and are computed only where a wire leaves them.
        trains: whether it may have weights.
        linear: whether it is a linear map of its input in eval mode, biases left out.
        deconvnet: what the deconvnet (Zeiler & Fergus 2014) does with the signal on its way down: "vjp" takes the
            vector-Jacobian product, which is the adjoint of a linear map; "rectify" keeps what is positive; "pass"
            hands it on.
        exact_gradient: whether finite gradients reach every weight (the contract test checks).
        width_setting: name of the setting that says how many channels or features it gives, or "".
        is_answer: whether it brings in what the network should say, which is there while it learns alone.
        data_field: whether it stands for a field of the data, named by its setting `field`.
        is_constant: whether it has no inputs and stands for no field: it gives the same for every sample.
        is_loss: whether its output is a term of the objective.
        takes_scores: the input port that takes scores, or another prediction of which no sign is better; "" for none.
        activation: for a loss, what turns its prediction into probabilities, or "".
        score_hint: for a layer through which scores should not go to a loss that makes probabilities of them itself,
            why: half a sentence with {loss}; "" if they may.
        wants_before: for a loss, the layer by which its prediction should be made; "" for any.
        company: the losses that it needs, and why; None if it needs none.
        replaces: earlier names of this layer in project files.
        functions: names of functions and methods of torch that compute the same → the settings that their arguments
            behind the inputs are, in their order (see `from_function`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)

    title: ClassVar[str] = ""
    group: ClassVar[str] = ""
    stem: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    inputs: ClassVar[tuple[In, ...]] = (In("x"),)
    output_ports: ClassVar[tuple[str, ...]] = ("y",)
    optional_outputs: ClassVar[frozenset[str]] = frozenset()
    trains: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    deconvnet: ClassVar[Literal["vjp", "rectify", "pass"]] = "vjp"
    exact_gradient: ClassVar[bool] = True
    width_setting: ClassVar[str] = ""
    is_answer: ClassVar[bool] = False
    data_field: ClassVar[bool] = False
    is_constant: ClassVar[bool] = False
    is_loss: ClassVar[bool] = False
    takes_scores: ClassVar[str] = ""
    activation: ClassVar[str] = ""
    score_hint: ClassVar[str] = ""
    wants_before: ClassVar[str] = ""
    required_losses: ClassVar[RequiredLosses | None] = None
    replaces: ClassVar[tuple[str, ...]] = ()
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @classmethod
    def conversion(cls, value: Value, kinds: Collection[str]) -> Mapping[str, Json] | None:
        """Returns the settings that make one of these kinds of a value; None where it is not the usual way to that."""
        return None

    def output(self, *args: Any, **kwargs: Any) -> Value:
        """The shape rule of a layer with one output; one `Value` for each wire that comes in.

        Raises:
            ShapeError: what comes in does not fit.
        """
        raise NotImplementedError

    def outputs(self, *values: Value) -> dict[str, Value]:
        """The values at the output ports; overridden where there are several.

        Raises:
            ShapeError: what comes in does not fit.
        """
        return {self.output_ports[0]: self.output(*values)}

    def module(self, *args: Any, **kwargs: Any) -> Call | None:
        """The torch module as data, for these inputs; None if nothing is computed.

        The module takes one tensor for each wire; with optional outputs wired it gives a tuple.
        """
        raise NotImplementedError

    def call_kwargs(self, wanted: frozenset[str]) -> dict[str, Any]:
        """Extra named arguments of the module call where these optional outputs are wired."""
        return {}

    def parameters(self, *args: Any, **kwargs: Any) -> dict[str, Shape]:
        """Names and shapes of the weights, as in the state_dict."""
        return {}

    def macs(self, *args: Any, **kwargs: Any) -> int:
        """Multiply-adds for one sample."""
        return 0

    def windows(self, *args: Any, **kwargs: Any) -> tuple[Windows, ...] | None:
        """What an output position sees of each wire that comes in, axis by axis; None sees everything of all of them.

        Without an override a position sees the same position of every input.
        """
        return tuple((Window(),) * len(value.spatial) for value in args if isinstance(value, Value))

    def text_windows(self, *args: Any, **kwargs: Any) -> tuple[Windows, ...] | None:
        """The same where texts come in, as tokens or with the features last: along the one axis of their places.

        Without an override a position sees everything, since most layers of texts look from place to place.
        """
        return None

    def samples_needed(self, *args: Any, **kwargs: Any) -> int:
        """How many samples a batch must have at least for the layer to learn from it."""
        return 1

    def cutting(self) -> Cutting | None:
        """How a picture may be cut into pieces for a layer that sees everything; None where all of it counts."""
        return None

    def explain(self, *args: Any, **kwargs: Any) -> str:
        """The shape rule with its numbers filled in, for people; empty where there is nothing to compute."""
        return ""

    @classmethod
    def from_module(cls, module: nn.Module) -> Layer:
        """The layer whose `module()` would give this torch module.

        Every setting is read from the attribute of the same name; a tensor or its absence means a switch like `bias`.
        """
        found: dict[str, Json] = {}
        for name, info in cls.model_fields.items():
            if hasattr(module, name):
                value = getattr(module, name)
                found[name] = value is not None if info.annotation is bool and not isinstance(value, bool) else value
        return cls.model_validate(found)

    @classmethod
    def from_function(cls, name: str, settings: Mapping[str, Any], given: Sequence[Shape], made: Shape) -> Layer:
        """The layer that computes what a call of a function or method of torch does.

        Args:
            name: of the function, one of `functions`.
            settings: its arguments behind the inputs, by the names that `functions` has for them.
            given: shapes of what comes in, with the batch axis.
            made: shape of what comes out, with the batch axis.

        Raises:
            ValueError: the layer cannot do what is asked.
        """
        plain = {key: value for key, value in settings.items() if key in cls.model_fields}
        for key, value in settings.items():
            if key not in plain and key not in ("inplace", "training") and value not in (None, False):
                raise ValueError(f"{key} = {value} is no setting of {cls.__name__}")
        return cls.model_validate(plain)

    @classmethod
    def summary(cls) -> str:
        """The docstring: one sentence, shown as the tooltip."""
        return (cls.__doc__ or "").strip().splitlines()[0]


def layer(*, title: str, group: str) -> Callable[[L], L]:
    """Declares a layer: registers the class under its own name."""
    return REGISTRY.declares(title=title, group=group)


def first_name(layer: str) -> str:
    """Returns how the first node of a layer is called, such as `conv1`: by the palette, by fixes and by paste alike."""
    cls = find(layer)
    stem = (cls.stem if cls is not None else "") or layer.lower()
    return stem if stem[-1].isdigit() or (cls is not None and cls.data_field) else f"{stem}1"


def find(name: str) -> type[Layer] | None:
    """The layer of that name, today's or an earlier one; None if this version knows none."""
    found = REGISTRY.get(name)
    if found is None:
        found = next((cls for _, cls in REGISTRY.items() if name in cls.replaces), None)
    return found


def port_of(cls: type[Layer], wire: str) -> In | None:
    """The declared input port that a wire's end `x` or `x.1` belongs to, or None."""
    stem, dot, number = wire.partition(".")
    for port in cls.inputs:
        if port.name == stem and (port.variadic == bool(dot)) and (not dot or number.isdecimal()):
            return port
    return None


def check_kind(port: In, wire: str, value: Value) -> None:
    """Refuses a value of the wrong kind or number of axes.

    Raises:
        ShapeError: with the layer to insert as its fix, where there is one.
    """
    is_counted = value.dtype != "float32" and not port.kinds and not port.whole_numbers
    if value.kind == "loss" or is_counted or (port.kinds and value.kind not in port.kinds):
        ways = ((name, cls.conversion(value, port.kinds)) for name, cls in REGISTRY.items())
        inserts = tuple(Insert(name, settings) for name, settings in ways if settings is not None)
        anything = "numbers to compute with" if is_counted else "anything but a loss"
        needed = either([each.text for kind, each in KINDS.items() if kind in port.kinds]) or anything
        advice = f" Put a {inserts[0].layer} before it." if inserts else ""
        raise ShapeError(
            f"needs {needed} but gets {KINDS[value.kind].text}, {value}.{advice}",
            port=wire,
            found=f"{value.kind} {value}",
            needed=needed,
            fixes=inserts,
        )
    if port.axes and len(value.shape) not in port.axes:
        needed = either([AXES_TEXT.get(number, f"{number} axes") for number in port.axes])
        raise ShapeError(f"needs {needed} but gets {value}.", port=wire, found=str(value), needed=needed)


AXES_TEXT = {
    0: "one value for each sample",
    1: "a flat vector",
    2: "channels × length",
    3: "channels × height × width",
    4: "channels × depth × height × width",
}


def either(texts: list[str]) -> str:
    """The texts as a choice: `a, b or c`."""
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def count(shapes: Mapping[str, Shape]) -> int:
    """How many numbers these shapes hold."""
    return sum(prod(shape) for shape in shapes.values())
