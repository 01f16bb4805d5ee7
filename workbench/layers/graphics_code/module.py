import torch
from torch import nn


class _Clamp(torch.autograd.Function):
    """The clamp of Kulkarni et al. 2015, section 3.2, of codes z (N, D) to the latents where `active` (1, D) is true.

    Forward: in a batch where one factor varies, only that factor's latents may tell the pictures apart. All the others
    are given the batch's mean.

    Backward: the varying factor's latents get their gradient. To the others the decoder's gradient says nothing useful,
    since it never saw their own values; in its place comes pull * (z - mean), the gradient of pull/2 * |z - mean|^2.
    Gradient *descent* subtracts it, which draws the latents together: the encoder learns to give one value to all
    pictures that differ in the other factor alone. (The sign matters. With the opposite one they are pushed apart.)

    z is never written to: its own values are needed on the way back.
    """

    @staticmethod
    def forward(ctx, z, active, pull):  # type: ignore[no-untyped-def]
        mean = z.mean(0, keepdim=True)
        ctx.save_for_backward(z - mean, active)
        ctx.pull = pull
        return torch.where(active, z, mean)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        distance, active = ctx.saved_tensors
        return torch.where(active, gradient, ctx.pull * distance), None, None


class GraphicsCode(nn.Module):
    """Named parts of a latent code: mean and log-variance (N, D), both clamped while training, untouched otherwise.

    `groups[k]` are the first latent of factor k and the one behind its last; `factor` (N,) holds k, the factor that
    varies in this batch, once for each sample. `invariance` is the pull for a loss that is summed over pixels and
    batch; whoever divides that loss sets `loss_scale` to what a sum counts in the objective, and the pull follows.
    """

    latents_of: torch.Tensor

    def __init__(self, latents: int, groups: tuple[tuple[int, int], ...], invariance: float = 0.01) -> None:
        super().__init__()
        self.latents = latents
        self.groups = groups
        self.invariance = invariance
        self.loss_scale = 1.0
        places = torch.arange(latents)
        rows = [(places >= first) & (places < last) for first, last in groups]
        self.register_buffer("latents_of", torch.stack(rows), persistent=False)  # (factors, D)

    def forward(
        self, mu: torch.Tensor, logvar: torch.Tensor, factor: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if factor is None or not self.training:
            return mu, logvar
        active = self.latents_of.index_select(0, factor[:1])
        pull = self.invariance * self.loss_scale
        return _Clamp.apply(mu, active, pull), _Clamp.apply(logvar, active, pull)

    def extra_repr(self) -> str:
        return f"{self.latents}, {self.groups}, invariance={self.invariance}"
