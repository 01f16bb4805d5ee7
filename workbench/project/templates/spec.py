"""How a template is declared: a class that draws its network for pictures of a given size and given classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar

from workbench.core.graph import Edge, Graph, Group, Node, Port
from workbench.core.groups import members, middle
from workbench.core.names import id_of
from workbench.core.registry import Registry
from workbench.core.values import Json, Shape, Value
from workbench.layers.spec import REGISTRY as LAYERS
from workbench.project.template_layout import laid_out

REGISTRY: Registry[type[Template]] = Registry("workbench.project.templates")
T = TypeVar("T", bound="type[Template]")
RECOGNISE, IMAGENET_NETWORKS, SEGMENT, RESTORE, OTHER_DATA, DRAW_AGAIN, DECONVOLVE = (
    "Recognise pictures", "Recognise pictures: ImageNet networks", "Segment pictures", "Restore pictures",
    "Series, text and more", "Codes that draw: autoencoders and inverse graphics", "Deconvolutional networks",
)  # fmt: skip
# As they are offered; others come behind.
GROUPS = (RECOGNISE, IMAGENET_NETWORKS, SEGMENT, RESTORE, OTHER_DATA, DRAW_AGAIN, DECONVOLVE)
VOID = "void"  # the last class of a mask, where there is something that does not count
SMALLEST_SHOWN = 28  # height and width of the pictures that networks are drawn for to be looked at
SMALL_PICTURE = 64  # below that many pixels of height or width some networks have a smaller head or stem


@dataclass(frozen=True)
class Samples:
    """What a template has to know about the data.

    Attributes:
        shape: of a picture, channels first.
        image: name of the picture's field.
        label: name of the class field.
        classes: class names; empty if they are not known.
        scores: how many classes there are.
        mean: of the training pixels between 0 and 1, for each channel; empty if not known.
        std: their standard deviation.
        factors: names of the factors of the scene, where the data comes in batches in which one of them varies.
        dimensions: for each factor how many numbers tell where it stands, such as two for a place on a circle; empty if
            one does for all.
        mask: name of the field that says of each pixel what it belongs to.
        parts: names of what pixels belong to; empty if they are not known.
        fields: what a network reads that is no picture, by the names of the fields; the classes of tokens are what they
            stand for.
        clean: name of the field with the picture to arrive at, where the data has pairs; "" where it has not.
        clean_shape: of that picture.
        labels: name of the field that says of each class whether it is there, where samples have several; "" where each
            sample is of one class.
        is_choice: whether the data says of users and items which were chosen (the field chosen), and not how they are
            rated.
    """

    shape: Shape = ()
    image: str = "image"
    label: str = "label"
    classes: tuple[str, ...] = ()
    scores: int = 10
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    factors: tuple[str, ...] = ()
    dimensions: tuple[int, ...] = ()
    mask: str = "mask"
    parts: tuple[str, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict, hash=False)
    clean: str = ""
    clean_shape: Shape = ()
    labels: str = ""
    is_choice: bool = False

    @property
    def is_small(self) -> bool:
        """Whether the pictures are so small that some networks have a smaller head or stem for them."""
        return min(self.shape[1:]) < SMALL_PICTURE


class GraphBuilder:
    """Draws a graph node by node; a node's id follows from its name, so that a template always gives the same file."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples
        self._nodes: dict[str, Node] = {}
        self._edges: list[Edge] = []
        self._depth: dict[str, int] = {}
        self._folded: list[str] = []

    def add(
        self,
        layer: str,
        name: str,
        *sources: Port,
        init: Mapping[str, str] | None = None,
        depth: int | None = None,
        **params: Any,
    ) -> Port:
        """Adds a node behind the given ports (in the order of its inputs) and gives its first output port.

        It stands one column behind what feeds it, or in the column `depth`.
        """
        cls = LAYERS[layer]
        id_ = id_of(name)
        if depth is None:
            depth = max((self._depth[port.node] for port in sources), default=-1) + 1
        self._depth[id_] = depth
        plain = {key: list(value) if isinstance(value, tuple) else value for key, value in params.items()}
        self._nodes[id_] = Node(id_, name, layer, plain, init=dict(init or {}))
        for number, source in enumerate(sources):
            port = cls.inputs[0] if cls.inputs[0].variadic else cls.inputs[number]
            wire = f"{port.name}.{number}" if port.variadic else port.name
            self._edges.append(Edge(source, Port(id_, wire)))
        return Port(id_, cls.output_ports[0] if cls.output_ports else "")

    def depth(self, port: Port) -> int:
        """The column that a port's node stands in."""
        return self._depth[port.node]

    def image(self, *, normalised: bool = True) -> Port:
        """The Input node for the samples' pictures."""
        samples = self.samples
        stats: dict[str, Json] = {}
        if normalised and samples.mean:
            stats = {"mean": list(samples.mean), "std": list(samples.std)}
        return self.add("Input", samples.image, field=samples.image, shape=samples.shape, **stats)

    def given(self, number: int = 0) -> Port:
        """The Input node for one of the samples' fields that are no pictures, by its number."""
        name, value = list(self.samples.fields.items())[number]
        return self.add("Input", name, field=name, shape=value.shape, kind=value.kind)

    def chain(self, x: Port, *layers: tuple[str, str, Mapping[str, Any]]) -> Port:
        """Adds layers one behind the other, each as layer, name and settings (`init` among them)."""
        for layer, name, params in layers:
            x = self.add(layer, name, x, **params)
        return x

    def classify(self, scores: Port, **settings: Json) -> None:
        """The Target and the loss behind class scores, with settings of the loss, or behind those of several labels."""
        if self.samples.labels:
            name, known = self.samples.labels, self.samples.classes
            answer = self.add("Target", name, depth=self._depth[scores.node], field=name, kind="vector",
                              shape=(len(known),), classes=known)  # fmt: skip
            self.add("BCEWithLogitsLoss", "loss", scores, answer)
            return
        classes: dict[str, Any] = {"classes": self.samples.classes} if self.samples.classes else {}
        label = self.add(
            "Target", self.samples.label, depth=self._depth[scores.node], field=self.samples.label, **classes
        )
        self.add("CrossEntropyLoss", "loss", scores, label, **settings)

    def segment(self, scores: Port, **settings: Json) -> None:
        """The Target and the loss behind scores of each pixel, with settings of the loss; void counts nowhere."""
        samples = self.samples
        if samples.parts and samples.parts[-1] == VOID:
            settings = {"ignore_index": len(samples.parts) - 1, **settings}
        classes: dict[str, Any] = {"classes": samples.parts} if samples.parts else {}
        mask = self.add(
            "Target", samples.mask, depth=self.depth(scores), field=samples.mask, kind="mask", shape=samples.shape[1:],
            **classes,
        )  # fmt: skip
        self.add("CrossEntropyLoss", "loss", scores, mask, **settings)

    def redraw(self, drawn: Port, loss: str = "MSELoss") -> None:
        """The Target that is the picture to arrive at, and the loss between it and what the network draws.

        It is the samples' own picture where the data has no pairs.
        """
        field, shape = self.samples.clean or self.samples.image, self.samples.clean_shape or self.samples.shape
        picture = self.add("Target", "picture", depth=self.depth(drawn), field=field, kind="map", shape=shape)
        self.add(loss, "loss", drawn, picture)

    def fold(self, prefix: str) -> None:
        """Shows the nodes whose names begin with a prefix as one folded group."""
        self._folded.append(prefix)

    def so_far(self) -> Graph:
        """Returns what was drawn so far, without places."""
        return Graph(dict(self._nodes), tuple(self._edges))

    def graph(self) -> Graph:
        """What was drawn, laid out in lines like a text: about twice as wide as high."""
        nodes = laid_out(self._nodes, self._edges, self._depth, self._folded)
        graph = Graph(nodes, tuple(self._edges))
        groups = {prefix: Group(folded=True, position=middle(members(graph, prefix))) for prefix in self._folded}
        return replace(graph, groups=groups)


class Template:
    """A network to start from; subclasses are declared with the decorator `@template`.

    Attributes:
        name: as on the command line.
        title: what people read.
        data: data settings that fit it.
        training: training settings that fit it.
        samples: what it is drawn for where no data is chosen.
        smallest: height and width of the smallest picture it takes.
        needs_factors: whether it learns only from data in whose batches one factor of the scene varies.
        reads: what its samples are where they are no pictures, for people, such as "sentences as numbers of words".
        instead: what one that is drawn for pictures reads as well where the data has none; None if nothing else.
        group: heading under which it is offered.
        rank: its place under that heading; the smallest comes first.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    data: ClassVar[Mapping[str, Json]] = {"source": "digits"}
    training: ClassVar[Mapping[str, Json]] = {}
    samples: ClassVar[Samples | None] = None
    smallest: ClassVar[int] = 1
    needs_factors: ClassVar[bool] = False
    reads: ClassVar[str] = ""
    instead: ClassVar[Samples | None] = None
    group: ClassVar[str] = RECOGNISE
    rank: ClassVar[int] = 100

    @classmethod
    def usual_samples(cls) -> Samples:
        """What it is drawn for where nothing is known of the data: its own samples, or small grey pictures."""
        side = max(SMALLEST_SHOWN, cls.smallest)
        return cls.samples or Samples((1, side, side))

    def build(self, builder: GraphBuilder) -> None:
        """Draws the network for `builder.samples`."""
        raise NotImplementedError


def template(*, name: str, title: str) -> Callable[[T], T]:
    """Declares a template under its name."""
    return REGISTRY.declares(name, title=title)


def grouped() -> dict[str, dict[str, type[Template]]]:
    """Returns the templates under their headings, in the order in which they are offered."""
    found: dict[str, dict[str, type[Template]]] = {group: {} for group in GROUPS}
    for name, cls in sorted(REGISTRY.items(), key=lambda entry: entry[1].rank):
        found.setdefault(cls.group, {})[name] = cls
    return {group: templates for group, templates in found.items() if templates}


# What the ImageNet networks are drawn for where no data is chosen.
IMAGENET = Samples((3, 224, 224), scores=1000, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
IMAGENET_DATA: Mapping[str, Json] = {"source": "folder", "options": {"path": "imagenet"}, "batch_size": 32}
