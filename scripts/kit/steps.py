"""What every step of the build needs: commands that fail loudly, and files' checksums."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional, Union

REPOSITORY = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

PLAIN = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.environ.get("HOME", "/"),
    "LC_ALL": "C",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": "0",
}
"""The environment of every command: what is built must not depend on the builder's."""

SCRATCH = "build-kit-"
"""How the names of temporary directories begin."""

_TAIL_LINES = 30


class BuildError(Exception):
    """The kit cannot be built: why, and what to do."""


def say(text: str) -> None:
    """A line of progress on stderr."""
    print(f"kit: {text}", file=sys.stderr, flush=True)


def run(
    argv: Sequence[Union[str, Path]],
    cwd: Path,
    env: Optional[Mapping[str, str]] = None,
    why: str = "",
) -> str:
    """Run a command of the build, at low priority, and return what it printed.

    Raises BuildError with its last lines if it fails, and `why` it may have.
    """
    done = subprocess.run(
        ["nice", *map(str, argv)],
        cwd=cwd,
        env={**PLAIN, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-_TAIL_LINES:])
        raise BuildError(f"{why or 'failed'}: {' '.join(map(str, argv))}\n{tail}")
    return done.stdout


def sha256(path: Path) -> str:
    """The checksum of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
