import torch
from torch import nn


def sparse_synthesis(codes: torch.Tensor, filters: torch.Tensor) -> torch.Tensor:
    """D: sums each code map convolved with its filter, which draws a map (Zeiler et al. 2010, equation 1).

    codes (N, K, H+h-1, W+w-1) and filters (K, C, h, w) → (N, C, H, W). The codes are as large as to let a filter hang
    over every border, and what hangs over is cut off ("valid").
    """
    h, w = filters.shape[2:]
    return nn.functional.conv_transpose2d(codes, filters, padding=(h - 1, w - 1))


def sparse_analysis(maps: torch.Tensor, filters: torch.Tensor) -> torch.Tensor:
    """D^T, the adjoint of `sparse_synthesis`: correlates with the same filters, (N, C, H, W) → (N, K, H+h-1, W+w-1)."""
    h, w = filters.shape[2:]
    return nn.functional.conv2d(maps, filters, padding=(h - 1, w - 1))


def filter_gradient(maps: torch.Tensor, codes: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """The adjoint of D seen as a linear map of the *filters*: codes are kept, and <D(codes, f), maps> = <f, this>."""
    margins = (shape[2] - 1, shape[3] - 1)
    return nn.grad.conv2d_weight(maps, shape, codes, padding=margins)  # type: ignore[attr-defined, no-any-return]


def shrink(values: torch.Tensor, threshold: torch.Tensor, p: float = 1.0) -> torch.Tensor:
    """For each value v the x with the smallest (x - v)^2 / 2 + threshold * |x|^p.

    With p = 1 this is soft thresholding. Below, it is generalised: what lies under an edge tau becomes zero, and
    above it x <- |v| - threshold * p * x^(p-1) is repeated until it settles (the 2010 paper looks it up in a table).
    """
    if p == 1:
        return values - values.clamp(-threshold, threshold)
    size = values.abs()
    lowest = (2 * threshold * (1 - p)) ** (1 / (2 - p))  # the smallest x that is ever better than zero
    edge = lowest + threshold * p * lowest ** (p - 1)
    x = torch.maximum(size, lowest)
    for _ in range(10):
        x = torch.maximum(size - threshold * p * x ** (p - 1), lowest)
    return torch.where(size > edge, values.sign() * x, 0)


def per_sample(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The inner product of each sample with its counterpart, (N, 1, 1, 1); samples never see each other."""
    return (a * b).sum((1, 2, 3), keepdim=True)


def onto_unit_balls(filters: torch.Tensor) -> torch.Tensor:
    """Shortens filters that are longer than 1 to 1."""
    lengths: torch.Tensor = torch.linalg.vector_norm(filters, dim=(1, 2, 3), keepdim=True)
    return filters / lengths.clamp(min=1)


def ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """a / b, or zero where b is (a search that has arrived stays where it is)."""
    return torch.where(b > 0, a / torch.where(b > 0, b, 1), 0)


def largest_of_blocks(codes: torch.Tensor, pool: int, maps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """3-D max pooling (Zeiler et al. 2011, section 3.1): of each block the value that is largest without its sign.

    A block is `maps` neighbouring maps times pool × pool pixels; rows and columns that fill no block are left out.
    codes (N, K, H, W) → values with their sign and switches, both (N, K/maps, H/pool, W/pool). A switch is the place
    in the group of maps, as one number: (map * H + row) * W + column.
    """
    n, k, height, width = codes.shape
    h, w = height // pool, width // pool
    places = torch.arange(maps * height * width, device=codes.device).reshape(1, maps, height, width)

    def blocks(x: torch.Tensor) -> torch.Tensor:
        cut = x[:, :, : h * pool, : w * pool].reshape(x.shape[0], -1, maps, h, pool, w, pool)
        return cut.permute(0, 1, 3, 5, 2, 4, 6).flatten(4)

    inside = blocks(codes)
    best = inside.abs().argmax(-1, keepdim=True)
    values = inside.gather(-1, best).squeeze(-1)
    switches = blocks(places).expand(n, k // maps, -1, -1, -1).gather(-1, best).squeeze(-1)
    return values, switches


def back_to_their_places(values: torch.Tensor, switches: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """Unpooling: puts values to their switches in maps of this (K, H, W); all else is zero."""
    n, groups = values.shape[:2]
    flat = values.new_zeros(n, groups, shape[0] // groups * shape[1] * shape[2])
    return flat.scatter_add(2, switches.flatten(2), values.flatten(2)).reshape(n, *shape)


class Synthesis:
    """R of Zeiler et al. 2011: the linear way from the codes of a layer down to the picture, R = F1 U1 F2 U2 ... Fl.

    F are filters and U unpoolings with the switches of these very pictures. This is what travels to the layer above:
    with it that layer reconstructs the *picture*, not the layer below.

    Attributes:
        stages: from the picture upwards the filters (K, C, h, w) of each layer, the switches of its pooling or None,
            and the (K, H, W) that was pooled. Without any, it changes nothing.
    """

    def __init__(self, stages: tuple[tuple[torch.Tensor, torch.Tensor | None, tuple[int, ...]], ...] = ()) -> None:
        self.stages = stages

    def above(self, filters: torch.Tensor, switches: torch.Tensor | None, shape: tuple[int, ...]) -> "Synthesis":
        """The synthesis with one more layer on top."""
        return Synthesis((*self.stages, (filters.detach(), switches, shape)))

    def down(self, codes: torch.Tensor) -> torch.Tensor:
        """R: what the codes draw."""
        for filters, switches, shape in reversed(self.stages):
            unpooled = codes if switches is None else back_to_their_places(codes, switches, shape)
            codes = sparse_synthesis(unpooled, filters)
        return codes

    def up(self, maps: torch.Tensor) -> torch.Tensor:
        """R^T, the exact adjoint: filters the picture upwards and reads at the switches, which stay where they are."""
        for filters, switches, _ in self.stages:
            maps = sparse_analysis(maps, filters)
            if switches is not None:
                n, groups = switches.shape[:2]
                maps = maps.reshape(n, groups, -1).gather(2, switches.flatten(2)).reshape(switches.shape)
        return maps


class _SynthesisOnTheWayDown(torch.autograd.Function):
    """Gives the codes; what is sent down from them is *drawn* by the synthesis, as the deconvnet wants it.

    It is not the derivative of the search: the picture of a feature is its filter, drawn by what lies below."""

    @staticmethod
    def forward(ctx, x, codes, synthesis):  # type: ignore[no-untyped-def]
        ctx.synthesis = synthesis
        return codes.view_as(codes)

    @staticmethod
    def backward(ctx, signal):  # type: ignore[no-untyped-def]
        return ctx.synthesis.down(signal), None, None


class SparseCode2d(nn.Module):
    """Convolutional sparse coding: one layer of a deconvolutional network (Zeiler et al. 2010, 2011).

    There is no encoder. For each picture y a *search* finds codes z that explain it with little,

        energy(z) = lam/2 ||R z - y||^2 + sum |z|^p,    R z = sum over maps k of z_k * f_k  (drawn down to the picture),

    and learning then makes the filters f better for these codes. Forward gives the codes (N, K, H+h-1, W+w-1) and the
    reconstruction R z, from which a gradient reaches the filters with the codes fixed.

    Inference (`solver`):
      "fista"      accelerated shrinkage for p = 1 (Beck & Teboulle 2009), restarted when it overshoots.
      "ista"       plain shrinkage, as in 2011, section 3.2; with pool > 1 it pools and unpools in every step, so that
                   a block of maps x pool x pool keeps one value, and this settles the switches too.
      "published"  2010, section 2.2: half-quadratic continuation. A second set of codes x takes over |x|^p and is drawn
                   to z by beta/2 ||z - x||^2, beta growing from 1 to 1e5 (in 6 iterations, which more of them beat),
                   with two steps of conjugate gradients each.

    Learning (`update`, after each batch in training, in place of an optimiser):
      "projected"  accelerated steps down the energy, which is convex in f, onto ||f_k|| <= 1. It never rises.
      "published"  conjugate gradients on the least squares, then every plane f_kc is given norm 1. Filters that had
                   grown to make up for shrunk codes are cut back and the codes not told, so the energy can rise.
    """

    connected: torch.Tensor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 7,
        lam: float = 1.5,
        p: float = 1.0,
        solver: str = "fista",
        iterations: int = 30,
        pool: int = 1,
        pool_maps: int = 1,
        connectivity: str = "full",
        learning: str = "projected",
        learning_steps: int = 5,
        warm_start: bool = False,
        synthesis: bool = False,
    ) -> None:
        super().__init__()
        self.in_channels, self.out_channels, self.kernel_size = in_channels, out_channels, kernel_size
        self.lam, self.p, self.solver, self.iterations = lam, p, solver, iterations
        self.pool, self.pool_maps, self.connectivity, self.gives_synthesis = pool, pool_maps, connectivity, synthesis
        self.learning, self.learning_steps, self.warm_start = learning, learning_steps, warm_start
        self.sample_indices: torch.Tensor | None = None  # which samples come next, (N,); set by whoever trains
        self.sample_state: dict[str, torch.Tensor] = {}  # with warm_start, "codes": (samples, K, H+h-1, W+w-1)
        self._known_curvature: torch.Tensor | None = None  # as it was in the last run
        self._learnt_from: tuple[torch.Tensor, torch.Tensor, Synthesis] | None = None
        rows = [[float(c in members) for c in range(in_channels)] for members in self._members()]
        self.register_buffer("connected", torch.tensor(rows)[:, :, None, None], persistent=False)  # g of 2010: (K, C)
        f = torch.randn(out_channels, in_channels, kernel_size, kernel_size) * self.connected
        self.weight = nn.Parameter(f / torch.linalg.vector_norm(f, dim=(1, 2, 3), keepdim=True))  # each of norm 1

    def _members(self) -> list[set[int]]:
        """Which input maps each feature is made of. What is called random is the same on every machine."""
        c, k = self.in_channels, self.out_channels

        def drawn(index: int, size: int) -> set[int]:
            found, scattered = {index % c}, index * 2654435761 + 97
            for _ in range(100):
                scattered = (scattered * 1103515245 + 12345) % 2**31
                found |= {(scattered >> 8) % c} if len(found) < size else set()
            return found

        fixed = [set(range(c))] * k if self.connectivity == "full" else []
        if self.connectivity.startswith("singles"):
            fixed += [{i} for i in range(c)]
        if self.connectivity.startswith(("doubles", "singles_doubles")):
            fixed += [{i, j} for i in range(c) for j in range(i + 1, c)]
        sizes = {"random_doubles": (2,), "random_mixed": (1, 2, 3)}.get(self.connectivity, (3,))
        return fixed + [drawn(i, sizes[i % len(sizes)]) for i in range(k - len(fixed))]

    def filters(self) -> torch.Tensor:
        """The filters (K, C, h, w), exactly zero where feature and input map are not connected."""
        return self.weight if self.connectivity == "full" else self.weight * self.connected

    def forward(self, x: torch.Tensor, below: Synthesis | None = None) -> tuple[torch.Tensor | Synthesis, ...]:
        filters = self.filters()
        start = self._remembered(x) if self.training and self.warm_start else None
        codes, switches = self.infer(x, below, start)
        below = below or Synthesis()
        own = below.above(filters, None, ())
        if self.training:
            self._learnt_from = (x.detach(), codes, below)
            self._remember(codes)
        drawn = below.down(sparse_synthesis(codes, filters))
        found: tuple[torch.Tensor | Synthesis, ...] = (_SynthesisOnTheWayDown.apply(x, codes, own), drawn)
        return (*found, below.above(filters, switches, tuple(codes.shape[1:]))) if self.gives_synthesis else found

    def energy(self, x: torch.Tensor, codes: torch.Tensor, below: Synthesis | None = None) -> torch.Tensor:
        """lam/2 ||R codes - x||^2 + sum |codes|^p of each sample, (N,)."""
        error = (below or Synthesis()).above(self.filters(), None, ()).down(codes) - x
        return self.lam / 2 * error.square().sum((1, 2, 3)) + codes.abs().pow(self.p).sum((1, 2, 3))

    @torch.no_grad()
    def infer(
        self, x: torch.Tensor, below: Synthesis | None = None, start: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """The codes of these pictures, and the switches of their pooling if there is one; without `start` from zero."""
        whole = (below or Synthesis()).above(self.filters(), None, ())
        correlation = whole.up(x)
        codes = torch.zeros_like(correlation) if start is None else start
        if self.solver == "published":
            return self._half_quadratic(correlation, codes, whole), None
        curvature = self._curvature() if below is None else self._curvature_with(whole, correlation)
        if self.solver == "fista":
            return self._fista(x, codes, whole, curvature), None
        return self._ista(x, codes, whole, curvature)

    def _curvature(self) -> torch.Tensor:
        """How fast the gradient in the codes can change: lam ||D||^2, so that a step of 1 / this never goes too far.

        The square norm is the largest over all frequencies of the spectrum |F(w)|^2; cutting borders off shrinks it.
        """
        if torch.compiler.is_exporting() and self._known_curvature is not None:  # no format knows spectra
            return self._known_curvature
        grid = max(64, 4 * self.kernel_size)
        spectrum = torch.fft.rfft2(self.filters(), s=(grid, grid)).permute(2, 3, 0, 1)  # (frequencies, K, C)
        largest: torch.Tensor = torch.linalg.matrix_norm(spectrum, ord=2).square().max()
        self._known_curvature = (1.02 * self.lam * largest).clamp(min=1e-12)
        return self._known_curvature

    def _curvature_with(self, whole: Synthesis, v: torch.Tensor) -> torch.Tensor:
        """The same with layers below: each picture's own, since the switches are; by power iteration from R^T y."""
        for _ in range(10):
            v = whole.up(whole.down(v / per_sample(v, v).sqrt().clamp(min=1e-12)))
        return (1.1 * self.lam * per_sample(v, v).sqrt()).clamp(min=1e-12)

    def _fista(self, x: torch.Tensor, z: torch.Tensor, whole: Synthesis, curvature: torch.Tensor) -> torch.Tensor:
        """Shrinkage steps from a point ahead, v; where that turns out to be uphill, it starts afresh (t = 1)."""
        v, t = z, torch.ones_like(z[:, :1, :1, :1])
        for _ in range(self.iterations):
            stepped = shrink(v - self.lam / curvature * whole.up(whole.down(v) - x), 1 / curvature)
            t = torch.where(per_sample(v - stepped, stepped - z) > 0, 1, t)
            following = (1 + (1 + 4 * t * t).sqrt()) / 2
            v, z, t = stepped + (t - 1) / following * (stepped - z), stepped, following
        return z

    def _ista(
        self, x: torch.Tensor, z: torch.Tensor, whole: Synthesis, curvature: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Plain shrinkage steps, each followed by pooling and unpooling: one value stays of each block."""
        switches = None
        for _ in range(self.iterations):
            z = shrink(z - self.lam / curvature * whole.up(whole.down(z) - x), 1 / curvature, self.p)
            if max(self.pool, self.pool_maps) > 1:
                values, switches = largest_of_blocks(z, self.pool, self.pool_maps)
                z = back_to_their_places(values, switches, z.shape[1:])
        return z, switches

    def _half_quadratic(self, correlation: torch.Tensor, z: torch.Tensor, whole: Synthesis) -> torch.Tensor:
        """Shrinkage of z to x and a linear system for z in turn, while beta ties the two ever closer together."""
        one = torch.ones_like(z[:1, :1, :1, :1])
        for stage in range(self.iterations):
            beta = 1e5 ** (stage / max(1, self.iterations - 1))
            wanted = self.lam * correlation + beta * shrink(z, one / beta, self.p)
            residual = wanted - self.lam * whole.up(whole.down(z)) - beta * z
            direction, square = residual, per_sample(residual, residual)
            for _ in range(2):
                image = self.lam * whole.up(whole.down(direction)) + beta * direction
                step = ratio(square, per_sample(direction, image))
                z, residual = z + step * direction, residual - step * image
                following = per_sample(residual, residual)
                direction, square = residual + ratio(following, square) * direction, following
        return shrink(z, one / beta, self.p)

    def _remembered(self, x: torch.Tensor) -> torch.Tensor | None:
        """The codes that these samples had when they were last seen; zero for new ones, None if nothing is known."""
        known, indices = self.sample_state.get("codes"), self.sample_indices
        if known is None or indices is None:
            return None
        is_known = (indices < len(known)).to(known.device)[:, None, None, None]
        return (known[indices.clamp(max=len(known) - 1).to(known.device)] * is_known).to(x)

    def _remember(self, codes: torch.Tensor) -> None:
        if not self.warm_start or self.sample_indices is None:
            return
        known = self.sample_state.get("codes", codes[:0])
        lacking = max(0, int(self.sample_indices.max()) + 1 - len(known))
        known = torch.cat([known, known.new_zeros(lacking, *codes.shape[1:])]) if lacking else known
        known[self.sample_indices.to(known.device)] = codes.to(known)
        self.sample_state["codes"] = known

    @torch.no_grad()
    def update(self) -> None:
        """Learns from the last batch seen in training; called once after it, in place of an optimiser."""
        if self._learnt_from is not None:
            problem = _FilterProblem(*self._learnt_from, self.connected)
            improve = problem.projected if self.learning == "projected" else problem.least_squares
            self.weight.copy_(improve(self.filters(), self.learning_steps))
            self._learnt_from = None

    def extra_repr(self) -> str:
        sizes = f"{self.in_channels}, {self.out_channels}, {self.kernel_size}, pool={self.pool}×{self.pool_maps}"
        return f"{sizes}, lam={self.lam}, p={self.p}, solver={self.solver!r}, learning={self.learning!r}"


class DeepSparseCode2d(SparseCode2d):
    """A higher layer as of 2011: it reconstructs the picture through the filters and switches of the layers below."""


class _FilterProblem:
    """Which filters draw these pictures best, the codes being given: ||R(codes, f) - y||^2 / 2, quadratic in f."""

    def __init__(self, y: torch.Tensor, codes: torch.Tensor, below: Synthesis, connected: torch.Tensor) -> None:
        self.y, self.codes, self.below, self.connected = y, codes, below, connected

    def draw(self, filters: torch.Tensor) -> torch.Tensor:
        """What these filters draw, which is linear in them."""
        return self.below.down(sparse_synthesis(self.codes, filters))

    def gradient(self, error: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
        """The adjoint of `draw`; filters that are not connected get exactly zero."""
        return filter_gradient(self.below.up(error), self.codes, like.shape) * self.connected

    def projected(self, f: torch.Tensor, steps: int) -> torch.Tensor:
        """Accelerated projected gradient onto filters of norm up to 1; the error never rises.

        What is drawn is linear in f, so drawing the point ahead costs nothing, nor does the test of a step's length.
        """
        direction = self.gradient(self.y, f)
        for _ in range(5):
            direction = self.gradient(self.draw(direction / direction.norm().clamp(min=1e-12)), f)
        curvature = 1.05 * float(direction.norm()) + 1e-12
        f = ahead = onto_unit_balls(f)
        drawn = drawn_ahead = self.draw(f)
        t = 1.0
        for _ in range(steps):
            gradient = self.gradient(drawn_ahead - self.y, f)
            for _ in range(60):  # ends at the first step that is short enough, most often the first one
                stepped = onto_unit_balls(ahead - gradient / curvature)
                drawn_stepped = self.draw(stepped)
                change = (drawn_stepped - drawn_ahead).square().sum()
                if not change > curvature * (stepped - ahead).square().sum() * (1 + 1e-4) + 1e-12:
                    break
                curvature *= 1.5
            if (drawn_stepped - self.y).square().sum() > (drawn - self.y).square().sum():
                ahead, drawn_ahead, t = f, drawn, 1.0  # it overshot: once more, without running ahead
                continue
            following = (1 + (1 + 4 * t * t) ** 0.5) / 2
            momentum = (t - 1) / following
            ahead = stepped + momentum * (stepped - f)
            drawn_ahead = drawn_stepped + momentum * (drawn_stepped - drawn)
            f, drawn, t = stepped, drawn_stepped, following
        return f

    def least_squares(self, f: torch.Tensor, steps: int) -> torch.Tensor:
        """Conjugate gradients, then norm 1 for every plane: the rule of 2010."""
        residual = self.gradient(self.y - self.draw(f), f)
        direction, square = residual, residual.square().sum()
        for _ in range(steps):
            image = self.gradient(self.draw(direction), f)
            step = ratio(square, (direction * image).sum())
            f, residual = f + step * direction, residual - step * image
            following = residual.square().sum()
            direction, square = residual + ratio(following, square) * direction, following
        norms: torch.Tensor = torch.linalg.vector_norm(f, dim=(2, 3), keepdim=True)
        return f / norms.clamp(min=1e-12)
