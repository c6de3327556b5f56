"""Whether a folder could be written to, without writing: by rights, mount and room."""

from __future__ import annotations

import os
import stat

NOT_A_FOLDER = "it is not a folder"
READ_ONLY = "its file system is mounted read-only"
DENIED = "permission denied"
FULL = "no space is left"
NO_INODES = "no inodes are left"


def obstacle(path: str) -> str:
    """What keeps this user from making a file in the folder; empty for nothing. Raises OSError.

    access(2) also knows of folders that `chattr +i` locks and of rights beyond the mode.
    """
    if not stat.S_ISDIR(os.stat(path).st_mode):
        return NOT_A_FOLDER
    usage = os.statvfs(path)
    if usage.f_flag & os.ST_RDONLY:
        return READ_ONLY
    if not os.access(path, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        return DENIED
    if (usage.f_bfree if os.geteuid() == 0 else usage.f_bavail) == 0:
        return FULL
    return NO_INODES if usage.f_files and not usage.f_favail else ""
