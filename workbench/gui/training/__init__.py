"""Running, stopping and watching a training."""
