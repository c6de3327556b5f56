"""`envcheck explain requirements`: how a check is written, for who has no checkout at hand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from envcheck import console
from envcheck.arguments import Formatter

TEXT = """\
What a check requires of its fact (`require:`, `when:`, the conditions of hints)

  ">= 17.12"  "> 1833 MHz"  ">= 7, < 8"   compared as what the fact is; a comma
                                          means and; >= <= == != > <
  x86_64   64   true                      equality
  [disabled, permissive]                  one of these
  {state: working, version: ">= 384.66"}  the fields of a record, all of them
  {any: ...}  {every: ...}  {none: ...}   the elements of a list
  {count: ">= 2"}                         their number
  {not: ...}                              the opposite
  ">= $faces"   $port                     with the value of a parameter

  Sizes (kB MB GB TB, KiB MiB GiB TiB) and frequencies (kHz MHz GHz) have units.

A check, an entry of `checks:`; id, title, fact and require must be there

  id           lower-case words joined by hyphens; alone: taken from `extends`
  title        {en: ..., zh: ...}
  fact         PROBE.FIELD, or PROBE[ABOUT].FIELD: path[/home].space;
               `envcheck explain facts` lists them
  require      as above
  requirement  the same in words, {en, zh}, for the report
  level        required (so if left out), or recommended: never fails a run
  requires     [CHECK], or [{CHECK: REQUIREMENT}]: skipped where that check
               missed, in the second form only where its fact misses this
  when         {fact: ..., require: ...} or a list of these: else not applicable
  hints        [PROBLEM], or [{PROBLEM: REQUIREMENT}]: where the actual value
               meets it; unknown or denied where there is none
  show         [{fact: ..., label: {en, zh}}]: shown beside the actual value
  source       where it is asked for
  needs        [PARAMETER]: skipped until these are set
  waivable     false: nobody may waive it
  claims       what it takes of something that modules on one host share

A rule file, MODULE.yaml

  module       its name, as the file's
  title, description   {en, zh}
  extends      another rule set; of a catalogue (`abstract: true`, such as
               common) the checks that are named here, of a module all of them
  abstract     true: a catalogue that is not checked itself
  notes        [{text: {en, zh}, unless: [MODULE]}]: said with every report,
               unless that module is checked too
  logs         {files, containers, in_containers}: for bundles
  params       NAME: {title, type, default, text, choices, min}; type is text,
               path, address, endpoint, port, integer, number, size, frequency,
               version or flag, or a list of one: [port]; choices are all that
               it may be, min the least that a number or size may be
  checks       the checks before an installation
  verify       those after it, for `envcheck verify`; an id alone takes the
               check of that id from `checks`

An overlay says `overlay: MODULE` instead of module; of checks it names what
changes, adds new ones, or takes some away with `remove: true`.

A known problem, an entry of `problems:` in problems.yaml beside the rule files

  id, title    as of a check
  cause        {en, zh}: why it comes about
  steps        [{text: {en, zh}, commands: {any: [COMMAND]}}], either or both;
               commands also by family: rhel, debian, suse; [{see: PROBLEM}]
               stands for the steps of that problem
  risk         none, low (changes the system, loses nothing), or high
  warning      {en, zh}: what is lost; a high risk needs it
  reboot       true: a step reboots the machine
  source       where the manual says it, or ours
  signatures   [{any: [PHRASE], matches: [TEXT], silent: [TEXT], ...}]: how it
               shows in a log, with texts that show it and that do not
"""


def run(argv: Sequence[str]) -> int:
    """Print it. Returns the exit status; raises SystemExit for other arguments."""
    argparse.ArgumentParser(
        prog="envcheck explain requirements",
        description="Say how a check and what it requires are written in a rule file.",
        formatter_class=Formatter,
        allow_abbrev=False,
    ).parse_args(argv)
    console.put(TEXT)
    return 0
