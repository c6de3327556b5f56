"""The kit from its parts: the archive, its checksum, its bill of materials."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from scripts.kit import assemble, sbom
from scripts.kit.interpreter import Built
from scripts.kit.steps import HERE, REPOSITORY, SCRATCH, BuildError, run, say, sha256

MOST_BYTES = 25_000_000


class Kit(NamedTuple):
    """The files that a build makes."""

    archive: Path
    checksum: Path
    bill: Path


def version() -> str:
    """The project's version."""
    text = (REPOSITORY / "envcheck/__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "(.+?)"', text)
    if found is None:
        raise BuildError("envcheck/__init__.py does not say its version")
    return found[1]


def epoch() -> int:
    """The time that every file of the kit bears: the commit's, in seconds since 1970."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or run(["git", "log", "-1", "--format=%ct"], REPOSITORY))


def build(interpreter: Built, target: Path) -> Kit:
    """Make the kit's files in `target`, each whole or not at all."""
    name = f"{assemble.NAME}-{version()}-x86_64"
    kit = Kit(*(target / f"{name}{ending}" for ending in (".tar.gz", ".tar.gz.sha256", ".cdx.json")))
    target.mkdir(parents=True, exist_ok=True)
    when = epoch()
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as place:
        root, held = assemble.assemble(interpreter.folder, Path(place), when)
        packed = Path(place, "packed.tar.gz")
        say("packing")
        python = root / "lib/python"
        run([python, "-I", "-S", "-B", HERE / "archive.py", root, packed, str(when)], Path(place))
        bill = sbom.document(packed, assemble.NAME, version(), held, when)
        _put(kit.archive, packed.read_bytes())
    _put(kit.checksum, f"{sha256(kit.archive)}  {kit.archive.name}\n".encode())
    _put(kit.bill, bill.encode())
    size = kit.archive.stat().st_size
    say(f"{kit.archive}: {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        raise BuildError(f"that is more than {MOST_BYTES / 1e6:.0f} MB")
    return kit


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)
