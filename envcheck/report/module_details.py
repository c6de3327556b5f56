"""The list of modules with what each leaves open to be set, and where it is from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from envcheck.report.style import Style
from envcheck.rulebook.parameters import in_words
from envcheck.rulebook.settings import said
from envcheck.text import Text

if TYPE_CHECKING:
    from envcheck.rulebook.model import ModuleInfo, Parameter

FROM = Text("from {} ({})", "来自 {}（{}）")
CHANGED = Text("changed by {} ({})", "修改自 {}（{}）")
VERIFIABLE = Text("after the installation: envcheck verify {}", "部署后验证：envcheck verify {}")
DEFAULT = Text("default: {}", "默认值：{}")
NO_DEFAULT = Text("not set by default: what needs it is skipped", "默认不设置：相关检查项将跳过")
INDENT = 4


def render(
    modules: Sequence[tuple[ModuleInfo, Mapping[str, Parameter]]], origins: Mapping[str, Text], style: Style
) -> str:
    """Each module with its files and its parameters' types, defaults and texts; a line break at the end.

    `origins` says of each directory of rule sets how it came to be read.
    """
    blocks = ("\n".join(_module(info, parameters, origins, style)) for info, parameters in modules)
    return "\n\n".join(blocks) + "\n"


def _module(
    info: ModuleInfo, parameters: Mapping[str, Parameter], origins: Mapping[str, Text], style: Style
) -> Iterator[str]:
    yield style.paint(style.fit(info.name), "1")
    yield from style.indented(f"{style.say(info.title)}: {style.say(info.description)}", INDENT)
    for pattern, path in ((FROM, info.origin), *((CHANGED, path) for path in info.overlays)):
        words = style.say(origins[os.path.dirname(path)])
        yield " " * INDENT + style.say(pattern).format(style.fit(path), words)
    if info.verifiable:
        yield " " * INDENT + style.say(VERIFIABLE).format(style.fit(info.name))
    for parameter in parameters.values():
        yield " " * INDENT + f"--set {style.fit(parameter.name)}=…"
        for text in _about(parameter, style):
            yield from style.indented(text, 2 * INDENT)


def _about(parameter: Parameter, style: Style) -> Iterator[str]:
    yield f"{style.say(parameter.title)}: {style.fit(style.say(in_words(parameter)))}"
    if parameter.text is not None:
        yield style.say(parameter.text)
    default = parameter.default
    yield style.say(NO_DEFAULT) if default is None else style.say(DEFAULT).format(style.fit(said(default)))
