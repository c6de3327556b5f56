"""Text as it was meant: without colours, control characters and the escapes of JSON.

No line break is lost or added, so that lines keep their numbers.
"""

from __future__ import annotations

import re

IRREGULAR = rb"[\x00-\x08\x0e-\x1f\x7f\\]"
"""What a regular text lacks: control characters other than blanks, and backslashes."""

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r") + b"\x7f\\"
_SEQUENCE = re.compile(
    rb"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]"  # colours, and where to write
    rb"|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)"  # the window's title
    rb"|[()#%][0-9A-Za-z]|[0-9=>A-Zc])"
)
_UNICODE = re.compile(rb"\\+u([0-9a-fA-F]{4})")
_ESCAPED_BLANKS = (b"\\n", b"\\t", b"\\r")


def clean(text: bytes) -> bytes:
    """The text without what stands between its words by accident; a regular text stays as it is."""
    if b"\\u" in text:
        text = _UNICODE.sub(_character, text)
    if b"\x1b" in text:
        text = _SEQUENCE.sub(b"", text)
    if b"\\" in text:
        for escape in _ESCAPED_BLANKS:
            text = text.replace(escape, b"  ")
    return text.translate(None, _CONTROLS)


def _character(escape: re.Match[bytes]) -> bytes:
    code = int(escape[1], 16)
    if code == 0x1B:  # noqa: PLR2004 - the escape that begins a colour
        return b"\x1b"
    return chr(code).encode("utf-8", "ignore") if code >= ord(" ") else b" "
