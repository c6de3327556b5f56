"""The pinned source packages of `sources.json`: fetched as Debian offers them, checked, unpacked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from scripts.kit.steps import HERE, BuildError, run, say, sha256

PINS = HERE / "sources.json"
_APT = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d/debian.sources"))


class Source(NamedTuple):
    """A source package and the checksum of its description, which holds those of its files."""

    name: str
    version: str
    """Debian's."""
    upstream: str
    licence: str
    dsc_sha256: str

    @property
    def description(self) -> str:
        """The name of its .dsc file: the version without its epoch."""
        return f"{self.name}_{self.version.rpartition(':')[2]}.dsc"


def pinned() -> dict[str, Source]:
    """The pinned source packages by name."""
    return {entry["name"]: Source(**entry) for entry in json.loads(PINS.read_text(encoding="utf-8"))}


def unpack_all(folder: Path) -> dict[str, Path]:
    """Fetch, check and unpack every pinned source package below `folder`; their directories by name."""
    packed = folder / "packed"
    packed.mkdir(parents=True)
    sources = pinned()
    _fetch(list(sources.values()), packed)
    return {name: _unpack(source, packed, folder / name) for name, source in sources.items()}


def _fetch(sources: list[Source], packed: Path) -> None:
    """Ask apt for exactly these versions, by package lists of our own: the machine's stay as they are."""
    say(f"fetching the sources of {', '.join(source.name for source in sources)}")
    options = _apt_options(packed)
    run(["apt-get", *options, "update"], packed, why="the list of source packages cannot be had")
    for source in sources:
        run(
            ["apt-get", *options, "source", "--download-only", f"{source.name}={source.version}"],
            packed,
            why=f"{source.name} {source.version} is not offered (any more): pin another in {PINS.name}",
        )


def _apt_options(packed: Path) -> list[str]:
    state = packed / "apt"
    (state / "lists/partial").mkdir(parents=True)
    (state / "cache").mkdir()
    listed = state / "src.sources"
    listed.write_text(_deb_src(), encoding="utf-8")
    settings = {
        "Dir::Etc::sourcelist": listed,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": state / "lists",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
    }
    return ["-q", *(part for name, value in settings.items() for part in ("-o", f"{name}={value}"))]


def _deb_src() -> str:
    """The machine's own places of Debian packages, as places of source packages."""
    for path in _APT:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".sources":
                return re.sub(r"(?m)^Types:.*$", "Types: deb-src", text)
            lines = [line for line in text.splitlines() if line.startswith("deb ")]
            if lines:  # a list of this form has one entry a line
                return "\n\n".join(map(_as_stanza, lines))
    raise BuildError(f"this machine has no list of Debian's packages: {' or '.join(map(str, _APT))}")


def _as_stanza(line: str) -> str:
    found = re.fullmatch(r"deb (?:\[(.*?)\] )?(\S+) (\S+) (.+)", line)
    if found is None:
        raise BuildError(f"not understood in {_APT[0]}: {line}")
    options, uri, suite, components = found.groups()
    signed = re.search(r"signed-by=(\S+)", options or "")
    fields = {"Types": "deb-src", "URIs": uri, "Suites": suite, "Components": components}
    if signed:
        fields["Signed-By"] = signed[1]
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def _unpack(source: Source, packed: Path, target: Path) -> Path:
    """Unpack a source package with Debian's patches; dpkg-source checks its files' checksums."""
    description = packed / source.description
    found = sha256(description)
    if found != source.dsc_sha256:
        raise BuildError(f"{source.description}: checksum {found}, pinned {source.dsc_sha256}")
    run(["dpkg-source", "--extract", description, target], packed)
    return target
