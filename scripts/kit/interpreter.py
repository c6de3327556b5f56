"""The interpreter with its library, kept in a cache by the hash of what it is made of."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Optional

from scripts.kit import compile as recipe
from scripts.kit import sources, stdlib
from scripts.kit.steps import SCRATCH, BuildError, say

ZIG_VERSION = "0.17.1"
RECORD = "built.json"
_DAY = 24 * 3600.0
_LICENCES = {
    "python3.11": "LICENSE",
    "libffi": "LICENSE",
    "zlib": "README",
    "bzip2": "LICENSE",
    "xz-utils": "COPYING",
    "expat": "COPYING",
}

Build = Callable[[Path], None]
"""Builds the interpreter from nothing into an empty directory."""


class Built(NamedTuple):
    """A cached interpreter."""

    folder: Path
    seconds: float
    """How long the build from nothing took."""
    at: float
    """When that was, in seconds since 1970."""


def cache_folder() -> Path:
    """Where built interpreters are kept."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "envcheck-kit"


def key() -> str:
    """The hash of everything that the interpreter is made of."""
    files = (sources.PINS, stdlib.LIST, Path(stdlib.__file__), recipe.PROBE, Path(__file__))
    inputs = [recipe.release(ZIG_VERSION), *(path.read_text(encoding="utf-8") for path in files)]
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:16]


def obtain(cache: Path, rebuild_after: Optional[float], build: Optional[Build] = None) -> Built:
    """The interpreter of the cache, built from nothing where it is not there.

    One that was built more than `rebuild_after` days ago is built again: it must come out the
    same to the byte, or BuildError is raised.
    """
    kept = cache / key()
    old = _load(kept)
    if old and (rebuild_after is None or time.time() - old.at < rebuild_after * _DAY):
        say(f"interpreter {kept.name}: from the cache, built from nothing in {old.seconds:.0f} s")
        return old
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as work:
        fresh, seconds = _from_nothing(Path(work), build or _build)
        if old and digest(fresh) != digest(kept):
            raise BuildError(f"a build from nothing differs from {kept}: it is not reproducible")
        _keep(fresh, kept, seconds)
    made = _load(kept)
    if made is None:
        raise BuildError(f"{kept} cannot be read back")
    again = ", the same to the byte as the one before" if old else ""
    say(f"interpreter {kept.name}: built from nothing in {seconds:.0f} s{again}")
    return made


def digest(folder: Path) -> str:
    """The hash of every file's name, contents and right to be run."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != RECORD:
            whole.update(f"{path.relative_to(folder)}\0{path.stat().st_mode & 0o111}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _load(kept: Path) -> Optional[Built]:
    """What is kept, if it is whole."""
    try:
        record = json.loads((kept / RECORD).read_text(encoding="utf-8"))
        if record["digest"] == digest(kept):
            return Built(kept, record["seconds"], record["at"])
    except (OSError, ValueError, KeyError):
        return None
    say(f"{kept} is not as it was built: it is built anew")
    return None


def _from_nothing(work: Path, build: Build) -> tuple[Path, float]:
    fresh = work / "interpreter"
    fresh.mkdir()
    begin = time.monotonic()
    build(fresh)
    return fresh, time.monotonic() - begin


def _keep(fresh: Path, kept: Path, seconds: float) -> None:
    """Put it into the cache, whole or not at all."""
    record = {"digest": digest(fresh), "seconds": seconds, "at": time.time()}
    (fresh / RECORD).write_text(json.dumps(record), encoding="utf-8")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as beside:
        shutil.copytree(fresh, Path(beside, "new"))
        if kept.exists():
            kept.rename(Path(beside, "old"))
        Path(beside, "new").rename(kept)


def _build(fresh: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as work:
        unpacked = sources.unpack_all(Path(work, "sources"))
        compiler = recipe.Compiler(_zig(), Path(work))
        shutil.copy(recipe.build(compiler, unpacked), fresh / "python")
        recipe.link_probe(compiler, fresh / "can-start")
        stdlib.copy(unpacked["python3.11"] / "Lib", fresh / "python3.11")
        (fresh / "licenses").mkdir()
        for name, file in _LICENCES.items():
            shutil.copyfile(unpacked[name] / file, fresh / "licenses" / f"{name}.txt")


def _zig() -> Path:
    try:
        import ziglang
    except ImportError as error:
        raise BuildError("the compiler is missing: pip install '.[kit]'") from error
    folder = Path(ziglang.__file__).parent
    found = (folder.parent / f"ziglang-{ZIG_VERSION}.dist-info").is_dir()
    if not found:
        raise BuildError(f"another compiler is installed: pip install ziglang=={ZIG_VERSION}")
    return folder / "zig"
