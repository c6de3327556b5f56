"""A deployment package, unpacked or as an archive."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import deployment_package
from tests.conftest import Tree

FILES = {
    "refs.txt": "http://host/a/face-server.tar.gz?authorization=SECRET\n# CPU\nhttp://host/b/docker%2Dce.rpm\n",
    "download.sh": "x",
    "package/Install/install.py": "print 1\n",
    "package/Install/module.json": '{"modules": {"face-server": {"image": "face"}, "x": ["license-server"]}}',
    "package/DockerPackages/docker-ce.rpm": "x",
    "package/DockerImages/face-server.tar.gz": "xx",
    "face-lc/license.cfg": "x",
}
DF = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 100000 1 {} 1% /\n"


def unpacked(
    tree: Tree, files: Mapping[str, str], top: str = "home/original", room: int = 99
) -> dict[str, str]:
    return {
        "sos_commands/filesys/df": DF.format(room),
        **{f"{top}/{name}": text for name, text in files.items()},
    }


def archive(files: Mapping[str, str], top: str = "original/") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(top + name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def found(
    tree: Tree, files: Mapping[str, str], modules: tuple[str, ...] = ()
) -> deployment_package.DeploymentPackage:
    host = tree(unpacked(tree, files))
    return deployment_package.collect(host, deployment_package.Settings("/home/original", modules))


def told(fact: object) -> str:
    assert isinstance(fact, Known), fact
    return str(fact.value)


@pytest.mark.parametrize("path", ["/home/original", "/home", "/home/p.tar.gz", "/home/flat.tar.gz"])
def test_a_whole_package(tree: Tree, path: str) -> None:
    packed: dict[str, str | bytes] = {
        "home/p.tar.gz": archive(FILES),
        "home/flat.tar.gz": archive(FILES, "./"),
    }
    host = tree({**unpacked(tree, FILES), **(packed if path.endswith("gz") else {})})
    package = deployment_package.collect(
        host, deployment_package.Settings(path, ("face-server", "license-server"))
    )
    assert told(package.references) == "2 files named; all there"
    assert told(package.installer) == "True"
    assert told(package.module_json) == "valid JSON, face-server, license-server"
    assert told(package.docker_packages) == "1"
    assert told(package.license_cfg) == "True"
    assert isinstance(package.whole, Known)
    assert (package.whole.value.damaged, package.whole.value.kind) == (
        False,
        "archive" if path.endswith("gz") else "directory",
    )
    assert isinstance(package.room, Known)
    assert package.room.value.enough


def test_what_was_not_downloaded(tree: Tree) -> None:
    files = {**FILES, "package/DockerImages/face-server.tar.gz": ""}
    del files["package/DockerPackages/docker-ce.rpm"]
    said = told(found(tree, files).references)
    assert said == "2 files named; missing: face-server.tar.gz (empty), docker-ce.rpm"
    assert "SECRET" not in said


def test_without_refs_and_with_none_named(tree: Tree) -> None:
    files = dict(FILES)
    files["refs.txt"] = "nothing here\n"
    package = found(tree, files)
    assert isinstance(package.references, Known)
    assert package.references.value.named == 0
    del files["refs.txt"]
    host = tree({f"new/{name}": text for name, text in files.items()})
    assert (
        told(deployment_package.collect(host, deployment_package.Settings("/new")).references)
        == "refs.txt is not there"
    )


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        ('{"face-server": {}}', "valid", "valid JSON"),
        ('{"face": 1,}', "invalid", "no valid JSON"),
        ("[" * 100_000, "invalid", "no valid JSON: it is nested too deeply"),
        ("", "invalid", "no valid JSON"),
    ],
)
def test_module_json(tree: Tree, text: str, state: str, said: str) -> None:
    package = found(tree, {**FILES, "package/Install/module.json": text})
    assert told(package.module_json).startswith(said)
    assert isinstance(package.module_json, Known)
    assert package.module_json.value.state == state


def test_modules_that_are_not_named(tree: Tree) -> None:
    """A part of a name is not the name."""
    assert (
        told(found(tree, FILES, ("face", "face-serv", "databus")).module_json)
        == "does not name face-serv, databus"
    )


def test_empty_files_are_as_good_as_none(tree: Tree) -> None:
    emptied = dict.fromkeys(
        ("package/Install/install.py", "face-lc/license.cfg", "package/DockerPackages/docker-ce.rpm"), ""
    )
    package = found(tree, {**FILES, **emptied})
    assert [told(each) for each in (package.installer, package.license_cfg, package.docker_packages)] == [
        "False",
        "False",
        "0",
    ]


def test_a_damaged_archive_tells_nothing_else(tree: Tree) -> None:
    host = tree({"home/p.tar.gz": archive(FILES)[:-30]})
    package = deployment_package.collect(host, deployment_package.Settings("/home/p.tar.gz"))
    assert "truncated" in told(package.whole)
    assert isinstance(package.references, Unknown)
    assert isinstance(package.room, Unknown)


def test_what_is_no_archive_at_all(tree: Tree) -> None:
    """That a bundle or a sosreport would have done is no help here."""
    host = tree({"home/refs.txt": "https://example.com/a.tar\n"})
    package = deployment_package.collect(host, deployment_package.Settings("/home/refs.txt"))
    assert told(package.whole) == "it is not an archive"


def test_no_such_package(tree: Tree) -> None:
    host = tree({"sos_commands/envcheck/absent": "/home/p.tar.gz\n"})
    package = deployment_package.collect(host, deployment_package.Settings("/home/p.tar.gz"))
    assert told(package.whole) == "/home/p.tar.gz is not there"
    assert isinstance(package.whole, Known)
    assert package.whole.value.damaged


def test_room_is_what_all_members_need(tree: Tree) -> None:
    big = {**FILES, "package/DockerImages/big": "x" * 200_000}
    host = tree({"home/p.tar.gz": archive(big), "sos_commands/filesys/df": DF.format(100)})
    room = deployment_package.collect(host, deployment_package.Settings("/home/p.tar.gz")).room
    assert isinstance(room, Known)
    assert not room.value.enough
    assert str(room.value) == "102.4 kB free on /, 200.1 kB needed"


def test_an_unpacked_one_needs_room_for_the_archives_in_it(tree: Tree) -> None:
    room = found(tree, FILES).room
    assert isinstance(room, Known)
    assert str(room.value) == "101.3 kB free on /, at least 2 B needed"
