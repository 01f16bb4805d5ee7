"""What the Look panel asks for, computed on its worker thread: a second network, never the one that is learning."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.errors import WorkbenchError
from workbench.core.graph import Graph, Port
from workbench.data.pixels import as_rgb
from workbench.insight.growing import TileGrower
from workbench.insight.latent.edits import Decoded, decode
from workbench.insight.spec import REGISTRY, Picture, ViewContext
from workbench.insight.thumbnails import picture_thumbnail, thumbnail
from workbench.insight.units import UnitDetail, inspect_unit
from workbench.inspection.mask_overlays import Overlay
from workbench.inspection.network_answers import overlays_of, shares_of
from workbench.inspection.network_loading import LiveWeights, Loaded, build, load
from workbench.inspection.portraits import CLIP, LARGE_SIDE, Paper, curves, frame_picture, lanes
from workbench.inspection.probe_loader import ProbeReader, Reading, truth_of
from workbench.inspection.rating_sheet import rating_sheet
from workbench.inspection.render_request import Bytes, RenderRequest, RenderResult, moment_of
from workbench.layers.spec import find
from workbench.project.probes import Probe
from workbench.project.records import likeness
from workbench.project.storage import home_of

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.insight.way_down import WayDown
    from workbench.model.network import Network

MOST_PIXELS = 1_000_000  # of a whole picture; larger ones are for the command line
MOST_AT_ONCE = 64  # tiles that are made together
SHOWN_SECONDS = 0.15  # from one picture with more tiles to the next
Seen = tuple[Picture | None, UnitDetail | None, Decoded | None]


@dataclass(frozen=True)
class _Pass:
    """One probe on its way through the network: what came in, and what every port gives."""

    reading: Reading
    fields: Mapping[str, Tensor]
    known: dict[Port, Tensor]
    image: Bytes | None
    ways: dict[Port, WayDown] = field(default_factory=dict)
    overlays: dict[str, Overlay] = field(default_factory=dict)  # made when they are seen first
    sheet: list[str] = field(default_factory=list)  # likewise

    def seen_masks(self, network: Network) -> Mapping[str, Overlay]:
        """Returns the probe with the masks over it that the network predicts."""
        if not self.overlays:
            self.overlays.update(overlays_of(network, self.known, self.image, self.reading.mask))
        return self.overlays

    def told_rating(self, loaded: Loaded, reader: ProbeReader | None) -> str:
        """Returns the lines about a rating; "" of all else."""
        shown = self.reading.shown
        if not self.reading.is_rating or shown is None or reader is None:
            return ""
        if not self.sheet:
            network = loaded.network if loaded.is_trained else None
            self.sheet.append(rating_sheet(network, reader.dataset, self.reading.fields, shown.text))
        return self.sheet[0]

    def seen(self, frame: int | None) -> tuple[Bytes | None, tuple[int, int] | None, str, tuple[str, ...]]:
        """The probe as a picture, of a clip that of a frame; what it stands for, in words, and its tokens."""
        shown, image = self.reading.shown, self.image
        if frame is not None and self.frames:
            image = frame_picture(next(iter(self.reading.fields.values())), min(frame, self.frames - 1))
        return (image, None, "", ()) if shown is None else (image, shown.grid, shown.text, shown.tokens)

    @property
    def frames(self) -> int:
        """How many frames or slices the probe has; 0 where it is no clip and no volume."""
        first = next(iter(self.reading.fields.values()), None)
        return first.shape[1] if first is not None and first.ndim == 4 else 0


class Renderer:
    """Keeps network, data and the last probe's way through it between requests; used by one thread at a time."""

    def __init__(self) -> None:
        self._live: LiveWeights | None = None
        self._network: tuple[object, Network, Graph] | None = None
        self._first: Mapping[str, Tensor] = {}  # its weights before any were loaded
        self._loaded: Loaded | None = None
        self._loaded_for: tuple[Path, str, str] | None = None
        self._reader: ProbeReader | None = None
        self._passes: dict[Probe, _Pass] = {}  # those of the last request
        self._thumbnails_of: _Pass | None = None
        self._last: tuple[RenderRequest, _Pass, Picture] | None = None
        self._whole: tuple[_Pass, tuple[str, str, float], Picture] | None = None
        self._growing: tuple[_Pass, RenderRequest, TileGrower] | None = None
        self._detail: tuple[_Pass, RenderRequest, UnitDetail | None] | None = None

    @property
    def reader(self) -> ProbeReader | None:
        """Reads the data of the last request; None before the first."""
        return self._reader

    def show_weights(self, live: LiveWeights | None) -> None:
        """Weights of the training under way, or None: those of the newest run again."""
        self._live = live
        self._loaded = None

    def render(self, request: RenderRequest) -> RenderResult:
        """Computes the whole answer: the last of `answers`."""
        *_, answer = self.answers(request)
        return answer

    def answers(self, request: RenderRequest) -> Iterator[RenderResult]:
        """Yields answers, each with more to see than the one before: the unit first, then tiles as they are made.

        What cannot be shown is explained in their `problem`.

        Raises:
            WorkbenchError: nothing of the network can be computed, or its weights are damaged.
        """
        loaded = self._ready(request)
        problems: list[str] = []
        passed = self._passed(request.probe, request, loaded, problems)
        other = self._passed(request.other, request, loaded, problems)
        self._passes = {probe: each for probe, each in self._passes.items() if probe in (request.probe, request.other)}
        answer = self._answer(request, loaded, passed, problems)
        if other is not None:
            answer = replace(answer, other_image=other.image)
        if not (request.node and request.view):
            yield answer
            return
        try:
            for picture, detail, drawing in self._seen(request, loaded, passed, other):
                yield replace(answer, picture=picture, detail=detail, drawing=drawing)
                answer = replace(answer, thumbnails=None)  # which are as they were
        except WorkbenchError as error:
            yield replace(answer, problem=answer.problem or str(error))

    def _answer(
        self, request: RenderRequest, loaded: Loaded, passed: _Pass | None, problems: list[str]
    ) -> RenderResult:
        """All but what is seen of a node."""
        return RenderResult(
            request,
            loaded.origin,
            loaded.is_trained,
            loaded.is_edited,
            loaded.untrained,
            "" if self._live is not None else request.run,
            *(passed.seen(request.frame) if passed else (None, None, "", ())),
            shares_of(loaded.network, passed.known) if passed else (),
            passed.reading.truth if passed else "",
            self._reader.sizes if self._reader else {},
            thumbnails=self._thumbnails(request, loaded, passed),
            overlays=passed.seen_masks(loaded.network) if passed and request.view else {},
            labels=passed.reading.labels if passed else (),
            frames=passed.frames if passed else 0,
            sheet=passed.told_rating(loaded, self._reader) if passed else "",
            is_clip=passed is not None and CLIP in passed.fields,
            problem=problems[0] if problems else "",
            notes=(*loaded.notes, *(passed.reading.notes if passed else ())),
        )

    def _ready(self, request: RenderRequest) -> Loaded:
        """The network with the weights to look at; made anew only where something changed."""
        import torch

        torch.set_num_threads(1)
        graph = request.project.graph
        alike = likeness(graph), [node.init for node in graph]
        if self._network is None or self._network[0] != alike:
            self._network = None
            self._network = (alike, *build(graph))
            self._first = {name: each.clone() for name, each in self._network[1].modules.state_dict().items()}
            self._loaded = None
        place = (request.path, request.project.uuid, request.run)
        if self._loaded is None or self._loaded_for != place:
            self._passes = {}
            network = self._network[1]
            network.modules.load_state_dict(self._first)  # what other weights do not cover is as it was drawn
            self._loaded = load(request.project, request.path, request.run, self._live, *self._network[1:])
            self._loaded_for = place
        self._loaded.network.set_training(False)
        return self._loaded

    def _passed(self, probe: Probe | None, request: RenderRequest, loaded: Loaded, problems: list[str]) -> _Pass | None:
        """A probe's way through the network, once for each state of the weights; None with a problem if it has none."""
        folder, project = home_of(request.path), loaded.project or request.project
        if self._reader is None or not self._reader.is_for(project, folder, request.paper):
            self._reader = ProbeReader(project, folder, request.paper)
            self._passes = {}
        if probe is not None and probe not in self._passes:
            try:
                self._passes[probe] = _sent(self._reader.read(probe, loaded.network.inputs), loaded.network)
            except WorkbenchError as error:
                problems.append(str(error))
        return self._passes.get(probe) if probe is not None else None

    def _seen(
        self, request: RenderRequest, loaded: Loaded, passed: _Pass | None, other: _Pass | None
    ) -> Iterator[Seen]:
        view = REGISTRY[request.view]
        if not any(port.node == request.node for port in loaded.network.predict_ports):
            name = request.project.graph.nodes[request.node].name
            raise WorkbenchError(f"{name} is not computed: mend the network, or wire it to a result.")
        context = ViewContext(loaded.network, loaded.graph, request.node, signed=request.signed)
        if passed is None:
            yield (None if view.needs_input else view.render(context)), None, None
            return
        moment = moment_of(request.frame, passed.frames)
        context = replace(context, fields=passed.fields, known=passed.known, ways=passed.ways, moment=moment)
        if view.takes_whole:
            yield self._whole_picture(request, context, passed), None, None
            return
        for port in [port for port in passed.ways if port != context.port]:
            del passed.ways[port]  # each keeps the network's activations
        drawing = decode(context, request.changes, other.known[context.port] if other else None)
        if view.by_unit:
            detail = self._closely(request, context, passed)
            for picture in self._one_by_one(request, context, passed):
                yield picture, detail, drawing
            return
        last = self._last if self._last and self._last[1] is passed else None
        if last is None or not request.has_view_of(last[0]):
            if view.takes_others and self._reader is not None:
                from workbench.insight.probe import as_tensors

                context = replace(context, others=as_tensors(self._reader.others(loaded.network.inputs)))
            last = self._last = request, passed, view.render(context)
        yield last[2], self._closely(request, context, passed), drawing

    def _closely(self, request: RenderRequest, context: ViewContext, passed: _Pass) -> UnitDetail | None:
        """The unit looked at; kept, for a slider may be on its way, which alone is drawn anew."""
        last = self._detail
        if last is None or last[0] is not passed or not request.has_unit_of(last[1]):
            detail = inspect_unit(context, request.unit, request.position)
            if detail is not None:
                detail = _in_curves(detail, passed, request.paper)
            last = self._detail = passed, request, detail
        return last[2]

    def _one_by_one(self, request: RenderRequest, context: ViewContext, passed: _Pass) -> Iterator[Picture]:
        """A view by unit, again and again while its tiles are made: the chosen unit's, those in sight, all others."""
        last = self._growing
        if last is None or last[0] is not passed or not request.has_view_of(last[1]):
            growing = TileGrower(REGISTRY[request.view], context)
            last = self._growing = passed, request, growing
        growing, shown, at_once = last[2], 0.0, 1
        chosen = (growing.units.index(request.unit),) if request.unit in growing.units else ()
        while numbers := growing.missing((*chosen, *range(*request.seen)), at_once):
            begun = time.monotonic()
            growing.make(numbers)
            ended = time.monotonic()
            if ended - begun < SHOWN_SECONDS / 4:  # more at once is cheaper, but what is asked next must not wait long
                at_once = min(2 * at_once, MOST_AT_ONCE)
            elif ended - begun > SHOWN_SECONDS:
                at_once = max(1, at_once // 2)
            if not growing.is_whole and ended - shown > SHOWN_SECONDS:
                yield growing.picture()
                shown = ended
        yield growing.picture()

    def _whole_picture(self, request: RenderRequest, context: ViewContext, passed: _Pass) -> Picture:
        """A view that takes the probe at its own size; kept, for it can take seconds."""
        wanted = (request.node, request.view, request.noise)
        if self._whole is None or self._whole[0] is not passed or self._whole[1] != wanted:
            assert self._reader is not None
            reading = self._reader.whole(request.probe, context.network.inputs, MOST_PIXELS)
            truth = truth_of(context.graph, reading)
            shown = replace(context, whole=reading.fields, noise=request.noise, truth=truth)
            picture = REGISTRY[request.view].render(shown)
            notes = "; ".join([picture.note, *reading.notes])
            self._whole = passed, wanted, replace(picture, note=notes)
        return self._whole[2]

    def _thumbnails(self, request: RenderRequest, loaded: Loaded, passed: _Pass | None) -> dict[str, Bytes] | None:
        if not request.has_thumbnails or (passed is not None and self._thumbnails_of is passed):
            return None
        import torch

        self._thumbnails_of = passed
        if passed is None:
            return {}
        found: dict[str, Bytes] = {}
        for port, tensor in passed.known.items():
            cls = find(loaded.graph.nodes[port.node].layer)
            if port.node in found or not torch.is_tensor(tensor) or not tensor.is_floating_point():
                continue  # a class, or the way down of a deconvolutional network
            if cls is not None and cls.data_field and passed.image is not None:
                found[port.node] = picture_thumbnail(passed.image)
            elif (small := thumbnail(tensor[0].cpu().numpy())) is not None:
                found[port.node] = small
        return found


def _in_curves(detail: UnitDetail, passed: _Pass, paper: Paper) -> UnitDetail:
    """A unit whose way back is drawn as the sample is, where that is curves: a series, or channels of a recording."""
    down, shown = detail.down_values, passed.reading.shown
    grid = shown.grid if shown is not None else None
    if down is None or grid is None or down.shape[1:] != grid:
        return detail
    drawn = curves(down[:, 0], LARGE_SIDE, paper) if detail.is_of_series else lanes(down[0], LARGE_SIDE, paper)
    return replace(detail, down=drawn, grid=grid)


def _sent(reading: Reading, network: Network) -> _Pass:
    """Sends a probe through a network."""
    from workbench.insight.probe import activations, as_tensors

    fields = as_tensors({name: array[None] for name, array in reading.fields.items()})
    known = activations(network, fields, frozenset(network.predict_ports))
    shown = reading.shown
    image = as_rgb(next(iter(reading.fields.values()), np.zeros(0))) if shown is None else shown.pixels
    return _Pass(reading, fields, known, image)
