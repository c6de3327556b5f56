"""Looking for signatures in texts, as tests do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Union

from envcheck.problems.scan.engines import Engine
from envcheck.problems.scan.findings import Found
from envcheck.problems.scan.hyper import HyperEngine
from envcheck.problems.scan.regexes import Wanted
from envcheck.problems.scan.scanner import Scanner
from envcheck.problems.scan.source import Kind, Source
from envcheck.problems.scan.words import WordEngine
from envcheck.problems.signature import Near, Phrase, Signature

Make = Callable[[Sequence[Wanted]], Engine]
ENGINES: tuple[Make, ...] = (HyperEngine, WordEngine)


def signature(*phrases: str, **more: object) -> Signature:
    """A signature of these literals; the problem is the first one."""
    named = Signature(phrases[0], tuple(Phrase(each) for each in phrases))
    return named._replace(**more)  # type: ignore[arg-type]


def pattern(text: str, **more: object) -> Signature:
    return Signature(text, (Phrase(text, pattern=True),))._replace(**more)  # type: ignore[arg-type]


def near(*phrases: str, lines: int = 0) -> tuple[Near, ...]:
    return (Near(tuple(Phrase(each) for each in phrases), lines),)


def look(
    text: Union[bytes, str],
    *signatures: Signature,
    make: Make = HyperEngine,
    piece: int = 1 << 20,
    name: str = "log",
    kind: Kind = "file",
) -> dict[str, Found]:
    """What is found of each problem in a text that comes in pieces."""
    raw = text.encode() if isinstance(text, str) else text

    def pieces() -> Iterable[bytes]:
        return (raw[at : at + piece] for at in range(0, len(raw), piece))

    scanner = _scanner(signatures, make)
    scanner.scan(Source(name, kind, lambda: iter(pieces()), path=name))
    return {scanner.signatures[number].problem: found for number, found in scanner.found.items()}


_SCANNERS: dict[object, tuple[object, Scanner]] = {}


def _scanner(signatures: tuple[Signature, ...], make: Make) -> Scanner:
    """One that has found nothing yet; to compile the databases takes longer than a test."""
    key = tuple(map(id, signatures)), make
    if key not in _SCANNERS:
        _SCANNERS[key] = signatures, Scanner(signatures, make)
    scanner = _SCANNERS[key][1]
    scanner.found = {}
    return scanner


def lines(found: dict[str, Found], problem: str) -> list[int]:
    """The numbers of the lines that are shown of a problem."""
    return [place.line for place in found[problem].places] if problem in found else []
