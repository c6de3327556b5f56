"""What several modules claim of one host together: free space that adds up, ports that two want.

Results of the module `*`. Only required checks claim, and none that is waived; a module that
is checked alone claims nothing together with others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Optional

from envcheck.facts import Known
from envcheck.record import Record
from envcheck.results import Result, Status, Text
from envcheck.rulebook.model import PORTS, SPACE, TOGETHER, Claim
from envcheck.values import Bytes

HINTS = {SPACE: "modules-need-more-space", PORTS: "modules-want-one-port"}

SPACE_TITLE = Text("Free space for all modules together", "各模块合计所需的可用空间")
SPACE_WANTED = Text("what the modules need on one file system fits", "同一文件系统上各模块所需空间合计足够")
PORTS_TITLE = Text("No port is wanted twice", "各模块端口不冲突")
PORTS_WANTED = Text("each port is wanted by one module only", "每个端口只被一个模块使用")
NOTHING_SHARED = Text("on different file systems", "位于不同的文件系统")
SAID = {SPACE: (SPACE_TITLE, SPACE_WANTED), PORTS: (PORTS_TITLE, PORTS_WANTED)}
"""By the id of a result its title and what is wanted."""
SOURCE = "单实例（单机）部署说明；ours"


class Claimed(Record):
    """A claim, the result of its check, and of one of space the fact that says where."""

    claim: Claim
    result: Result
    place: Any = None

    @property
    def name(self) -> str:
        """`face-server.docker-space`."""
        return f"{self.result.module}.{self.result.id}"


def combined(claims: Sequence[Claimed]) -> Iterator[Result]:
    """The results for what at least two modules claim."""
    counting = [each for each in claims if _counts(each.result)]
    for kind, judge in ((SPACE, _space), (PORTS, _ports)):
        mine = [each for each in counting if bool(each.claim.space) == (kind == SPACE)]
        if len({each.result.module for each in mine}) > 1:
            yield judge(mine)


def _counts(result: Result) -> bool:
    """What does not apply here or was waived claims nothing; what another miss blocks still will."""
    if result.level != "required" or result.waived is not None:
        return False
    return result.status != "skipped" or (result.reason is not None and "blocked" in result.reason.en)


# -- space --------------------------------------------------------------------------------


def _space(claims: Sequence[Claimed]) -> Result:
    nowhere = [each for each in claims if not isinstance(each.place, Known)]
    shared = _shared([each for each in claims if isinstance(each.place, Known)])
    failed = [each.name for each in claims if each.result.status == "fail"]
    if failed:  # one cause, one failure
        reason = Text(f"blocked by {', '.join(failed)}", f"被 {'、'.join(failed)} 阻塞")
        return _result(SPACE, "skipped", actual=None, reason=reason)
    short = [found for found in shared if _free(found) < _wanted(found)]
    if short:
        return _result(SPACE, "fail", actual=_joined(list(map(_said, short))))
    actual = _joined(list(map(_said, shared)) or [NOTHING_SHARED])
    if nowhere:
        names = ", ".join(each.name for each in nowhere)
        reason = Text(f"not known where {names} would lie", f"无法确定 {names} 所在的文件系统")
        blocked = all(each.result.status == "skipped" for each in nowhere)
        return _result(SPACE, "skipped" if blocked else "unknown", actual=actual, reason=reason)
    return _result(SPACE, "pass", actual=actual)


def _shared(claims: Sequence[Claimed]) -> list[list[Claimed]]:
    """The claims on each file system that several modules claim space of."""
    found: dict[str, list[Claimed]] = {}
    for each in claims:
        found.setdefault(each.place.value.filesystem, []).append(each)
    return [group for group in found.values() if len({each.result.module for each in group}) > 1]


def _free(claims: Sequence[Claimed]) -> Bytes:
    return Bytes(min(each.place.value.free for each in claims))


def _wanted(claims: Sequence[Claimed]) -> Bytes:
    return Bytes(sum(each.claim.free for each in claims))


def _said(claims: Sequence[Claimed]) -> Text:
    place = claims[0].place.value.mount_point
    parts = ", ".join(f"{each.name} {each.claim.free}" for each in claims)
    free, wanted = _free(claims), _wanted(claims)
    return Text(
        f"{place}: {free} free, {wanted} wanted ({parts})",
        f"{place}：可用 {free}，合计需要 {wanted}（{parts}）",
    )


# -- ports --------------------------------------------------------------------------------


def _ports(claims: Sequence[Claimed]) -> Result:
    by_port: dict[int, dict[str, None]] = {}
    for each in claims:
        for port in each.claim.ports:
            by_port.setdefault(port, {})[each.result.module] = None
    clashes = {port: modules for port, modules in sorted(by_port.items()) if len(modules) > 1}
    if not clashes:
        ports = ", ".join(map(str, sorted(by_port)))
        return _result(PORTS, "pass", actual=Text(f"none wanted twice of {ports}", f"{ports} 均无重复"))
    said = [
        Text(f"{port} is wanted by {' and '.join(found)}", f"{port} 被 {'、'.join(found)} 同时使用")
        for port, found in clashes.items()
    ]
    return _result(PORTS, "fail", actual=_joined(said))


def _joined(texts: Sequence[Text]) -> Optional[Text]:
    if not texts:
        return None
    return Text("; ".join(text.en for text in texts), "；".join(text.zh for text in texts))


def _result(
    name: str,
    status: Status,
    *,
    actual: Optional[Text],
    reason: Optional[Text] = None,
) -> Result:
    title, wanted = SAID[name]
    return Result(
        module=TOGETHER,
        id=name,
        level="required",
        status=status,
        title=title,
        requirement=wanted,
        actual=actual,
        reason=reason,
        source=SOURCE,
        hints=(HINTS[name],) if status == "fail" else (),
        waived=None,
        duration_s=0.0,
    )
