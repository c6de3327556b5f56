"""Asking NVIDIA's driver: NVML first, then nvidia-smi, then what a record holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from envcheck.facts import Known
from envcheck.host.base import Absent, Denied, Failed, Host, NotRecorded, Nvml, TimedOut, Unreadable
from envcheck.probes.formats import nvidia_smi
from envcheck.probes.formats.nvidia_gpu import Gpu, Listing
from envcheck.probes.shared import modules, pci
from envcheck.probes.shared.once import once
from envcheck.record import Record

_SMI_SECONDS = 35.0  # without the persistence daemon nvidia-smi wakes each card, up to 30 s
_RECORDS = (
    "nvidia-smi",
    "nvidia-smi_-q",
    "nvidia-smi_-q_-d_*",
    "nvidia-smi_-L",
    "nvidia-smi_--list-gpus",
    "nvidia-smi_--query-gpu_*",
)
_KINDS: dict[type, str] = {
    TimedOut: "no-answer",
    NotRecorded: "not-recorded",
    Denied: "denied",
    Absent: "no-library",
}
_NVML_CODES = {4: "no-permission", 9: "no-contact", 12: "no-library", 18: "version-mismatch"}
UNDECIDED = ("no-answer", "denied", "no-permission")
"""Kinds of trouble that leave open whether the driver works."""

_SETTLED = ("no-contact", "version-mismatch", *UNDECIDED)
_VAGUE = ("no-library", "not-recorded")


class Trouble(Record):
    """Why the driver did not answer.

    `kind` is one of nvidia-smi's complaints (`nvidia_smi.Kind`), or no-answer (not in
    time), denied or not-recorded.
    """

    kind: str
    reason: str
    source: str
    library: Optional[str] = None


class Answers(Record):
    """What the driver said, best source first; `trouble` where it said nothing at all."""

    listings: tuple[tuple[str, Listing], ...]
    trouble: Optional[Trouble]


@once
def must_not_ask(host: Host) -> bool:
    """Whether asking would load the module: a card is on the bus, the module is not loaded."""
    cards, module = pci.nvidia_cards(host), modules.loaded(host, "nvidia")
    on_bus = isinstance(cards, Known) and bool(cards.value)
    return on_bus and isinstance(module, Known) and not module.value


@once
def ask(host: Host) -> Answers:
    """Ask for the driver and its cards. Not to be called where `must_not_ask` says so.

    Once NVML hangs or the driver is plainly broken, nvidia-smi is not asked as well: it
    uses the same library and would take as long to say the same.
    """
    try:
        return Answers((("nvml", _from_nvml(host.nvml())),), None)
    except Unreadable as error:
        trouble = _trouble(error, "nvml")
    if trouble.kind in _SETTLED:
        return Answers((), trouble)
    listings: list[tuple[str, Listing]] = []
    for source, text in _outputs(host):
        if isinstance(text, Trouble):
            trouble = _worse(trouble, text)
            continue
        try:
            listings.append((source, nvidia_smi.read(text, source)))
        except nvidia_smi.SmiError as error:
            trouble = _worse(trouble, Trouble(error.kind, str(error), source, error.library))
        except ValueError as error:
            trouble = _worse(trouble, Trouble("failed", f"{source}: {error}", source))
    return Answers(tuple(listings), None if listings else trouble)


def _from_nvml(answer: Nvml) -> Listing:
    gpus = tuple(
        Gpu(card.number, card.name, _mebibytes(card.memory), card.virtualization, card.mig)
        for card in answer.cards
    )
    return Listing(answer.driver_version or None, gpus)


def _mebibytes(size: Optional[int]) -> Optional[int]:
    return None if size is None else size >> 20


def _trouble(error: Unreadable, source: str) -> Trouble:
    kind = _KINDS.get(type(error), "failed")
    if isinstance(error, Failed) and error.code is not None:
        kind = _NVML_CODES.get(error.code, kind)
    return Trouble(kind, str(error), source)


def _outputs(host: Host) -> Iterator[tuple[str, str | Trouble]]:
    try:
        output = host.run("nvidia-smi", "-q", "-x", timeout=_SMI_SECONDS)
        yield "nvidia-smi -q -x", output.stdout.strip() or output.stderr
    except Unreadable as error:
        yield "nvidia-smi -q -x", _trouble(error, "nvidia-smi -q -x")
    records: Mapping[str, str] = host.recorded(*_RECORDS)
    if not records:
        return
    from envcheck.host.sos_names import says_no_command

    for name in sorted(records):
        if not says_no_command(records[name], "nvidia-smi"):  # a sosreport keeps the shell's complaint
            yield name, records[name]


def _worse(before: Trouble, now: Trouble) -> Trouble:
    """The trouble that tells more: a complaint rather than a thing that is not there."""
    if now.kind == "not-recorded" or (now.kind == "no-library" and before.kind != "not-recorded"):
        return before
    return now if before.kind in _VAGUE or before.kind == "failed" else before
