"""What is said of the cards, from each of the outputs that may describe them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Absent, Failed, Host, Nvml, NvmlCard, TimedOut, Unreadable
from envcheck.host.live import LiveHost
from envcheck.host.tree import TreeHost
from envcheck.probes import gpu

Tree = Callable[[Mapping[str, str]], TreeHost]
SMI = "sos_commands/nvidia/"
LSPCI = "sos_commands/pci/lspci_-nnvv"
WITH_CARD = """\
00:00.0 Host bridge [0600]: Intel Corporation Xeon E7 v4 DMI2 [8086:6f00] (rev 01)
\tSubsystem: NVIDIA Corporation Device [10de:1bb3]
03:00.0 3D controller [0302]: NVIDIA Corporation GP104GL [Tesla P4] [10de:1bb3] (rev a1)
\tSubsystem: NVIDIA Corporation Device [10de:11d8]
\tKernel modules: nouveau, nvidia
"""
WITHOUT_CARD = """\
00:02.0 VGA compatible controller [0300]: Matrox Electronics Systems Ltd. G200eR2 [102b:0534] (rev 01)
04:00.0 Ethernet controller [0200]: Intel Corporation I350 Gigabit [8086:1521] (rev 01)
"""


def cards(host: Host) -> tuple[gpu.Card, ...]:
    found = gpu.collect(host).cards
    assert isinstance(found, Known), found
    return found.value


def shown(host: Host) -> list[str]:
    return [str(card) for card in cards(host)]


def log_xml(*gpus: str) -> str:
    inner = "".join(f'<gpu id="{i}">{text}</gpu>' for i, text in enumerate(gpus))
    return (
        '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">\n'
        f"<nvidia_smi_log><driver_version>384.66</driver_version>{inner}</nvidia_smi_log>\n"
    )


def gpu_xml(name: str, total: str, extra: str = "") -> str:
    memory = f"<fb_memory_usage><total>{total}</total><used>5000 MiB</used></fb_memory_usage>"
    return f"<product_name>{name}</product_name>{extra}{memory}"


class Answering:
    """A host whose NVML answers, or fails, as told; the rest is that of another host."""

    def __init__(self, host: Host, answer: Nvml | Unreadable) -> None:
        self._host, self._answer = host, answer

    def nvml(self) -> Nvml:
        if isinstance(self._answer, Unreadable):
            raise self._answer
        return self._answer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._host, name)


# -- on the bus -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "03:00.0 3D controller [0302]: NVIDIA Corporation GP104GL [Tesla P4] [10de:1bb3] (rev a1)",
        "03:00.0 VGA compatible controller: nVidia Corporation GK104 [GeForce GTX 680] (rev a1)",
        "0000:03:00.0 0300: 10de:1b06 (rev a1)",
        "03:00.0 3D controller [0302]: NVIDIA Corporation Device [10de:2330]",
    ],
)
def test_card_is_seen_in_each_form_of_lspci(tree: Tree, line: str) -> None:
    found = gpu.collect(tree({LSPCI: line + "\n"}))
    assert found.present == Known(True, "lspci -nnvv")
    assert isinstance(found.pci, Known)
    assert len(found.pci.value) == 1


@pytest.mark.parametrize(
    "line",
    [
        "03:00.1 Audio device [0403]: NVIDIA Corporation GP104 High Definition Audio [10de:10f0] (rev a1)",
        "00:0b.0 PCI bridge [0604]: NVIDIA Corporation MCP55 PCI Express bridge [10de:0374] (rev a2)",
        "00:02.0 VGA compatible controller [0300]: Cirrus Logic GD 5446 [1013:00b8]",
        "c8b1:00:00.0 3D controller [0302]: Microsoft Corporation Device [1414:008e]",
    ],
)
def test_other_devices_are_no_card(tree: Tree, line: str) -> None:
    host = tree({LSPCI: line + "\n\tSubsystem: NVIDIA Corporation Device [10de:11d8]\n"})
    assert gpu.collect(host).present == Known(False, "lspci -nnvv")
    assert cards(host) == ()


def test_card_is_seen_in_sysfs(tree: Tree) -> None:
    where = "sys/bus/pci/devices"
    host = tree(
        {
            f"{where}/0000:03:00.0/vendor": "0x10de\n",
            f"{where}/0000:03:00.0/class": "0x030200\n",
            f"{where}/0000:03:00.0/device": "0x1bb3\n",
            f"{where}/0000:03:00.1/vendor": "0x10de\n",
            f"{where}/0000:03:00.1/class": "0x040300\n",
        }
    )
    assert gpu.collect(host).pci == Known(("0000:03:00.0 NVIDIA [10de:1bb3]",), "/sys/bus/pci/devices")


def test_sysfs_that_was_recorded_in_part_proves_nothing(tree: Tree) -> None:
    found = gpu.collect(tree({"sys/bus/pci/devices/0000:03:00.0/enable": "1\n"}))
    assert isinstance(found.present, Unknown)
    assert isinstance(found.cards, Unknown)


def test_error_text_of_lspci_proves_nothing(tree: Tree) -> None:
    found = gpu.collect(tree({LSPCI: "lspci: Cannot find any working access method.\n"}))
    assert isinstance(found.present, Unknown)


def test_card_that_only_the_driver_lists_is_present(tree: Tree) -> None:
    host = tree({LSPCI: WITHOUT_CARD, SMI + "nvidia-smi_-q_-x": log_xml(gpu_xml("Tesla P4", "7611 MiB"))})
    assert gpu.collect(host).present == Known(True, "nvidia-smi -q -x")


# -- what NVML says ---------------------------------------------------------------------


def nvml_card(**changes: Any) -> NvmlCard:  # noqa: ANN401
    told: dict[str, Any] = {"memory": 7611 << 20, "virtualization": "none", "mig": None}
    told.update(name="Tesla P4", number=0, pci_bus=None, uuid=None)
    return NvmlCard(**{**told, **changes})


def test_nvml_is_believed_first(tree: Tree) -> None:
    host = tree({SMI + "nvidia-smi_-q_-x": log_xml(gpu_xml("Other", "1 MiB"))})
    answering: Any = Answering(host, Nvml("384.66", (nvml_card(),)))
    assert shown(answering) == ["GPU 0: Tesla P4, 7611 MiB"]
    assert gpu.collect(answering).present == Known(True, "nvml")


@pytest.mark.parametrize(
    ("mode", "virtual"),
    [("none", False), ("passthrough", False), ("vgpu", True), ("host-vgpu", False), (None, False)],
)
def test_only_a_vgpu_is_virtual(tree: Tree, mode: str | None, virtual: bool) -> None:
    answering: Any = Answering(tree({}), Nvml("384.66", (nvml_card(virtualization=mode),)))
    assert cards(answering)[0].virtual is virtual


def test_nvml_that_hangs_leaves_all_unknown_and_nvidia_smi_unasked(tree: Tree) -> None:
    host = tree({LSPCI: WITHOUT_CARD, SMI + "nvidia-smi_-q_-x": log_xml(gpu_xml("Tesla P4", "7611 MiB"))})
    answering: Any = Answering(host, TimedOut("NVML: no answer in 30 s"))
    found = gpu.collect(answering)
    assert found.cards == found.present == Unknown("NVML: no answer in 30 s")
    assert not any("nvidia-smi" in " ".join(question) for question in host.answers)


def test_nvidia_smi_is_asked_where_nvml_cannot_be(tree: Tree) -> None:
    host = tree({SMI + "nvidia-smi_-q_-x": log_xml(gpu_xml("Tesla P4", "7611 MiB"))})
    for error in (Absent("no libnvidia-ml.so.1"), Failed("NVML: Unknown Error", 999)):
        answering: Any = Answering(host, error)
        assert shown(answering) == ["GPU 0: Tesla P4, 7611 MiB"]


def test_broken_driver_still_names_cards_from_proc(tree: Tree) -> None:
    information = "Model: \t\t Tesla P4\nIRQ:   \t\t 42\nBus Location: \t 0000:03:00.0\n"
    host = tree({LSPCI: WITH_CARD, "proc/driver/nvidia/gpus/0000:03:00.0/information": information})
    answering: Any = Answering(host, Failed("NVML: Driver/library version mismatch", 18))
    assert shown(answering) == ["GPU 0: Tesla P4, memory unknown"]


# -- a card whose module is not loaded is not asked -----------------------------------------


def test_asking_that_would_load_the_module_is_left_out(tmp_path: Path) -> None:
    root, called = tmp_path / "root", tmp_path / "called"
    device = root / "sys/bus/pci/devices/0000:03:00.0"
    device.mkdir(parents=True)
    (device / "vendor").write_text("0x10de\n")
    (device / "class").write_text("0x030200\n")
    (root / "proc").mkdir()
    (root / "proc/modules").write_text("ext4 741376 1 - Live 0x0\nnvidiafb 49152 0 - Live 0x0\n")
    smi = root / "usr/bin/nvidia-smi"
    smi.parent.mkdir(parents=True)
    smi.write_text(f"#!/bin/sh\ntouch {called}\n")
    smi.chmod(0o755)
    host = LiveHost(root=str(root), search_path=str(smi.parent))
    found = gpu.collect(host)
    assert found.cards == Unknown("the nvidia kernel module is not loaded")
    assert found.present == Known(True, "/sys/bus/pci/devices")
    assert ("nvml",) not in host.answers
    assert not called.exists()


# -- names -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "virtual"),
    [
        ("GRID T4-4C", True),
        ("GRID P40-12Q", True),
        ("GRID M60-0B", True),
        ("GRID T4-2B4", True),
        ("GRID K140Q", True),
        ("NVIDIA A100-40C", True),
        ("NVIDIA A100-1-5CME", True),
        ("NVIDIA RTX6000-Ada-24Q", True),
        ("GRID K520", False),
        ("GRID K2", False),
        ("Tesla P4", False),
        ("NVIDIA A100-PCIE-40GB", False),
        ("Tesla V100-SXM2-16GB", False),
        ("GeForce GTX 108...", False),
        ("NVIDIA RTX6000-A...", None),
    ],
)
def test_slices_have_telling_names(tree: Tree, name: str, virtual: bool | None) -> None:
    (card,) = cards(tree({SMI + "nvidia-smi_--list-gpus": f"GPU 0: {name} (UUID: GPU-1)\n"}))
    assert card.virtual is virtual


@pytest.mark.parametrize(
    ("name", "model"),
    [("Tesla P4", "Tesla P4"), ("NVIDIA Tesla P4", "Tesla P4"), ("Tesla P40", "Tesla P40")],
)
def test_model_is_the_name_without_the_maker(tree: Tree, name: str, model: str) -> None:
    (card,) = cards(tree({SMI + "nvidia-smi_--list-gpus": f"GPU 0: {name} (UUID: GPU-1)\n"}))
    assert card.model == model


def test_vgpu_is_shown_as_one(tree: Tree) -> None:
    host = tree({SMI + "nvidia-smi_-q_-x": log_xml(gpu_xml("GRID T4-4C", "4096 MiB"))})
    assert shown(host) == ["GPU 0: GRID T4-4C, 4096 MiB, a vGPU"]
