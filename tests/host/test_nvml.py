from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from envcheck.host import nvml
from envcheck.host.base import Absent, Failed, TimedOut
from envcheck.host.live import LiveHost


def test_without_the_library_pynvml_is_not_even_loaded() -> None:
    script = """
import sys
from envcheck.host import nvml
from envcheck.host.live import LiveHost
nvml.LIBRARY = "libno-such-nvml.so.1"
try:
    LiveHost().nvml()
except Exception as error:
    print(type(error).__name__, error, "pynvml" in sys.modules)
"""
    repository = str(Path(nvml.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{Absent.__name__} no libno-such-nvml.so.1 False\n"


def test_library_that_is_none_is_not_called_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "libnvidia-ml.so.1").write_text("no library")
    monkeypatch.setattr(nvml, "LIBRARY", str(tmp_path / "libnvidia-ml.so.1"))
    with pytest.raises(Failed, match=r"can't be loaded: .*(file too short|invalid ELF header)"):
        LiveHost().nvml()


def test_call_that_never_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    forever = threading.Event()
    monkeypatch.setattr(nvml, "SECONDS", 0.1)
    monkeypatch.setattr(nvml, "ask", forever.wait)
    with pytest.raises(TimedOut, match=r"NVML: no answer in 0\.1 s"):
        LiveHost().nvml()
    forever.set()


@pytest.mark.parametrize(
    ("cache", "file", "path", "sure"),
    [
        (b"glibc-ld.so.cache1.1 libc.so.6", False, None, True),
        (b"glibc-ld.so.cache1.1 libnvidia-ml.so.1", False, None, False),
        (b"glibc-ld.so.cache1.1 libc.so.6", True, None, False),
        (b"glibc-ld.so.cache1.1 libc.so.6", False, "/opt/lib", False),
        (None, False, None, False),
    ],
)
def test_the_library_is_called_absent_unseen_only_where_the_loader_has_nowhere_to_find_it(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    cache: bytes | None,
    file: bool,
    path: str | None,
    sure: bool,
) -> None:
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    if path is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH", path)
    if cache is not None:
        (tmp_path / "ld.so.cache").write_bytes(cache)
    if file:
        (tmp_path / nvml.LIBRARY).symlink_to("libnvidia-ml.so.384.66")
    monkeypatch.setattr(nvml, "LOADER_CACHE", str(tmp_path / "ld.so.cache"))
    monkeypatch.setattr(nvml, "LOADER_DIRECTORIES", (str(tmp_path),))
    assert nvml._loader_has_none() is sure
