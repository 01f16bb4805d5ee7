import torch
from torch import nn


class Pad(nn.Module):
    """Margins along the last axes: `padding` holds two numbers for each, from the last axis on; negative ones cut off.

    As torch.nn.functional.pad, but for any number of axes in every mode.
    """

    def __init__(self, padding: tuple[int, ...], mode: str = "constant", value: float = 0.0) -> None:
        super().__init__()
        self.padding = padding
        self.mode = mode
        self.value = value

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.mode == "constant":
            return nn.functional.pad(x, self.padding, value=self.value)
        for place, (before, behind) in enumerate(zip(self.padding[::2], self.padding[1::2], strict=True)):
            if before or behind:
                axis = x.dim() - 1 - place
                x = x.index_select(axis, self.filled(x, x.shape[axis], before, behind))
        return x

    def filled(self, x: torch.Tensor, size: int, before: int, behind: int) -> torch.Tensor:
        """Which of the positions along an axis stand there afterwards."""
        places = torch.arange(-before, size + behind, device=x.device)
        if self.mode == "replicate":
            return places.clamp(0, size - 1)
        if self.mode == "circular":
            start = max(0, -before)  # what is cut off on one side does not come in again on the other
            return start + (places - start) % (size - start + min(0, behind))
        period = max(1, 2 * (size - 1))
        places = places % period
        return torch.minimum(places, period - places)

    def extra_repr(self) -> str:
        return f"{self.padding}, mode={self.mode}, value={self.value}"
