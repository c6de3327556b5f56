"""The Python 2.7 that the modules' installers run on."""

from __future__ import annotations

import re
from typing import Annotated, Any

from envcheck.facts import Fact, Unknown, doc, first
from envcheck.host.base import Absent, Host, NotRecorded, Unreadable
from envcheck.lazy import regex
from envcheck.probes.shared import packages
from envcheck.record import Record

WAITS = True

_COMMANDS = ("python2.7", "python2", "python")
_SECONDS = 10.0
_SCRIPT = """
import sys
sys.path[:] = [path for path in sys.path if path]
missing = []
for name in "base64 json urllib2 socket time random os sys".split():
    try:
        __import__(name)
    except Exception:
        missing.append(name)
sys.stdout.write("envcheck %d.%d.%d %s" % (sys.version_info[:3] + (",".join(missing) or "-",)))
"""
"""Valid in Python 2 and 3, and importing nothing from the current directory."""

_ANSWER = regex(r"envcheck (?P<version>\d+\.\d+\.\d+) (?P<missing>-|[\w,]+)\s*")
_VERSION = regex(r"^Python (?P<version>\d+\.\d+\.\d+)", re.MULTILINE)
_PROVIDERS = {
    "python2.7": ("python2.7", "python2.7-minimal", "python2", "python", "python-base"),
    "python2": ("python2", "python2-minimal", "python-minimal", "python", "python-base"),
    "python": ("python", "python-minimal", "python-base", "python-is-python2", "python-is-python3"),
}
"""Packages that bring each command, by Debian's, Red Hat's and SUSE's names."""

_MINIMAL = frozenset(("python2.7-minimal", "python2-minimal", "python-minimal"))
_REST = ("python2.7", "libpython2.7-stdlib")
_NOT_IN_MINIMAL = ("json", "urllib2")
"""What Debian's minimal packages lack of the modules that the installers import."""


class Python27(Record):
    """Python 2.7: the `command` to call it by, what plain `python` is, what can't be imported."""

    works: bool
    command: str
    plain: str
    """Version of plain `python`; empty where there is none or it does not run."""
    missing: tuple[str, ...]
    version: str = ""

    def __str__(self) -> str:
        if not self.command:
            plain = f"; `python` is {self.plain}" if self.plain else ""
            return f"no Python 2.7 that runs{plain}"
        text = f"{self.command} {self.version}"
        if self.missing:
            return f"{text} can't import {', '.join(self.missing)}"
        if self.plain.startswith("2.7."):
            return text
        return f"{text}; `python` is not 2.7: call the installer with {self.command}"


class Python27Facts(Record):
    """Python 2.7."""

    interpreter: Annotated[
        Fact[Python27],
        doc(
            "a Python 2.7 on the trusted path that runs and imports what the installers need",
            zh="可信路径中可运行、且能导入安装程序所需模块的 Python 2.7",
            sources="running python2.7, python2 and python; their packages",
            example="python2.7 2.7.5",
        ),
    ]


class _Found(Record):
    version: str
    missing: tuple[str, ...] = ()


def collect(host: Host) -> Python27Facts:
    """Run each candidate; in a record read their versions and the packages."""
    ask = _run if host.live else _recorded
    return Python27Facts(first((", ".join(_COMMANDS), lambda: _choose(host, ask))))


def _choose(host: Host, ask: Any) -> Any:  # noqa: ANN401 - Fact[Python27]
    """The first command that is 2.7 and whole; else one that is 2.7; else none.

    A command that did not answer in time may be 2.7: with no other, it is not known.
    """
    found: dict[str, _Found] = {}
    unanswered: list[str] = []
    for command in _COMMANDS:
        try:
            found[command] = ask(host, command)
        except (Absent, ValueError):  # a wrapper that only prints an error is no Python
            continue
        except Unreadable as error:
            unanswered.append(str(error))
        if _is_whole(found.get(command)) and _same_as_plain(host, command):
            found["python"] = found[command]
            break
    plain = found["python"].version if "python" in found else ""
    versions = [(command, found[command]) for command in _COMMANDS if command in found]
    suitable = [pair for pair in versions if pair[1].version.startswith("2.7.")]
    for command, candidate in sorted(suitable, key=lambda pair: len(pair[1].missing)):
        return Python27(not candidate.missing, command, plain, candidate.missing, candidate.version)
    if unanswered:
        return Unknown("; ".join(dict.fromkeys(unanswered)))
    return Python27(False, "", plain, ())


def _is_whole(found: _Found | None) -> bool:
    return found is not None and found.version.startswith("2.7.") and not found.missing


def _same_as_plain(host: Host, command: str) -> bool:
    """Whether `python` is a link to the same file, so that it need not be run as well."""
    try:
        return host.resolve(host.which("python")) == host.resolve(host.which(command))
    except Unreadable:
        return False


def _run(host: Host, command: str) -> _Found:
    """-B: no .pyc file is left behind; -E, -s: nothing of the user's own is loaded."""
    output = host.run(command, "-B", "-E", "-s", "-c", _SCRIPT, timeout=_SECONDS)
    match = _ANSWER.fullmatch(output.stdout)
    if match is None or output.status != 0:
        raise ValueError(f"{command} does not run")
    missing = match["missing"]
    return _Found(match["version"], () if missing == "-" else tuple(missing.split(",")))


def _recorded(host: Host, command: str) -> _Found:
    """A record can't be run: it is whole as far as the version or the packages tell."""
    for option in ("-V", "--version"):
        try:
            output = host.run(command, option)
        except NotRecorded:
            continue
        match = _VERSION.search(output.stdout)
        if match is None:
            raise ValueError(f"{command} does not run")
        return _Found(match["version"])
    return _packaged(host, command)


def _packaged(host: Host, command: str) -> _Found:
    host.which(command)  # raises where it is known not to be there, or not known to be
    installed = packages.installed(host)
    for name in _PROVIDERS[command]:
        match = re.match(r"\d+\.\d+\.\d+", installed[name][0].upstream) if name in installed else None
        if match is not None:
            cut = name in _MINIMAL and not any(rest in installed for rest in _REST)
            return _Found(match[0], _NOT_IN_MINIMAL if cut else ())
    raise NotRecorded(f"the version of {command} is not in this record")
