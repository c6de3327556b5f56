"""The database that the face service uses: where it is, and whether it greets a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, doc
from envcheck.host.base import Failed, Host, TimedOut
from envcheck.probes.formats import mysql_greeting
from envcheck.probes.shared import elsewhere, reach
from envcheck.probes.shared.elsewhere import Place
from envcheck.record import Record
from envcheck.values import Endpoint

WAITS = True

_OPTION = "mysql"

State = Literal[
    "greets",
    "blocked",
    "not-granted",
    "refuses",
    "not-mysql",
    "refused",
    "timed-out",
    "no-route",
    "no-name",
    "failed",
]
_REFUSALS: Mapping[int, State] = {
    mysql_greeting.BLOCKED: "blocked",
    mysql_greeting.NOT_GRANTED: "not-granted",
}


class Settings(Record):
    """Where it is, if that is given; else the settings of the service say so."""

    mysql: Optional[Endpoint] = None
    service_conf: str = ""


class Answer(Record):
    """What it answers: `greets` where its first packet is MySQL's. No password is sent, nor anything else."""

    state: State
    version: Optional[str]
    address: str
    loopback: bool
    detail: str
    place: str

    def __str__(self) -> str:
        if self.state == "greets":
            return f"{self.place} greets as {self.version}{', a loopback address' if self.loopback else ''}"
        return f"{self.place}: {self.detail}"


class Database(Record):
    """Asked with `mysql`, HOST:PORT, and with `service-conf`, the file to look in without it."""

    place: Annotated[
        Fact[Place],
        doc(
            "whether it is said where it is, and where",
            zh="是否指定了其地址，以及地址为何",
            sources="the request; service.conf",
            example="10.0.0.5:5535",
        ),
    ]
    answer: Annotated[
        Fact[Answer],
        doc(
            "whether it greets a client, with its version, else why not; nothing is sent to it",
            zh="是否向客户端发送握手信息及其版本，否则为原因；不向其发送任何数据",
            sources="connect(2), MySQL's protocol",
            example="10.0.0.5:5535 greets as 5.6.24",
        ),
    ]


def collect(host: Host, settings: Settings) -> Database:
    """Connect and read what it says first."""
    path = settings.service_conf
    return Database(
        *elsewhere.facts(
            lambda: elsewhere.said(host, settings.mysql, _OPTION, path, "MYSQL_SVC_SERVICE"),
            path,
            "MySQL's greeting",
            lambda place: _answer(host, place),
        )
    )


def _answer(host: Host, place: Endpoint) -> Answer:
    name = str(place)
    loopback = reach.is_loopback(place.host)
    # One connection, no more: a server shuts out hosts that often hang up on it.
    address = reach.here(host, place.port)[0].address if loopback else place.host
    try:
        greeting = mysql_greeting.parse(host.greeting(address, place.port))
    except (TimedOut, Failed) as error:
        found = host.connect(address, place.port)
        state: State = "timed-out" if isinstance(error, TimedOut) else "failed"
        why = str(error) if found.state == "open" else reach.said(found)
        state = state if found.state == "open" else found.state
        return Answer(state, None, address, loopback, why, name)
    except ValueError as error:
        return Answer("not-mysql", None, address, loopback, str(error), name)
    if greeting.code:
        state = _REFUSALS.get(greeting.code, "refuses")
        return Answer(state, None, address, loopback, f"error {greeting.code}: {greeting.said}", name)
    return Answer("greets", greeting.version, address, loopback, "", name)
