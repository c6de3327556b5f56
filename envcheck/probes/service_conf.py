"""The face service's sconf/service.conf: where the database and the licence service are."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Absent, Host
from envcheck.probes.formats import service_conf
from envcheck.record import Record

_LIMIT = 1 << 16


ABOUT_PATH = True


class Settings(Record):
    """Which file is meant."""

    service_conf: str


class Finding(Record):
    """A line that is wrong, or one that is missing."""

    kind: Literal["blanks", "control", "address", "loopback", "port", "missing", "twice", "extra"]
    line: Optional[int]
    name: str
    """The setting that it is about."""
    what: str

    def __str__(self) -> str:
        return self.what if self.line is None else f"line {self.line}: {self.what}"


class Lint(Record):
    """What is wrong with the file."""

    present: bool
    path: str
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        if not self.present:
            return f"{self.path} is not there"
        return "; ".join(map(str, self.findings)) or f"{self.path}: nothing wrong"


class Place(Record):
    """Where a service is said to be. None where the file does not say, or nothing that can be used."""

    host: Optional[str]
    port: Optional[int]

    def __str__(self) -> str:
        return f"{self.host or '?'}:{self.port or '?'}"


class ServiceConf(Record):
    """Asked with `service-conf`, the path of the file."""

    lint: Annotated[
        Fact[Lint],
        doc(
            "whether the file is there, and each line that is wrong",
            sources="the file",
            example="line 3: blanks around `=` in MYSQL_SVC_SERVICE_HOST = 10.0.0.5",
        ),
    ]
    mysql: Annotated[
        Fact[Place], doc("where it says the database is", sources="the file", example="10.0.0.5:5535")
    ]
    license_server: Annotated[
        Fact[Place], doc("where it says the licence service is", sources="the file", example="10.0.0.6:8887")
    ]


def collect(host: Host, settings: Settings) -> ServiceConf:
    """Read the file."""
    path = settings.service_conf
    return ServiceConf(
        lint=first((path, lambda: _lint(host, path))),
        mysql=first((path, lambda: _place(host, path, "MYSQL_SVC_SERVICE"))),
        license_server=first((path, lambda: _place(host, path, "LICENSE_SERVER"))),
    )


def _lint(host: Host, path: str) -> Lint:
    try:
        text = host.read(path, _LIMIT)
    except Absent:
        return Lint(False, path, ())
    if len(text) >= _LIMIT:
        raise ValueError(f"{path} is longer than {_LIMIT >> 10} KiB")
    return Lint(True, path, tuple(Finding(*each) for each in service_conf.findings(text)))


def _place(host: Host, path: str, prefix: str) -> Place:
    """As a shell that reads the file takes it: the last of several lines counts."""
    values = {line.name: line.value for line in service_conf.settings(host.read(path, _LIMIT))}
    address, port = values.get(f"{prefix}_HOST"), values.get(f"{prefix}_PORT", "")
    usable = port.isascii() and port.isdecimal() and 0 < int(port[:9]) < 1 << 16
    return Place(address or None, int(port) if usable else None)
