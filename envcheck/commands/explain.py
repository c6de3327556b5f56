"""`envcheck explain`: what a check or a known problem is; gathered in `envcheck.explain`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from envcheck import console
from envcheck.arguments import Formatter
from envcheck.errors import RequestError

if TYPE_CHECKING:
    from envcheck.explain import Knowledge, Topic

OK = 0
_DESCRIPTION = """\
Explain a check or a known problem: what it is, why, where it is asked for, how
it is probed, how to mend it, and what a log says of it.

  envcheck explain                      list every check and known problem
  envcheck explain ID ...               a check (of every module that has it) or a problem
  envcheck explain MODULE.CHECK ...     a check as one module wants it
  envcheck explain facts [NAME]         what rules can ask of a host, with its values here
  envcheck explain requirements         how a check is written
"""
_EPILOG = "exit status: 0 explained; 2 one of them is no check or problem."


def run(argv: Sequence[str]) -> int:
    """Carry out the words behind `explain`. Returns the exit status; raises RequestError, SystemExit."""
    if argv[:1] == ["facts"]:
        from envcheck.commands import explain_facts

        return explain_facts.run(argv[1:])
    if argv[:1] == ["requirements"]:
        from envcheck.commands import explain_requirements

        return explain_requirements.run(argv[1:])
    options = _parse(argv)
    text, wrong = _explained(options)
    console.put(text)
    if wrong:
        raise RequestError(wrong)
    return OK


def _topics(knowledge: Knowledge, words: Sequence[str]) -> tuple[list[Topic], str]:
    """What the words stand for, and in a line each which of them stand for nothing."""
    found: list[Topic] = []
    wrong: list[str] = []
    for word in dict.fromkeys(words):
        try:
            found += knowledge.topics(word)
        except RequestError as error:
            wrong.append(str(error))
    return found, "\n".join(wrong)


def _explained(options: argparse.Namespace) -> tuple[str, str]:
    """The explanations, and what is wrong with the words that cannot be explained."""
    from envcheck.explain import Knowledge
    from envcheck.problems import load_problems
    from envcheck.report import explain, explain_json, terminal
    from envcheck.report.style import Style
    from envcheck.rulebook import open_rulebook

    rulebook = open_rulebook(options.rules)
    knowledge = Knowledge(rulebook, load_problems(rulebook.directories))
    topics, wrong = _topics(knowledge, options.ids)
    if wrong and not topics:
        return "", wrong
    if options.format == "json":
        return explain_json.render(topics) if topics else explain_json.render_all(knowledge), wrong
    style = Style(
        options.lang or terminal.language(),
        terminal.width(sys.stdout),
        terminal.colour(sys.stdout),
        terminal.is_plain(sys.stdout),
    )
    return explain.render(topics, style) if topics else explain.render_all(knowledge, style), wrong


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="envcheck explain",
        usage="envcheck explain [ID ...] [options]",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("ids", nargs="*", metavar="ID", help="CHECK, MODULE.CHECK or PROBLEM")
    add("--format", choices=("table", "json"), default="table", help="form of the answer (default: table)")
    add("--lang", choices=("en", "zh"), help="language of the answer (default: by the locale)")
    add("--rules", action="append", default=[], metavar="DIR", help="further rule sets (may be repeated)")
    return parser.parse_intermixed_args(list(argv))
