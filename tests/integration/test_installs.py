"""The three ways to have envcheck: the wheel, an editable install, a checkout. Each brings the rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.integration.running import REPO, Envcheck, Run

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

MODULES = ("default", "face-server", "offline-security-server")
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "venv",
    "build",
    "dist",
    "*.egg-info",
    "__pycache__",
    ".*_cache",
    ".coverage*",
    ".hypothesis",
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, in which packaging may leave what it likes."""
    copy = tmp_path_factory.mktemp("checkout") / "envcheck-src"
    shutil.copytree(REPO, copy, ignore=LEFT_OUT)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(checkout))
    (built,) = folder.glob("envcheck-*.whl")
    return built


def pip(*arguments: str, python: Path = Path(sys.executable)) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--python", str(python), *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def environment(folder: Path, *install: str) -> Path:
    """A virtual environment with the dependencies and what is to be installed; its interpreter."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin/python"
    if install:
        pip("install", "--no-deps", *install, python=python)
    # The dependencies come from where these tests run; an envcheck that is installed there does not.
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def works(envcheck: Envcheck, python: Path, command: list[str], source: Path, cwd: Path) -> None:
    """It lists its modules and checks, from another directory, and is the envcheck that is meant."""
    options = {"env": {"PYTHONPATH": None}, "cwd": cwd}
    where = envcheck.run(python=(str(python), "-c", "import envcheck; print(envcheck.__file__)"), **options)
    assert Path(where.stdout.strip()).is_relative_to(source), where
    listed = envcheck.run("list", python=command, **options)
    assert (listed.status, listed.stderr) == (0, "")
    assert [name for name in MODULES if name in listed.stdout] == list(MODULES)
    run = envcheck.json("face-server", python=command, **options)
    assert run.statuses("cpu-arch", "kernel", "tar") == ["pass"] * 3
    table: Run = envcheck.run("face-server", python=command, **options)
    assert table.status == run.status == 1
    assert "How to mend it:" in table.stdout, "the known problems are shipped"


def test_wheel(envcheck: Envcheck, wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", str(wheel))
    site = tmp_path / "venv"
    works(envcheck, python, [str(site / "bin/envcheck")], site, tmp_path)
    works(envcheck, python, [str(python), "-m", "envcheck"], site, tmp_path)


def test_wheel_holds_what_it_should(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    rules = {f"envcheck/rules/{path.name}" for path in (REPO / "rules").glob("*.yaml")}
    assert len(rules) >= 5
    assert names >= {*rules, "envcheck/py.typed", "envcheck/report/report.schema.json"}
    sources = {str(path.relative_to(REPO)) for path in (REPO / "envcheck").rglob("*.py")}
    assert names >= sources
    foreign = [name for name in names if not name.startswith(("envcheck/", "envcheck-"))]
    assert foreign == [], "tests and scripts stay behind"


def test_editable_install(envcheck: Envcheck, checkout: Path, tmp_path: Path) -> None:
    """What is changed in the checkout is in force at once, rule sets included."""
    copy = tmp_path / "src"
    shutil.copytree(checkout, copy, ignore=LEFT_OUT)
    python = environment(tmp_path / "venv", "-e", str(copy))
    command = [str(tmp_path / "venv/bin/envcheck")]
    works(envcheck, python, command, copy, tmp_path)
    rules = copy / "rules/default.yaml"
    rules.rename(copy / "rules/renamed.yaml")
    text = (copy / "rules/renamed.yaml").read_text(encoding="utf-8")
    (copy / "rules/renamed.yaml").write_text(text.replace("module: default", "module: renamed"))
    listed = envcheck.run("list", python=command, env={"PYTHONPATH": None}, cwd=tmp_path)
    assert "renamed" in listed.stdout
    assert "default" not in listed.stdout.split()


def test_checkout_beside_the_dependencies_alone(envcheck: Envcheck, checkout: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    works(envcheck, python, [str(python), "-m", "envcheck"], checkout, checkout)


def test_version_is_that_of_the_package(envcheck: Envcheck, wheel: Path) -> None:
    run = envcheck.run("--version")
    assert run.stdout == f"envcheck {wheel.name.split('-')[1]}\n"
    assert os.path.basename(wheel).endswith("-py3-none-any.whl")
