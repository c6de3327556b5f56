"""When a line of a log says that it was written, in the forms that logs have."""

from __future__ import annotations

import re
from typing import Optional

_HEAD = 128
"""Characters in which a line tells its time."""
_ISO = r"\d{4}[-/]\d\d[-/]\d\d[T ]+\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d)\b)?"
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

_FORMS = (
    _ISO,  # ISO 8601, journald, docker logs -t, nginx's error log, mysqld, spdlog
    rf"\d\d/{_MONTH}/\d{{4}}:{_CLOCK} [+-]\d{{4}}",  # nginx's access log
    rf"(?:[A-Z][a-z][a-z] )?{_MONTH} [ \d]?\d {_CLOCK}(?: \d{{4}})?",  # syslog, dmesg -T, ctime
    rf"(?<=: )\d\d-\d\d {_CLOCK}",  # the product's services: `WARNING: 11-22 03:10:58`
    rf"(?<![^\s])[IWEF]\d{{4}} {_CLOCK}",  # glog, klog
    r"\d{6} [ \d]\d:\d\d:\d\d",  # mysqld 5.5
)
_FORM = re.compile("|".join(_FORMS))
_UPTIME = re.compile(r"\[ {0,10}\d{1,10}\.\d{6}\]")
_JSON = re.compile(rf"\btime\W{{1,8}}({_ISO})")


def time_of(line: str) -> Optional[str]:
    """The time as the line has it, None where it has none that is known here.

    A record in JSON tells it as `time`; the kernel in seconds since the start, in brackets.
    """
    head = line[:_HEAD]
    found = None
    if head.lstrip("<>0123456789").startswith("{"):
        found = _JSON.search(line)
        if found:
            return found[1]
    found = _FORM.search(head) or _UPTIME.search(head)
    if found:
        return found[0]
    late = _JSON.search(line)
    return late[1] if late else None
