"""Bounded patterns: a small subset of regular expressions in which nothing can run away.

A phrase becomes a list of parts, from which `envcheck.problems.scan` makes what its engines
take. Literals: every character stands for itself, a blank for any run of blanks or a wrapped
line, a quotation mark for any other. A pattern knows besides:

    [a-z0-9._-] [^ ]   one character of these, or none of these; never a line break
    .  \\d  \\w  \\S       any character but a line break, a digit, a letter or digit or _, a non-blank
    X?  X{m,n}  X{n}   that often, n at most 200, X a character or a class
    (?:one|two)        one of these; may be followed by `?`, may not hold another group
    (X{1,4})           what is caught for `meanings`; once in a pattern
    \\.                 a character that would mean something, as itself

There is no `*`, no `+`, no repeated group, no anchor and nothing that looks back.
"""

from __future__ import annotations
