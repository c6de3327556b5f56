"""Which layer of NVIDIA's driver is broken, or which version works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Absent, Denied, Failed, Host, Nvml, NvmlCard, TimedOut, Unreadable
from envcheck.host.tree import TreeHost
from envcheck.probes import nvidia
from envcheck.values import Version

Tree = Callable[[Mapping[str, str]], TreeHost]
SMI = "sos_commands/nvidia/nvidia-smi"
CARD = {"sos_commands/pci/lspci_-nnvv": "03:00.0 3D controller [0302]: NVIDIA Corporation [10de:1bb3]\n"}
NO_CARD = {
    "sos_commands/pci/lspci_-nnvv": "00:02.0 VGA compatible controller [0300]: Matrox G200 [102b:0534]\n"
}
LOADED = {"proc/modules": "nvidia_uvm 671744 0 - Live 0x0\nnvidia 12943360 36 nvidia_uvm, Live 0x0\n"}
NOT_LOADED = {"proc/modules": "nvidiafb 49152 0 - Live 0x0\next4 741376 1 - Live 0x0\n"}
NOUVEAU = {"proc/modules": "nouveau 1869824 4 - Live 0x0\nttm 114688 1 nouveau, Live 0x0\n"}
RUNNING = {"proc/sys/kernel/osrelease": "3.10.0-957.el7.x86_64\n"}
VERSION_FILE = "proc/driver/nvidia/version"
NVRM = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.81  Sat Sep  2 02:43:11 PDT 2017\n"
MISMATCH = "Failed to initialize NVML: Driver/library version mismatch\n"


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


def with_nvml(host: Host, answer: Nvml | Unreadable) -> Any:  # noqa: ANN401 - as good as a host
    return Answering(host, answer)


def driver(host: Host) -> nvidia.Driver:
    found = nvidia.collect(host).driver
    assert isinstance(found, Known), found
    return found.value


def working(version: str) -> Nvml:
    return Nvml(version, (NvmlCard(0, "Tesla P4", 7611 << 20, None, None, None, None),))


# -- it works ---------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["375.26", "384.66", "384.111", "610.57"])
def test_version_from_nvml(tree: Tree, version: str) -> None:
    found = nvidia.collect(with_nvml(tree({**CARD, **LOADED}), working(version))).driver
    assert found == Known(nvidia.Driver("working", Version(version), ""), "nvml")
    assert str(driver(with_nvml(tree({**CARD, **LOADED}), working(version)))) == version


def test_versions_compare_as_numbers(tree: Tree) -> None:
    old, tested, newer = (
        driver(with_nvml(tree({}), working(version))).version for version in ("375.26", "384.66", "384.111")
    )
    assert old
    assert tested
    assert newer
    assert old < tested < newer


def test_nvml_is_asked_too_where_no_card_is_on_the_bus(tree: Tree) -> None:
    """WSL and containers: the card is reached without being on the bus or a module of the kernel."""
    host = with_nvml(tree({**NO_CARD, **NOT_LOADED}), working("531.14"))
    assert str(driver(host)) == "531.14"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "| NVIDIA-SMI 384.66                 Driver Version: 384.66                    |\n"),
        ("", "| NVIDIA-SMI 384.66                 KMD Version: 384.66        CUDA UMD Version: 13.3 |\n"),
        ("", "| NVIDIA-SMI 470.1  Driver Version: 384.66  CUDA Version: 11.4 |\n"),
        ("_-q", "=====NVSMI LOG=====\n\nDriver Version        : 384.66\nGPU 00000000:03:00.0\n"),
        ("_-q_-d_ECC", "=====NVSMI LOG=====\n\nKMD Version        : 384.66\nGPU 00000000:03:00.0\n"),
        ("_-q_-x", "<nvidia_smi_log><driver_version>384.66</driver_version><gpu/></nvidia_smi_log>"),
        ("_--query-gpu_name_driver_version_--format_csv", "name, driver_version\nTesla P4, 384.66\n"),
    ],
)
def test_version_from_recorded_outputs(tree: Tree, name: str, text: str) -> None:
    row = "| 0 Tesla P4 Off | 00000000:03:00.0 Off | 0 |\n" if not name else ""
    assert str(driver(tree({SMI + name: text + row}))) == "384.66"


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (NVRM, "384.81"),
        (
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build\n",
            "580.159.04",
        ),
    ],
)
def test_version_of_the_loaded_module_not_of_its_compiler(tree: Tree, line: str, version: str) -> None:
    gcc = "GCC version:  gcc version 4.4.7 20120313 (Red Hat 4.4.7-17) (GCC)\n"
    assert str(driver(tree({**CARD, **LOADED, VERSION_FILE: line + gcc}))) == version


def test_version_from_sysfs(tree: Tree) -> None:
    assert str(driver(tree({**CARD, **LOADED, "sys/module/nvidia/version": "384.66\n"}))) == "384.66"


def test_xml_without_a_version_takes_that_of_the_module(tree: Tree) -> None:
    xml = {
        SMI + "_-q_-x": "<nvidia_smi_log><gpu><product_name>Tesla P4</product_name></gpu></nvidia_smi_log>"
    }
    assert driver(tree(xml)).version is None
    assert str(driver(tree({**xml, VERSION_FILE: NVRM}))) == "384.81"


# -- it does not ------------------------------------------------------------------------


def test_no_card(tree: Tree) -> None:
    host = with_nvml(tree({**NO_CARD, **NOT_LOADED}), Absent("no libnvidia-ml.so.1"))
    assert (driver(host).state, str(driver(host))) == ("no-card", "no NVIDIA card")


def test_nouveau_is_loaded_instead(tree: Tree) -> None:
    host = with_nvml(tree({**CARD, **NOUVEAU}), working("384.66"))
    assert driver(host).state == "nouveau"
    assert str(driver(host)) == "broken at: kernel module (nouveau is loaded, not nvidia)"


def test_the_shells_complaint_is_no_output_of_nvidia_smi(tree: Tree) -> None:
    text = "timeout: failed to run command 'nvidia-smi': No such file or directory\n"
    found = driver(tree({**CARD, **LOADED, SMI: text}))
    assert (found.state, str(found)) == ("no-library", "broken at: library (nvidia-smi is not installed)")


def test_nouveau_in_lsmod(tree: Tree) -> None:
    lsmod = "Module                  Size  Used by\nnouveau              1869824  4\n"
    assert driver(tree({**CARD, "sos_commands/kernel/lsmod": lsmod})).state == "nouveau"


def test_module_is_installed_but_not_loaded(tree: Tree) -> None:
    files = {"lib/modules/3.10.0-957.el7.x86_64/modules.dep": "extra/nvidia.ko.xz: kernel/i2c-core.ko\n"}
    found = driver(tree({**CARD, **NOT_LOADED, **RUNNING, **files}))
    assert found.state == "module-not-loaded"
    assert str(found) == "broken at: kernel module (nvidia is installed, not loaded)"


@pytest.mark.parametrize("module", ["extra/nvidia.ko", "updates/dkms/nvidia-current.ko.zst"])
def test_module_that_depmod_does_not_know_is_found(tree: Tree, module: str) -> None:
    folder = "lib/modules/3.10.0-957.el7.x86_64/"
    files = {folder + "modules.dep": "extra/nvidia-drm.ko:\n", folder + module: ""}
    assert "installed, not loaded" in str(driver(tree({**CARD, **NOT_LOADED, **RUNNING, **files})))


def test_module_is_missing_for_the_running_kernel(tree: Tree) -> None:
    files = {
        "lib/modules/3.10.0-957.el7.x86_64/modules.dep": "kernel/drivers/video/nvidia/nvidiafb.ko:\n",
        "lib/modules/3.10.0-862.el7.x86_64/modules.dep": "extra/nvidia.ko.xz:\n",
        "usr/bin/nvidia-smi": "\x7fELF",
    }
    found = driver(tree({**CARD, **NOT_LOADED, **RUNNING, **files}))
    assert found.state == "module-not-loaded"
    assert str(found) == "broken at: kernel module (no nvidia for kernel 3.10.0-957.el7.x86_64)"


def test_no_driver(tree: Tree) -> None:
    files = {
        "lib/modules/3.10.0-957.el7.x86_64/modules.dep": "kernel/fs/ext4/ext4.ko.xz:\n",
        "sos_commands/envcheck/absent": "nvidia-smi\n",
    }
    found = driver(tree({**CARD, **NOT_LOADED, **RUNNING, **files}))
    assert (found.state, str(found)) == ("no-driver", "broken at: driver (not installed)")


def test_not_loaded_is_enough_where_nothing_else_is_recorded(tree: Tree) -> None:
    assert driver(tree({**CARD, **NOT_LOADED})).state == "module-not-loaded"
    installed = {"usr/bin/nvidia-smi": "\x7fELF"}
    found = driver(tree({**CARD, **NOT_LOADED, **RUNNING, **installed}))
    assert str(found) == "broken at: kernel module (nvidia is not loaded)"


@pytest.mark.parametrize(
    ("text", "library"),
    [
        (MISMATCH + "NVML library version: 535.161\n", "library 535.161"),
        (MISMATCH, "library of another version"),
    ],
)
def test_mismatch_shows_both_versions(tree: Tree, text: str, library: str) -> None:
    found = driver(tree({**CARD, **LOADED, VERSION_FILE: NVRM, SMI: text}))
    assert found.state == "version-mismatch"
    assert found.version is None
    assert str(found) == f"broken at: version match (kernel module 384.81, {library})"


def test_mismatch_by_nvml_finds_the_version_of_the_library_in_its_name(tree: Tree) -> None:
    files = {
        **CARD,
        **LOADED,
        VERSION_FILE: NVRM,
        "usr/lib64/libnvidia-ml.so.535.161.07": "",
        "usr/lib64/libnvidia-ml.so.1": "-> libnvidia-ml.so.535.161.07",
    }
    found = driver(with_nvml(tree(files), Failed("NVML: Driver/library version mismatch", 18)))
    assert str(found) == "broken at: version match (kernel module 384.81, library 535.161.07)"


def test_device_nodes_are_missing(tree: Tree) -> None:
    files = {**CARD, **LOADED, "sos_commands/envcheck/absent": "/dev/nvidiactl\n"}
    found = driver(with_nvml(tree(files), Failed("NVML: Driver Not Loaded", 9)))
    assert (found.state, str(found)) == ("no-device-nodes", "broken at: device nodes (no /dev/nvidiactl)")


def test_library_is_missing(tree: Tree) -> None:
    files = {**CARD, **LOADED, "dev/nvidiactl": "", "sos_commands/envcheck/absent": "nvidia-smi\n"}
    found = driver(with_nvml(tree(files), Absent("no libnvidia-ml.so.1")))
    assert (found.state, str(found)) == ("no-library", "broken at: library (no libnvidia-ml.so.1)")


def test_another_failure_is_told_in_its_own_words(tree: Tree) -> None:
    host = with_nvml(tree({**CARD, **LOADED, "dev/nvidiactl": ""}), Failed("NVML: Unknown Error", 999))
    assert (driver(host).state, str(driver(host))) == ("failed", "broken at: driver (NVML: Unknown Error)")


def test_smi_that_cannot_reach_the_driver(tree: Tree) -> None:
    text = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that …\n"
    assert driver(tree({**CARD, SMI: text})).state == "failed"
    assert driver(tree({**CARD, **NOT_LOADED, SMI: text})).state == "module-not-loaded"
    assert driver(tree({**CARD, **NOUVEAU, SMI: text})).state == "nouveau"


def test_driver_that_drives_no_card_of_the_bus_is_broken(tree: Tree) -> None:
    found = driver(with_nvml(tree({**CARD, **LOADED}), Nvml("384.66", ())))
    assert found.state == "failed"
    assert "none of the cards on the bus: 03:00.0" in str(found)
    assert driver(tree({**CARD, **LOADED, SMI: "No devices were found\n"})).state == "failed"


# -- it is not known ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        TimedOut("NVML: no answer in 30 s"),
        Denied("/dev/nvidiactl: permission denied"),
        Failed("NVML: Insufficient Permissions", 4),
    ],
)
def test_no_answer_is_unknown_and_asked_once_only(tree: Tree, error: Unreadable) -> None:
    host = tree({**CARD, **LOADED, SMI + "_-q_-x": "<nvidia_smi_log/>"})
    assert nvidia.collect(with_nvml(host, error)).driver == Unknown(str(error))
    assert ("run", "nvidia-smi", "-q", "-x") not in host.answers


def test_a_record_without_any_of_it_is_unknown(tree: Tree) -> None:
    assert isinstance(nvidia.collect(tree({})).driver, Unknown)
    assert isinstance(nvidia.collect(tree({**CARD, **LOADED})).driver, Unknown)
