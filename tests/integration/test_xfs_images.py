"""xfs made with and without file types, as `xfs_info` of a real image tells it, in a recorded host."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.integration.engines import image
from tests.integration.running import Envcheck

pytestmark = pytest.mark.integration

INFO = """\
Server Version: 18.09.9
Storage Driver: overlay2
 Backing Filesystem: xfs
{told}Docker Root Dir: /var/lib/docker
"""
DF = """\
Filesystem     Type 1K-blocks     Used Available Use% Mounted on
/dev/sda2      xfs  524032000 52403200 471628800  10% /
/dev/sdb1      xfs  524032000 52403200 471628800  10% /var/lib/docker
"""


def xfs_info(ftype: int) -> str:
    """Of an image made here. Kernels of today don't mount one without file types; the tool reads it."""
    options = ["-m", "crc=0"] if ftype == 0 else []
    program = shutil.which("xfs_info")
    if program is None:
        pytest.skip("there is no xfs_info")
    with image("xfs", "400M", *options, "-n", f"ftype={ftype}") as path:
        text = subprocess.run([program, path], check=True, capture_output=True, text=True).stdout
    assert f"ftype={ftype}" in text
    return text


def recorded(root: Path, told: str, text: str) -> Path:
    write_tree(
        root,
        {
            "sos_commands/docker/docker_info": INFO.format(told=told),
            "sos_commands/filesys/df_-al_-x_autofs": DF,
            "sos_commands/xfs/xfs_info_.var.lib.docker": text,
        },
    )
    return root


@pytest.mark.parametrize(("ftype", "status", "hints"), [(0, "fail", ["overlay2-no-dtype"]), (1, "pass", [])])
def test_overlay2_by_the_images_own_word(
    envcheck: Envcheck, tmp_path: Path, ftype: int, status: str, hints: list[str]
) -> None:
    root = recorded(tmp_path / "host", "", xfs_info(ftype))
    found = envcheck.json("face-server", "--from", str(root)).results()
    assert (found["storage-driver"]["status"], found["storage-driver"]["hints"]) == (status, hints)
    assert found["storage-driver"]["actual"] == f"overlay2 (on xfs, d_type {'true' if ftype else 'false'})"


@pytest.mark.parametrize(("d_type", "status"), [("false", "fail"), ("true", "pass")])
def test_dockers_word_goes_before(envcheck: Envcheck, tmp_path: Path, d_type: str, status: str) -> None:
    other = xfs_info(1 if d_type == "false" else 0)
    root = recorded(tmp_path / "host", f" Supports d_type: {d_type}\n", other)
    found = envcheck.json("face-server", "--from", str(root)).results()
    assert found["storage-driver"]["status"] == status
