"""The kit and the installed package say the same: of this machine, and of every written host."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.engines import Engine
from tests.integration.kit import MODULES, Machine
from tests.integration.running import REPO, Run

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

CHECK_ALL = """
import json, sys
paths, root, hosts, *modules = json.loads(sys.argv[1])
sys.path[:0] = paths
import envcheck
envcheck.kit_root = root
said = {}
for host in hosts:
    report = json.loads(envcheck.check(*modules, from_path=host).to_json())
    said[host] = [{k: v for k, v in one.items() if k != "duration_s"} for one in report["results"]]
print(json.dumps(said))
"""
IMPORT_ALL = """
import importlib, json, sys
sys.path[:0], names = json.loads(sys.argv[1])
for name in names:
    importlib.import_module(name)
"""
NOT_IN_THE_KIT = {"__future__", "_typeshed", "envcheck", "compression"}
"""The last is of Python 3.14; before it, `backports` has what is wanted of it."""


def test_verdicts_are_the_installed_packages(
    kit: Path, machine_of_kit: Machine, plain_engine: Engine
) -> None:
    for engine in ("unix:///nonexistent/docker.sock", plain_engine.address):
        env = {"DOCKER_HOST": engine}
        arguments = (*MODULES, "--format", "json")
        by_kit = machine_of_kit.run(kit / "envcheck", *arguments, env=env)
        installed = machine_of_kit.installed(*arguments, env=env)
        assert by_kit.report["conclusion"] == installed.report["conclusion"]
        assert by_kit.report["modules"] == installed.report["modules"]
        assert compared(by_kit) == compared(installed)


def compared(run: Run) -> list[dict[str, Any]]:
    """What a report says of the host, without times and what is free on a disk just now."""
    results: list[dict[str, Any]] = run.report["results"]
    changing = {"duration_s"}
    return [
        {
            name: value
            for name, value in result.items()
            if name not in changing and not (name == "actual" and result["id"].startswith("disk-free"))
        }
        for result in results
    ]


def test_what_is_reported_is_the_hosts_own(kit: Path, machine_of_kit: Machine) -> None:
    run = machine_of_kit.run(kit / "envcheck", *MODULES, "--format", "json")
    own = subprocess.run(
        [kit / "lib/python", "-I", "-S", "-c", "import sys; print(sys.version.split()[0])"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert own.stdout.strip() not in run.stdout
    found = run.results("default")
    host = subprocess.run(["getconf", "GNU_LIBC_VERSION"], check=True, capture_output=True, text=True)
    assert found["glibc"]["actual"] == host.stdout.split()[1]


def script(python: list[str], text: str, *arguments: object) -> str:
    done = subprocess.run(
        [*python, "-c", text, json.dumps(arguments)], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def of_kit(kit: Path) -> tuple[list[str], list[str]]:
    """The kit's interpreter, and where its packages are."""
    return [str(kit / "lib/python"), "-I", "-S", "-B"], [str(kit / "lib/packages")]


def test_every_written_host_is_judged_alike(shared_kit: Path) -> None:
    hosts = sorted(str(path) for path in (REPO / "tests/hosts").iterdir() if path.is_dir())
    assert len(hosts) > 50
    python, paths = of_kit(shared_kit)
    by_kit = json.loads(script(python, CHECK_ALL, paths, str(shared_kit), hosts, *MODULES))
    installed = json.loads(script([sys.executable], CHECK_ALL, [str(REPO)], None, hosts, *MODULES))
    for host in hosts:
        assert by_kit[host] == installed[host], host


def test_everything_that_the_package_imports_is_there(shared_kit: Path) -> None:
    names: set[str] = set()
    for path in (REPO / "envcheck").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    wanted = sorted(name for name in names if name.partition(".")[0] not in NOT_IN_THE_KIT)
    assert {"yaml", "psutil", "pynvml", "tabulate"} <= set(wanted)
    python, paths = of_kit(shared_kit)
    script(python, IMPORT_ALL, paths, wanted)


def test_xml_is_read(shared_kit: Path) -> None:
    python, _ = of_kit(shared_kit)
    text = "from xml.etree import ElementTree as E; print(E.fromstring('<a><b/>x</a>')[0].tail)"
    assert subprocess.run([*python, "-c", text], capture_output=True, text=True, check=True).stdout == "x\n"
