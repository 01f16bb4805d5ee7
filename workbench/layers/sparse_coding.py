"""Convolutional sparse coding, which the layers of deconvolutional networks share (Zeiler et al. 2010 and 2011)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.core.values import Shape, Value
from workbench.layers.call import Call, call
from workbench.layers.settings import MOST_CHANNELS
from workbench.layers.spec import Layer, RequiredLoss, RequiredLosses, ShapeError, SuggestParam
from workbench.layers.windows import Cutting

HOME = "workbench.layers.sparse_code2d.module"  # the torch code of all of them, so that exported code has it once
OVERLAP = 32  # pixels; with it pieces of photographs differ from the whole by 4e-7 of the largest value


class SparseCoding(Layer):
    """Settings, checks and costs of convolutional sparse coding, for the first layer and those above alike."""

    output_ports: ClassVar[tuple[str, ...]] = ("codes", "reconstruction", "synthesis")
    optional_outputs: ClassVar[frozenset[str]] = frozenset({"synthesis"})
    trains: ClassVar[bool] = True
    width_setting: ClassVar[str] = "out_channels"
    required_losses: ClassVar[RequiredLosses | None] = RequiredLosses(
        (
            RequiredLoss("GaussianLoss", "error", {"prediction": "reconstruction", "target": "x"}, {"weight": "lam"}),
            RequiredLoss("SparsityLoss", "sparsity", {"codes": "codes"}, {"p": "p"}),
        ),
        "no loss follows from it, so it takes no part in training and its filters never learn",
        any_loss_suffices=True,
    )

    out_channels: int = Field(16, ge=1, le=MOST_CHANNELS, description="How many filters to learn, each with its codes")
    kernel_size: int = Field(7, ge=1, le=64, description="Height and width of a filter, in pixels")
    lam: float = Field(
        1.5, gt=0, le=1e6, description="Weight λ of the reconstruction against the sparsity of the codes"
    )
    p: float = Field(1.0, ge=0.5, le=1, description="Power of |codes|: below 1 fewer and larger codes are preferred")
    solver: Literal["fista", "ista", "published"] = Field(
        "fista",
        description="Search for the codes: accelerated shrinkage; plain shrinkage, which pooling needs; or the "
        "half-quadratic continuation of the 2010 paper, which stops short: 52 % above the least energy with its 6 "
        "iterations, 19 to 25 % with 12, 9 to 12 % with 50",
    )
    iterations: int = Field(30, ge=1, le=10_000, description="Steps of the search (2010 paper: 6; 2011 paper: 10)")
    pool: int = Field(
        1, ge=1, le=1024, description="Height and width of the blocks of which one code stays, in pixels; 1 keeps all"
    )
    pool_maps: int = Field(1, ge=1, le=1024, description="How many neighbouring maps such a block takes in")
    connectivity: Literal[
        "full", "singles", "doubles", "singles_doubles", "singles_doubles_triples", "random_doubles", "random_mixed"
    ] = Field("full", description="Which input maps a feature is made of: all, one each, every pair, and so on")
    learning: Literal["projected", "published"] = Field(
        "projected",
        description="Filters kept to norm 1 in every step, which never raises the energy; or least squares made norm 1 "
        "afterwards, as in the 2010 paper",
    )
    learning_steps: int = Field(
        5, ge=1, le=1000, description="Learning steps for each batch (2010 paper: 2 on pictures, 4 in layers above)"
    )
    warm_start: bool = Field(
        False, description="Begin the search at the codes that a sample had last time; needs pictures that do not vary"
    )

    def _outputs(self, x: Value, drawn: Value) -> dict[str, Value]:
        """The values at the outputs.

        Args:
            x: the picture that is reconstructed.
            drawn: what the filters draw: the picture itself, or the codes of the layer below.
        """
        self._check_search()
        self._check_connectivity(drawn.channels)
        height, width = (size + self.kernel_size - 1 for size in drawn.spatial)
        self._check_blocks(height, width)
        pooled = (self.out_channels // self.pool_maps, height // self.pool, width // self.pool)
        return {
            "codes": Value((self.out_channels, height, width)),
            "reconstruction": Value(x.shape),
            "synthesis": Value(pooled, "synthesis", unpooled=x.shape),
        }

    @property
    def _pools(self) -> bool:
        return max(self.pool, self.pool_maps) > 1

    def _check_search(self) -> None:
        if self._pools and self.solver != "ista":
            raise ShapeError(
                f'pooling within the search needs solver = "ista", but it is "{self.solver}".',
                port="",
                found=self.solver,
                needed="ista",
                fixes=(SuggestParam("solver", "ista"), SuggestParam("pool", 1)),
            )
        if self.p < 1 and self.solver == "fista":
            raise ShapeError(
                f'solver = "fista" is for p = 1, but p is {self.p}.',
                port="",
                found="fista",
                needed="published or ista",
                fixes=(SuggestParam("solver", "published"), SuggestParam("solver", "ista"), SuggestParam("p", 1.0)),
            )

    def _check_blocks(self, height: int, width: int) -> None:
        if self.out_channels % self.pool_maps:
            fix = SuggestParam("pool_maps", max(q for q in range(1, self.pool_maps) if self.out_channels % q == 0))
            raise ShapeError(
                f"pool_maps = {self.pool_maps} must divide its {self.out_channels} maps.",
                port="",
                found=str(self.out_channels),
                needed=f"a multiple of {self.pool_maps}",
                fixes=(fix,),
            )
        if min(height, width) < self.pool:
            raise ShapeError(
                f"its blocks of {self.pool}×{self.pool} do not fit into codes of {height}×{width}.",
                found=f"{height}×{width}",
                needed=f"at least {self.pool}×{self.pool}",
                fixes=(SuggestParam("pool", min(height, width)),),
            )

    def _check_connectivity(self, channels: int) -> None:
        needed = {"doubles": 2, "singles_doubles": 2, "random_doubles": 2}.get(
            self.connectivity, 3 if self.connectivity in ("singles_doubles_triples", "random_mixed") else 1
        )
        if channels < needed:
            raise ShapeError(
                f'connectivity = "{self.connectivity}" needs at least {needed} maps to draw, but there are {channels}.',
                found=f"{channels} maps",
                needed=f"{needed} maps",
                fixes=(SuggestParam("connectivity", "full"),),
            )
        pairs = channels * (channels - 1) // 2
        count = {"singles": channels, "doubles": pairs, "singles_doubles": channels + pairs}.get(self.connectivity)
        fewest = channels + pairs if self.connectivity == "singles_doubles_triples" else 1
        if (count is not None and self.out_channels != count) or self.out_channels < fewest:
            wanted = count if count is not None else fewest
            fix = (
                SuggestParam("out_channels", wanted)
                if wanted <= MOST_CHANNELS
                else SuggestParam("connectivity", "full")
            )
            raise ShapeError(
                f'connectivity = "{self.connectivity}" of {channels} maps makes {"" if count else "at least "}{wanted} '
                f"features, but out_channels is {self.out_channels}.",
                found=str(self.out_channels),
                needed=str(wanted),
                fixes=(fix, SuggestParam("connectivity", "full")),
            )

    def _module(self, name: str, channels: int) -> Call:
        changed = {
            key: getattr(self, key)
            for key in type(self).model_fields
            if key not in ("out_channels", "kernel_size") and getattr(self, key) != DEFAULTS[key]
        }
        return call(name, channels, self.out_channels, kernel_size=self.kernel_size, home=HOME, **changed)

    def call_kwargs(self, wanted: frozenset[str]) -> dict[str, Any]:
        return {"synthesis": True} if "synthesis" in wanted else {}

    def _weights(self, channels: int) -> dict[str, Shape]:
        return {"weight": (self.out_channels, channels, self.kernel_size, self.kernel_size)}

    def _macs(self, drawn: Value, power_iterations: int) -> int:
        """Multiply-adds of the search and of the reconstruction; ways through the layers below are theirs."""
        height, width = (size + self.kernel_size - 1 for size in drawn.spatial)
        once = self.out_channels * drawn.channels * self.kernel_size**2 * height * width
        passes = 3 if self.solver == "published" else 1  # a residual and two conjugate gradients, or one gradient
        search = 2 * (passes * self.iterations + power_iterations)
        return once * (search + 2)

    def windows(self, *values: Value) -> None:
        """A search weighs the whole picture: what explains one place is not needed at the next."""
        return

    def cutting(self) -> Cutting:
        """Codes compete with those beside them, and through these with others, ever less the farther away."""
        return Cutting(OVERLAP, self.pool)

    def _explained(self, drawn: Value) -> str:
        rows = [f"{size} + {self.kernel_size} − 1 = {size + self.kernel_size - 1}" for size in drawn.spatial]
        return "; ".join(dict.fromkeys(rows))


DEFAULTS = {name: info.default for name, info in SparseCoding.model_fields.items()}
