"""What is set for a run: the values given with it, and those that a record keeps."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from envcheck.errors import RequestError
from envcheck.rulebook.settings import Given, read_value, written
from envcheck.rulebook.source import nearest, quoted

if TYPE_CHECKING:
    from envcheck.rulebook.model import Parameter
    from envcheck.rulebook.rulebook import Rulebook

log = logging.getLogger(__name__)


def merged(
    rulebook: Rulebook, modules: Sequence[str], settings: Mapping[str, object], recorded: Mapping[str, Given]
) -> dict[str, Given]:
    """What is in force: `settings`, and what was `recorded` where these modules can use it.

    Raises RequestError for a module that is none, and for a setting that is no parameter of these.
    """
    known: dict[str, Parameter] = {}
    for module in modules:
        known.update(rulebook.parameters(rulebook.known(module)))
    for name in settings:
        if name not in known:
            has = nearest(name, known) or "; there is none"
            raise RequestError(f"--set {name}: no such parameter of {', '.join(modules)}{has}")
    return {**_usable(known, recorded), **{name: _written(name, raw) for name, raw in settings.items()}}


def _written(name: str, raw: object) -> Given:
    try:
        return written(raw)
    except TypeError as error:
        raise RequestError(f"--set {name}: {error}") from error


def _usable(known: Mapping[str, Parameter], recorded: Mapping[str, Given]) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for name, given in recorded.items():
        try:
            read_value(known[name], given)
            found[name] = given
        except (LookupError, ValueError) as error:  # of another module, or of another version
            log.warning("what was recorded for the parameter %s is not used: %s", quoted(name), error)
    return found
