"""The rated or maximum frequency of the processors."""

from __future__ import annotations

import re
from typing import Union

from envcheck.facts import Fact, Known, Source, Unknown, first
from envcheck.host.base import Host, Unreadable
from envcheck.lazy import regex
from envcheck.probes.formats import cpuinfo, dmi
from envcheck.probes.shared import described
from envcheck.values import Hertz

_RATING = regex(r"@\s*(\d+(?:\.\d+)?)\s*([GM]Hz)", re.IGNORECASE)
_CPUS = "/sys/devices/system/cpu"
_CPU = regex(r"cpu\d+")

Answer = Union[Hertz, Unknown, Known[Hertz]]


def frequency(host: Host) -> Fact[Hertz]:
    """The best maximum or rating; where there is none, the fastest current clock as a lower bound.

    BogoMIPS are never taken: they measure a delay loop.
    """
    # On a live host lscpu would only read cpufreq and /proc/cpuinfo once more.
    lscpu: tuple[Source, ...] = () if host.live else _by_lscpu(host)
    answer: Fact[Hertz] = first(
        ("cpufreq", lambda: _cpufreq(host)),
        *lscpu[:1],
        ("dmidecode", lambda: _dmi_maximum(described.real_processors(host))),
        ("/proc/cpuinfo: model name", lambda: _rating(_cpuinfo(host)[0].get("model name", ""))),
        *lscpu[1:2],
        (
            "/proc/cpuinfo: current clock",
            lambda: _current(cpuinfo.current_mhz(_cpuinfo(host)), "/proc/cpuinfo"),
        ),
        *lscpu[2:],
    )
    return answer


def _by_lscpu(host: Host) -> tuple[Source, ...]:
    """Its maximum, rating and current clock."""
    return (
        ("lscpu: CPU max MHz", lambda: _maximum(described.lscpu(host).get("CPU max MHz", ""))),
        ("lscpu: model name", lambda: _rating(described.lscpu(host).get("Model name", ""))),
        ("lscpu: current clock", lambda: _current(described.lscpu(host).get("CPU MHz", ""), "lscpu")),
    )


def _cpuinfo(host: Host) -> tuple[cpuinfo.Processor, ...]:
    return cpuinfo.read(host.read("/proc/cpuinfo"))


def _cpufreq(host: Host) -> Answer:
    """The fastest core's maximum: the little cores of a hybrid CPU are slower."""
    names = host.names(_CPUS)
    files = [f"{_CPUS}/{name}/cpufreq/cpuinfo_max_freq" for name in names if _CPU.fullmatch(name)]
    if "cpufreq" in names:
        policies = [name for name in host.names(f"{_CPUS}/cpufreq") if name.startswith("policy")]
        files = [f"{_CPUS}/cpufreq/{name}/cpuinfo_max_freq" for name in policies] or files
    speeds = []
    for file in files:
        try:
            speeds.append(int(host.read(file)))
        except Unreadable:  # of a core that is switched off
            continue
    return Hertz(max(speeds) * 1000) if speeds else Unknown("no cpufreq")


def _dmi_maximum(processors: tuple[dmi.Structure, ...]) -> Answer:
    speeds = [Hertz.parse(text) for each in processors if (text := each.text("Max Speed"))]
    return max(speeds) if speeds else Unknown("dmidecode tells no maximum speed")


def _rating(model: str) -> Answer:
    """The frequency in a model name (`@ 2.10GHz`)."""
    match = _RATING.search(model)
    if match is None:
        return Unknown("the model name tells no frequency")
    return Hertz(round(float(match[1]) * (10**9 if match[2][0] in "Gg" else 10**6)))


def _maximum(mhz: str) -> Answer:
    return _hertz(mhz) if mhz else Unknown("lscpu tells no maximum")


def _current(mhz: object, source: str) -> Answer:
    """A clock of this instant: it proves that the processor can be this fast, and no more."""
    if not mhz:
        return Unknown(f"{source} tells no clock")
    return Known(_hertz(str(mhz)), f"{source}, current clock", at_least=True)


def _hertz(mhz: str) -> Hertz:
    return Hertz(round(float(mhz.replace(",", ".")) * 10**6))
