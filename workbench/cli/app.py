"""The commands as typer knows them: names, options and help. What they do is in the modules beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.core.errors import UsageError
from workbench.core.files import listed
from workbench.model.exports.spec import REGISTRY as EXPORTERS


def views() -> list[str]:
    """Returns the names of the views, each of which is a file; the help of a command imports none of them."""
    files = listed(Path(__file__).parent.parent / "insight" / "views")
    return sorted(path.stem.replace("_", "-") for path in files if path.suffix == ".py" and path.stem[0] != "_")


def exports() -> str:
    """Returns what a network can be exported to; the declarations load nothing heavy."""
    return " ".join(f"{name} ({cls.suffix}): {cls.summary()}" for name, cls in EXPORTERS.items())


def export_options() -> str:
    """Returns what can be chosen of exports, the usual choice first."""
    rows = {f"{option.name}={'|'.join(option.choices)}": "" for _, cls in EXPORTERS.items() for option in cls.options}
    return f"May be repeated. {'; '.join(rows)}"


app = typer.Typer(
    name="cnn-workbench",
    help="Draw a convolutional network, train it while watching, and see what it has learnt.\n\n"
    "Without a command, `cnn-workbench [FILE]` opens the window.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode=None,
)
debug = typer.Typer(help="For the scripts that break things on purpose.", rich_markup_mode=None)
app.add_typer(debug, name="debug")

File = Annotated[Path, typer.Argument(metavar="FILE", help="A project, NAME.cnn", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON alone on stdout")]
Run = Annotated[str, typer.Option("--run", metavar="NAME", help="Which run; the newest one if not given")]
Weights = Annotated[
    Path | None,
    typer.Option(
        "--weights",
        metavar="W",
        help="Weights: a safetensors or PyTorch file, also a run's own checkpoint",
        show_default=False,
    ),
]
Noise = Annotated[
    float,
    typer.Option(help="Noise to add to the whole picture first: its deviation, white is 1"),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Any setting: conv1.stride=2, training.lr=0.01; `new --list` has names",
        show_default=False,
    ),
]


@app.command()
def new(
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Which network; --list shows them")] = "",
    out: Annotated[Path | None, typer.Argument(metavar="OUT.cnn", help="Project to write", show_default=False)] = None,
    data: Annotated[str, typer.Option("--data", metavar="SOURCE", help="NAME[:PATH][,key=value]: idx:data/mnist")] = "",
    set_: Settings = None,
    list_: Annotated[
        bool, typer.Option("--list", help="Show templates, data sources, optimisers, schedules and augmentations")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a project that is there")] = False,
) -> int:
    """Make a project from a template, fitted to the data."""
    from workbench.cli import new as command

    return command.list_all() if list_ else command.run(template, out, data, set_ or [], force=force)


@app.command("import")
def import_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="torchvision:NAME, timm:NAME, a file (.onnx, .pt2, .keras, .h5) or net.py:CLASS"
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.cnn", help="Project to write", show_default=False)],
    weights: Annotated[
        Path | None, typer.Option("--weights", metavar="W", help="Weights for it: .pth, .pt, .safetensors")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Name everything that was not understood")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a project that is there")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run a .py file to read its network; no other kind is run")
    ] = False,
) -> int:
    """Bring in a network of another program as a graph that can be edited and trained on; nothing in a file is run."""
    from workbench.cli import importing as command

    return command.run(what, out, weights, report=report, force=force, trust=trust)


@app.command()
def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A project, NAME.cnn", show_default=False)],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another one, or the same", show_default=False)],
    run_a: Annotated[str, typer.Option("--run-a", metavar="NAME", help="The network that this run of A trained")] = "",
    run_b: Annotated[str, typer.Option("--run-b", metavar="NAME", help="The network that this run of B trained")] = "",
    json: AsJson = False,
) -> int:
    """Show what two networks differ in: nodes, settings, wires and cost; exit code 1 if anything."""
    from workbench.cli import diff as command

    return command.run(one, other, (run_a, run_b), as_json=json)


@app.command()
def load(
    file: File,
    weights: Annotated[Path, typer.Argument(metavar="W", help="Weights: .pth, .pt, .th, .bin, .safetensors, .npz")],
    partly: Annotated[bool, typer.Option("--partly", help="Load what fits where not all does")] = False,
    by_order: Annotated[
        bool, typer.Option("--by-order", help="Match weights by their order and shapes, not by their names")
    ] = False,
) -> int:
    """Load weights of elsewhere into the network: predictions use them, and trainings begin with them."""
    from workbench.cli import load as command

    return command.run(file, weights, partly=partly, by_order=by_order)


@app.command()
def weigh(
    file: File,
    alike: Annotated[bool, typer.Option("--alike", help="Let all classes count alike again")] = False,
) -> int:
    """Let rare classes count as much as frequent ones: weights of the loss, by the training data."""
    from workbench.cli import weigh as command

    return command.run(file, alike=alike)


@app.command()
def adapt(
    file: File,
    data: Annotated[
        str, typer.Option("--data", metavar="SOURCE", help="NAME[:PATH][,key=value]; its own if none")
    ] = "",
    head_first: Annotated[
        bool, typer.Option("--head-first/--all-at-once", help="Let the last layer learn alone for the first epoch")
    ] = True,
) -> int:
    """Fit a network that has weights to other data, for fine-tuning: new last layer, picture size, a plan in stages."""
    from workbench.cli import adapt as command

    return command.run(file, data, head_first=head_first)


@app.command()
def check(
    file: File,
    json: AsJson = False,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the first fix of each problem and save")] = False,
    data: Annotated[bool, typer.Option("--data/--no-data", help="Read the data too, which may take a while")] = True,
) -> int:
    """Show what is wrong with a network and its data, where, and what would mend it; exit code 1 if anything is."""
    from workbench.cli import check as command

    return command.run(file, as_json=json, fix=fix, with_data=data)


@app.command()
def summary(file: File, json: AsJson = False) -> int:
    """Show every layer with its output shape, parameters, multiply-adds, memory and receptive field."""
    from workbench.cli import summary as command

    return command.run(file, as_json=json)


@app.command()
def train(
    file: File,
    epochs: Annotated[int | None, typer.Option(help="Rounds through the data", show_default=False)] = None,
    run: Annotated[str, typer.Option("--run", metavar="NAME", help="Name of the run")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Resume a run that was stopped or killed")] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="With --resume: begin anew where no checkpoint is whole any more")
    ] = False,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:1", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random", show_default=False)] = None,
    set_: Settings = None,
    checkpoint_every: Annotated[str, typer.Option(metavar="N", help="Checkpoint every N steps, or every 30s")] = "",
    ready: Annotated[Path | None, typer.Option(help="Touched once training runs", show_default=False)] = None,
    weights: Weights = None,
    json: AsJson = False,
    processes: Annotated[
        int | None, typer.Option(metavar="N", help="Processes that share every batch, on each machine")
    ] = None,
    hosts: Annotated[str, typer.Option(metavar="A,B", help="Machines to start them on, over SSH")] = "",
    slurm: Annotated[bool, typer.Option("--slurm", help="Write FILE.sbatch and hand it to Slurm")] = False,
    emit: Annotated[
        str, typer.Option(metavar="HOW", help="Print how to start them, and start nothing: torchrun, sbatch, sky, ssh")
    ] = "",
    port: Annotated[int, typer.Option(help="Where the processes of several machines meet")] = 29_500,
) -> int:
    """Train a project; stop with Ctrl+C, resume with --resume."""
    from workbench.cli import train as command
    from workbench.cli.launch import Machines

    requested = command.requested(epochs, device, seed, checkpoint_every, set_ or [])
    how = command.How(run, ready, weights, resume=resume, from_start=from_start, as_json=json)
    return command.run(file, requested, how, Machines(processes, hosts, slurm, emit, port))


@app.command()
def evaluate(
    file: File,
    run: Run = "",
    split: Annotated[str, typer.Option(help="train, validation or test")] = "test",
    weights: Weights = None,
    json: AsJson = False,
) -> int:
    """Measure a trained network on a split of its data."""
    from workbench.cli import evaluate as command

    return command.run(file, run, split, weights, as_json=json)


@app.command()
def predict(
    file: File,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Pictures, folders of them, or samples such as test:17")
    ],
    run: Run = "",
    weights: Weights = None,
    json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="X.png", help="Write the picture that the network makes, at its own size"),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="X.csv|FOLDER", help="Write all answers: a table, or a mask or picture for each picture"),
    ] = None,
    noise: Noise = 0.0,
) -> int:
    """Show what a trained network says about pictures, or write the pictures and masks that it makes of them."""
    from workbench.cli import predict as command

    if to is not None:
        from workbench.cli import predict_all

        if out is not None or noise:
            raise UsageError("--to writes the answers to all inputs, --out the picture made of one: give one of them.")
        return predict_all.run(file, inputs, to, run, weights, as_json=json)
    if out is not None or noise:
        return command.write(file, inputs, out, noise, run, weights, as_json=json)
    return command.run(file, inputs, run, weights, as_json=json)


@app.command()
def runs(file: File, json: AsJson = False) -> int:
    """List the trainings of a project with their results."""
    from workbench.cli import runs as command

    return command.run(file, as_json=json)


@app.command()
def restore(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT.cnn", help="Where the project goes")],
    run: Run = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a project that is there")] = False,
) -> int:
    """Write the network that a run trained, with its settings, as a project of its own."""
    from workbench.cli import restore as command

    return command.run(file, run, out, force=force)


@app.command()
def look(
    file: File,
    view: Annotated[str, typer.Option(help=f"One of {', '.join(views())}")],
    out: Annotated[Path, typer.Option(metavar="X.png|X.npz", help="The picture, or its numbers")],
    layer: Annotated[str, typer.Option(metavar="NODE", help="Which node; the first that fits if not given")] = "",
    unit: Annotated[int | None, typer.Option(help="Which unit; all if not given", show_default=False)] = None,
    sample: Annotated[str, typer.Option("--input", metavar="PICTURE|test:17", help="What is sent through")] = "",
    run: Run = "",
    weights: Weights = None,
    noise: Noise = 0.0,
) -> int:
    """Draw what a trained network has learnt."""
    from workbench.cli import look as command

    return command.run(file, view, out, layer=layer, unit=unit, sample=sample, run_=run, weights=weights, noise=noise)


@app.command()
def export(
    context: typer.Context,
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write")],
    to: Annotated[
        str, typer.Option("--to", metavar="NAME", help=f"By the file's ending if not given. {exports()}")
    ] = "",
    run: Run = "",
    weights: Weights = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=CHOICE", help=export_options(), show_default=False)
    ] = None,
) -> int:
    """Write the network as files that other programs read: with its weights, as a picture, or as a table."""
    from workbench.cli import export as command

    return command.run(file, out, to, run, weights, options=option or [], paint=context.obj.paint)


@app.command()
def tour(
    context: typer.Context,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the pictures")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A project; the example if none")] = None,
    size: Annotated[str, typer.Option(metavar="WxH,...", help="Sizes of the window")] = "1280x800,2560x1440",
    theme: Annotated[str, typer.Option(help="dark, light or both")] = "both",
) -> int:
    """Walk through the window's whole story and leave a numbered picture of every step."""
    from workbench.cli import tour as command

    return command.run(context.obj.take_tour, file, out, size, theme)


@app.command()
def doctor(
    json: AsJson = False,
    clear_cache: Annotated[
        bool, typer.Option("--clear-cache", help="Delete decoded data that is kept on the disk first")
    ] = False,
) -> int:
    """Check this installation: versions, processor, folders, disk, and the cache of decoded data."""
    from workbench.cli import doctor as command

    return command.run(as_json=json, clears_cache=clear_cache)


@debug.command("save-once")
def save_once(file: File) -> int:
    """Open a project, change a little, save it, end."""
    from workbench.cli import debug as command

    return command.save_once(file)


@debug.command("state")
def state(file: File) -> int:
    """Open a project and verify every run and checkpoint; print what there is as JSON."""
    from workbench.cli import debug as command

    return command.state(file)


@debug.command("open-server")
def open_server() -> int:
    """Print `ready`, then answer each path read on stdin by opening it."""
    from workbench.cli import debug as command

    return command.open_server()


COMMANDS = frozenset(
    {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    | {each.name for each in app.registered_groups if each.name}
)
