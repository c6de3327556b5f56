"""Errors that end a run before anything is checked."""

from __future__ import annotations


class RequestError(Exception):
    """The request or a rule set is wrong: nothing was checked.

    `str()` is the complete message, one line for each thing that is wrong.
    """
