import torch
from torch import nn


class ChosenCrossEntropyLoss(nn.CrossEntropyLoss):
    """Cross-entropy in which classes count differently, or one not at all: scores (N, C, ...), classes (N, ...).

    Answers may also be shares of all classes, (N, C, ...).

    Its mean is torch's, over what counts; where nothing does it is zero.
    """

    def __init__(
        self,
        reduction: str = "mean",
        class_weights: tuple[float, ...] = (),
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
    ) -> None:
        weight = torch.tensor(class_weights) if class_weights else None
        super().__init__(weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing)
        self.class_weights = tuple(class_weights)

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        total = nn.functional.cross_entropy(
            prediction,
            target,
            self.weight,
            ignore_index=-100 if target.is_floating_point() else self.ignore_index,
            reduction="sum",
            label_smoothing=self.label_smoothing,
        )
        if self.reduction == "sum":
            return total
        if target.is_floating_point():  # shares of all classes, (N, C, ...)
            return total / (target.numel() / target.shape[1])
        counts = (target != self.ignore_index).to(prediction.dtype)
        if self.weight is not None:
            counts = counts * self.weight[target.where(target != self.ignore_index, 0)]
        amount = counts.sum()
        return total / torch.where(amount > 0, amount, 1)

    def extra_repr(self) -> str:
        return f"{self.reduction!r}, {self.class_weights}, {self.ignore_index}, {self.label_smoothing}"
