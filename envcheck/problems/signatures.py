"""Reading the signatures of a known problem: the key `signatures` of its entry.

signatures:
- any: [phrase, {pattern: "bounded (?:pattern|expression)"}]    # one of them; see pattern.py
  near: [{any: [phrase], lines: 3}]           # all of them, so many lines away; or phrases alone: same line
  excludes: [phrase]                          # none of them; written as `near`
  files: [kernel, "*.wf"]                     # left out: every log
  certainty: hint                             # left out: sure
  confirmed-by: [{check: selinux, fact: selinux.mode, require: enforcing}]
                                              # with `unless: {require: …, text: {en: …, zh: …}}` not where
                                              # that holds of the fact, but what is required does not
  meanings: {"79": {en: …, zh: …}}            # of what the pattern's group catches
  matches: [text, text]                       # examples: each must match,
  silent: [text]                              # none of these may
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from envcheck.problems import pattern
from envcheck.problems.signature import Certainty, Confirmation, Near, Phrase, Signature, Unless
from envcheck.rulebook.grammar import fact_type, parse_requirement
from envcheck.rulebook.model import Condition
from envcheck.rulebook.source import Node, each, nearest
from envcheck.text import Text

KEYS = ("any", "near", "excludes", "files", "certainty", "confirmed-by", "meanings", "matches", "silent")
CONFIRMING, UNLESS = ("check", "fact", "require"), ("require", "text")
CERTAINTIES = ("sure", "hint")
MAX_LINES = 50
KINDS = ("kernel", "container")
"""Words among `files` that stand for a kind of log; whatever else has no `*`, `.` or `/` is a mistake."""


def signatures_of(node: Node, problem: str) -> list[Signature]:
    """The signatures of a problem's key `signatures`. Raises RuleErrors."""
    if not node.list():
        raise node.error("at least one signature is wanted here, or the key left out")
    return each(lambda item: _signature(item, problem), node.list())


def _signature(node: Node, problem: str) -> Signature:
    fields = node.fields(KEYS, required=("any", "matches"))
    phrases = _phrases(fields["any"])
    meanings = _meanings(fields["meanings"], phrases) if "meanings" in fields else {}
    signature = Signature(
        problem,
        phrases,
        near=_nears(fields, "near"),
        excludes=_nears(fields, "excludes"),
        files=tuple(_file(item) for item in _filled(fields, "files")),
        certainty=_certainty(fields["certainty"]) if "certainty" in fields else "sure",
        confirmed_by=tuple(_confirmation(item) for item in _filled(fields, "confirmed-by")),
        meanings=meanings,
        matches=tuple(item.string() for item in _filled(fields, "matches")),
        silent=tuple(item.string() for item in _filled(fields, "silent")),
        origin=f"{node.file}:{node.line}",
    )
    if signature.certainty == "hint" and not signature.confirmed_by:
        raise fields["certainty"].error("a hint needs `confirmed-by`: what would make it a diagnosis?")
    return signature


def _filled(fields: Mapping[str, Node], key: str) -> Sequence[Node]:
    if key not in fields:
        return ()
    if not fields[key].list():
        raise fields[key].error(f"at least one is wanted here, or {key!r} left out")
    return fields[key].list()


def _phrases(node: Node) -> tuple[Phrase, ...]:
    if not node.list():
        raise node.error("at least one phrase is wanted here")
    return tuple(_phrase(item) for item in node.list())


def _phrase(node: Node) -> Phrase:
    if node.kind == "scalar":
        phrase = Phrase(node.string())
    else:
        phrase = Phrase(node.fields(("pattern",), required=("pattern",))["pattern"].string(), pattern=True)
    try:
        pattern.parse(phrase)
    except ValueError as error:
        raise node.error(str(error)) from error
    return phrase


def _nears(fields: Mapping[str, Node], key: str) -> tuple[Near, ...]:
    """Phrases alone stand for one group in the line itself; groups are mappings."""
    items = _filled(fields, key)
    alone = [item for item in items if item.kind == "scalar" or "pattern" in _keys(item)]
    groups = tuple(_near(item) for item in items if item not in alone)
    return groups + ((Near(tuple(_phrase(item) for item in alone), 0),) if alone else ())


def _keys(node: Node) -> set[str]:
    return {key.text for key, _ in node.items()}


def _near(node: Node) -> Near:
    fields = node.fields(("any", "lines"), required=("any", "lines"))
    lines = fields["lines"].value
    if type(lines) is not int or not 0 <= lines <= MAX_LINES:
        raise fields["lines"].error(f"a number of lines from 0 to {MAX_LINES} is wanted here")
    return Near(_phrases(fields["any"]), lines)


def _file(node: Node) -> str:
    name = node.string()
    if name not in KINDS and not set("*./") & set(name):
        raise node.error(f"{name!r} is neither a shell pattern of files nor a kind{nearest(name, KINDS)}")
    return name


def _certainty(node: Node) -> Certainty:
    if node.string() not in CERTAINTIES:
        raise node.error(
            f"{node.text!r} is none of {', '.join(CERTAINTIES)}{nearest(node.text, CERTAINTIES)}"
        )
    return cast(Certainty, node.text)


def _confirmation(node: Node) -> Confirmation:
    fields = node.fields((*CONFIRMING, "unless"), required=CONFIRMING)
    requirement = parse_requirement(fields["require"], fact_type(fields["fact"]))
    unless = _unless(fields["unless"], fields["fact"]) if "unless" in fields else None
    return Confirmation(fields["check"].string(), Condition(fields["fact"].text, requirement), unless)


def _unless(node: Node, fact: Node) -> Unless:
    fields = node.fields(UNLESS, required=UNLESS)
    return Unless(parse_requirement(fields["require"], fact_type(fact)), fields["text"].bilingual())


def _meanings(node: Node, phrases: Sequence[Phrase]) -> dict[str, Text]:
    if not any(_catches(phrase) for phrase in phrases):
        raise node.error("`meanings` need a pattern with a group ( ) that catches what they are of")
    return {key.text: value.bilingual() for key, value in node.items()}


def _catches(phrase: Phrase) -> bool:
    return any(isinstance(part, pattern.Caught) for part in pattern.parse(phrase))
