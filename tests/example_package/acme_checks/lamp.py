"""The lamps of a host."""

from __future__ import annotations

from typing import Literal

from envcheck.plugin import Annotated, Bytes, Fact, Host, Record, Version, doc, first, map_fact

INTERFACE_VERSION = 1


class Bulb(Record):
    """One of the lamp's bulbs."""

    socket: Literal["E14", "E27"]
    memory: Bytes

    def __str__(self) -> str:
        return f"{self.socket} with {self.memory}"


class Settings(Record):
    """What the probe is asked with."""

    lamp_file: str = "/etc/acme-lamp"


class Lamp(Record):
    """What is in the file of the lamp: its firmware, then a bulb a line."""

    firmware: Annotated[Fact[Version], doc("firmware of the lamp", sources="/etc/acme-lamp", example="2.1")]
    bulbs: Annotated[Fact[tuple[Bulb, ...]], doc("its bulbs", sources="/etc/acme-lamp")]


def collect(host: Host, settings: Settings) -> Lamp:
    """Read the file of the lamp."""
    lines = first((settings.lamp_file, lambda: host.read(settings.lamp_file).splitlines()))
    return Lamp(
        map_fact(lines, lambda text: Version(text[0])),
        map_fact(lines, lambda text: tuple(map(_bulb, text[1:]))),
    )


def _bulb(line: str) -> Bulb:
    socket, size = line.split(maxsplit=1)
    if socket == "E14":
        return Bulb("E14", Bytes.parse(size))
    return Bulb("E27", Bytes.parse(size))
