"""Python 2.7 as the installer would find it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Union

import pytest

from tests.integration.running import Envcheck
from tests.integration.world import World

pytestmark = pytest.mark.integration

NAMES = ("python2.7", "python2", "python")
WRAPPER = "#!/bin/sh\necho 'python2.7: command not found; install it with pyenv install 2.7' >&2\nexit 1\n"
STAND_IN = f"""#!{sys.executable}
import sys, types
options = [word for word in sys.argv[1:] if word not in ("-B", "-E", "-s", "-c")]
sys.version_info = (2, 7, 18, "final", 0)
sys.modules["urllib2"] = types.ModuleType("urllib2")
exec(options[0])
"""


@pytest.fixture(scope="session")
def real() -> Union[str, Path]:
    """An interpreter of Python 2.7: this machine's, else a Python 3 that says it is one."""
    roots = (os.environ.get("PYENV_ROOT", ""), os.path.expanduser("~/.pyenv"))
    found = [path for root in roots for path in Path(root).glob("versions/2.7.*/bin/python2.7")]
    program = shutil.which("python2.7", path="/usr/bin:/usr/local/bin")
    return found[0] if found else Path(program) if program else STAND_IN


def checked(envcheck: Envcheck, world: World, **commands: Union[str, Path]) -> dict[str, object]:
    world.commands({name.replace("_", "."): script for name, script in commands.items()})
    result: dict[str, object] = envcheck.json("default", prefix=world.prefix).results()["python27"]
    return result


def test_present_as_every_name(envcheck: Envcheck, world: World, real: Path) -> None:
    found = checked(envcheck, world, python2_7=real, python=real)
    assert (found["status"], found["hints"]) == ("pass", [])
    assert str(found["actual"]).startswith("python2.7 2.7.")
    assert "call the installer" not in str(found["actual"])


def test_present_where_plain_python_is_3(envcheck: Envcheck, world: World, real: Path) -> None:
    found = checked(envcheck, world, python2_7=real, python=Path(sys.executable).resolve())
    assert found["status"] == "pass"
    assert str(found["actual"]).endswith("`python` is not 2.7: call the installer with python2.7")


def test_only_plain_python_is_2_7(envcheck: Envcheck, world: World, real: Path) -> None:
    world.without_commands("python2.7", "python2")
    found = checked(envcheck, world, python=real)
    assert found["status"] == "pass"
    assert str(found["actual"]).startswith("python 2.7.")


def test_absent(envcheck: Envcheck, world: World) -> None:
    world.without_commands("python2.7", "python2")
    found = checked(envcheck, world, python=Path(sys.executable).resolve())
    assert (found["status"], found["hints"]) == ("fail", ["python27-missing"])
    version = ".".join(map(str, sys.version_info[:3]))
    assert found["actual"] == f"no Python 2.7 that runs; `python` is {version}"


def test_wrapper_that_only_prints_an_error(envcheck: Envcheck, world: World) -> None:
    found = checked(envcheck, world, **dict.fromkeys(("python2_7", "python2", "python"), WRAPPER))
    assert (found["status"], found["hints"]) == ("fail", ["python27-missing"])
    assert found["actual"] == "no Python 2.7 that runs"


def test_wrapper_beside_a_real_one(envcheck: Envcheck, world: World, real: Path) -> None:
    found = checked(envcheck, world, python2_7=WRAPPER, python2=real, python=WRAPPER)
    assert found["status"] == "pass"
    assert str(found["actual"]).startswith("python2 2.7.")
    assert str(found["actual"]).endswith("call the installer with python2")


def test_one_that_lacks_a_module(envcheck: Envcheck, world: World, real: Path) -> None:
    crippled = "#!/bin/sh\necho 'envcheck 2.7.5 json,urllib2'\n"
    found = checked(envcheck, world, **dict.fromkeys(("python2_7", "python2", "python"), crippled))
    assert found["status"] == "fail"
    assert found["actual"] == "python2.7 2.7.5 can't import json, urllib2"


def test_one_outside_of_the_trusted_path_does_not_count(
    envcheck: Envcheck, world: World, real: Path, tmp_path: Path
) -> None:
    """The user's own PATH, and the directory one stands in, are not where installers look."""
    folder = tmp_path / "own"
    folder.mkdir()
    for name in NAMES:
        if isinstance(real, Path):
            (folder / name).symlink_to(real)
        else:
            (folder / name).write_text(str(real))
            (folder / name).chmod(0o755)
    world.without_commands("python2.7", "python2")
    world.commands({"python": WRAPPER})
    env = {"PATH": f"{folder}:.:{os.environ['PATH']}"}
    found = envcheck.json("default", prefix=world.prefix, env=env, cwd=folder).results()["python27"]
    assert found["status"] == "fail"
