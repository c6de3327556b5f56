"""The live host's NVML, through pynvml itself and a compiled libnvidia-ml.so.1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Stub = Callable[..., Path]

ASK = """
import json

from envcheck.host import nvml
from envcheck.host.base import Unreadable
from envcheck.host.live import LiveHost

nvml.SECONDS = 1.0
try:
    answer = LiveHost().nvml()
    said = {"driver": answer.driver_version, "cards": [card._asdict() for card in answer.cards]}
except Unreadable as error:
    said = {"error": type(error).__name__, "reason": str(error), "code": getattr(error, "code", None)}
print(json.dumps(said))
"""


def ask(library_path: Path) -> Any:  # noqa: ANN401 - JSON
    """What a process that finds the library in that folder is told."""
    environ = {**os.environ, "LD_LIBRARY_PATH": str(library_path)}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environ, capture_output=True, text=True, check=True, timeout=30
    )
    return json.loads(done.stdout)


def test_a_p4_is_described(nvml_stub: Stub) -> None:
    card = {"name": "Tesla P4", "memory": 7611, "virtualization": "none", "mig": False}
    said = ask(nvml_stub([card], driver="460.32"))
    assert said["driver"] == "460.32"
    (card,) = said["cards"]
    assert (card["number"], card["name"], card["memory"]) == (0, "Tesla P4", 7611 << 20)
    assert (card["virtualization"], card["mig"], card["pci_bus"]) == ("none", False, "00000000:03:00.0")
    assert str(card["uuid"]).startswith("GPU-")


def test_a_6_gb_card_reports_what_it_reports(nvml_stub: Stub) -> None:
    (card,) = ask(nvml_stub([{"name": "GeForce GTX 1060 6GB", "memory": 6064}]))["cards"]
    assert card["memory"] == 6064 << 20


def test_two_cards_of_which_one_is_too_small(nvml_stub: Stub) -> None:
    said = ask(nvml_stub([{"name": "GeForce GT 710", "memory": 2000}, {"name": "Tesla P4", "memory": 7611}]))
    assert [(card["number"], card["memory"] >> 20) for card in said["cards"]] == [(0, 2000), (1, 7611)]


@pytest.mark.parametrize("mode", ["passthrough", "vgpu", "host-vgpu", "host-vsga"])
def test_virtualization_mode_has_its_name(nvml_stub: Stub, mode: str) -> None:
    cards = [{"name": "GRID T4-4C", "memory": 4096, "virtualization": mode}]
    (card,) = ask(nvml_stub(cards, driver="470.103.01"))["cards"]
    assert card["virtualization"] == mode


@pytest.mark.parametrize("driver", ["375.26", "384.66", "384.111"])
def test_an_old_driver_that_lacks_functions_still_answers(nvml_stub: Stub, driver: str) -> None:
    said = ask(nvml_stub([{"name": "Tesla P4", "memory": 7611}], driver=driver))
    assert said["driver"] == driver
    (card,) = said["cards"]
    assert (card["name"], card["memory"]) == ("Tesla P4", 7611 << 20)
    assert card["virtualization"] is None
    assert card["mig"] is None


def test_a_new_driver_answers(nvml_stub: Stub) -> None:
    cards = [{"name": "NVIDIA L4", "memory": 23034, "virtualization": "passthrough", "mig": True}]
    said = ask(nvml_stub(cards, driver="610.57"))
    assert said["driver"] == "610.57"
    assert said["cards"][0]["mig"] is True


def test_memory_that_the_driver_does_not_tell_is_none(nvml_stub: Stub) -> None:
    (card,) = ask(nvml_stub([{"name": "NVIDIA GB10", "memory": None}], driver="580.95.05"))["cards"]
    assert (card["name"], card["memory"]) == ("NVIDIA GB10", None)


@pytest.mark.parametrize("driver", ["384.66", "535.161.07"])
@pytest.mark.parametrize("code", [9, 18])
def test_error_of_initialising_is_told_with_its_number(nvml_stub: Stub, driver: str, code: int) -> None:
    said = ask(nvml_stub(driver=driver, init=code))
    assert (said["error"], said["code"]) == ("Failed", code)


@pytest.mark.parametrize("function", ["nvmlInit_v2", "nvmlDeviceGetMemoryInfo"])
def test_a_call_that_never_returns_costs_its_deadline(nvml_stub: Stub, function: str) -> None:
    library = nvml_stub([{"name": "Tesla P4", "memory": 7611}], hang=function)
    started = time.monotonic()
    said = ask(library)
    assert (said["error"], said["reason"]) == ("TimedOut", "NVML: no answer in 1 s")
    assert time.monotonic() - started < 10
