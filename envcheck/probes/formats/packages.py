"""Lists of installed packages, by rpm and by dpkg."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from envcheck.lazy import regex
from envcheck.record import Record

RPM_QUERY = (
    "rpm",
    "-qa",
    "--nodigest",
    "--nosignature",
    "--qf",
    r"%{NAME} %{EPOCH}:%{VERSION}-%{RELEASE} %{ARCH}\n",
)
DPKG_QUERY = ("dpkg-query", "-W", "-f", r"${Status}\t${Package}\t${Version}\n")

_ARCH = r"(?:x86_64|noarch|i[3-6]86|aarch64|ppc64(?:le)?|s390x?|armv7hl|loongarch64|riscv64|src|\(none\))"
_RPM = regex(rf"(?P<name>\S+)-(?P<version>[^-\s]+-[^-\s]+?)(?:\.(?P<arch>{_ARCH}))?(?=\s|$)")
_RPM_QUERIED = regex(r"(?P<name>\S+) (?P<version>\S+:[^-\s]+-\S+) (?P<arch>\S+)")
_DPKG_LISTED = regex(r"(?P<state>[uihrp][a-zA-Z]R?)\s+(?P<name>[a-z0-9][^\s:]*)(?::\S+)?\s+(?P<version>\S+)")
_RPM_INFO = regex(r"^Name +: ", re.MULTILINE)
_RPM_INFO_FIELD = regex(r"^(Epoch|Version|Release|Architecture) *: (\S+)", re.MULTILINE)
_MAX_PACKAGES = 100_000
_QUERIED_COLUMNS = 3
_BROKEN_OFF = regex(r"^(?:error: |rpmdb: |dpkg-query: )", re.MULTILINE)


class Package(Record):
    """One installed package; `version` is `[EPOCH:]VERSION[-RELEASE]`."""

    name: str
    version: str
    arch: str = ""

    @property
    def upstream(self) -> str:
        """The version without epoch and release: `2.0.3` of `2.0.3-1.docker17.12.1.ce`."""
        return self.version.rpartition(":")[2].partition("-")[0]


Packages = Mapping[str, tuple[Package, ...]]
"""By name; kernels and libraries may be installed in several versions."""


@lru_cache(maxsize=2)  # several probes read the same long list
def from_rpm(text: str) -> Packages:
    """Read RPM_QUERY's output, `rpm -qa`, `rpm -qai` or a sosreport's installed-rpms; raises ValueError."""
    if text.startswith("Name "):
        return _by_name(text, map(_of_rpm_info, _RPM_INFO.split(text)[1:]))
    matches = (_RPM_QUERIED.fullmatch(line) or _RPM.match(line) for line in text.splitlines())
    found = (Package(m["name"], m["version"], m["arch"] or "") for m in matches if m)
    return _by_name(text, found)


def _of_rpm_info(block: str) -> Package:
    fields = dict(_RPM_INFO_FIELD.findall(block))
    version = f"{fields.get('Version', '')}-{fields.get('Release', '')}"
    epoch = fields.get("Epoch", "")
    return Package(
        block.split("\n", 1)[0].strip(),
        f"{epoch}:{version}" if epoch.isdigit() else version,
        fields.get("Architecture", ""),
    )


@lru_cache(maxsize=2)
def from_dpkg(text: str) -> Packages:
    """Read DPKG_QUERY's output, or `dpkg -l` as in a sosreport's installed-debs; raises ValueError.

    Packages that are removed but leave their configuration behind are not installed.
    """
    return _by_name(text, _of_dpkg(text))


def _of_dpkg(text: str) -> Iterator[Package]:
    for line in text.splitlines():
        queried = line.split("\t")  # quick, for there are hundreds: only a listing needs the expression
        if len(queried) == _QUERIED_COLUMNS:
            state, name, version = queried
        else:
            listed = _DPKG_LISTED.match(line)
            if listed is None:
                continue
            state, name, version = listed["state"], listed["name"], listed["version"]
        if state.endswith(" installed") or state[1:2] == "i":
            yield Package(name, version, "")


def _by_name(text: str, packages: Iterator[Package]) -> Packages:
    if _BROKEN_OFF.search(text):
        raise ValueError("the list of packages breaks off with an error")
    found: dict[str, tuple[Package, ...]] = {}
    for count, package in enumerate(packages):
        if count == _MAX_PACKAGES:
            raise ValueError(f"lists more than {_MAX_PACKAGES} packages")
        name = package.name
        found[name] = (*found[name], package) if name in found else (package,)
    if not found:
        raise ValueError("lists no package")
    return found
