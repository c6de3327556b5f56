"""Where a service on another host is said to be: given with the request, else in service.conf."""

from __future__ import annotations

from typing import Optional

from envcheck.host.base import Absent, Host
from envcheck.probes.formats import service_conf
from envcheck.record import Record
from envcheck.values import Endpoint, parse_port

_LIMIT = 1 << 16


class Said(Record):
    """A place, and who says so; `place` is None where nobody does, or nothing that can be used."""

    place: Optional[Endpoint]
    source: str
    why: str = ""


def said(host: Host, given: Optional[Endpoint], option: str, path: str, prefix: str) -> Said:
    """The place that was given as `--set OPTION`, else the one that the file at `path` names.

    `prefix` begins the names of its settings: LICENSE_SERVER. Raises Unreadable.
    """
    if given is not None:
        return Said(given, f"--set {option}")
    if not path:
        return Said(None, "", f"not set: --set {option}=IP:PORT")
    try:
        text = host.read(path, _LIMIT)
    except Absent:
        return Said(None, path, f"not set: --set {option}=IP:PORT, and there is no {path}")
    values = {line.name: line.value for line in service_conf.settings(text)}
    address = values.get(f"{prefix}_HOST", "")
    try:
        place = Endpoint(service_conf.usable_host(address), parse_port(values.get(f"{prefix}_PORT", "")))
    except ValueError as error:
        return Said(None, path, f"{path} names none that can be used: {error}")
    return Said(place, path)
