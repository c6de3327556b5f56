"""Which parts of Python's library are in the kit: all but what no check can ever need."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.kit.steps import HERE

LIST = HERE / "left_out.txt"


def left_out() -> frozenset[str]:
    """The names of modules and packages that are not copied."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def copy(source: Path, target: Path) -> None:
    """Copy Python's library. The directory for loadable modules is made: the interpreter looks for it."""
    names = left_out()
    shutil.copytree(source, target, ignore=lambda _, found: names.intersection(found))
    (target / "lib-dynload").mkdir()
    (target / "lib-dynload/README").write_text("Every module is in the interpreter.\n", encoding="utf-8")
