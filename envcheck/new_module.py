"""A module to begin with: one check, a host on which it passes and one on which it fails."""

from __future__ import annotations

import os

from envcheck.errors import RequestError

_RULES = """\
# The rule set of {name}. Every fact that can be asked for: envcheck explain facts
# Does it say what it should? envcheck lint {name} && envcheck test {name}
module: {name}
title: {{en: "{name}", zh: "{name}"}}
description:
  en: What {name} needs of a host
  zh: {name} 的运行环境要求

params:
  least-kernel:
    title: {{en: Oldest kernel, zh: 最低内核版本}}
    type: version
    default: 3.10

checks:
  - id: kernel
    title: {{en: Linux kernel, zh: Linux 内核}}
    fact: kernel.version
    require: ">= $least-kernel"
    hints: [kernel-too-old]                  # known problems: envcheck explain lists them
    source: where it is asked for
"""
_EXPECTED = """\
- module: {name}
  conclusion: {verdict}
  results: {{kernel: {verdict}}}
  hints: {{kernel: [{hints}]}}
"""
_KERNEL = "proc/sys/kernel/osrelease"
_HOSTS = {"pass": ("3.10.0-957.el7.x86_64", ""), "fail": ("2.6.32-754.el6.x86_64", "kernel-too-old")}


def write(name: str) -> list[str]:
    """Write `./NAME/`; returns the paths of its files. Raises RequestError, nothing being overwritten."""
    check_name(name)
    files = {f"{name}.yaml": _RULES.format(name=name)}
    for verdict, (release, hints) in _HOSTS.items():
        files[f"hosts/{verdict}/{_KERNEL}"] = f"{release}\n"
        files[f"hosts/{verdict}/expected.yaml"] = _EXPECTED.format(name=name, verdict=verdict, hints=hints)
    try:
        os.mkdir(name)
        for path, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(name, path)), exist_ok=True)
            with open(os.path.join(name, path), "x", encoding="utf-8") as file:
                file.write(content)
    except FileExistsError:
        raise RequestError(f"{name} is there already: nothing was written") from None
    except OSError as error:
        raise RequestError(f"{name} cannot be written: {error.strerror}") from error
    return [f"{name}/{path}" for path in files]


def check_name(name: str) -> None:
    """Raise RequestError for what a module cannot be called: a command, a module that is there, no name."""
    from envcheck.rulebook import open_rulebook
    from envcheck.rulebook.rulebook import PROBLEMS, RESERVED
    from envcheck.rulebook.source import is_id

    if not is_id(name) or len(name) > _LONGEST:
        raise RequestError(f"{name!r} is no name of a module: lower-case words joined by hyphens")
    if name in RESERVED:
        raise RequestError(f"{name!r} is a command: no module may bear its name")
    if f"{name}.yaml" == PROBLEMS:
        raise RequestError(f"{PROBLEMS} holds known problems: no module may bear that name")
    if name in open_rulebook().names:
        raise RequestError(f"there is a module {name!r} already: see envcheck list -v")


_LONGEST = 60
