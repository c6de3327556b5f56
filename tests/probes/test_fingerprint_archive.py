"""finger.tar.gz: flat, one fingerprint for each machine, none empty."""

from __future__ import annotations

import io
import tarfile
from typing import Optional

import pytest

from envcheck.facts import Known
from envcheck.probes import fingerprint_archive
from tests.conftest import Tree

PATH = "home/finger.tar.gz"


def packed(*members: tuple[str, Optional[bytes]], mode: str = "w:gz", **more: tarfile.TarInfo) -> bytes:
    """An archive; without content a member is a folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content or b"")
            info.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            archive.addfile(info, io.BytesIO(content or b""))
        for info in more.values():
            archive.addfile(info)
    return buffer.getvalue()


def said(tree: Tree, content: bytes) -> str:
    host = tree({PATH: content})
    found = fingerprint_archive.collect(host, fingerprint_archive.Settings(f"/{PATH}")).archive
    assert isinstance(found, Known), found
    assert bool(found.value.findings) == (not str(found.value).startswith("fingerprints of"))
    return str(found.value)


@pytest.mark.parametrize("prefix", ["", "./"])
def test_fingerprints_alone(tree: Tree, prefix: str) -> None:
    content = packed((f"{prefix}secfile_10.0.0.5", b"x"), (f"{prefix}secfile_192.168.1.77", b"x"))
    assert said(tree, content) == "fingerprints of 2 machines"


def test_the_folder_itself_is_no_folder_too_many(tree: Tree) -> None:
    assert said(tree, packed(("./", None), ("./secfile_10.0.0.5", b"x"))) == "fingerprints of 1 machines"


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ([("fingers", None), ("fingers/secfile_10.0.0.5", b"x")], "fingers is a folder: there may be none"),
        (
            [("fingers/secfile_10.0.0.5", b"x")],
            "fingers/secfile_10.0.0.5 is in a folder: it must be at the top",
        ),
        ([("secfile_10.0.0.5", b"")], "secfile_10.0.0.5 is empty: take the fingerprint anew"),
        ([("secfile_10.0.0.5", b"x"), ("./secfile_10.0.0.5", b"y")], "secfile_10.0.0.5 is in it twice"),
        ([("secfile_10.0.0.256", b"x")], "secfile_10.0.0.256 is no fingerprint"),
        ([("secfile_010.0.0.1", b"x")], "secfile_010.0.0.1 is no fingerprint"),
        ([("secfile_10.0.0.5.bak", b"x")], "secfile_10.0.0.5.bak is no fingerprint"),
        ([("secfile_fe80::1", b"x")], "secfile_fe80::1 is no fingerprint"),
        ([("readme.txt", b"x")], "readme.txt is no fingerprint"),
        ([("../secfile_10.0.0.5", b"x")], "leads out of the archive"),
        ([], "it holds no fingerprint"),
    ],
)
def test_what_does_not_belong(tree: Tree, members: list[tuple[str, Optional[bytes]]], wrong: str) -> None:
    assert wrong in said(tree, packed(*members))


def test_links_and_devices(tree: Tree) -> None:
    link, device = tarfile.TarInfo("secfile_10.0.0.5"), tarfile.TarInfo("secfile_10.0.0.6")
    link.type, link.linkname, device.type = tarfile.SYMTYPE, "/etc/shadow", tarfile.CHRTYPE
    found = said(tree, packed(link=link, device=device))
    assert "secfile_10.0.0.5 is a link, not a file" in found
    assert "secfile_10.0.0.6 is a device" in found


def test_damaged_and_no_archives(tree: Tree) -> None:
    whole = packed(("secfile_10.0.0.5", b"x" * 5000))
    assert "not whole: the archive is truncated after secfile_10.0.0.5" in said(tree, whole[:-10])
    altered = bytearray(whole)
    altered[-6] ^= 1  # of the checksum
    assert "not whole" in said(tree, bytes(altered))
    assert "not an archive" in said(tree, b"<html>")
    assert "empty" in said(tree, b"")


def test_no_such_archive(tree: Tree) -> None:
    host = tree({"sos_commands/envcheck/absent": f"/{PATH}\n", "home/x/y": ""})
    for path, wrong in ((f"/{PATH}", "is not there"), ("/home/x", "a folder, not an archive")):
        found = fingerprint_archive.collect(host, fingerprint_archive.Settings(path)).archive
        assert isinstance(found, Known)
        assert wrong in str(found.value)


def test_many_wrong_members_are_not_all_named(tree: Tree) -> None:
    found = said(tree, packed(*((f"f{number}", b"x") for number in range(20))))
    assert found.endswith("; and 16 more")
