"""Machines as folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import write_tree

Lay = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """A function that lays files out below a folder of their own, and returns it."""
    numbers = count()

    def make(files: Mapping[str, str]) -> Path:
        root = tmp_path / f"machine{next(numbers)}"
        root.mkdir()
        write_tree(root, files)
        return root

    return make
