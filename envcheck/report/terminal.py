"""What the reader's terminal and locale can show: width, colours, signs, language."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Optional, TextIO

if TYPE_CHECKING:
    from envcheck.text import Lang

DEFAULT_WIDTH = 80
LEAST_WIDTH = 20
_C = ("", "C", "POSIX")


def width(stream: Optional[TextIO]) -> int:
    """Columns of the terminal behind a stream; where there is none COLUMNS, else 80."""
    columns = 0
    if stream is not None:
        with suppress(OSError, ValueError):
            columns = os.get_terminal_size(stream.fileno()).columns
    return max(columns or _columns(os.environ), LEAST_WIDTH)


def _columns(environment: Mapping[str, str]) -> int:
    text = environment.get("COLUMNS", "")
    return int(text) if text.isdecimal() and 0 < int(text) < 10_000 else DEFAULT_WIDTH  # noqa: PLR2004


def colour(stream: TextIO) -> bool:
    """Whether to colour: on a terminal only, never with NO_COLOR or on a dumb one."""
    return is_capable(stream) and not os.environ.get("NO_COLOR")


def is_capable(stream: TextIO) -> bool:
    """Whether the stream is a terminal that obeys control sequences."""
    try:
        return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    except ValueError:  # it is closed
        return False


def is_plain(stream: TextIO) -> bool:
    """Whether only ASCII signs are sure to be shown: the C locale, or another encoding than UTF-8."""
    locale = _locale("LC_CTYPE")
    if locale == "C.UTF-8" and not os.environ.get("LC_ALL") and os.environ.get("LANG", "") in _C:
        locale = "C"  # Python itself sets LC_CTYPE so where it finds the C locale (PEP 538)
    encoding = (stream.encoding or "").lower().replace("-", "").replace("_", "")
    return locale in _C or encoding != "utf8"


def language() -> Lang:
    """The reader's language by the locale: Chinese, else English."""
    return "zh" if _locale("LC_MESSAGES").lower().startswith("zh") else "en"


def _locale(category: str) -> str:
    return os.environ.get("LC_ALL") or os.environ.get(category) or os.environ.get("LANG") or ""
