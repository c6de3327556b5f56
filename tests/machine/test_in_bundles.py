"""The machine record travels with every bundle, and whoever has two can compare them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from envcheck import cli
from envcheck.bundle.machines import NAME
from tests.machine import hosts
from tests.machine.conftest import Lay

SECRETS = (hosts.UUID, "CN7475148M0123", "PHWL1234", "b8:ca:3a:f0:12:34", "10.1.2.3")


def _bundle(root: Path, output: Path, *options: str) -> Path:
    arguments = ["bundle", "--from", str(root), "-o", str(output), "--log-file", "/dev/null", *options]
    assert cli.main(arguments) == 0
    return output


def _member(bundle: Path) -> str:
    with tarfile.open(bundle) as archive:
        file = archive.extractfile(NAME)
        assert file is not None
        return file.read().decode()


def test_in_a_redacted_bundle_it_is_sealed(lay: Lay, tmp_path: Path) -> None:
    text = _member(_bundle(lay(hosts.machine()), tmp_path / "b.tar.gz"))
    assert '"sealed": true' in text
    assert not [secret for secret in SECRETS if secret.lower() in text.lower()]


def test_in_one_that_is_not_redacted_it_is_plain_until_it_is(lay: Lay, tmp_path: Path) -> None:
    plain = _bundle(lay(hosts.machine()), tmp_path / "plain-unredacted.tar.gz", "--no-redact")
    assert all(secret.lower() in _member(plain).lower() for secret in SECRETS)
    later = tmp_path / "later.tar.gz"
    assert cli.main(["bundle", "redact", str(plain), "-o", str(later)]) == 0
    assert '"sealed": true' in _member(later)
    assert cli.main(["bundle", "verify", str(later)]) == 0


@pytest.mark.parametrize("now", ["bundle", "host"])
@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        (hosts.card(), 0, "It is the machine of the record."),
        (hosts.addresses(em1="10.1.2.77/24"), 1, "(address-changed)"),
        (hosts.disk(serial="NEW1"), 1, "(hardware-changed)"),
    ],
)
def test_a_bundle_is_compared_with_a_bundle_and_with_the_host(
    lay: Lay,
    tmp_path: Path,
    now: str,
    changed: hosts.Files,
    status: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two bundles redacted apart have nothing in common but what was sealed by the machine itself."""
    then = _bundle(lay(hosts.machine()), tmp_path / "then.tar.gz")
    host = lay(hosts.machine(changed))
    record = _bundle(host, tmp_path / "now.tar.gz") if now == "bundle" else host
    capsys.readouterr()
    assert cli.main(["machine", "compare", str(then), "--from", str(record), "--lang", "en"]) == status
    assert words in capsys.readouterr().out


def test_an_unpacked_bundle_keeps_it(lay: Lay, tmp_path: Path) -> None:
    bundle = _bundle(lay(hosts.machine()), tmp_path / "b.tar.gz")
    assert cli.main(["bundle", "unpack", str(bundle), str(tmp_path / "host")]) == 0
    assert cli.main(["machine", "compare", str(bundle), "--from", str(tmp_path / "host")]) == 0
