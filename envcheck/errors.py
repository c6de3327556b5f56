"""What a caller did wrong, as opposed to what is wrong with the machine."""

from __future__ import annotations


class RequestError(Exception):
    """The request or a rule set is wrong: nothing was checked.

    `str()` is the complete message for a person, of one line or more.
    """
