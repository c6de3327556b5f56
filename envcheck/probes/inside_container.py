"""What is seen from inside a running container: the licence service, and the service's self-test."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

from envcheck.facts import Fact, Known, doc, first
from envcheck.host.base import Absent, Host
from envcheck.lazy import regex
from envcheck.probes.shared import elsewhere
from envcheck.record import Record
from envcheck.values import Endpoint

WAITS = True

_LOGO = "baidu-rpc"
_SECONDS = 15.0
_TEST_SECONDS = 60.0
_NO_COMMAND = (126, 127)
_ASK = (
    'if command -v curl >/dev/null; then exec curl -s -S -m 8 "$1"; fi; '
    "if command -v wget >/dev/null; then "
    # busybox' own time limit, -T, crashes in the busybox of Debian 12
    'wget -q -O - "$1" & pid=$!; (sleep 8; kill $pid) >/dev/null 2>&1 & wait $pid; exit $?; fi; '
    "echo no curl and no wget >&2; exit 127"
)
_TEST_FOLDER = "/home/idl-face/testtool"
_TEST = ("/home/idl-face/odp/php/bin/php", "FaceApiV3Test.php", "127.0.0.1", "8300")
_MISSED = regex(r"(?i)\b(fail(ed|ure)?|error|exception|refused|timed? ?out)\b")
_SHOWN = 200


class Settings(Record):
    """Which container, and where the licence service is."""

    from_container: str
    license_server: Optional[Endpoint] = None
    service_conf: str = ""


class Said(Record):
    """What a command in the container came to."""

    state: Literal["passed", "failed", "no-command", "no-container"]
    detail: str

    def __str__(self) -> str:
        return self.detail


class InsideContainer(Record):
    """Asked with `from-container`, a running container, since it runs commands there."""

    license: Annotated[
        Fact[Said],
        doc(
            "whether the licence service answers from inside",
            sources="curl or wget in the container",
            example="10.0.0.5:8887 answers (baidu-rpc) from inside face",
        ),
    ]
    self_test: Annotated[
        Fact[Said],
        doc(
            "what the face service's own test says",
            sources="FaceApiV3Test.php in the container",
            example="FaceApiV3Test.php ended without an error",
        ),
    ]


def collect(host: Host, settings: Settings) -> InsideContainer:
    """Run both in the container."""
    return InsideContainer(
        license=first(("docker exec", lambda: _license(host, settings))),
        self_test=first(("docker exec", lambda: _self_test(host, settings.from_container))),
    )


def _license(host: Host, settings: Settings) -> Fact[Said]:
    given, path = settings.license_server, settings.service_conf
    said = elsewhere.said(host, given, "license-server", path, "LICENSE_SERVER")
    if said.place is None:
        raise ValueError(said.why)
    url = f"http://{said.place}/"
    found = _run(host, settings.from_container, "", _SECONDS, "sh", "-c", _ASK, "sh", url)
    if found.state == "passed" and _LOGO not in found.detail:
        found = Said("failed", f"no {_LOGO} in what answers: {found.detail[:_SHOWN].strip() or 'nothing'}")
    elif found.state == "passed":
        found = Said("passed", f"{said.place} answers ({_LOGO}) from inside {settings.from_container}")
    return Known(found, f"docker exec {settings.from_container}")


def _self_test(host: Host, container: str) -> Said:
    found = _run(host, container, _TEST_FOLDER, _TEST_SECONDS, *_TEST)
    missed = _MISSED.search(found.detail)
    if found.state == "passed" and (missed or not found.detail.strip()):
        lines = [line.strip() for line in found.detail.splitlines() if _MISSED.search(line)]
        return Said("failed", (lines or ["it printed nothing"])[0][:_SHOWN])
    return found if found.state != "passed" else Said("passed", "FaceApiV3Test.php ended without an error")


def _run(host: Host, container: str, folder: str, seconds: float, *argv: str) -> Said:
    try:
        output = host.execute(container, *argv, timeout=seconds, folder=folder or "/")
    except Absent as error:
        return Said("no-container", str(error))
    if output.status in _NO_COMMAND:
        return Said("no-command", output.stdout.strip()[:_SHOWN] or f"no {argv[0]} in the container")
    if output.status != 0:
        why = output.stdout.strip()[:_SHOWN]
        return Said("failed", f"status {output.status}: {why}" if why else f"status {output.status}")
    return Said("passed", output.stdout)
