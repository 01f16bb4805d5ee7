"""Sets everything up in an environment of its own, then runs the program or its tests. Needs Python 3.11 or newer only.

python3 start.py           the program: its window on the example (without a screen, pictures of it)
python3 start.py test      every check of the project
python3 start.py bench     the measurements of its speed; --quick for less of them
python3 start.py COMMAND   any command of cnn-workbench, such as: python3 start.py train my.cnn

It can be repeated: what is there already is not installed again.
"""

import hashlib
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PATIENCE_S = 15


def environment() -> Path:
    """The folder of the virtual environment: .venv here, or where CNN_WORKBENCH_VENV says."""
    return Path(os.environ.get("CNN_WORKBENCH_VENV") or HERE / ".venv").absolute()


def python_of(folder: Path) -> Path:
    """The environment's interpreter."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def say(text: str) -> None:
    """Tells the user at once."""
    print(text, file=sys.stderr, flush=True)


def install(extra: str) -> Path:
    """Makes the environment if it is not there, installs what is missing, and gives its interpreter."""
    folder = environment()
    python = python_of(folder)
    stamp = folder / f".installed-{extra or 'program'}"
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes() + str(HERE).encode()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    if not python.exists():
        say(f"Making an environment of its own in {folder} ...")
        command = [sys.executable, "-P", "-m", "venv", str(folder)]
        made = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            say((made.stdout + made.stderr).strip())
            shutil.rmtree(folder, ignore_errors=True)  # half an environment would be taken for a whole one
            sys.exit("Error: Python could not make an environment. On Debian and Ubuntu: apt install python3-venv")
    say("Installing. PyTorch is large: some gigabytes come in at the first time, which takes minutes.")
    started = time.monotonic()
    target = f"{HERE}[{extra}]" if extra else str(HERE)
    command = [str(python), "-P", "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check"]
    if run_told([*command, "--editable", target]) != 0:
        sys.exit("Error: the installation failed; the lines above say why. It needs a network and 8 GB of disk.")
    stamp.write_text(wanted)
    say(f"Installed in {time.monotonic() - started:.0f} s.")
    return python


def run_told(command: "list[str]") -> int:
    """Runs pip, passing on what it downloads and that it is still at it; all its lines if it fails."""
    process = subprocess.Popen(
        command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    started, everything = time.monotonic(), []
    while True:
        try:
            line = lines.get(timeout=PATIENCE_S)
        except queue.Empty:
            say(f"  ... still at it ({time.monotonic() - started:.0f} s)")
            continue
        if line is None:
            break
        everything.append(line)
        words = line.split()
        if words[:1] == ["Downloading"] and "MB" in line:
            say(f"  {line.strip().split('/')[-1]}")
        elif words[:2] == ["Installing", "collected"]:
            say("  unpacking ...")
    code = process.wait()
    if code != 0:
        say("".join(everything[-30:]))
    return code


def main() -> int:
    """Runs what was asked for; gives its exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python would be asked to run
        say(f"Error: Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 2
    words = sys.argv[1:]
    if words[:1] in (["test"], ["bench"]):
        script = {"test": HERE / "scripts" / "checks.py", "bench": HERE / "bench" / "every.py"}[words[0]]
        command = [str(install("dev")), str(script), *words[1:]]
    else:
        command = [str(install("")), "-P", "-m", "workbench", *words]  # -P: never a module of the user's own folder
    try:
        return subprocess.run(command, cwd=HERE if words[:1] in (["test"], ["bench"]) else None, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
