"""A deployment package as it was downloaded: `original/`, or the archive of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from envcheck.facts import Fact, doc, first
from envcheck.host.base import Absent, Host
from envcheck.probes.shared import package_parts
from envcheck.record import Record
from envcheck.values import Bytes

if TYPE_CHECKING:
    from envcheck.host.belongings import Contents
    from envcheck.probes.shared.package_parts import Parts

WAITS = True

_SECONDS = 600.0
_SHOWN = 5


ABOUT_PATH = True
_PACKAGE = "the folder, or the archive read to its end"


class Settings(Record):
    """Where the package is, and which modules are to be installed from it."""

    package_dir: str
    modules: tuple[str, ...] = ()


class Whole(Record):
    """Whether it can be read to its end."""

    kind: Literal["directory", "archive"]
    damaged: bool
    detail: str

    def __str__(self) -> str:
        return self.detail


class References(Record):
    """The files that refs.txt says were to be downloaded."""

    present: bool
    """Whether there is a refs.txt."""
    named: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        if not self.present:
            return "refs.txt is not there"
        more = f", and {len(self.missing) - _SHOWN} more" if len(self.missing) > _SHOWN else ""
        missing = f"missing: {', '.join(self.missing[:_SHOWN])}{more}" if self.missing else "all there"
        return f"{self.named} files named; {missing}"


class ModuleJson(Record):
    """The installer's list of modules."""

    state: Literal["absent", "invalid", "valid"]
    missing: tuple[str, ...]
    """Of the modules that are to be installed, those that it does not name."""
    detail: str

    def __str__(self) -> str:
        return self.detail


class Room(Record):
    """Free space where it is unpacked, and what it needs there. Of an unpacked one: its own archives."""

    free: Bytes
    needed: Bytes
    enough: bool
    mount_point: str
    packed: bool
    """Whether `needed` counts archives as they are packed, so that more is needed."""

    def __str__(self) -> str:
        least = "at least " if self.packed else ""
        return f"{self.free} free on {self.mount_point}, {least}{self.needed} needed"


class DeploymentPackage(Record):
    """Asked with `package-dir`, a folder or an archive, and `modules`."""

    whole: Annotated[
        Fact[Whole],
        doc("whether the archive is whole", sources=_PACKAGE, example="412 members, read to the end"),
    ]
    references: Annotated[
        Fact[References], doc("whether all that refs.txt names was downloaded", sources=_PACKAGE)
    ]
    installer: Annotated[Fact[bool], doc("whether package/Install/install.py is there", sources=_PACKAGE)]
    module_json: Annotated[
        Fact[ModuleJson],
        doc("package/Install/module.json, and whether it names the modules", sources=_PACKAGE),
    ]
    docker_packages: Annotated[
        Fact[int], doc("how many files are in package/DockerPackages", sources=_PACKAGE)
    ]
    license_cfg: Annotated[Fact[bool], doc("whether face-lc/license.cfg is there", sources=_PACKAGE)]
    room: Annotated[Fact[Room], doc("whether it can be unpacked where it lies, in bytes", sources=_PACKAGE)]


def collect(host: Host, settings: Settings) -> DeploymentPackage:
    """List the folder, or read the archive once from end to end; nothing is unpacked."""
    path = settings.package_dir

    def ask(find: Callable[[Contents], object]) -> Any:  # noqa: ANN401 - the field says which Fact it is
        return first((path, lambda: find(_contents(host, path))))

    def ask_parts(find: Callable[[Parts], object]) -> Any:  # noqa: ANN401
        return ask(lambda found: find(_parts(found)))

    return DeploymentPackage(
        whole=first((path, lambda: _whole(host, path))),
        references=ask_parts(_references),
        installer=ask_parts(lambda parts: parts.has_file(package_parts.INSTALLER)),
        module_json=ask_parts(lambda parts: _module_json(parts, settings.modules)),
        docker_packages=ask_parts(lambda parts: len(parts.below(package_parts.DOCKER_PACKAGES))),
        license_cfg=ask_parts(lambda parts: parts.has_file(package_parts.LICENSE)),
        room=ask(lambda found: _room(host, path, found)),
    )


def _contents(host: Host, path: str) -> Contents:
    return host.contents(path, *package_parts.KEEP, timeout=_SECONDS)


def _parts(contents: Contents) -> Parts:
    """Raises ValueError where the package cannot be seen whole: what is not seen is not missing."""
    if contents.damage:
        raise ValueError(contents.damage)
    return package_parts.Parts(contents)


def _whole(host: Host, path: str) -> Whole:
    try:
        contents = _contents(host, path)
    except Absent as error:
        return Whole("archive", True, str(error))
    detail = contents.damage or f"{len(contents.members)} members, read to the end"
    return Whole(contents.kind, bool(contents.damage), detail)


def _references(parts: Parts) -> References:
    text = parts.text(package_parts.REFERENCES)
    if text is None:
        return References(False, 0, ())
    missing, named = parts.unfetched(text)
    return References(True, named, tuple(missing))


def _module_json(parts: Parts, modules: tuple[str, ...]) -> ModuleJson:
    text = parts.text(package_parts.MODULES)
    if text is None:
        return ModuleJson("absent", modules, "package/Install/module.json is not there")
    try:
        words = package_parts.words_of(text)
    except ValueError as error:
        return ModuleJson("invalid", modules, f"no valid JSON: {error}")
    missing = tuple(name for name in modules if name not in words)
    said = f"does not name {', '.join(missing)}" if missing else ", ".join(("valid JSON", *modules))
    return ModuleJson("valid", missing, said)


def _room(host: Host, path: str, contents: Contents) -> Room:
    if contents.damage:
        raise ValueError(contents.damage)
    unpacked = contents.kind == "directory"
    members = package_parts.Parts(contents).archives() if unpacked else contents.members
    needed = sum(member.size for member in members)
    found = host.filesystem(path if unpacked else posixpath.dirname(path))
    return Room(Bytes(found.free), Bytes(needed), found.free >= needed, found.mount_point, unpacked)
