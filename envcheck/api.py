"""The functions of the public API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Optional, Union

if TYPE_CHECKING:
    from pathlib import Path

    from envcheck.diagnosis import Diagnosis
    from envcheck.results import Report
    from envcheck.rulebook import Rulebook
    from envcheck.rulebook.model import Grant, Part, RuleSet
    from envcheck.rulebook.settings import Given

DEFAULT_MODULE = "default"
DEFAULT_TIMEOUT = 60.0
SITE_WAIVERS = "/etc/envcheck/waivers.yaml"


def check(
    *modules: str,
    from_path: Optional[Union[str, Path]] = None,
    rules: Sequence[Union[str, Path]] = (),
    timeout: float = DEFAULT_TIMEOUT,
    progress: Optional[Callable[[str, bool], None]] = None,
    settings: Mapping[str, object] = MappingProxyType({}),
    waive: Mapping[str, str] = MappingProxyType({}),
    waivers: Sequence[Union[str, Path]] = (),
) -> Report:
    """Check this host, or the recorded one at `from_path`, for what the modules need.

    No module means `default`. `rules` are further directories of rule sets; `timeout` is
    in seconds and for the whole run; `progress(probe, done)` is called from other threads.
    `settings` are values of the modules' parameters by name: texts, numbers, lists of these.
    What is recorded with a host is set again, unless it is named here. `waive` says of checks
    (`module.check`) why a miss does not count; `waivers` are files that do.

    Raises RequestError when the request or a rule set is wrong, before anything is probed.
    """
    from envcheck import engine
    from envcheck.host import open_host

    _check_seconds("timeout", timeout)
    chosen = rule_sets(modules, rules, settings)
    grants = granted(rules, waive, waivers)
    host = open_host(from_path)
    try:
        if host.settings:
            chosen = rule_sets(modules, rules, settings, host.settings)
        return engine.run(host, chosen, timeout=timeout, progress=progress, grants=grants)
    finally:
        host.close()


def verify(
    *modules: str,
    from_path: Optional[Union[str, Path]] = None,
    rules: Sequence[Union[str, Path]] = (),
    timeout: float = DEFAULT_TIMEOUT,
    wait: float = 0.0,
    progress: Optional[Callable[[str, bool], None]] = None,
    watch: Optional[Callable[[Report, float], None]] = None,
    settings: Mapping[str, object] = MappingProxyType({}),
    waive: Mapping[str, str] = MappingProxyType({}),
    waivers: Sequence[Union[str, Path]] = (),
) -> Report:
    """Whether the modules run on this host, now that they are installed. As `check` for the rest.

    For `wait` seconds a host that does not pass is asked again, everything anew; `watch` is told
    each report that did not pass and the seconds that are left. Raises RequestError, also for a
    module that has nothing to verify.
    """
    from envcheck import engine
    from envcheck.errors import RequestError
    from envcheck.host import open_host
    from envcheck.waiting import until_passed

    _check_seconds("timeout", timeout)
    _check_seconds("wait", wait, least=0.0)
    if wait and from_path is not None:
        raise RequestError("--wait: a recorded host never changes: leave out --wait or --from")
    chosen = rule_sets(modules, rules, settings, part="verify")
    grants = granted(rules, waive, waivers, "verify")

    def once() -> Report:
        host = open_host(from_path)
        try:
            again = rule_sets(modules, rules, settings, host.settings, "verify") if host.settings else chosen
            return engine.run(host, again, timeout=timeout, progress=progress, grants=grants)
        finally:
            host.close()

    return until_passed(once, wait, watch)


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

    _check_seconds("timeout", timeout)
    record = None if from_path is None else str(from_path)
    request = room.Request(_each(paths), record, _each(rules), timeout)
    return room.diagnose(request, progress)


def _each(paths: Union[str, Path, Sequence[Union[str, Path]]]) -> list[str]:
    """The paths as texts. A single one is taken as such, not letter by letter."""
    import os

    each = (paths,) if isinstance(paths, (str, os.PathLike)) else paths
    return [os.fspath(path) for path in each]


def _named(modules: Sequence[object]) -> list[str]:
    """Raise RequestError for what is no module's name, such as a list of them."""
    from envcheck.errors import RequestError

    for name in modules:
        if not isinstance(name, str):
            raise RequestError(f"{name!r} is no name of a module: names are given one by one, as texts")
    return [str(name) for name in modules]


def _check_seconds(name: str, value: object, least: Optional[float] = None) -> None:
    """Raise RequestError for what is no number of seconds, as the command line does."""
    from envcheck.errors import RequestError

    if isinstance(value, (int, float)) and (0 < value < float("inf") or value == least):
        return
    raise RequestError(f"{name}={value!r}: a positive number of seconds is wanted")


def rule_sets(
    modules: Sequence[str],
    rules: Sequence[Union[str, Path]] = (),
    settings: Mapping[str, object] = MappingProxyType({}),
    recorded: Mapping[str, Given] = MappingProxyType({}),
    part: Part = "checks",
) -> list[RuleSet]:
    """What the modules need, read and checked; no module means `default`. Raises RequestError.

    With `verify` it is what shows after the installation that they run.

    `settings` are values of their parameters, as for `check`; those that were `recorded` with a
    host count where nothing else is set, as far as these modules have such parameters.
    """
    from envcheck.rulebook import open_rulebook, ready, shipped_rules

    rulebook = open_rulebook(_each(rules))
    names = list(dict.fromkeys(_named(modules) or (DEFAULT_MODULE,)))
    if settings or recorded:
        from envcheck.rulebook.given import merged

        return _checked(rulebook, names, merged(rulebook, names, settings, recorded), part)
    if part == "verify":
        return _checked(rulebook, names, part=part)
    if rulebook.directories == (shipped_rules(),) and rulebook.names >= set(names):
        return ready.rule_sets(names, partial(_checked, rulebook))
    return _checked(rulebook, names)


def _checked(
    rulebook: Rulebook,
    names: Sequence[str],
    given: Mapping[str, Given] = MappingProxyType({}),
    part: Part = "checks",
) -> list[RuleSet]:
    from envcheck.problems import load_problems

    problems = load_problems(rulebook.directories)
    return [rulebook.rule_set(name, problems, given, part) for name in names]


def granted(
    rules: Sequence[Union[str, Path]] = (),
    waive: Mapping[str, str] = MappingProxyType({}),
    waivers: Sequence[Union[str, Path]] = (),
    part: Part = "checks",
) -> tuple[Grant, ...]:
    """The waivers given, as for `check`, and the site's. Raises RequestError.

    The site's are of the checks before an installation: who lets a port be taken then does not
    mean that nobody need answer on it afterwards.
    """
    import os

    site = part == "checks" and os.path.lexists(SITE_WAIVERS)
    if not waive and not waivers and not site:
        return ()
    from envcheck.rulebook import open_rulebook
    from envcheck.rulebook.waivers import read, site_file

    files = [*_each(waivers), *(site_file(SITE_WAIVERS) if site else ())]
    return read(open_rulebook(_each(rules)), waive, files, part)
