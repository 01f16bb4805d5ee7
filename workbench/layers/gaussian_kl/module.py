import torch
from torch import nn


class GaussianKL(nn.Module):
    """KL divergence of N(mu, exp(logvar)) from N(0, 1), in nats (Kingma & Welling 2014, appendix B).

    mu and logvar (N, ...) → one number: summed over latents and averaged over the batch ("batch_mean"), or over
    everything summed ("sum") or averaged ("mean").
    """

    def __init__(self, reduction: str = "batch_mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
        total = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum()
        if self.reduction == "sum":
            return total
        return total / (len(mu) if self.reduction == "batch_mean" else mu.numel())

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"
