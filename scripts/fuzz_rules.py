#!/usr/bin/env python3
"""Feed the loader and lint rule files that nobody would write, and say where they go wrong.

    python scripts/fuzz_rules.py --seconds 600 --seed 7

Each file is a real one changed at random, or a bomb. Whatever it holds, it must be read or
refused with RequestError, within a bounded time and with messages of bounded length that
name lines of the file. What does otherwise is kept in --keep and ends the run with status 1.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import NamedTuple, Optional

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from envcheck.errors import RequestError  # noqa: E402
from envcheck.lint import lint  # noqa: E402
from envcheck.problems import load_problems  # noqa: E402
from envcheck.rulebook import RuleErrors, open_rulebook  # noqa: E402

SECONDS_A_FILE = 20.0
"""Of the processor, each time a file is read: a loaded machine makes nothing wrong."""
LONGEST_MESSAGE = 1000
MODULE = "fuzzed"

_WORDS = [
    *rb"& &a * *a ! !x !!binary !!python/object/apply:os.system %YAML --- ... <<: |".split(),
    *rb"> ? : - # ' { } [ ] , overlay remove waivable needs any every none count not".split(),
    *rb"$x $$ $ ~ null yes true 0x1F 1e999 -1 nan .inf >= => < != == 32 GB GHz kernel kernel.version".split(),
    *rb"id fact require requires hints when level show gpu.cards docker.engine".split(),
    *rb"extends abstract params notes logs checks module title en zh".split(),
    *(
        b'"',
        b"\0",
        b"\t",
        b"\n",
        b"\r",
        b"\\",
        b"\x1b[31m",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
    ),
    *(b"\xed\xa0\x80", b"9" * 400, b"1." * 300, b"x" * 5000),
]
"""What is put where it does not belong."""


class Wrong(NamedTuple):
    """A file that was not dealt with as it should be, and what happened."""

    content: bytes
    what: str


class TooLong(BaseException):
    """The time for one file is over. No `except Exception` keeps it."""


def main() -> int:
    """Fuzz for as long as the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzzed"), help="where wrong files are kept")
    options = parser.parse_args()
    tries = chain(bombs().values(), mutations(options.seed))
    count, wrong = fuzz(tries, options.seconds)
    for number, (content, what) in enumerate(wrong):
        options.keep.mkdir(exist_ok=True)
        (options.keep / f"{options.seed}-{number}.yaml").write_bytes(content)
        print(what)
    print(f"{count} files in {options.seconds:g} s, {len(wrong)} wrong")
    return 1 if wrong else 0


def fuzz(contents: Iterable[bytes], seconds: float) -> tuple[int, list[Wrong]]:
    """How many files were tried, and which went wrong."""
    wrong: list[Wrong] = []
    count = 0
    end = time.monotonic() + seconds
    for content in contents:
        found = tried(content)
        wrong += [Wrong(content, found)] if found else []
        count += 1
        if time.monotonic() > end:
            break
    return count, wrong


def mutations(seed: int) -> Iterator[bytes]:
    """Real files changed at random, without end."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    seeds = [path.read_bytes() for path in sorted(REPOSITORY.glob("rules/*.yaml"))]
    seeds += [path.read_bytes() for path in sorted(REPOSITORY.glob("tests/rulebook/broken/**/*.yaml"))]
    while True:
        yield mutated(seeds, chance)


# -- what is tried ----------------------------------------------------------------------


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """A real file with one to eight changes."""
    content = chance.choice(seeds)
    if chance.random() < 0.8:
        content = _named(content)
    for _ in range(chance.randint(1, 8)):
        content = chance.choice(_CHANGES)(content, seeds, chance)
    return content


def _named(content: bytes) -> bytes:
    """The file under the name that it will have, so that what comes behind its first key is reached."""
    lines = content.split(b"\n")
    return b"\n".join(
        b"module: " + MODULE.encode() if line.startswith(b"module:") else line for line in lines
    )


def _flip(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _insert(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_WORDS) + content[at:]


def _replace_word(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    words = content.split(b" ")
    words[chance.randrange(len(words))] = chance.choice(_WORDS)
    return b" ".join(words)


def _swap_words(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    words = content.split(b" ")
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return b" ".join(words)


def _cut(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randrange(200) :]


def _change_line(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    change: list[Callable[[bytes], list[bytes]]] = [
        lambda _: [],
        lambda line: [line] * chance.choice((2, 3, 200)),
        lambda line: [b"  " + line],
        lambda line: [line[1:]],
        lambda line: [line, chance.choice(lines)],
        lambda line: [line.upper()],
    ]
    return b"\n".join([*lines[:at], *chance.choice(change)(lines[at]), *lines[at + 1 :]])


def _splice(content: bytes, seeds: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(seeds)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _encode(content: bytes, _: list[bytes], chance: random.Random) -> bytes:
    if chance.random() < 0.9:
        return content
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "gb18030", "utf-7")), "replace")


_CHANGES = (
    _flip,
    _insert,
    _insert,
    _replace_word,
    _replace_word,
    _swap_words,
    _cut,
    _change_line,
    _splice,
    _encode,
)


def bombs() -> dict[str, bytes]:
    """Files that would exhaust a careless reader, by what they are."""
    head = f"module: {MODULE}\ntitle: {{en: A, zh: 甲}}\ndescription: {{en: A, zh: 甲}}\n"
    check = "  - id: c{0}\n    title: {{en: A, zh: 甲}}\n    fact: kernel.version\n    require: '> 3'\n"
    one = head + "checks:\n" + check.format(0)
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi")
    )
    chain_of_checks = "".join(
        check.format(number) + f"    requires: [c{number + 1}]\n" for number in range(1500)
    ) + check.format(1500)
    nested = "{not: " * 25 + "3" + "}" * 25
    return {
        "laughs": laughs.encode(),
        "merge keys": b"base: &b {a: 1}\nother: {<<: [*b, *b]}\n",
        "ten megabytes": b"x: " + b"y" * (10 << 20),
        "two megabytes of one word": one.encode() + b"    source: " + b"y" * ((2 << 20) - 1000),
        "two megabytes of one key": head.encode() + b"k" * ((2 << 20) - 1000) + b": 1\n",
        "deep lists": b"checks: " + b"[" * 500_000,
        "deep mappings": b"checks: " + b"{a: " * 300_000,
        "deep blocks": b"".join(b" " * depth + b"a:\n" for depth in range(1500)),
        "deep sequences": b"- " * 500_000,
        "complex keys": b"? " * 500_000,
        "deep not": (one.replace("'> 3'", nested)).encode(),
        "unknown keys": head.encode() + b"".join(b"key%d: 1\n" % number for number in range(150_000)),
        "unknown checks": (head + "extends: common\nchecks:\n" + "  - memoyr\n" * 8_000).encode(),
        "broken checks": (head + "checks:\n" + "  - {id: c, x: 1, y: 2}\n" * 3_000).encode(),
        "a chain of checks": (head + "checks:\n" + chain_of_checks).encode(),
        "many alternatives": one.replace("'> 3'", "[" + "'> 3', " * 8_000 + "4]").encode(),
        "many comparisons": one.replace("'> 3'", "'" + ">3," * 300_000 + ">3'").encode(),
        "a long version": one.replace("> 3", "> " + "1." * 500_000 + "1").encode(),
        "a long number": one.replace("> 3", "> " + "9" * 1_000_000).encode(),
        "many hints": (one + "    hints: [" + "kernel-to-old, " * 10_000 + "x]\n").encode(),
        "many operators": one.replace("> 3", "=" * 1_000_000).encode(),
        "many directives": b"%TAG ! tag:x\n" * 2 + b"---\n" + one.encode(),
        "nothing but commas": b"[" + b"," * 1_000_000,
        "open quotes": b"'" * 999_999,
        "utf-16": one.encode("utf-16"),
        "utf-16 without a mark": one.encode("utf-16-le"),
        "zeros": b"\0" * 1_000_000,
        "no text": bytes(range(256)) * 4000,
        "an unknown tag": one.replace("'> 3'", "!!python/object/apply:os._exit [3]").encode(),
    }


# -- trying -----------------------------------------------------------------------------


def tried(content: bytes) -> str:
    """What went wrong with a file, as a rule set and as known problems; empty where nothing did."""
    with tempfile.TemporaryDirectory(prefix="envcheck-fuzz-") as folder:
        for name in (f"{MODULE}.yaml", "problems.yaml"):
            path = Path(folder, name)
            path.write_bytes(content)
            for action in (_load, _lint):
                found = _watched(action, path, content)
                if found:
                    return f"{action.__name__[1:]} {name}: {found}"
            path.unlink()
    return ""


def _load(path: Path) -> str:
    rulebook = open_rulebook([str(path.parent)])
    problems = load_problems(rulebook.directories)
    if path.stem == MODULE:
        rulebook.rule_set(MODULE, problems)
    return ""


def _lint(path: Path) -> str:
    findings = lint([str(path)])
    raise RuleErrors(findings)


def _watched(action: Callable[[Path], str], path: Path, content: bytes) -> str:
    def stop(_number: int, _frame: Optional[FrameType]) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_FILE)
    try:
        return action(path)
    except RuleErrors as error:
        return _checked(error, path, content.count(b"\n") + content.count(b"\r") + content.count(b"\xc2\x85"))
    except RequestError as error:
        return "" if len(str(error)) <= LONGEST_MESSAGE else f"a message of {len(str(error))} characters"
    except TooLong:
        return f"longer than {SECONDS_A_FILE:g} s"
    except Exception:  # noqa: BLE001 - that is what is sought
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _checked(error: RuleErrors, path: Path, breaks: int) -> str:
    """Whether the messages are short enough and name places in the file."""
    for each in error.errors:
        if len(each.message) > LONGEST_MESSAGE:
            return f"a message of {len(each.message)} characters: {each.message[:200]}"
        if each.file == str(path) and not 1 <= each.line <= breaks + content_lines(path):
            return f"no such line: {each}"
    return ""


def content_lines(path: Path) -> int:
    """How many lines a text editor shows of a file, with one to spare."""
    return len(path.read_bytes().decode("utf-8", "replace").splitlines()) + 1


if __name__ == "__main__":
    sys.exit(main())
