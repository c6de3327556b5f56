"""How a sosreport names the output of a command, and how such an output says "no such command"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from envcheck.lazy import regex

_PROGRAM_FOLDER = regex(r"/(?:usr/)?s?bin/")
_NOT_IN_NAMES = regex(r"[^\w./-]+")
_NAME_MAX = 255
_MESSAGE_MAX = 400
_NO_FILE = "(?:No such file or directory|没有那个文件或目录)"
_NOT_FOUND = "(?:(?:command )?not found|未找到命令|找不到命令)"
_LINE = r"(?:(?:line |第 ?|行 ?)?\d+ ?行?[:：] ?)?"
_NO_COMMAND = (
    rf"(?:[^\s:]*sh: |sudo: )?{_LINE}NAME[:：] ?{_NOT_FOUND}",
    r"zsh: command not found: NAME",
    rf"[^\s:]*sh: {_LINE}NAME[:：] ?{_NO_FILE}",
    rf"(?:/\S*/)?(?:timeout|env|nohup|nice): (?:failed to run command )?NAME: {_NO_FILE}",
)

AT_ROOT = {
    "df_-al_-x_autofs": "df",
    "df_-al": "df",
    "dpkg_-l": "installed-debs",
    "ip_-o_addr": "ip_addr",
    "lsb_release_-a": "lsb-release",
    "lspci_-nnvv": "lspci",
    "mount_-l": "mount",
    "netstat_-W_-neopa": "netstat",
    "netstat_-neopa": "netstat",
    "ps_auxwww": "ps",
    "rpm_-qa": "installed-rpms",
    "uname_-a": "uname",
}
"""Outputs that a sosreport also shows at its root, under a name of their own."""


def file_name(argv: Sequence[str]) -> str:
    """The name of the file that holds the output: `ip -o addr` → `ip_-o_addr`."""
    return _file_name(" ".join(argv))


@lru_cache(maxsize=1024)
def _file_name(line: str) -> str:
    start = _PROGRAM_FOLDER.match(line)
    if start:
        line = line[start.end() :]
    return _NOT_IN_NAMES.sub("_", line).replace("/", ".").strip(" ._-")[:_NAME_MAX]


def says_no_command(text: str, command: str) -> bool:
    """Whether the whole output is the message of a shell or of `timeout` that `command` is not there."""
    message = text.strip()
    if len(message) > _MESSAGE_MAX or "\n" in message:
        return False
    name = rf"['‘`\"“]?(?:/\S*/)?{re.escape(command)}['’\"”]?"
    return any(re.fullmatch(form.replace("NAME", name), message) for form in _NO_COMMAND)
