"""Reads numpy's `.npy` and `.npz` files without believing their headers and without ever unpickling."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from math import prod
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import reason_of
from workbench.core.status import plain_status
from workbench.data.chunks import CHUNK, zeros
from workbench.data.limits import check_amount
from workbench.data.listening import BYTES, ReadingStopped, telling
from workbench.data.spec import Array

MOST_MEMBERS = 1000
MOST_AXES = 8
ODD_NAME = re.compile(r"\A[/\\]|(\A|[/\\])\.\.([/\\]|\Z)|\A[A-Za-z]:|[\0-\x1f]")
DEFLATE_AT_BEST = 1100  # deflate cannot make data smaller than to 1/1032
WHOLE = "array"  # the name that the one array of a .npy file gets


@dataclass(frozen=True)
class ArrayHeader:
    """What an array's header declares."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran: bool
    start: int

    @property
    def is_safe(self) -> bool:
        """Whether it holds plain values; Python objects and records are never read."""
        return not self.dtype.hasobject and self.dtype.names is None and self.dtype.subdtype is None

    @property
    def size(self) -> int:
        """Bytes of the values."""
        return prod(self.shape) * self.dtype.itemsize


def _values(stream: IO[bytes], header: ArrayHeader) -> Array:
    """The values of an array, in C order, read a piece at a time from where they begin; somebody may stop it."""
    if header.dtype.hasobject:  # nobody asks for them; they never come into being here
        raise ValueError("objects are not loaded (allow_pickle=False)")
    memory, tell, done = zeros((header.size,)), telling(header.size, BYTES), 0
    while done < header.size:
        piece = stream.read(min(CHUNK, header.size - done))
        if not piece:
            raise EOFError(f"{header.size:,} bytes of values are promised, {done:,} are there")
        memory[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done += len(piece)
        tell(done)
    if not header.size:
        return np.zeros(header.shape, header.dtype)
    values: Array = memory.view(header.dtype)
    if header.fortran:
        return np.ascontiguousarray(values.reshape(header.shape[::-1]).T)
    return values.reshape(header.shape)


class ArrayFile:
    """The arrays of one `.npz` or `.npy` file, by name; to be used with `with`.

    Attributes:
        path: the file.
        headers: what each array is; reading them takes no memory.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file and checks its headers.

        Raises:
            UnreadableError: it is no such file, damaged, encrypted, or its headers and lengths contradict each other.
        """
        self.path = path
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._zip: zipfile.ZipFile | None = None
        self._file = self._open()
        try:
            self.headers = self._read_headers()
        except BaseException:
            self.close()
            raise

    def _open(self) -> IO[bytes]:
        try:
            check_amount(self.path, plain_status(self.path).st_size, "Take a part of it.")
            return self.path.open("rb")
        except FileNotFoundError:
            raise UnreadableError(self.path, "there is no such file.") from None
        except (OSError, ValueError) as error:
            raise UnreadableError(self.path, f"the file cannot be read ({reason_of(error)}).") from None

    def _read_headers(self) -> dict[str, ArrayHeader]:
        try:
            start = self._file.read(6)
            self._file.seek(0)
        except OSError as error:  # a bad disk shows itself at the first bytes, not when the file is opened
            raise UnreadableError(self.path, f"the file cannot be read ({reason_of(error)}).") from None
        if start == b"\x93NUMPY":
            header = self._header(WHOLE, self._file)
            self._check_length(WHOLE, header, plain_status(self.path).st_size)
            return {WHOLE: header}
        if start[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
            raise UnreadableError(self.path, f"this is no .npz or .npy file (it begins with {ascii(start)[1:]}).")
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._check_members(self._zip)
            return {name: self._member_header(name) for name in self._members}
        except UnreadableError:
            raise
        except Exception as error:  # damaged archives raise whatever comes to zipfile and zlib
            raise self._damaged(error) from None

    def _check_members(self, archive: zipfile.ZipFile) -> None:
        """Limits first: names, number, packing and claimed sizes."""
        infos = archive.infolist()
        if len(infos) > MOST_MEMBERS:
            raise UnreadableError(self.path, f"it holds {len(infos):,} arrays; at most {MOST_MEMBERS:,} are taken.")
        for info in infos:
            name = info.filename.removesuffix(".npy")
            if ODD_NAME.search(info.filename):
                raise UnreadableError(
                    self.path, f'it holds a member named "{printable(info.filename)}"; that is no array.'
                )
            if name in self._members:
                raise UnreadableError(self.path, f'it holds two arrays named "{printable(name)}".')
            if info.flag_bits & 1:
                raise UnreadableError(self.path, f'"{printable(name)}" is encrypted. Save it without a password.')
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnreadableError(
                    self.path, f'"{printable(name)}" is packed in an unusual way. Save it with numpy.'
                )
            if info.file_size > DEFLATE_AT_BEST * info.compress_size + 1000:
                raise UnreadableError(
                    self.path, f'"{printable(name)}" claims {info.file_size:,} bytes, which cannot be.'
                )
            self._members[name] = info

    def _member_header(self, name: str) -> ArrayHeader:
        assert self._zip is not None
        info = self._members[name]
        with self._zip.open(info) as stream:
            header = self._header(name, stream)
        self._check_length(name, header, info.file_size)
        return header

    def _header(self, name: str, stream: IO[bytes]) -> ArrayHeader:
        try:
            version = np.lib.format.read_magic(stream)
            if version == (1, 0):
                shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
            elif version == (2, 0):
                shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
            else:
                raise ValueError(f"version {version[0]}.{version[1]} is not known")
        except Exception as error:  # numpy parses the header as a Python literal, which may fail in many ways
            raise self._damaged(error, name) from None
        if len(shape) > MOST_AXES or any(size < 0 for size in shape):
            raise UnreadableError(
                self.path, f'the header of "{printable(name)}" declares the impossible shape {shape}.'
            )
        return ArrayHeader(shape, dtype, fortran, stream.tell())

    def _check_length(self, name: str, header: ArrayHeader, length: int) -> None:
        """The declared values must fill the file or member exactly; objects have no length to compare with."""
        if not header.dtype.hasobject and header.start + header.size != length:
            raise UnreadableError(
                self.path,
                f'"{printable(name)}" is cut off or damaged: its header promises {header.size:,} bytes of values, '
                f"but there are {length - header.start:,}.",
            )

    def check_sizes(self, names: list[str], copies: int = 0) -> None:
        """Refuses arrays that would not fit into memory together.

        Args:
            names: of the arrays that will be read.
            copies: bytes that are held beside them while they are made into fields.

        Raises:
            UnreadableError: they need more than the limit.
        """
        check_amount(self.path, copies + sum(self.headers[name].size for name in names), "Save a part of it.")

    def read(self, name: str) -> Array:
        """The values of one array, in C order; ask `check_sizes` first.

        Raises:
            UnreadableError: it holds Python objects or records, or is damaged.
        """
        header = self.headers[name]
        if not header.is_safe:
            raise UnreadableError(
                self.path,
                f'"{printable(name)}" holds Python objects or records, which are not loaded. Save plain numbers.',
            )
        try:
            if self._zip is None:
                self._file.seek(header.start)
                return _values(self._file, header)
            with self._zip.open(self._members[name]) as stream:
                stream.read(header.start)
                return _values(stream, header)
        except (MemoryError, ReadingStopped):
            raise
        except Exception as error:  # as in `_read_headers`
            raise self._damaged(error, name) from None

    def _damaged(self, error: Exception, name: str = "") -> UnreadableError:
        what = f'"{printable(name)}"' if name else "the archive"
        return UnreadableError(
            self.path, f"{what} is damaged or cut off ({printable(error).rstrip('.')}). Copy it again."
        )

    def close(self) -> None:
        """Closes the file."""
        if self._zip is not None:
            self._zip.close()
        self._file.close()

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
