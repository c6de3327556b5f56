"""Checked rule sets of the shipped files, kept ready for use.

What a run executes falls by this from 462 million instructions to 422 (`valgrind
--tool=callgrind python -m envcheck face-server`). A rule set is good as long as neither
a rule file nor the code that it was checked against has changed: the types of the facts
are in the probes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Optional

from envcheck import __version__
from envcheck.rulebook.kept import Shelf, shipped_rules
from envcheck.rulebook.model import RuleSet

try:  # pickle's own fast half: the slow one takes longer to import than a rule set to load
    from _pickle import dumps, loads
except ImportError:
    from pickle import dumps, loads

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_CODE = ("", "rulebook", "probes", "probes/shared", "probes/formats")
_PROTOCOL = 5
_ENDINGS = (".py", ".pyc", ".yaml")

Version = tuple[str, list[tuple[str, int, int]]]


def rule_sets(names: Sequence[str], make: Callable[[list[str]], list[RuleSet]]) -> list[RuleSet]:
    """The rule sets of shipped modules; those that are not ready are made, and kept from now on.

    Only a name of a shipped file may be given. Raises what `make` does.
    """
    with Shelf() as shelf:
        wanted = _version()
        ready = {name: _load(shelf, name, wanted) for name in names}
        missing = [name for name, rules in ready.items() if rules is None]
        made = dict(zip(missing, make(missing) if missing else []))
        if shelf.writable:
            for name, rules in made.items():
                shelf.keep(_file(name), dumps((wanted, rules._replace(origin="")), _PROTOCOL))
    return [rules or made[name] for name, rules in ready.items()]


def _load(shelf: Shelf, name: str, wanted: Version) -> Optional[RuleSet]:
    content = shelf.load(_file(name))
    if content is None:
        return None
    try:
        version, rules = loads(content)  # noqa: S301 - by us or root, see `kept`
        if version == wanted and isinstance(rules, RuleSet):
            return rules._replace(origin=os.path.join(shipped_rules(), f"{name}.yaml"))
    except Exception:  # noqa: BLE001 - what is damaged may raise anything, and is made anew
        return None
    return None


def _file(name: str) -> str:
    return f"{name}.rules"


def _version() -> Version:
    """By which the files behind a rule set are known to be the same."""
    folders = (shipped_rules(), *(os.path.join(_PACKAGE, folder) for folder in _CODE))
    return __version__, sorted(each for folder in folders for each in _files(folder))


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_ENDINGS):
                status = entry.stat()
                yield entry.name, status.st_mtime_ns, status.st_size
