"""Training speed against other programs that train, without the window and inside it.

    python bench/peers.py [--quick]

LeNet-5, batches of 64, SGD with momentum, the same random pictures in bytes of MNIST's size; one torch thread each, CPU
time of the whole process for a step. Ours is the whole engine (normalisation, checks, metrics, events, log), alone and
in the whole window with live curves. The others are as their documentation has it for data in memory, at their
cheapest: Lightning with a TensorDataset and without logger, checkpoints and bars; Keras with its torch backend by `fit`
on arrays, without metrics and not compiled (compiled, a step was seen to take 1.6 to 2 times as long); and the loop of
the tutorials, which reads each picture through Pillow. What is done once an epoch is in no figure.

Lightning and Keras are no dependencies of this program; a figure says where they are not installed:

    .venv/bin/python -m pip install lightning keras
"""

from __future__ import annotations

import logging
import os
import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import figures
import turns
from figures import Figure
from train_speed import bare_model, dataset
from turns import Clock, Turns

BATCH, SKIPPED, ROUNDS = 64, 4, 8
STEPS = {"engine": 300, "window": 400, "Lightning": 250, "Keras": 200, "Pillow and DataLoader": 150}  # about 2 to 3 s
SETTLE_SECONDS = 0.5
LR, MOMENTUM, MEAN, STD = 0.02, 0.9, 0.5, 0.29
PEERS = {"Lightning": (1.25, 1.15), "Keras": (1.55, 1.45), "Pillow and DataLoader": (1.9, 1.7)}  # alone, in the window
SHARE = 0.97  # of the engine's speed that is left in the window


def arrays(kind: str) -> tuple[Any, Any]:
    """Returns pictures (N, 1, 28, 28) in bytes and their classes (N,), of which a turn of this kind is one epoch."""
    split = dataset({"shape": (1, 28, 28), "batch": BATCH, "steps": STEPS[kind]}).splits["train"]
    count = BATCH * STEPS[kind]
    return split["image"][:count], split["label"][:count]


def project_in(folder: Path, kind: str) -> Path:
    """Writes the data and the template's project for them, and returns the project's file."""
    import numpy as np

    from workbench.project import storage
    from workbench.project.document import Project
    from workbench.project.new_project import create

    images, labels = arrays(kind)
    np.savez(folder / "data.npz", x_train=images, y_train=labels)
    made, _ = create("lenet5", ("npz", {"path": "data.npz"}), folder)
    data = {**made.data, "batch_size": BATCH, "validation_share": 0.0, "test_share": 0.0}
    training = {
        "epochs": 100_000, "optimizer": "SGD", "lr": LR, "optimizers": {"SGD": {"momentum": MOMENTUM}},
        "schedule": "constant", "weight_decay": 0.0, "checkpoint_seconds": 86400.0,
    }  # fmt: skip
    storage.save(Project.new(made.graph, data, training), folder / "digits.cnn")
    return folder / "digits.cnn"


def marked(events: Iterable[Any], clock: Clock) -> Iterator[Any]:
    """The events of a training, each step of which is marked."""
    from workbench.training.events import StepEnded

    for event in events:
        if isinstance(event, StepEnded):
            clock.mark()
        yield event


def engine() -> Turns:
    """Ours without a window; a turn is an epoch."""
    from workbench.core import process

    process.prepare()
    from workbench.project import runs, storage
    from workbench.training.engine import train
    from workbench.training.events import EpochEnded

    clock = Clock(SKIPPED)
    with tempfile.TemporaryDirectory() as name:
        path = project_in(Path(name), "engine")
        for event in marked(train(runs.new_job(storage.load(path), path)), clock):
            if isinstance(event, EpochEnded):
                yield clock.taken()


def window() -> Turns:
    """Ours in the whole window, on the Train workspace; a turn is an epoch, after which it is held."""
    import window as windows
    from PyQt6.QtCore import QEventLoop

    from workbench.training import engine

    clock, train = Clock(SKIPPED), engine.train
    patched: Any = engine
    patched.train = lambda job, control=None: marked(train(job, control), clock)
    with tempfile.TemporaryDirectory() as name:
        path = project_in(Path(name), "window")
        with windows.window_on(path, Path(name)) as shown:
            loop, failures, runner = QEventLoop(), list[str](), shown.runner
            runner.failed.connect(failures.append)
            runner.state_changed.connect(lambda state: loop.quit() if state in ("paused", "idle") else None)
            while True:
                runner.one_epoch()
                loop.exec()  # without a timer of this measurement, which would cost the window something
                assert runner.state == "paused", failures or runner.state
                windows.wait(SETTLE_SECONDS)  # what the end of an epoch brings is shown before the next turn
                yield clock.taken()


def floats(kind: str) -> tuple[Any, Any]:
    """Returns the pictures, normalised as ours are, and their classes, as tensors in memory."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = arrays(kind)
    return (torch.from_numpy(images).float() / 255 - MEAN) / STD, torch.from_numpy(labels)


def lightning() -> Turns:
    """Lightning's Trainer over a DataLoader of tensors in memory."""
    import torch
    from torch.nn import functional as F
    from torch.utils.data import DataLoader, TensorDataset

    pl: Any = import_module("lightning.pytorch")  # so that the types are checked alike where it is not installed
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    clock = Clock(SKIPPED)

    class LeNet(pl.LightningModule):  # type: ignore[misc]  # see above
        def __init__(self) -> None:
            super().__init__()
            self.net = bare_model("lenet5")

        def training_step(self, batch: Any, index: int) -> Any:
            clock.mark()
            return F.cross_entropy(self.net(batch[0]), batch[1])

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=LR, momentum=MOMENTUM)

    loader = DataLoader(TensorDataset(*floats("Lightning")), batch_size=BATCH, shuffle=True)
    module = LeNet()

    while True:
        trainer = pl.Trainer(
            max_epochs=1, accelerator="cpu", devices=1, logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False,
        )  # fmt: skip
        trainer.fit(module, loader)
        yield clock.taken()


def fit_of_keras() -> Turns:
    """Keras's `fit` on arrays; what marks the steps is a callback, of which `fit` has some of its own."""
    os.environ["KERAS_BACKEND"] = "torch"
    keras: Any = import_module("keras")
    layers = keras.layers
    clock = Clock(SKIPPED)
    images, labels = (tensor.numpy() for tensor in floats("Keras"))
    order = {"data_format": "channels_first"}  # as torch has it; it is the faster one there
    model = keras.Sequential([
        layers.Input((1, 28, 28)), layers.Conv2D(6, 5, padding="same", activation="relu", **order),
        layers.MaxPooling2D(2, **order), layers.Conv2D(16, 5, activation="relu", **order),
        layers.MaxPooling2D(2, **order), layers.Flatten(), layers.Dense(120, "relu"), layers.Dense(84, "relu"),
        layers.Dense(10),
    ])  # fmt: skip
    model.compile(
        optimizer=keras.optimizers.SGD(LR, momentum=MOMENTUM),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    mark = keras.callbacks.LambdaCallback()
    mark.on_train_batch_begin = lambda batch, logs=None: clock.mark()

    while True:
        model.fit(images, labels, batch_size=BATCH, epochs=1, verbose=0, shuffle=True, callbacks=[mark])
        yield clock.taken()


def pillow() -> Turns:
    """The loop of the tutorials: every picture by itself through Pillow and torchvision's transforms."""
    import torch
    from PIL import Image
    from torch.nn import functional as F
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = arrays("Pillow and DataLoader")
    change = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])

    class Pictures(Dataset[Any]):
        def __len__(self) -> int:
            return len(images)

        def __getitem__(self, index: int) -> Any:
            return change(Image.fromarray(images[index, 0])), int(labels[index])

    clock, model = Clock(SKIPPED), bare_model("lenet5")
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    loader = DataLoader(Pictures(), batch_size=BATCH, shuffle=True)

    while True:
        for x, y in loader:
            clock.mark()
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call] # torch has no types there
            optimizer.step()
        yield clock.taken()


MAKERS: dict[str, Callable[[], Turns]] = {
    "engine": engine,
    "window": window,
    "Lightning": lightning,
    "Keras": fit_of_keras,
    "Pillow and DataLoader": pillow,
}


def measure(quick: bool) -> list[Figure]:
    """Goals 2 and 3."""
    environment = {**turns.SAME_MEMORY, **turns.ONE_THREAD}
    found, missing = turns.rounds(__file__, dict.fromkeys(MAKERS, environment), 2 if quick else ROUNDS)
    told = []
    for name, limits in PEERS.items():
        for ours, limit in zip(("engine", "window"), limits, strict=True):
            what = f"{name}'s CPU to ours, {ours}"
            if name in missing:
                told.append(Figure("2", f"{what}: not installed, not measured", float("nan"), "x", f">= {limit:g}"))
            else:
                ratio = statistics.median(turns.ratios(found, name, ours, "cpu"))
                told.append(figures.at_least("2", what, ratio, limit))
    share = statistics.median(turns.ratios(found, "engine", "window", "cpu"))
    told.append(figures.at_least("3", "a step without the window to one in it, CPU", share, SHARE))
    told.append(
        figures.plain("3", "a step in the window", 1e3 * min(each["window"]["cpu"] for each in found), "CPU ms")
    )
    return told


if __name__ == "__main__":
    if turns.is_kind():
        turns.serve(MAKERS, optional=("lightning", "keras"))
    else:
        figures.run(measure)
