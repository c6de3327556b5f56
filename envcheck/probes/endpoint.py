"""A service of another host that a rule names: whether it answers."""

from __future__ import annotations

from typing import Annotated

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Host
from envcheck.probes.shared import reach
from envcheck.record import Record
from envcheck.values import Endpoint as Place

WAITS = True


class Settings(Record):
    """Which service is meant."""

    endpoint: Place


class Answer(Record):
    """What came of connecting to it."""

    state: reach.State
    address: str
    loopback: bool
    detail: str
    place: str

    def __str__(self) -> str:
        where = f" ({self.address})" if self.address and self.address not in self.place else ""
        return f"{self.place}{where}: {reach.WORDS[self.state]}{f' ({self.detail})' if self.detail else ''}"


class Endpoint(Record):
    """Asked with `endpoint`: of a rule `endpoint[$mysql].answer`."""

    answer: Annotated[
        Fact[Answer],
        doc(
            "whether a TCP connection comes about, else why not",
            sources="connect(2)",
            example="10.0.0.5:5535: answers",
        ),
    ]


def collect(host: Host, settings: Settings) -> Endpoint:
    """Connect to it."""
    return Endpoint(first(("connecting", lambda: _answer(host, settings.endpoint))))


def _answer(host: Host, place: Place) -> Answer:
    found = host.connect(place.host, place.port)
    loopback = reach.is_loopback(found.address or place.host)
    return Answer(found.state, found.address, loopback, found.detail, str(place))
