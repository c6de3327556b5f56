"""The user's home directory, also where the environment names none that can be used."""

from __future__ import annotations

import os
from collections.abc import Mapping


def directory(environ: Mapping[str, str]) -> str:
    """$HOME; where that is unset or relative, what the system lists. Empty where the user has none.

    Nothing below the current directory is read or written without having been named.
    """
    home = environ.get("HOME", "")
    return home if os.path.isabs(home) else _listed()


def _listed() -> str:
    import pwd

    try:
        home = pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return ""
    return home if os.path.isabs(home) else ""
