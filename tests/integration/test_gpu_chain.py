"""The GPU as face-server judges it, layer by layer: a bus, a module list and an NVML of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import pytest

from tests.integration.running import URGENT, Envcheck, Run
from tests.integration.world import World

pytestmark = pytest.mark.integration

Stub = Callable[..., Path]
P4 = {"name": "Tesla P4", "memory": 7611, "virtualization": "none"}
SMALL = {"name": "GeForce GT 710", "memory": 2000, "virtualization": "none"}
LOADED = ("nvidia_uvm", "nvidia", "ext4")
LAYERS = ("nvidia-card", "nouveau", "nvidia-driver", "nvidia-driver-tested", "gpu", "gpu-all", "gpu-model")
NVRM = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.81  Sat Sep  2 02:43:11 PDT 2017\n"


class Machine:
    """A machine with one Tesla P4 on its bus, unless said otherwise."""

    def __init__(self, envcheck: Envcheck, world: World, stub: Stub) -> None:
        self.envcheck, self.world, self.stub = envcheck, world, stub

    def check(self, *arguments: str, library: Optional[Path] = None) -> Run:
        env = {"LD_LIBRARY_PATH": str(library or "/nonexistent")}
        return self.envcheck.json("face-server", *arguments, prefix=[*URGENT, *self.world.prefix], env=env)

    def with_driver(self, *cards: dict[str, Any], driver: str = "384.66", **stub: Any) -> Run:  # noqa: ANN401
        self.world.cards(*["1bb3"] * max(len(cards), 1), modules=LOADED)
        return self.check(library=self.stub(cards, driver=driver, **stub))


@pytest.fixture
def machine(envcheck: Envcheck, world: World, nvml_stub: Stub) -> Machine:
    return Machine(envcheck, world, nvml_stub)


def test_tesla_p4_with_the_tested_driver(machine: Machine) -> None:
    run = machine.with_driver(P4)
    assert run.statuses(*LAYERS) == ["pass"] * 7
    found = run.results()
    assert found["nvidia-driver"]["actual"] == "384.66"
    assert found["nvidia-driver"]["source"] == "nvml"
    assert found["nvidia-card"]["source"] == "/sys/bus/pci/devices"
    assert found["gpu"]["actual"] == "GPU 0: Tesla P4, 7611 MiB"


@pytest.mark.parametrize(
    ("driver", "required", "tested", "hints"),
    [
        ("375.26", "fail", "skipped", ["nvidia-driver-leak"]),
        ("384.59", "fail", "skipped", ["nvidia-driver-install"]),
        ("384.111", "pass", "fail", []),
        ("610.57", "pass", "fail", []),
    ],
)
def test_other_drivers(machine: Machine, driver: str, required: str, tested: str, hints: list[str]) -> None:
    run = machine.with_driver(P4, driver=driver)
    assert run.statuses("nvidia-driver", "nvidia-driver-tested") == [required, tested]
    found = run.results()
    assert found["nvidia-driver"]["actual"] == driver
    assert found["nvidia-driver"]["hints"] == hints
    # A driver of a wrong version still tells what the card is.
    assert run.statuses("gpu", "gpu-all", "gpu-model") == ["pass"] * 3
    if tested == "fail":
        assert found["nvidia-driver-tested"]["hints"] == ["nvidia-driver-untested"]


def test_vgpu_is_no_gpu_for_the_service(machine: Machine) -> None:
    card = {"name": "GRID T4-16C", "memory": 16384, "virtualization": "vgpu"}
    run = machine.with_driver(card, driver="470.103.01")
    assert run.statuses("nvidia-card", "nvidia-driver", "gpu", "gpu-all") == ["pass", "pass", "fail", "fail"]
    found = run.results()["gpu"]
    assert found["hints"] == ["gpu-unsuitable"]
    assert "GPU 0: GRID T4-16C, 16384 MiB, a vGPU" in found["actual"]


def test_two_cards_of_which_one_is_too_small(machine: Machine) -> None:
    run = machine.with_driver(SMALL, P4)
    assert run.statuses("gpu", "gpu-all", "gpu-model") == ["pass", "fail", "pass"]
    found = run.results()["gpu-all"]
    assert "GPU 0: GeForce GT 710, 2000 MiB" in found["actual"]
    assert "Tesla P4" not in found["actual"]
    assert found["hints"] == ["gpu-some-unsuitable"]


@pytest.mark.parametrize(("mebibytes", "status"), [(6064, "pass"), (5912, "pass"), (5120, "fail")])
def test_six_gigabytes_are_the_vendors(machine: Machine, mebibytes: int, status: str) -> None:
    run = machine.with_driver({"name": "GeForce GTX 1060", "memory": mebibytes, "virtualization": "none"})
    assert run.statuses("gpu", "gpu-model") == [status, "fail"]


def test_p40_is_another_card(machine: Machine) -> None:
    run = machine.with_driver({"name": "Tesla P40", "memory": 22919, "virtualization": "none"})
    assert run.statuses("gpu", "gpu-model") == ["pass", "fail"]


def test_library_and_module_differ(machine: Machine) -> None:
    machine.world.cards("1bb3", modules=LOADED, loaded_version=NVRM)
    run = machine.check(library=machine.stub(init=18, driver="535.161.07"))
    found = run.results()["nvidia-driver"]
    assert (found["status"], found["hints"]) == ("fail", ["nvidia-version-mismatch"])
    assert found["actual"].startswith("state version-mismatch") or "version match" in found["actual"]
    assert "384.81" in found["actual"]
    assert run.statuses("nvidia-card", "gpu", "gpu-model") == ["pass", "skipped", "skipped"]


def test_card_without_a_driver(machine: Machine) -> None:
    machine.world.cards("1bb3", modules=("ext4",))
    run = machine.check()
    found = run.results()["nvidia-driver"]
    assert (found["status"], found["hints"]) == ("fail", ["nvidia-driver-install"])
    assert "driver (not installed)" in found["actual"]
    assert run.statuses("nvidia-card", "nouveau", "gpu") == ["pass", "pass", "skipped"]


def test_nouveau_has_the_card(machine: Machine) -> None:
    machine.world.cards("1bb3", modules=("nouveau", "ext4"))
    run = machine.check()
    assert run.statuses("nvidia-card", "nouveau", "nvidia-driver", "gpu") == [
        "pass",
        "fail",
        "fail",
        "skipped",
    ]
    found = run.results()
    assert found["nvidia-driver"]["hints"] == found["nouveau"]["hints"] == ["nouveau-in-use"]
    assert "nouveau is loaded" in found["nvidia-driver"]["actual"]


def test_driver_that_is_not_loaded_is_not_asked(machine: Machine, tmp_path: Path) -> None:
    """As root, NVML and nvidia-smi would load the module: a check changes nothing."""
    called = tmp_path / "called"
    machine.world.cards("1bb3", modules=("nvidiafb", "ext4"))
    machine.world.commands({"nvidia-smi": f"#!/bin/sh\ntouch {called}\n"})
    library = machine.stub([P4], hang="nvmlInit_v2")
    run = machine.check("--timeout", "5", library=library)
    assert run.seconds < 5, "NVML was called, and hung"
    assert not called.exists(), "nvidia-smi was called"
    found = run.results()["nvidia-driver"]
    assert (found["status"], found["hints"]) == ("fail", ["nvidia-module-not-loaded"])
    assert "kernel module" in found["actual"]
    assert run.statuses("nvidia-card", "gpu") == ["pass", "skipped"]


def test_nvidia_smi_answers_where_the_library_does_not(machine: Machine) -> None:
    """Its -q -x is the second source."""
    document = (
        '<?xml version="1.0" ?><nvidia_smi_log><driver_version>384.66</driver_version>'
        '<attached_gpus>1</attached_gpus><gpu id="00000000:03:00.0"><product_name>Tesla P4</product_name>'
        "<minor_number>0</minor_number><gpu_virtualization_mode><virtualization_mode>None"
        "</virtualization_mode></gpu_virtualization_mode><fb_memory_usage><total>7606 MiB</total>"
        "<used>10 MiB</used><free>7596 MiB</free></fb_memory_usage></gpu></nvidia_smi_log>"
    )
    machine.world.cards("1bb3", modules=LOADED)
    machine.world.commands({"nvidia-smi": f"#!/bin/sh\n[ \"$*\" = '-q -x' ] && echo '{document}'\n"})
    run = machine.check()
    assert run.statuses(*LAYERS) == ["pass"] * 7
    assert run.results()["nvidia-driver"]["source"] == "nvidia-smi -q -x"
    assert run.results()["gpu"]["actual"] == "GPU 0: Tesla P4, 7606 MiB"


@pytest.mark.parametrize("function", ["nvmlInit_v2", "nvmlDeviceGetMemoryInfo"])
def test_call_that_never_returns(machine: Machine, function: str) -> None:
    machine.world.cards("1bb3", modules=LOADED)
    run = machine.check("--timeout", "3", library=machine.stub([P4], hang=function))
    assert run.seconds < 4
    assert run.statuses("nvidia-card", "nouveau", "nvidia-driver", "gpu", "gpu-all", "kernel", "tar") == [
        *("pass", "pass", "unknown", "skipped", "skipped", "pass", "pass")
    ]
    assert run.results()["nvidia-driver"]["reason"] == "NVML: no answer before the run ended"


def test_no_card(envcheck: Envcheck, world: World) -> None:
    world.cards(modules=("ext4",))
    run = envcheck.json("face-server", prefix=world.prefix)
    assert run.statuses(*LAYERS) == ["fail", "pass", *["skipped"] * 5]
    assert run.results()["nvidia-card"]["hints"] == ["no-nvidia-card"]
    assert run.results()["gpu"]["reason"] == "blocked by nvidia-card"
