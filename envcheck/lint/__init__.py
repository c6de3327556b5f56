"""What is wrong or senseless in rule files and bases of known problems, before anybody relies on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from envcheck.lint import problems, rulesets
from envcheck.lint.files import Folder, folders
from envcheck.rulebook.source import RuleError, RuleErrors

__all__ = ["lint"]


def lint(paths: Sequence[str], rules: Sequence[str] = ()) -> list[RuleError]:
    """What is wrong in these files and directories, sorted by place; no path means the shipped rules.

    They are one set: what they refer to is sought in all of them, beside them, in the directories
    `rules` and among the shipped rules. Raises RequestError for a path that is no rule file and
    no directory of some.
    """
    errors = [error for folder in folders(paths, rules) for error in _of_folder(folder)]
    return RuleErrors(errors).errors


def _of_folder(folder: Folder) -> Iterator[RuleError]:
    for path in folder.ignored:
        yield RuleError(path, 1, 1, "this file is never read: the names of rule files end in .yaml")
    if folder.problems:
        yield from _gathered(partial(problems.findings, folder.path, folder.searched))
    yield from _gathered(partial(_of_modules, folder))


def _of_modules(folder: Folder) -> list[RuleError]:
    rulebook, errors = rulesets.read(folder.searched)
    known = problems.known(folder.searched)
    refused = {error.file for error in errors}
    errors = [error for error in errors if error.file in folder.modules]
    for path in folder.modules:
        if path not in refused:
            errors += _gathered(partial(rulesets.findings, rulebook, path, known))
    return errors


def _gathered(find: Callable[[], list[RuleError]]) -> list[RuleError]:
    try:
        return find()
    except RuleErrors as error:
        return error.errors
