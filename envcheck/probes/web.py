"""A web page of this host that a rule names: whether it is there."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Failed, Host, TimedOut
from envcheck.probes.shared import reach
from envcheck.record import Record

WAITS = True

_OK = 200


class Settings(Record):
    """Which page is meant: `8000/stat`."""

    page: str


class Page(Record):
    """What the page answers."""

    state: Literal["there", "refused", "timed-out", "not-http", "error", "failed"]
    status: Optional[int]
    detail: str
    address: str

    def __str__(self) -> str:
        if self.state == "there":
            return f"{self.address} answers"
        return f"{self.address}: {self.detail or self.state}"


class Web(Record):
    """Asked with `page`: of a rule `web[8000/stat].page`."""

    page: Annotated[
        Fact[Page],
        doc("what a page of this host answers", sources="HTTP", example="http://127.0.0.1:8000/stat answers"),
    ]


def collect(host: Host, settings: Settings) -> Web:
    """Ask for it."""
    return Web(first(("HTTP", lambda: _page(host, settings.page))))


def _page(host: Host, page: str) -> Page:
    number, _, path = page.partition("/")
    port = int(number)
    found, _ = reach.here(host, port)
    name = f"http://{f'[{found.address}]' if ':' in found.address else found.address}:{port}/{path}"
    if found.state != "open":
        state: Literal["refused", "timed-out", "failed"] = (
            found.state if found.state in ("refused", "timed-out") else "failed"
        )
        return Page(state, None, reach.said(found), name)
    try:
        answer = host.page(found.address, port, f"/{path}")
    except TimedOut as error:
        return Page("timed-out", None, str(error), name)
    except Failed as error:
        return Page("not-http", None, str(error), name)
    if answer.status != _OK:
        return Page("error", answer.status, f"answers with {answer.status}", name)
    return Page("there", answer.status, "", name)
