"""The JSON Schemas for editors: up to date, true of what is shipped, and not of what is broken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Union

import jsonschema
import pytest

from envcheck import cli
from envcheck.rulebook.source import Node, parse_yaml, read_yaml

ROOT = Path(__file__).parents[2]
SHIPPED = {
    "rules": ROOT / "envcheck/rulebook/rules.schema.json",
    "problems": ROOT / "envcheck/problems/problems.schema.json",
}
BROKEN = Path(__file__).parent / "broken"
Plain = Union[dict[str, Any], list[Any], str, int, float, bool, None]


def plain(node: Node) -> Plain:
    """A file as an editor's schema sees it."""
    if node.kind == "map":
        return {key.text: plain(value) for key, value in node.items()}
    return [plain(child) for child in node.children] if node.kind == "list" else node.value


def errors(which: str, document: Plain) -> list[str]:
    validator = jsonschema.Draft7Validator(json.loads(SHIPPED[which].read_text(encoding="utf-8")))
    return [error.message for error in validator.iter_errors(document)]


@pytest.mark.parametrize("which", SHIPPED)
def test_the_shipped_schema_is_what_the_loader_goes_by(
    which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["lint", "--schema", which]) == 0
    advice = f"python -m envcheck lint --schema {which} > {SHIPPED[which].relative_to(ROOT)}"
    assert capsys.readouterr().out == SHIPPED[which].read_text(encoding="utf-8"), advice


@pytest.mark.parametrize("which", SHIPPED)
def test_the_schema_is_one(which: str) -> None:
    jsonschema.Draft7Validator.check_schema(json.loads(SHIPPED[which].read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_is_valid(path: Path) -> None:
    assert errors("problems" if path.stem == "problems" else "rules", plain(read_yaml(str(path)))) == []


FACTS = """\
module: site
title: {en: A, zh: 甲}
description: {en: B, zh: 乙}
checks:
- {id: a, title: {en: A, zh: 甲}, fact: "FACT", require: REQUIRE}
"""


@pytest.mark.parametrize(
    ("fact", "require", "valid"),
    [
        ("path[/var/lib].space", "{free: '>= 20 GB'}", True),
        ("path[$data-dir].space.free", "'>= 20 GB'", True),
        ("sysctl[net.ipv4.ip_forward].value", "'1'", True),
        ("path[/var/lib].space.free", "'>= 20 Gb'", False),
        ("path[/var/lib].spce", "{free: '>= 20 GB'}", False),
        ("path[/var/lib.space", "{free: '>= 20 GB'}", False),
        ("kernel[/x].version", "'>= 3.10'", False),
    ],
)
def test_a_fact_may_say_in_brackets_what_it_is_asked_about(fact: str, require: str, valid: bool) -> None:
    text = FACTS.replace("FACT", fact).replace("REQUIRE", require)
    assert (errors("rules", plain(parse_yaml(text.encode(), "x"))) == []) == valid


SEEN = """
top-unknown-key top-no-description top-no-chinese top-one-language top-empty-checks
top-checks-mapping top-logs-unknown check-no-id check-bad-id check-unknown-key check-level
fact-unknown-probe fact-unknown-field unit-unknown unit-missing unit-of-frequency
version-with-suffix operator-unknown require-nothing require-empty-list require-empty-mapping
require-flag-word require-of-a-list require-list-word require-unknown-field require-choice
require-count-word when-misspelt hint-two-in-one hint-condition requires-text param-type
param-unknown-key
"""


@pytest.mark.parametrize("name", SEEN.split())
def test_what_an_editor_can_see_is_refused(name: str) -> None:
    assert errors("rules", plain(read_yaml(str(BROKEN / f"{name}.yaml"))))


@pytest.mark.parametrize("name", ["unknown-key", "risk", "no-chinese", "bad-id", "family", "no-step"])
def test_what_an_editor_can_see_of_problems_is_refused(name: str) -> None:
    assert errors("problems", plain(read_yaml(str(BROKEN / f"problems/{name}.yaml"))))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("overlay: default\nchecks: [{id: memory, require: '>= 64 GB'}, {id: gcc, remove: true}]\n", True),
        ("overlay: default\nchecks: [{id: memory, fact: memory.total, require: '>= 64 Gb'}]\n", False),
        ("overlay: default\nextends: common\n", False),
    ],
)
def test_overlays_have_their_own_keys(text: str, valid: bool) -> None:
    assert (errors("rules", plain(parse_yaml(text.encode(), "x"))) == []) == valid
