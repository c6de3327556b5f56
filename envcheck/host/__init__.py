"""The machine: the only door to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional, Union

from envcheck.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from envcheck.host.base import Host


class UnusableRecord(RequestError, ValueError):
    """What was named as a record of a host is none that can be opened."""


def open_host(path: Optional[Union[str, Path]] = None) -> Host:
    """The machine at hand, or the host recorded in the directory `path`. Raises UnusableRecord."""
    if path is None:
        from envcheck.host.live import LiveHost

        return LiveHost()
    _need_directory(path)
    from pathlib import Path

    from envcheck.host.tree import TreeHost

    return TreeHost(Path(path))


def _need_directory(path: Union[str, Path]) -> None:
    try:
        with os.scandir(path) as entries:
            next(entries, None)
    except NotADirectoryError as error:
        advice = "archives can't be opened yet: unpack it and name the directory"
        raise UnusableRecord(f"{path}: {advice}") from error
    except OSError as error:
        raise UnusableRecord(f"{path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise UnusableRecord(f"{str(path)!r}: {error}") from error
