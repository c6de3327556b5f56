"""A base of known problems: all that the loader refuses, and what it can read but nobody meant."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from envcheck.errors import RequestError
from envcheck.lint.checks import alike
from envcheck.lint.examples import misses
from envcheck.problems import load_problems
from envcheck.rulebook import shipped_rules
from envcheck.rulebook.rulebook import PROBLEMS
from envcheck.rulebook.source import Node, RuleError, RuleErrors, read_yaml


def known(directories: Sequence[str]) -> Collection[str]:
    """The ids that a hint may name: those that are shipped and those of these directories."""
    ids = dict.fromkeys(load_problems((shipped_rules(),)))
    for folder in directories:
        path = os.path.join(folder, PROBLEMS)
        if folder != shipped_rules() and os.path.lexists(path):
            with suppress(RequestError):  # it is looked at by itself
                ids.update(dict.fromkeys(node.text for node in _ids(read_yaml(path))))
    return ids


def findings(folder: str, directories: Sequence[str]) -> list[RuleError]:
    """What is wrong or senseless in the base of known problems of one of these directories."""
    path = os.path.join(folder, PROBLEMS)
    tree = read_yaml(path)
    try:
        problems = load_problems(directories)
    except RuleErrors as error:
        return [each for each in error.errors if each.file == path]
    for name in problems:
        problems[name]  # the shipped ones are read as they are asked for
        problems.signatures(name)
    written = [
        (mapping, signature)
        for fields in _entries(tree)
        for mapping, signature in zip(_signatures(fields), problems.signatures(fields["id"].text))
    ]
    return [*alike([(node.text, node) for node in _ids(tree)], "problem", path), *misses(written)]


def _ids(tree: Node) -> Iterator[Node]:
    """The ids of a base of known problems, as far as it can be read."""
    return (fields["id"] for fields in _entries(tree))


def _entries(tree: Node) -> Iterator[dict[str, Node]]:
    top = tree.by_key() if tree.kind == "map" else {}
    for item in top["problems"].children if "problems" in top else ():
        fields = item.by_key() if item.kind == "map" else {}
        if "id" in fields:
            yield fields


def _signatures(fields: dict[str, Node]) -> Sequence[Node]:
    return fields["signatures"].children if "signatures" in fields else ()
