"""What every test may use."""

from __future__ import annotations

import os
import runpy
import signal
from collections.abc import Callable, Generator, Mapping
from functools import partial
from pathlib import Path
from typing import Union

import pytest
from hypothesis import settings

from envcheck.host.tree import TreeHost

Tree = Callable[[Mapping[str, Union[str, bytes]]], TreeHost]

# The same examples in every run: what a run finds is of the change that it tests. To search for others:
#   sh scripts/test.sh --hypothesis-profile=search
settings.register_profile("search", settings.get_profile("default"), derandomize=False)
settings.register_profile("same", settings.get_profile("default"), derandomize=True)
settings.load_profile("same")

# A runner in the background ignores these, and every command under test would inherit that.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What was logged may hold half characters, which no other process can be told as they are."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture
def unmeasured() -> dict[str, str]:
    """An environment in which coverage leaves a subprocess alone: it would load modules of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def write_tree(root: Path, files: Mapping[str, Union[str, bytes]]) -> None:
    """Write files below `root`; a text that begins with `-> ` makes a symbolic link."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content.startswith("-> "):
            path.symlink_to(content[3:])
        else:
            path.write_text(content, encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A function that turns `{path: content}` into a recorded host."""

    def make(files: Mapping[str, Union[str, bytes]]) -> TreeHost:
        root = tmp_path / "host"
        root.mkdir(exist_ok=True)
        write_tree(root, files)
        return TreeHost(root)

    return make


@pytest.fixture
def nvml_stub(tmp_path: Path) -> Callable[..., Path]:
    """`build` of tests/nvml/stub.py, in a folder of its own: `nvml_stub(cards=[…], driver="384.66")`."""
    source = Path(__file__).parent / "nvml/stub.py"
    return partial(runpy.run_path(str(source))["build"], tmp_path / "nvml")
