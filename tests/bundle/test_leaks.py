"""A whole bundle: what is planted on a host is in no byte of it, and in many of one made with --no-redact."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Union

import pytest

from envcheck.bundle import paper
from envcheck.bundle.make import Request, make
from envcheck.bundle.repack import redact
from envcheck.host import open_host
from envcheck.host.base import Host
from envcheck.results import Report, Text
from tests.bundle.records import check, rule_sets
from tests.bundle.redact.test_leaks import HOST, KEY, KEY_BODY, NOTATIONS, PLANTED
from tests.conftest import write_tree

PASSWORD = "hunter2!x9"
CODED = base64.b64encode(b"planted in a Secret").decode()
SECRETS = (PASSWORD, *KEY_BODY, CODED)
LOGS = "home/x/original/package/Install/logs"
ALL = "".join(f"{each} is planted\n" for kind in PLANTED.values() for each in kind)
TEXT = (
    "Nov  2 10:00:00 fra-node17 sshd[4]: Accepted password for wuxiaoming from 10.77.3.41 port 22\n"
    + ALL
    + "".join(each.replace("{}", PASSWORD, 1).replace("{}", "").rstrip("\n") + "\n" for each in NOTATIONS)
    + json.dumps({"key": KEY, "text": ALL})
    + '{"proxy": "http://proxy.othercorp.internal:3128"}\n[x]\nurl = https://license.acmebank.com.cn/a\n'
    + 'mail: "lisi@corp-secret.cn"\n'
    + f"\n{KEY}\nkind: Secret\ndata:\n  x: {CODED}\n\n"
)
MIRRORS = [f"https://u:{PASSWORD}@h", "https://registry.othercorp.com"]
FILES: dict[str, Union[str, bytes]] = {
    **HOST,
    "etc/docker/daemon.json": json.dumps({"hosts": ["tcp://10.77.3.41:2375"], "registry-mirrors": MIRRORS}),
    "proc/version": "Linux version 3.10.0-327.el7.x86_64 (wuxiaoming@fra-node17.corp.acme-bank.com)\n",
    "sos_commands/kernel/dmesg": TEXT,
    f"{LOGS}/plain.log": TEXT,
    f"{LOGS}/license.acmebank.com.cn-access.log": TEXT,
    f"{LOGS}/fra-node17/secfile_10.77.3.41": TEXT,
    f"{LOGS}/utf16.log": TEXT.encode("utf-16"),
    f"{LOGS}/old.log.1.gz": gzip.compress(TEXT.encode()),
    f"{LOGS}/old.log.2.bz2": bz2.compress(TEXT.encode()),
    f"{LOGS}/license.dat": TEXT,
}  # fmt: skip


def known() -> Iterator[str]:
    for spellings in PLANTED.values():
        yield from spellings
    yield from SECRETS


def everything(path: Path) -> bytes:
    """Names and contents, compressed ones opened, UTF-16 read; and all of that once more in the raw."""
    raw = zlib.decompressobj(wbits=31).decompress(path.read_bytes())
    parts = [path.name.encode(), path.read_bytes(), raw]
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member).read()  # type: ignore[union-attr]
            parts += [member.name.encode(), content]
            for opened in (gzip.decompress, bz2.decompress):
                with suppress(OSError, EOFError, ValueError):
                    parts.append(opened(content))
            if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
                parts.append(content.decode("utf-16").encode())
    return b"\n".join(parts).lower()


def leaks(path: Path) -> list[str]:
    text = everything(path)
    return [each for each in known() if each.lower().encode() in text]


@pytest.fixture
def host(tmp_path: Path) -> Path:
    write_tree(tmp_path / "host", FILES)
    return tmp_path / "host"


def bundle(host: Path, output: Path, *, redacted: bool) -> Path:
    rules = tuple(each for each in rule_sets() if each.module == "face-server")
    request = Request(rules, recorded=True, output=str(output), redact=redacted)
    found = open_host(str(host))

    def run(asked: Host) -> Report:
        return check(asked, rules)

    made = make(request, found, run, lambda report: f"{report.host}\n{ALL}")
    found.close()
    return Path(made.path)


def test_nothing_that_is_planted(host: Path, tmp_path: Path) -> None:
    path = bundle(host, tmp_path / "b.tar.gz", redacted=True)
    assert leaks(path) == []


def test_all_of_it_without_redaction(host: Path, tmp_path: Path) -> None:
    """So the test above looks where there is something to be found."""
    path = bundle(host, tmp_path / "b.tar.gz", redacted=False)
    assert set(known()) == set(leaks(path))


def test_nothing_once_it_is_redacted_afterwards(host: Path, tmp_path: Path) -> None:
    path = bundle(host, tmp_path / "b.tar.gz", redacted=False)
    made = redact(str(path), str(tmp_path / "c.tar.gz"))
    assert leaks(Path(made.path)) == []


# -- what a table cuts ------------------------------------------------------------------

LONG_HOST = "mdc-shanghai-pudong-inference-0017"
CUT = ("172.29.45.", "10.203.117.", "mdc-shanghai-pudong")
"""How planted identifiers begin: a table may show no more of them."""
WIDE: dict[str, Union[str, bytes]] = {
    **FILES,
    "etc/hosts": f"{HOST['etc/hosts']}172.29.45.178 {LONG_HOST}\n",
    "sos_commands/networking/ip_-o_addr": (
        f"{HOST['sos_commands/networking/ip_-o_addr']}3: eno2    inet 172.29.45.178/24 scope global eno2\n"
    ),
}


def with_long_values(report: Report) -> Report:
    """Each result says what identifies the host, at another place of its line."""
    said = f"172.29.45.178:8080 by {LONG_HOST}, 10.203.117.166 by sshd"
    results = [
        result._replace(
            actual=Text.same("x" * (number % 90) + " " + said),
            reason=Text.same("y" * (number % 90) + " " + said),
            requirement=Text.same("z" * (number % 90) + " " + said),
        )
        for number, result in enumerate(report.results)
    ]
    return report._replace(results=tuple(results), notes=(Text.same(said),))


def wide_bundle(tmp_path: Path, *, redacted: bool) -> Path:
    write_tree(tmp_path / "wide", WIDE)
    rules = tuple(each for each in rule_sets() if each.module == "face-server")
    request = Request(rules, recorded=True, output=str(tmp_path / "w-unredacted.tar.gz"), redact=redacted)
    found = open_host(str(tmp_path / "wide"))
    made = make(
        request,
        found,
        lambda host: with_long_values(check(host, rules)),
        lambda report: paper.render(report, "en"),
    )
    found.close()
    return Path(made.path)


def member(path: Path, name: str) -> str:
    with tarfile.open(path) as archive:
        return archive.extractfile(name).read().decode()  # type: ignore[union-attr]


def begun(path: Path) -> list[str]:
    return [each for each in CUT if each.encode() in everything(path)]


def test_no_beginning_of_what_a_table_cuts(tmp_path: Path) -> None:
    path = wide_bundle(tmp_path, redacted=True)
    assert begun(path) == []
    assert "conclusion" in member(path, "report.txt")


def test_beginnings_are_there_without_redaction_and_not_once_it_is_redacted(tmp_path: Path) -> None:
    path = wide_bundle(tmp_path, redacted=False)
    assert begun(path) == list(CUT)
    assert "172.29.45.…" in member(path, "report.txt")  # so there is something cut to be found
    made = redact(str(path), str(tmp_path / "c.tar.gz"))
    assert begun(Path(made.path)) == []
    assert "The conclusion of environment checking is" in member(Path(made.path), "report.txt")


def test_a_report_is_redacted_the_same_in_both_its_forms(tmp_path: Path) -> None:
    path = wide_bundle(tmp_path, redacted=True)
    said = json.loads(member(path, "report.json"))["results"][1]["actual"]
    address = said.split()[1].partition(":")[0]
    assert address.startswith("242.")
    assert address in member(path, "report.txt")
