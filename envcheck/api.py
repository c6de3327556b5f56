"""The functions of the public API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Optional, Union

if TYPE_CHECKING:
    from pathlib import Path

    from envcheck.diagnosis import Diagnosis
    from envcheck.results import Report
    from envcheck.rulebook.model import RuleSet

DEFAULT_MODULE = "default"
DEFAULT_TIMEOUT = 60.0


def check(
    *modules: str,
    from_path: Optional[Union[str, Path]] = None,
    rules: Sequence[Union[str, Path]] = (),
    timeout: float = DEFAULT_TIMEOUT,
    progress: Optional[Callable[[str, bool], None]] = None,
) -> Report:
    """Check this host, or the recorded one at `from_path`, for what the modules need.

    No module means `default`. `rules` are further directories of rule sets; `timeout` is
    in seconds and for the whole run; `progress(probe, done)` is called from other threads.

    Raises RequestError when the request or a rule set is wrong, before anything is probed.
    """
    from envcheck import engine
    from envcheck.host import open_host

    chosen = rule_sets(modules, rules)
    host = open_host(from_path)
    try:
        return engine.run(host, chosen, timeout=timeout, progress=progress)
    finally:
        host.close()


def diagnose(
    *paths: Union[str, Path],
    from_path: Optional[Union[str, Path]] = None,
    rules: Sequence[Union[str, Path]] = (),
    timeout: float = DEFAULT_TIMEOUT,
    progress: Optional[Callable[[str, int, int], None]] = None,
) -> Diagnosis:
    """Look for known problems in the logs at these paths, or in those of the host without any.

    A path is a file, also a compressed one, a directory, an archive, or `-` for standard input.
    `from_path` is a recorded host: its logs are read where no path is given, and it is asked
    instead of this machine whether a problem is confirmed. `timeout` is in seconds, for that;
    `progress(log, done, total)` is told how many bytes are read.

    Raises RequestError when the request or a rule set is wrong, or no log could be read.
    """
    from envcheck.problems import diagnose as room

    record = None if from_path is None else str(from_path)
    request = room.Request(list(map(str, paths)), record, list(map(str, rules)), timeout)
    return room.diagnose(request, progress)


def rule_sets(modules: Sequence[str], rules: Sequence[Union[str, Path]] = ()) -> list[RuleSet]:
    """What the modules need, read and checked; no module means `default`. Raises RequestError."""
    from envcheck.problems import load_problems
    from envcheck.rulebook import open_rulebook

    rulebook = open_rulebook([str(directory) for directory in rules])
    problems = load_problems(rulebook.directories)
    return [rulebook.rule_set(name, problems) for name in dict.fromkeys(modules or (DEFAULT_MODULE,))]
