"""Requirements that no value meets or that every value meets, said where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from envcheck.lint.possible import Truth, compared, truth
from envcheck.rulebook.grammar import COUNT, LIST_WORDS
from envcheck.rulebook.requirement import Requirement
from envcheck.rulebook.source import Node, RuleError
from envcheck.rulebook.types import Type

PORTS = ("ports.busy, of an element.number", "service_conf.mysql.port", "service_conf.license_server.port")
"""What is a port wherever it is compared."""

Parse = Callable[[Node, Type], Requirement]
"""Reads a requirement of a fact of a type, with the parameters of its rule set."""

_SAID: Mapping[Truth, str] = {
    "never": "no value of {} meets this: it can never pass",
    "always": "every value of {} meets this: it can never fail",
}


def senseless(node: Node, name: str, wanted: Type, parse: Parse) -> Iterator[RuleError]:
    """The smallest parts of a written requirement that can never be met, or never missed.

    `node` was checked before; `name` is the fact's.
    """
    found = False
    if name in PORTS and node.kind == "scalar":
        yield from _no_ports(node, wanted, parse)
    for part, below, type_ in _parts(node, name, wanted):
        for error in senseless(part, below, type_, parse):
            found = True
            yield error
    if not found:
        said = _SAID.get(truth(parse(node, wanted), wanted))
        if said is not None:
            yield node.error(said.format(name))


def _no_ports(node: Node, wanted: Type, parse: Parse) -> Iterator[RuleError]:
    """Numbers that no port has."""
    for number in compared(parse(node, wanted)):
        if not 0 < number < 1 << 16:
            yield node.error(f"{number} is no port: 1 to 65535")


def _parts(node: Node, name: str, wanted: Type) -> Iterator[tuple[Node, str, Type]]:
    """The requirements that a requirement is made of, each with what it speaks of."""
    if node.kind == "list":
        for child in node.list():
            yield child, name, wanted
    for key, value in node.items() if node.kind == "map" else ():
        if key.text == "not":
            yield value, name, wanted
        elif wanted.kind == "record":
            yield value, f"{name}.{key.text}", cast("Mapping[str, Type]", wanted.fields)[key.text]
        elif key.text in LIST_WORDS:
            yield value, f"{name}, of an element", cast("Type", wanted.item)
        else:
            yield value, f"{name}, of their number", COUNT
