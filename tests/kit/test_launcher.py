"""The launcher for machines that have some Python: it must be read by every one of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LAUNCHER = Path(__file__).parents[2] / "scripts/envcheck.py"


def test_it_is_plain_ascii() -> None:
    assert LAUNCHER.read_bytes().isascii(), "Python 2.7 takes nothing else"


def test_it_hands_on_to_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "envcheck.py").write_bytes(LAUNCHER.read_bytes())
    (tmp_path / "envcheck").write_text('printf "%s|" "$0" "$@"; exit 7')
    command = [sys.executable, "envcheck.py", "face-server", "-o", "a b", "模块"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, f"{tmp_path}/envcheck|face-server|-o|a b|模块|")


def test_without_a_shell_it_says_so_in_the_table(tmp_path: Path) -> None:
    script = (
        "import os, runpy\n"
        "def fail(*_): raise OSError(2, 'No such file or directory')\n"
        "os.execv = fail\n"
        f"runpy.run_path({str(LAUNCHER)!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "can start        /bin/sh: [Errno 2] No such file or directory\n" in done.stdout
    assert done.stdout.endswith("\nThe conclusion of environment checking is :fail\n")
