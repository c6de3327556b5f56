"""The cards as each output of nvidia-smi lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from envcheck.facts import Known, Unknown
from envcheck.host.base import Host
from envcheck.host.tree import TreeHost
from envcheck.probes import gpu

Tree = Callable[[Mapping[str, str]], TreeHost]
SMI = "sos_commands/nvidia/"
HEAD_OLD = """\
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 384.66                 Driver Version: 384.66                    |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|===============================+======================+======================|
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


# -- nvidia-smi -q -x --------------------------------------------------------------------


def test_mig_slices_bar1_and_used_memory_are_not_the_card(tree: Tree) -> None:
    mig = (
        "<mig_mode><current_mig>Enabled</current_mig></mig_mode><mig_devices><mig_device><index>0</index>"
        "<fb_memory_usage><total>4864 MiB</total></fb_memory_usage></mig_device></mig_devices>"
        "<bar1_memory_usage><total>65536 MiB</total></bar1_memory_usage>"
    )
    host = tree({SMI + "nvidia-smi_-q_-x": log_xml(gpu_xml("NVIDIA A30", "24576 MiB", mig))})
    assert shown(host) == ["GPU 0: NVIDIA A30, 24576 MiB"]
    assert cards(host)[0].mig is True
    assert cards(host)[0].virtual is False


def test_memory_that_is_not_told_is_unknown(tree: Tree) -> None:
    texts = (gpu_xml("Tesla P4", "N/A"), "<product_name>Tesla P4</product_name>")
    host = tree({SMI + "nvidia-smi_-q_-x": log_xml(*texts)})
    assert [card.memory for card in cards(host)] == [None, None]


def test_xml_with_entities_is_refused(tree: Tree) -> None:
    bomb = '<!DOCTYPE nvidia_smi_log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    text = f"{bomb}<nvidia_smi_log><gpu>{gpu_xml('&b;', '9999 MiB')}</gpu></nvidia_smi_log>"
    found = gpu.collect(tree({SMI + "nvidia-smi_-q_-x": text})).cards
    assert isinstance(found, Unknown)
    assert "refused" in found.reason


def test_xml_that_was_cut_off_is_unknown(tree: Tree) -> None:
    text = log_xml(gpu_xml("Tesla P4", "7611 MiB"))[:-30]
    assert isinstance(gpu.collect(tree({SMI + "nvidia-smi_-q_-x": text})).cards, Unknown)


# -- nvidia-smi -q -----------------------------------------------------------------------

QUERY = """\
==============NVSMI LOG==============

Timestamp                           : Mon Mar  5 10:00:00 2018
Driver Version                      : 384.66

Attached GPUs                       : 1
GPU 00000000:03:00.0
    Product Name                    : Tesla P4
    MIG Mode
        Current                     : Disabled
    MIG Device
        Index                       : 0
        Shared FB Memory Usage
            Total                   : 4864 MiB
    GPU UUID                        : GPU-0
    GPU Virtualization Mode
        Virtualization mode         : Pass-Through
    vGPU Software Licensed Product
        Product Name                : NVIDIA RTX Virtual Workstation
    FB Memory Usage
        Total                       : 7611 MiB
        Used                        : 7000 MiB
    BAR1 Memory Usage
        Total                       : 256 MiB
"""


@pytest.mark.parametrize("text", [QUERY, "\n".join(" ".join(line.split()) for line in QUERY.splitlines())])
def test_query_text_is_read_also_with_its_blanks_collapsed(tree: Tree, text: str) -> None:
    (card,) = cards(tree({SMI + "nvidia-smi_-q": text}))
    assert str(card) == "GPU 0: Tesla P4, 7611 MiB"
    assert (card.virtual, card.mig) == (False, False)


# -- the table ---------------------------------------------------------------------------


def row(index: int, name: str, used: str, total: str) -> str:
    return (
        f"|   {index}  {name:<19} Off  | 00000000:0{index + 3}:00.0 Off |                  N/A |\n"
        f"| N/A   28C    P8     7W /  75W | {used:>8}MiB / {total:>5}MiB |      0%      Default |\n"
    )


def test_table_with_two_cards_and_processes(tree: Tree) -> None:
    border = "+-------------------------------+----------------------+----------------------+\n"
    text = (
        HEAD_OLD
        + row(0, "GeForce GT 710", "0", "2000")
        + border
        + row(1, "Tesla P4", "5555", "7611")
        + border
        + "\n| Processes:                                                       GPU Memory |\n"
        "|    1      6428      C   ...18/envs/denoising/bin/python            11751MiB |\n"
    )
    assert shown(tree({SMI + "nvidia-smi": text})) == [
        "GPU 0: GeForce GT 710, 2000 MiB",
        "GPU 1: Tesla P4, 7611 MiB",
    ]


def test_table_cut_off_before_its_border_and_collapsed(tree: Tree) -> None:
    text = HEAD_OLD + row(0, "Tesla P4", "10", "7611")
    text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    assert shown(tree({SMI + "nvidia-smi": text})) == ["GPU 0: Tesla P4, 7611 MiB"]


def test_table_cut_off_within_a_card_leaves_its_memory_unknown(tree: Tree) -> None:
    text = HEAD_OLD + row(0, "Tesla P4", "10", "7611").splitlines()[0]
    assert shown(tree({SMI + "nvidia-smi": text})) == ["GPU 0: Tesla P4, memory unknown"]


def test_table_of_a_new_driver_with_mig_devices(tree: Tree) -> None:
    text = """\
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 610.57                 KMD Version: 610.57        CUDA UMD Version: 13.3     |
+-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  NVIDIA A30                     On  |   00000000:00:09.0 Off |                   On |
| N/A   42C    P0             30W /  165W |      59MiB /  24576MiB |     N/A      Default |
|                                         |                        |              Enabled |
+-----------------------------------------+------------------------+----------------------+

| MIG devices:                                                                            |
|==================+==================================+===========+=======================|
|  0    2   0   0  |              26MiB /  5952MiB    | 14      0 |  1   0    0    0    0 |
+------------------+----------------------------------+-----------+-----------------------+
"""
    (card,) = cards(tree({SMI + "nvidia-smi": text}))
    assert (str(card), card.mig) == ("GPU 0: NVIDIA A30, 24576 MiB", True)


# -- the rest of what sos keeps -----------------------------------------------------------


def test_list_of_gpus_has_names_and_no_memory(tree: Tree) -> None:
    text = "GPU 0: Tesla P4 (UUID: GPU-1)\n  MIG 1g.6gb Device 0: (UUID: MIG-1)\nGPU 2: Tesla P40 (UUID: 2)\n"
    assert shown(tree({SMI + "nvidia-smi_--list-gpus": text})) == [
        "GPU 0: Tesla P4, memory unknown",
        "GPU 2: Tesla P40, memory unknown",
    ]


CSV = SMI + "nvidia-smi_--query-gpu_gpu_name_gpu_bus_id_memory.total_memory.used_--format_csv"
BARE = SMI + "nvidia-smi_--query-gpu_index_name_uuid_memory.total_--format_csv_noheader"
FREE = SMI + "nvidia-smi_--query-gpu_index_name_memory.free_--format_csv_noheader"
BOTH = SMI + "nvidia-smi_--query-gpu_index_name_memory.total_memory.used_--format_csv_noheader"
HEADER = "name, pci.bus_id, memory.total [MiB], memory.used [MiB]\n"


@pytest.mark.parametrize(
    ("name", "text", "memory"),
    [
        (CSV, HEADER + "Tesla P4, 00000000:03:00.0, 7611 MiB, 0 MiB\n", "7611 MiB"),
        (CSV, HEADER + "Tesla P4, 00000000:03:00.0, 7611, 0\n", "7611 MiB"),
        (CSV, HEADER + "Tesla P4, 00000000:03:00.0, [N/A], 9000 MiB\n", "memory unknown"),
        (CSV, "name, memory.used [MiB]\nTesla P4, 9000 MiB\n", "memory unknown"),
        (BARE, "0, Tesla P4, GPU-1, 7611 MiB\n", "7611 MiB"),
        (BARE, "0, Tesla P4, GPU-1\n", "memory unknown"),
        (FREE, "0, Tesla P4, 7601 MiB\n", "memory unknown"),
        (BOTH, "0, Tesla P4, [N/A], 9000 MiB\n", "memory unknown"),
    ],
)
def test_csv(tree: Tree, name: str, text: str, memory: str) -> None:
    assert shown(tree({name: text})) == [f"GPU 0: Tesla P4, {memory}"]


def test_row_that_lacks_a_cell_is_not_guessed_at(tree: Tree) -> None:
    (card,) = cards(tree({CSV: HEADER + "Tesla P4, 7611 MiB, 8000 MiB\n"}))
    assert card.memory is None


def test_what_one_output_lacks_another_fills_in(tree: Tree) -> None:
    table = HEAD_OLD + row(0, "GeForce GTX 108...", "0", "11172")
    files: Mapping[str, str] = {
        SMI + "nvidia-smi": table,
        SMI + "nvidia-smi_--list-gpus": "GPU 0: GeForce GTX 1080 Ti (UUID: GPU-1)\n",
    }
    assert shown(tree(files)) == ["GPU 0: GeForce GTX 1080 Ti, 11172 MiB"]


def test_no_devices_were_found(tree: Tree) -> None:
    assert cards(tree({SMI + "nvidia-smi": "No devices were found\n"})) == ()


@pytest.mark.parametrize(
    "text",
    [
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure …\n",
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.161\n",
        "bash: nvidia-smi: command not found\n",
        "",
    ],
)
def test_failure_of_nvidia_smi_says_nothing_of_the_cards(tree: Tree, text: str) -> None:
    assert isinstance(gpu.collect(tree({SMI + "nvidia-smi": text})).cards, Unknown)
