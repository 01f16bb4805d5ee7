"""Two networks joined by one cable stand for two machines: the processes meet over it and train what one would."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.training.distributed.scenarios import SCENARIOS
from tests.training.distributed.starting import rows
from workbench.training.engine import train

pytestmark = pytest.mark.slow

SCRIPT = """
set -e
mkfifo "$FOLDER/up" "$FOLDER/go"
ip link set lo up
unshare -n bash -ec '
  echo up > "$FOLDER/up"; read -r _ < "$FOLDER/go"
  ip link set lo up; ip addr add 10.77.0.2/24 dev right; ip link set right up
  RANK=1 GLOO_SOCKET_IFNAME=right exec "$@"
' other "$@" &
other=$!
read -r _ < "$FOLDER/up"
ip link add left type veth peer name right netns $other
ip addr add 10.77.0.1/24 dev left; ip link set left up
echo go > "$FOLDER/go"
RANK=0 GLOO_SOCKET_IFNAME=left "$@"
wait $other
"""


def why_not() -> str:
    """Why there can be no networks of one's own here; "" if there can."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "unshare and ip are not installed"
    tried = "ip link add left type veth peer name right"
    done = subprocess.run(["unshare", "-rn", "bash", "-c", tried], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"networks of one's own are not allowed: {done.stderr.strip()}"


def test_two_networks(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    worker = [sys.executable, "-m", "tests.training.distributed.worker", str(tmp_path), "lenet"]
    meeting = {"WORLD_SIZE": "2", "MASTER_ADDR": "10.77.0.1", "MASTER_PORT": "29500", "FOLDER": str(tmp_path)}
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "OMP_NUM_THREADS": "1", "HOME": str(tmp_path), **meeting}
    command = ["unshare", "-rn", "bash", "-c", SCRIPT, "train", *worker]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    alone = [event.as_json() for event in train(SCENARIOS["lenet"].job(tmp_path / "alone"))]
    losses = [
        [row["loss"] for row in found if row["event"] == "StepEnded"] for found in (alone, rows(tmp_path, "lenet"))
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
