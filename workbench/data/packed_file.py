"""Opens files that may be packed with gzip, a piece at a time, so that nobody believes how much comes out of them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from workbench.core.errors import UnreadableError, printable
from workbench.core.files import reason_of
from workbench.core.status import plain_status


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Opens the bytes of a plain file, unpacked where it is packed with gzip, which is known by its content.

    Raises:
        UnreadableError: it cannot be read, or the stream is cut off or damaged; raised while it is read too.
    """
    try:
        plain_status(path)
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not is_packed:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as stream:
                yield stream
    except UnreadableError:
        raise
    except EOFError:
        raise UnreadableError(path, "the file is cut off in the middle of its gzip stream. Copy it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableError(path, f"the gzip stream is damaged ({printable(error)}). Copy the file again.") from None
    except FileNotFoundError:
        raise UnreadableError(path, "there is no such file.") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(path, f"the file cannot be read ({reason_of(error)}).") from None
