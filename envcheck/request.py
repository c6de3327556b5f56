"""The words of the command line, and what is asked for where no option is given.

`envcheck`, `envcheck MODULE ...` and `envcheck list` are what nearly every run is: they are
understood here, without argparse, which to be imported and told of all the options takes 11 of the
360 million instructions of a check and 28 of the 130 million of `list` (`valgrind --tool=callgrind
python -m envcheck list --lang en`). Whatever else is asked, `arguments` reads.
"""

from __future__ import annotations

from types import MappingProxyType, SimpleNamespace

from envcheck.errors import RequestError

TYPE_CHECKING = False  # what `typing` is imported for by others; type checkers know it by its name
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Optional, Union

    Options = Union[argparse.Namespace, SimpleNamespace]
    """What was asked for: the options of `arguments`, by their names there."""

COMMANDS = ("bundle", "diagnose", "explain", "lint", "machine", "new", "test", "verify")
"""Words with a room of their own, `envcheck/commands/WORD.py`, that takes what stands behind them."""
LATER = ("fix", "fleet")
"""Words that are reserved for what this version cannot do yet."""
_WORDS = frozenset(("list", *COMMANDS, *LATER))

DEFAULTS: Mapping[str, object] = MappingProxyType(
    {
        "format": "table",
        "output": None,
        "brief": False,
        "lang": None,
        "verbose": False,
        "from_path": None,
        "rules": (),
        "settings": (),
        "waive": (),
        "waivers": (),
        "timeout": 60.0,
        "log_file": None,
    }
)
"""The options of `arguments`, as they are where none is given."""


def plain(argv: Sequence[str]) -> Optional[Options]:
    """The request of a line of nothing but modules, or of `list`; None for any other line."""
    if list(argv) == ["list"]:
        return SimpleNamespace(modules=["list"], list=True, **DEFAULTS)
    if any(word[:1] == "-" or word in _WORDS for word in argv):
        return None
    return SimpleNamespace(modules=list(argv), list=False, **DEFAULTS)


def or_command(modules: Sequence[str], *behind: str, words: Iterable[str] = ("list", *COMMANDS)) -> str:
    """What to add where the first of the modules is none: that a command may be meant by it.

    `words` are those of the commands, `behind` what stands before them.
    """
    import difflib

    close = difflib.get_close_matches(modules[0].lower(), words, n=1, cutoff=0.75)
    return f"; or is the command `{' '.join((*behind, close[0]))}` meant?" if close else ""


def settings(texts: Sequence[str]) -> dict[str, str]:
    """What stands behind each `--set`, by name. Raises RequestError where that is no NAME=VALUE."""
    return _pairs(texts, "--set", "NAME=VALUE", "; the items of a list follow one another: a,b")


def waived(texts: Sequence[str]) -> dict[str, str]:
    """What stands behind each `--waive`, by check. Raises RequestError where that is no pair."""
    return _pairs(texts, "--waive", "MODULE.CHECK=REASON", "")


def _pairs(texts: Sequence[str], option: str, form: str, advice: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise RequestError(f"{option} {text}: write it as {form}")
        if name in found:
            raise RequestError(f"{option} {name} stands here twice{advice}")
        found[name] = value
    return found
