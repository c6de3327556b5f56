"""UUIDs, machine-ids, WWNs and serial numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envcheck.bundle.redact.finders import Finder, form, told, told_gates, words
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import Span, Text

_UUID = re.compile(rb"-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9a-zA-Z])")
_LVM = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Za-z]{6}(?:-[0-9A-Za-z]{4}){5}-[0-9A-Za-z]{6}(?![0-9A-Za-z-])")
_VMWARE = re.compile(
    rb"VMware-((?:[0-9a-fA-F]{2} ){7}[0-9a-fA-F]{2}[- ](?:[0-9a-fA-F]{2} ){7}[0-9a-fA-F]{2})"
)
_WWN = re.compile(
    rb"(?:0x|naa\.|eui\.|wwn-|nvme-eui\.|scsi-3|mpath-3|t10\.|by-id/dm-uuid-mpath-3)"
    rb"((?<=0x)[56][0-9a-fA-F]{15}(?:[0-9a-fA-F]{16})?|(?<!0x)(?:0x)?(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{16}))(?![0-9a-zA-Z])"
)
_SMART = re.compile(rb"wwn device id:\s*([0-9a-f]) ([0-9a-f]{6}) ([0-9a-f]{9})")
_BY_ID = re.compile(
    rb"(?<![A-Za-z0-9])(?:ata|nvme|usb|scsi|virtio|mmc)-(?:[^\s/\"'\\]*_)?([A-Za-z0-9.-]{4,}?)"
    rb"(?=(?:_[0-9]|-part[0-9]+|-[0-9]:[0-9])*(?:[\s\"',:]|\\n|\Z))"
)
_BY_ID_MARK = re.compile(rb"by-id/|-> \.\./\.\./|ID_SERIAL|DEVLINKS")
_BOOTS = re.compile(rb"-- boot ([0-9a-f]{32}) --| -?[0-9]+ ([0-9a-f]{32}) (?:mon|tue|wed|thu|fri|sat|sun) ")
_MACHINE = re.compile(
    rb"(?:machine[-_ ]?id|boot[-_ ]?id|journal/|invocation[_-]id|system token)"
    rb"[\\\"']*\s*[:=]?\s*[\\\"']*([0-9a-f]{32})(?![0-9a-f])"
)
_CHINESE = ("序列号",)
_KEYED = re.compile(
    rb"(?:serial(?:[ _-]?(?:number|numbers|num|no\.?|short))?|\bs/n|asset[ _-]?tag"
    rb"|service[ _-]?tag|ppin|board[ _]id[ _]number|<serial|<uuid|(?:chassis|board|product)[_ ]?(?:serial|uuid)(?:[ _]?number)?|part_?uuid|\buuid|wwn)"  # noqa: E501 - one alternation
    rb"(?:[\\\"'\v]*\s*[:=]\s*(?:[bru]{1,2}(?=[\"']))?[\\\"'\v]*|>)([^\"'<>,;)\n\\]+)"
)
_CHINESE_KEYED = re.compile(rb"%s([^\s\"'<>,;)\n\\\x80-\xff]+)" % told(_CHINESE))
_PLACEHOLDER = re.compile(
    rb"(?:not |to be |default|none|unknown|n/a|\[n/a|system |chassis |base ?board|asset|serial|0+\Z|x+\Z"
    rb"|123456789?0?\Z|\.+\Z|oem|no |invalid|unspecified|empty|\[?unknown|dimm|tty|/|[0-9]+/|\(|[a-z ]+\Z)"
)
_TRAILING = re.compile(rb"(?:\s*(?:\(|\|).*|\s+)\Z", re.DOTALL)
_SHORTEST = 4


class Ids:
    """Finds them by form, or by what the text calls them."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms

    def finders(self) -> tuple[Finder, ...]:
        """One for each way of saying it."""
        keys = (
            *words("serial", "s/n", "wwn"),
            *(form("ppin", r"ppin\W*[:=>]"), form("ui", r"ui(?:[ _]?numr)?\W*[:=>]")),
            *(form("sst", "sst[ _-]?tg"), form("srvi", "srvi[ _-]?tg"), form("or", "or[ _]i[ _]numr")),
        )
        machines = (
            form("mhin", "mhin[-_ ]?i"),
            form("oot", "oot[-_ ]?i"),
            *words("invocation", "journal/", "system token", "-- boot "),
            form("  ", "  (?:mon|tu|w|thu|ri|st|sun) "),
        )
        return (
            Finder(words("----"), self.uuids),
            Finder((form("-", "-(?:[g-z]{0,4}-){5}"),), self.volumes),
            Finder(words("VMware-"), self.vmware),
            Finder(words("wwn", "scsi-", "mpath-"), self.wwns),
            *(
                Finder(words(start), self.wwns, needs=start.encode())
                for start in ("0x5", "0x6", "naa.", "eui.", "t10.")
            ),
            Finder(words("by-id/", "-> ", "ID_SERIAL", "DEVLINKS"), self.by_id),
            Finder(machines, self.machines),
            Finder(keys, self.keyed),
            Finder(told_gates(_CHINESE), self.told),
        )

    def uuids(self, text: Text) -> Iterator[Span]:
        """8-4-4-4-12."""
        data = text.data
        for match in _UUID.finditer(data):
            start, end = match.start() - 8, match.end()
            if start >= 0 and not data[start : match.start()].strip(b"0123456789abcdefABCDEF"):
                yield from self._digits(data, start, end, "uuid")

    def volumes(self, text: Text) -> Iterator[Span]:
        """LVM's, in which all letters occur."""
        for match in _LVM.finditer(text.data):
            if match[0] != match[0].lower() and any(48 <= each < 58 for each in match[0]):  # noqa: PLR2004
                new = self._pseudonyms.key.digits("lvm", match[0], 32)
                marked = (
                    b"XXXXXX"
                    + b"".join(b"-" + new[at : at + 4] for at in range(0, 20, 4))
                    + b"-"
                    + new[20:26]
                )
                yield Span(*match.span(), match[0] if match[0].startswith(b"XXXXXX") else marked, "uuid")

    def vmware(self, text: Text) -> Iterator[Span]:
        """A serial number that is the UUID byte by byte."""
        for match in _VMWARE.finditer(text.data):
            yield from self._digits(text.data, *match.span(1), "uuid")

    def wwns(self, text: Text) -> Iterator[Span]:
        """0x5000c500a1b2c3d4, naa.… and eui.… likewise."""
        for match in _WWN.finditer(text.data):
            start = match.start(1) + (2 if match[1][:2].lower() == b"0x" else 0)
            yield from self._digits(text.data, start, match.end(1), "wwn")
        for match in _SMART.finditer(text.lower):
            yield from self._digits(text.data, match.start(1), match.end(3), "wwn")

    def by_id(self, text: Text) -> Iterator[Span]:
        """The serial number that ends a disk's name in /dev/disk/by-id."""
        if not _BY_ID_MARK.search(text.data):
            return
        for match in _BY_ID.finditer(text.data):
            if any(48 <= each < 58 for each in match[1]) and not match[1].startswith(b"eui."):  # noqa: PLR2004
                yield from self._serial(match[1], match.start(1))

    def machines(self, text: Text) -> Iterator[Span]:
        """machine-id, boot_id."""
        for match in _MACHINE.finditer(text.lower):
            yield from self._digits(text.data, *match.span(1), "machine-id")
        for match in _BOOTS.finditer(text.lower):
            yield from self._digits(text.data, *match.span(match.lastindex or 1), "machine-id")

    def keyed(self, text: Text) -> Iterator[Span]:
        """`Serial Number: S4EM…`, `ID_SERIAL_SHORT=…`, `<serial>…</serial>`."""
        for match in _KEYED.finditer(text.lower):
            start, end = match.span(1)
            value = _TRAILING.sub(b"", text.data[start:end])
            if b" " in value and not match[0].startswith(
                (b"serial", b"asset", b"chassis", b"board", b"product")
            ):
                value = value.split(b" ")[0]
            if b"=" in match[0][: start - match.start()] and b'"' not in match[0]:
                value = value.split(b" ")[0]
            if is_serial(value):
                yield from self.value(value, start)

    def told(self, text: Text) -> Iterator[Span]:
        """序列号：S4EM…."""
        for match in _CHINESE_KEYED.finditer(text.lower):
            value = text.data[match.start(1) : match.end(1)]
            if is_serial(value):
                yield from self.value(value, match.start(1))

    def value(self, value: bytes, start: int) -> Iterator[Span]:
        """A value that is an identifier as a whole."""
        plain = value.lower()
        core = plain
        for start_of in (b"mig-", b"gpu-", b"0x"):
            core = core.removeprefix(start_of)
        digits = core.replace(b"-", b"")
        if len(digits) in (16, 32) and not digits.strip(b"0123456789abcdef"):
            at = start + len(value) - len(core)
            yield from self._digits(value, at - start, len(value), "uuid", start)
        elif plain.startswith(b"vmware-"):
            new = value[:7] + self._pseudonyms.digits("uuid", value[7:])
            yield Span(start, start + len(value), new, "uuid")
        else:
            yield from self._serial(value, start)

    def _serial(self, value: bytes, start: int) -> Iterator[Span]:
        new = self._pseudonyms.named("serial", value)
        if new != value:
            yield Span(start, start + len(value), new, "serial")

    def _digits(self, data: bytes, start: int, end: int, kind: str, offset: int = 0) -> Iterator[Span]:
        new = self._pseudonyms.digits(kind, data[start:end])
        if new != data[start:end]:
            yield Span(offset + start, offset + end, new, kind)


def is_serial(value: bytes) -> bool:
    """Whether it may identify something: no placeholder, and with a digit."""
    has_digit = any(48 <= each < 58 for each in value)  # noqa: PLR2004
    return len(value) >= _SHORTEST and has_digit and not _PLACEHOLDER.match(value.lower())
