"""The signatures of the shipped problems: each example by a plain matcher and by the scanner's engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from envcheck.problems import load_problems
from envcheck.problems.scan.engines import Engine
from envcheck.problems.scan.regexes import Wanted
from envcheck.problems.scan.scanner import Scanner
from envcheck.problems.scan.source import Source
from envcheck.problems.signature import Signature
from envcheck.rulebook import open_rulebook, shipped_rules
from tests.problems import reference

PROBLEMS = load_problems([shipped_rules()])
SIGNATURES = PROBLEMS.all_signatures()
SHARED = {"no-wired-lan", "disk-io-error"}
"""Problems whose words stand for another one too: a fault of the disk makes the file system read-only."""
SEEN_IN_LOGS = """
    glibc-too-old glibc-newer-wanted libstdcxx-too-old machine-auth-failure no-wired-lan port-taken
    docker-install-sources-changed nginx-install-fail license-not-ready license-expired license-unreachable
    nvidia-docker-leftovers no-space-left docker-thin-pool-full overlay2-no-dtype selinux-permission-denied
    nouveau-in-use kernel-source-missing docker-ce-dependencies docker-old-in-the-way docker-not-running
    nvidia-version-mismatch nvidia-xid gpu-fallen-off-bus gpu-out-of-memory oom-kill oom-kill-cgroup
    nvml-unknown-error nvidia-runtime-missing mysqld-port-taken mysqld-permission clock-jump disk-io-error
    filesystem-read-only daemon-json-invalid daemon-json-graph
""".split()  # noqa: SIM905 - reads as one list of words


def name(signature: Signature) -> str:
    return f"{signature.problem}@{(signature.origin or '').rpartition(':')[2]}"


every_signature = pytest.mark.parametrize("signature", SIGNATURES, ids=map(name, SIGNATURES))


def test_every_problem_that_logs_betray_has_a_signature() -> None:
    assert set(SEEN_IN_LOGS) - {signature.problem for signature in SIGNATURES} == set()


@every_signature
def test_examples_match_or_are_silent(signature: Signature) -> None:
    assert signature.matches
    assert signature.silent
    assert [text for text in signature.matches if not reference.found(signature, text)] == []
    assert [text for text in signature.silent if reference.found(signature, text)] == []


@every_signature
def test_an_example_is_of_no_other_problem(signature: Signature) -> None:
    others = [other for other in SIGNATURES if other.problem not in {signature.problem, *SHARED}]
    if signature.problem == "no-wired-lan":
        others = [other for other in others if other.problem != "machine-auth-failure"]
    for text in signature.matches:
        assert [other.problem for other in others if reference.found(other, text)] == []


def hyper(phrases: Sequence[Wanted]) -> Engine:
    from envcheck.problems.scan.hyper import HyperEngine

    return HyperEngine(phrases)


def words(phrases: Sequence[Wanted]) -> Engine:
    from envcheck.problems.scan.words import WordEngine

    return WordEngine(phrases)


def examples() -> Iterator[tuple[Source, set[str]]]:
    """Each example as a log of its own, in a file where its signature looks, with the problems in it."""
    for number, signature in enumerate(SIGNATURES):
        path = next((pattern.replace("*", "x") for pattern in signature.files), "install.log")
        for text in (*signature.matches, *signature.silent):
            found = {
                other.problem
                for other in SIGNATURES
                if (not other.files or other is signature) and reference.found(other, text)
            }
            pieces = partial(iter, (text.encode(),))
            yield Source(f"{number} {text}", "file", pieces, path=path), found


@pytest.mark.parametrize("make", [hyper, words])
def test_the_scanner_finds_in_the_examples_what_the_plain_matcher_finds(
    make: Callable[[Sequence[Wanted]], Engine],
) -> None:
    scanner = Scanner(SIGNATURES, make)
    expected = {source.name: found for source, found in examples()}
    for source, _ in examples():
        scanner.scan(source)
    seen: dict[str, set[str]] = {name: set() for name in expected}
    for number, found in scanner.found.items():
        for name in found.logs:
            seen[name].add(SIGNATURES[number].problem)
    assert seen == expected


@every_signature
def test_what_confirms_it_is_a_check_of_that_fact(signature: Signature) -> None:
    rulebook = open_rulebook()
    checks = [check for module in rulebook.modules() for check in rulebook.rule_set(module.name).checks]
    for confirmation in signature.confirmed_by:
        facts = {check.condition.fact for check in checks if check.id == confirmation.check}
        assert confirmation.condition.fact in facts


@pytest.mark.parametrize("number", [13, 31, 43, 45, 48, 61, 62, 63, 64, 74, 92, 94, 95, 119])
def test_an_xid_says_what_it_means(number: int) -> None:
    (signature,) = (each for each in SIGNATURES if each.problem == "nvidia-xid")
    line = f"kernel: NVRM: Xid (PCI:0000:03:00): {number}, pid=4711, name=php-fpm"
    assert reference.found(signature, line) == {0: str(number).encode()}
    assert str(number) in signature.meanings
