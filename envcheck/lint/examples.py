"""Signatures tried on their own examples, as a log of one line would be searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

from envcheck.problems.signature import Signature
from envcheck.record import Record
from envcheck.rulebook.source import Node, RuleError

Kind = Literal["matches", "silent"]

_NO_PHRASE = "no phrase of `any` stands in this example"
_NOT_NEAR = "what `near` wants stands nowhere near in this example"
_EXCLUDED = "what `excludes` names stands in this example"
_MATCHES = "the signature matches this example, which is to be silent"


class Example(Record):
    """A text that stands under a signature, and where."""

    of: int
    kind: Kind
    node: Node


def misses(written: Sequence[tuple[Node, Signature]]) -> Iterator[RuleError]:
    """The examples that do not do what they are examples of; each signature with its mapping."""
    examples = [
        Example(number, kind, node)
        for number, (mapping, _) in enumerate(written)
        for kind in _KINDS
        for node in _listed(mapping, kind)
    ]
    if not examples:
        return
    signatures = [signature._replace(files=()) for _, signature in written]
    whole = _found(signatures, examples)
    near = _found([each._replace(excludes=()) for each in signatures], examples)
    alone = _found([each._replace(excludes=(), near=()) for each in signatures], examples)
    for number, example in enumerate(examples):
        if example.kind == "silent" and number in whole:
            yield example.node.error(_MATCHES)
        elif example.kind == "matches" and number not in whole:
            reason = _EXCLUDED if number in near else _NOT_NEAR if number in alone else _NO_PHRASE
            yield example.node.error(f"the signature does not match this: {reason}")


_KINDS: tuple[Kind, ...] = ("matches", "silent")


def _listed(mapping: Node, kind: Kind) -> Sequence[Node]:
    fields: Mapping[str, Node] = mapping.by_key()
    return fields[kind].children if kind in fields else ()


def _found(signatures: Sequence[Signature], examples: Sequence[Example]) -> set[int]:
    """The examples in which their own signature is found."""
    from envcheck.problems.scan.scanner import Scanner
    from envcheck.problems.scan.source import Source
    from envcheck.problems.scan.words import WordEngine

    apart = [each._replace(problem=str(number)) for number, each in enumerate(signatures)]
    scanner = Scanner(apart, WordEngine)
    for number, example in enumerate(examples):
        scanner.scan(Source(str(number), "file", partial(iter, (example.node.text.encode(),))))
    return {
        int(name)
        for of, found in scanner.found.items()
        for name in found.logs
        if examples[int(name)].of == of
    }
