"""The kit's directory: interpreter, packages, envcheck itself, and what people see at the top."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from scripts.kit import packages
from scripts.kit.packages import Package
from scripts.kit.steps import HERE, REPOSITORY, BuildError, run, say

NAME = "private_cloud_environment_check"
_TOP = HERE / "top"
_LOG_FOLDER = "scripts"

_COMPILE = """
import compileall, os, py_compile, sys
lib = sys.argv[1]
sys.exit(not all([compileall.compile_dir(os.path.join(lib, name), maxlevels=99, quiet=1, stripdir=lib,
    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH) for name in ("python3.11", "packages")]))
"""
_KEEP = """
import os, sys
root = sys.argv[1]
sys.path[:] = [os.path.join(root, "lib", "python3.11"), os.path.join(root, "lib", "packages")]
import envcheck
envcheck.kit_root = root
from envcheck.problems import load_problems
from envcheck.rulebook import Rulebook, ready, shipped_rules
book, problems = Rulebook([shipped_rules()]), load_problems([shipped_rules()])
names = [module.name for module in book.modules()]
ready.rule_sets(names, lambda missing: [book.rule_set(name, problems) for name in missing])
"""


def assemble(interpreter: Path, place: Path, epoch: int) -> tuple[Path, list[Package]]:
    """Put the kit together below `place`; every file is of the time `epoch`. Its packages too."""
    root = place / NAME
    lib = root / "lib"
    shutil.copytree(interpreter, lib, ignore=shutil.ignore_patterns("*.json"))
    held = packages.unpack_all(lib / "packages")
    _own_files(root)
    (root / _LOG_FOLDER).mkdir()
    _set_modes(root, (lib / "python", lib / "can-start", root / "envcheck"))
    say("compiling the library, working out the rule files")
    # Plain, and always alike: the order in a set depends on the hashes of texts.
    always = {"PYTHONHASHSEED": "0"}
    run([lib / "python", "-S", "-B", "-c", _COMPILE, lib], lib, always)
    _set_times(root, epoch)
    run([lib / "python", "-S", "-c", _KEEP, root], lib, always)
    if not any((lib / "kept").iterdir()):
        raise BuildError("nothing was kept of the rule files")
    _set_modes(root, (lib / "python", lib / "can-start", root / "envcheck"))
    _set_times(root, epoch)
    return root, held


def _own_files(root: Path) -> None:
    """The project's tracked files, and nothing else that lies in the checkout."""
    lib = root / "lib"
    for name in run(["git", "ls-files", "envcheck", "rules"], REPOSITORY).splitlines():
        target = root if name.startswith("rules/") else lib / "packages"
        _copy(REPOSITORY / name, target / name)
    for name in ("README.md", "LICENSE"):
        _copy(REPOSITORY / name, root / name)
    _copy(REPOSITORY / "scripts/envcheck.py", root / "envcheck.py")
    _copy(_TOP / "envcheck", root / "envcheck")
    for name in ("start.py", "cannot-start.sh"):
        _copy(_TOP / name, lib / name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise BuildError(f"{source}: {error.strerror}") from error


def _set_modes(root: Path, programs: tuple[Path, ...]) -> None:
    """Anybody may read everything, whatever the builder's umask was."""
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path in programs else 0o644)


def _set_times(root: Path, epoch: int) -> None:
    for path in (root, *root.rglob("*")):
        os.utime(path, (epoch, epoch))
