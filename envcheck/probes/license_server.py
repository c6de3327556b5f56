"""The licence service that a host asks: where it is, and whether it answers as one."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, doc
from envcheck.host.base import Failed, Host, TimedOut
from envcheck.probes.shared import elsewhere, reach
from envcheck.probes.shared.elsewhere import Place
from envcheck.record import Record
from envcheck.values import Endpoint

WAITS = True

_LOGO = "baidu-rpc"
_OPTION = "license-server"


class Settings(Record):
    """Where it is, if that is given; else the settings of the service say so."""

    license_server: Optional[Endpoint] = None
    service_conf: str = ""


class Answer(Record):
    """What it answers; `answers` when its page shows what a licence service shows."""

    state: Literal[
        "answers", "not-license", "no-http", "refused", "timed-out", "no-route", "no-name", "failed"
    ]
    address: str
    loopback: bool
    """A container that asks this address asks itself."""
    detail: str
    place: str

    def __str__(self) -> str:
        if self.state == "answers":
            return f"{self.place} answers ({_LOGO}){', a loopback address' if self.loopback else ''}"
        return f"{self.place}: {self.detail}"


class LicenseServer(Record):
    """Asked with `license-server`, HOST:PORT, and with `service-conf`, the file to look in without it."""

    place: Annotated[
        Fact[Place],
        doc(
            "whether it is said where it is, and where",
            zh="是否指定了其地址，以及地址为何",
            sources="the request; service.conf",
            example="10.0.0.5:8887",
        ),
    ]
    answer: Annotated[
        Fact[Answer],
        doc(
            "what its page answers by HTTP; its logo tells a licence service from others",
            zh="其页面的 HTTP 应答；以页面标识区分授权服务与其他服务",
            sources="connect(2), HTTP",
            example="10.0.0.5:8887 answers (baidu-rpc)",
        ),
    ]


def collect(host: Host, settings: Settings) -> LicenseServer:
    """Ask for its page."""
    path = settings.service_conf
    return LicenseServer(
        *elsewhere.facts(
            lambda: elsewhere.said(host, settings.license_server, _OPTION, path, "LICENSE_SERVER"),
            path,
            "HTTP",
            lambda place: _answer(host, place),
        )
    )


def _answer(host: Host, place: Endpoint) -> Answer:
    loopback = reach.is_loopback(place.host)
    # It may have only the address by which other hosts ask for it.
    found = reach.here(host, place.port)[0] if loopback else host.connect(place.host, place.port)
    loopback = loopback or reach.is_loopback(found.address)
    name = str(place)
    if found.state != "open":
        return Answer(found.state, found.address, loopback, reach.said(found), name)
    try:
        page = host.page(found.address, place.port)
    except TimedOut as error:
        return Answer("timed-out", found.address, loopback, str(error), name)
    except Failed as error:
        return Answer("no-http", found.address, loopback, str(error), name)
    if _LOGO not in page.body:
        detail = f"what answers is no licence service: no {_LOGO} in its page (status {page.status})"
        return Answer("not-license", found.address, loopback, detail, name)
    return Answer("answers", found.address, loopback, "", name)
