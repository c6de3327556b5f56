"""What lscpu, dmidecode and hostnamectl say of the host, read once for several probes."""

from __future__ import annotations

from envcheck.host.base import Host, NotRecorded, Unreadable
from envcheck.probes.formats import dmi, virtual
from envcheck.probes.formats import hostnamectl as hostnamectl_text
from envcheck.probes.formats import lscpu as lscpu_text


def lscpu(host: Host) -> dict[str, str]:
    """The values of lscpu by English label; raises Unreadable, ValueError."""
    return lscpu_text.read(host.run("lscpu").stdout)


def dmi_table(host: Host) -> tuple[dmi.Structure, ...]:
    """The structures that dmidecode shows; raises Unreadable, ValueError."""
    return dmi.read(host.run("dmidecode").stdout)


def real_processors(host: Host) -> tuple[dmi.Structure, ...]:
    """The populated processor sockets in the DMI table of a physical machine; raises as above.

    A virtual machine's table is made up: QEMU always says 2000 MHz, VMware 30000 MHz and 128 sockets.
    """
    table = dmi_table(host)
    if virtual.dmi_kind(*virtual.system_of(table)) or virtual.dmi_version_kind(*virtual.version_of(table)):
        raise NotRecorded("the DMI table is a virtual machine's")
    found = tuple(part for part in table if part.type == dmi.PROCESSOR and _is_real(part))
    if not found:
        raise NotRecorded("the DMI table shows no processor")
    return found


def _is_real(socket: dmi.Structure) -> bool:
    maker = socket.text("Manufacturer").lower()
    return "unpopulated" not in socket.fields.get("Status", "").lower() and maker not in {"bochs", "qemu"}


def hostnamectl(host: Host) -> dict[str, str]:
    """The values of hostnamectl; raises Unreadable, ValueError.

    Only of a record: on a live host it would start a service to ask what files say as well.
    """
    if host.live:
        raise NotRecorded("hostnamectl is only read in records")
    try:
        return hostnamectl_text.read(host.run("hostnamectl", "status").stdout)
    except Unreadable:
        return hostnamectl_text.read(host.run("hostnamectl").stdout)
