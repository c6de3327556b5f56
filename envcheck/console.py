"""What the command line says, on stdout and stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from envcheck.errors import RequestError


def put(text: str) -> None:
    """Write to stdout, at once. A reader who has gone is no error; a full disk is."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer would fail once more, with a traceback, at the very end.
        with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise RequestError(f"stdout cannot be written: {reason(error)}") from error


def say(text: str) -> None:
    """Write a line to stderr."""
    from envcheck.report import escape  # file names and what is quoted may be anybody's

    with suppress(OSError, ValueError):
        print(f"envcheck: {escape.lines(text)}", file=sys.stderr, flush=True)  # noqa: T201 - the command line prints


def reason(error: Exception) -> str:
    """What went wrong, without the words around it."""
    return str(getattr(error, "strerror", None) or error)
