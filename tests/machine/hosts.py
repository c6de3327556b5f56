"""A machine laid out as files, to be changed piece by piece."""

from __future__ import annotations

from collections.abc import Mapping

UUID = "4c4c4544-0051-3010-8054-b2c04f4e3332"
PCI = "devices/pci0000:00/0000:00:1f.2"
NIC = "devices/pci0000:00/0000:00:1c.0/0000:02:00.0/net"
Files = Mapping[str, str]


def dmi(uuid: str = UUID, serial: str = "CN7475148M0123") -> dict[str, str]:
    """The board, as root sees it."""
    texts = {
        "board_vendor": "Dell Inc.",
        "board_name": "0CNCJW",
        "board_serial": serial,
        "product_uuid": uuid,
    }
    return {f"sys/class/dmi/id/{name}": f"{text}\n" for name, text in texts.items()}


def disk(name: str = "sda", serial: str = "PHWL1234", place: str = f"{PCI}/ata1/host0") -> dict[str, str]:
    """A disk with what udev knows of it."""
    where = f"{place}/block/{name}"
    return {
        f"sys/block/{name}": f"-> ../{where}",
        f"sys/{where}/size": "937703088\n",
        f"sys/{where}/removable": "0\n",
        f"sys/{where}/dev": f"8:{ord(name[-1])}\n",
        f"sys/{where}/device/model": "INTEL SSDSC2BB48\n",
        f"run/udev/data/b8:{ord(name[-1])}": f"S:disk/by-id/x\nE:ID_SERIAL_SHORT={serial}\n",
    }


def card(name: str = "em1", mac: str = "b8:ca:3a:f0:12:34", place: str = NIC) -> dict[str, str]:
    """A network card; its address is given with `addresses`."""
    where = f"{place}/{name}"
    return {
        f"sys/class/net/{name}": f"-> ../../{where}",
        f"sys/{where}/address": f"{mac}\n",
        f"sys/{where}/type": "1\n",
        f"sys/{where}/operstate": "up\n",
        f"sys/{where}/device/vendor": "0x8086\n",
    }


def addresses(**by_interface: str) -> dict[str, str]:
    """What `ip -o addr` shows."""
    lines = ["1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever\n"]
    lines += [
        f"{number}: {name}    inet {address} brd 10.1.2.255 scope global {name}\\       valid_lft forever\n"
        for number, (name, address) in enumerate(by_interface.items(), 2)
    ]
    return {"sos_commands/networking/ip_-o_addr": "".join(lines)}


def machine(*changed: Files) -> dict[str, str]:
    """A whole machine; later files take the place of those before."""
    cpu = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz\n"
    files = {
        **dmi(),
        **disk(),
        **card(),
        **addresses(em1="10.1.2.3/24"),
        "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
        "proc/cpuinfo": f"{cpu}physical id\t: 0\nsiblings\t: 1\ncore id\t: 0\ncpu cores\t: 1\n\n",
    }
    for each in changed:
        files.update(each)
    return files
