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
    """The machine at hand, or the host recorded at `path`. Raises UnusableRecord.

    A record is a directory (a sosreport, a root tree, an unpacked bundle) or an archive of one.
    """
    if path is None:
        from envcheck.host.live import LiveHost

        return LiveHost()
    if not os.fspath(path):
        raise UnusableRecord("'' is no path: name a bundle, a sosreport or a directory, or leave it out")
    if not _is_directory(path):
        from envcheck.bundle.opening import open_archive

        return open_archive(os.fspath(path))
    from pathlib import Path

    from envcheck.host.tree import TreeHost

    given = Path(path)
    root = _of_bundle(os.fspath(path))
    return TreeHost(given if root == os.fspath(path) else Path(root), title=given.name)


def _of_bundle(directory: str) -> str:
    if not os.path.lexists(os.path.join(directory, "manifest.json")):
        return directory
    from envcheck.bundle.opening import record_root

    return record_root(directory)


def _is_directory(path: Union[str, Path]) -> bool:
    try:
        with os.scandir(path) as entries:
            next(entries, None)
    except NotADirectoryError:
        return False
    except OSError as error:
        raise UnusableRecord(f"{path}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise UnusableRecord(f"{str(path)!r}: {error}") from error
    return True
