"""What a file of weights is, by its first bytes: nobody believes its ending."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["safetensors", "pickled", "npz"]
SUFFIXES = (".pth", ".pt", ".th", ".bin", ".safetensors", ".npz")  # of files that weights are usually in
SAVE = "Save the weights alone: torch.save(model.state_dict(), FILE)."

# What lies in the place of any file that was not fetched, by how it begins.
NOT_FETCHED = {
    rb"version https://git-lfs": "this is a pointer of Git LFS and not the file itself. Fetch it: git lfs pull.",
    rb"\s*<(!DOCTYPE|html|\?xml)": "this is a web page and not the file itself. Download the file again.",
    rb"\x1f\x8b": "this is packed with gzip. Unpack it first.",
}
# What people try instead of weights.
OTHERS = {
    rb"\x89HDF\r\n": f"this is an HDF5 file, as Keras writes it, which is not read. {SAVE}",
    rb"\x08[\x01-\x20][\x12\x1a\x22\x3a\x42]": f"this looks like an ONNX network, which is not read as weights. {SAVE}",
    **NOT_FETCHED,
}


def not_fetched(data: bytes) -> str:
    """Returns what lies in the place of a file that was not fetched, as sentences; "" for any other beginning."""
    return next((reason for start, reason in NOT_FETCHED.items() if re.match(start, data, re.IGNORECASE)), "")


def kind_of(data: bytes, suffix: str) -> Kind | None:
    """Returns what a file is by its first bytes; None if it is neither.

    Args:
        data: its beginning.
        suffix: of its name; decides only between archives, and where the beginning of a `.safetensors` file is damaged.
    """
    if data[:4] == b"PK\x03\x04" and suffix.lower() == ".npz":
        return "npz"
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06") or (data[:1] == b"\x80" and b"\x02" <= data[1:2] <= b"\x05"):
        return "pickled"
    if data[8:9] == b"{" or suffix.lower() == ".safetensors":
        return "safetensors"
    return None


def why_not(data: bytes) -> str:
    """Returns what a file is that is neither, and what to do, as sentences."""
    for start, reason in OTHERS.items():
        if re.match(start, data, re.IGNORECASE):
            return reason
    begins = ascii(bytes(data[:8]))[1:]
    return (
        "weights are read from safetensors, PyTorch and NumPy (.npz) files; this is none of them, or damaged (it "
        f"begins with {begins})."
    )
