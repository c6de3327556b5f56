"""The live host's driver: through pynvml and a compiled library, or not asked at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from envcheck.facts import Known
from envcheck.host.live import LiveHost
from envcheck.probes import nvidia

LOADED = "nvidia_uvm 671744 0 - Live 0x0\nnvidia 12943360 36 nvidia_uvm, Live 0x0\n"
NOT_LOADED = "nvidiafb 49152 0 - Live 0x0\next4 741376 1 - Live 0x0\n"
NVRM = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.81  Sat Sep  2 02:43:11 PDT 2017\n"


def live_root(root: Path, modules: str) -> Path:
    device = root / "sys/bus/pci/devices/0000:03:00.0"
    device.mkdir(parents=True)
    (device / "vendor").write_text("0x10de\n")
    (device / "class").write_text("0x030200\n")
    (root / "proc/driver/nvidia").mkdir(parents=True)
    (root / "proc/modules").write_text(modules)
    return root


def test_live_driver_that_is_not_loaded_is_not_asked(tmp_path: Path) -> None:
    root, called = live_root(tmp_path / "root", NOT_LOADED), tmp_path / "called"
    smi = root / "usr/bin/nvidia-smi"
    smi.parent.mkdir(parents=True)
    smi.write_text(f"#!/bin/sh\ntouch {called}\n")
    smi.chmod(0o755)
    host = LiveHost(root=str(root), search_path=str(smi.parent))
    found = nvidia.collect(host).driver
    assert isinstance(found, Known)
    assert found.value.state == "module-not-loaded"
    assert ("nvml",) not in host.answers
    assert not called.exists()


LIVE = """
import sys
from envcheck.host import nvml
from envcheck.host.live import LiveHost
from envcheck.probes import gpu, nvidia

nvml.SECONDS = 1.0
host = LiveHost(root=sys.argv[1], search_path=sys.argv[1] + "/usr/bin")
driver, cards = nvidia.collect(host).driver, gpu.collect(host).cards
print(getattr(driver, "reason", None) or driver.value)
print(getattr(cards, "reason", None) or [str(card) for card in cards.value])
"""


def run_live(root: Path, library: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LIVE, str(root)],
        env={**os.environ, "LD_LIBRARY_PATH": str(library)},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.splitlines()


def test_live_driver_through_pynvml(tmp_path: Path, nvml_stub: Callable[..., Path]) -> None:
    root = live_root(tmp_path / "root", LOADED)
    library = nvml_stub([{"name": "Tesla P4", "memory": 7611}], driver="384.66")
    assert run_live(root, library) == ["384.66", "['GPU 0: Tesla P4, 7611 MiB']"]


def test_live_mismatch_through_pynvml(tmp_path: Path, nvml_stub: Callable[..., Path]) -> None:
    root = live_root(tmp_path / "root", LOADED)
    (root / "proc/driver/nvidia/version").write_text(NVRM)
    said = run_live(root, nvml_stub(init=18, driver="535.161.07"))
    assert said[0].startswith("broken at: version match (kernel module 384.81")


def test_live_call_that_never_returns_is_unknown(tmp_path: Path, nvml_stub: Callable[..., Path]) -> None:
    root = live_root(tmp_path / "root", LOADED)
    said = run_live(root, nvml_stub([{"name": "Tesla P4", "memory": 7611}], hang="nvmlDeviceGetMemoryInfo"))
    assert said == ["NVML: no answer in 1 s"] * 2
