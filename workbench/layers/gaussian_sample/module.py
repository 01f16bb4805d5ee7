import torch
from torch import nn


class GaussianSample(nn.Module):
    """The reparametrised draw of Kingma & Welling 2014, section 2.4: z = mu + exp(logvar / 2) * noise, all (N, ...).

    Written so, the noise is an input like any other and gradients reach mean and log-variance. In eval mode the most
    likely value comes, the mean.
    """

    def forward(self, mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return mu
        return mu + torch.exp(logvar / 2) * torch.randn_like(mu)
