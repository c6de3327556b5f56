"""A Chinese report: the probes' own sentences are Chinese, the machine's words stay what they are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import envcheck
from envcheck.phrases import chinese
from envcheck.phrases.doors import DOORS
from envcheck.phrases.findings import FINDINGS
from envcheck.phrases.logs import LOGS
from envcheck.phrases.words import PARTS, WORDS
from tests.phrases import sentences

ROOMS = [Path(envcheck.__file__).parent / room for room in ("probes", "host")]
HAN = re.compile("[\u4e00-\u9fff]")
MACHINES_OWN = {
    "X1 (pid X1)X1",
    "X1 failed: X1",
    "X1; runtime `nvidia` X1",
    "docker at X1: X1",
    "docker info X1",
    "no Python 2.7 that runsX1",
    "nvidia-smi: X1",
}
"""Sentences with nothing in them to translate, or that another line of their function goes on with."""
BOOKS = (PARTS, WORDS, FINDINGS, DOORS, LOGS)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_sentence_of_a_probe_or_a_door_has_its_chinese(room: Path) -> None:
    english = [
        f"{file.relative_to(room)}:{line}: {text}"
        for file in sorted(room.rglob("*.py"))
        for line, text in sentences.of(file)
        if re.search("[a-z]{3}", text.replace(sentences.SAMPLE, ""))
        and text not in MACHINES_OWN
        and not HAN.search(chinese(text))
    ]
    assert english == []


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("none", "无"),
        ("no Python 2.7 that runs; `python` is 3.11.7", "没有可运行的 Python 2.7；`python` 为 3.11.7"),
        ("architecture x86_64, userland bits 64", "架构 x86_64，用户态位数 64"),
        ("physical cores 2, frequency >= 2100 MHz", "物理核 2，主频 >= 2100 MHz"),
        ("eth0 (wired, up, 10.0.0.5); wlan0 (wireless, down, no address)",
         "eth0（有线，已连接，10.0.0.5）；wlan0（无线，未连接，无地址）"),
        ("8443 by nginx (pid 77) on 0.0.0.0", "8443 被 nginx（pid 77）占用，地址 0.0.0.0"),
        ("GPU 0: Tesla P4, 7611 MiB", "GPU 0: Tesla P4, 7611 MiB"),
        ("GPU 0: GRID P40-12Q, 12288 MiB, a vGPU", "GPU 0：GRID P40-12Q，12288 MiB，vGPU"),
        ("broken at: version match (kernel module 390.30, library 384.66)",
         "故障层：版本匹配（内核模块 390.30，库 384.66）"),
        ("devicemapper (on xfs, Base Device Size 10.7 GB, 3.2 GB left in its pool)",
         "devicemapper（底层 xfs，Base Device Size 10.7 GB，存储池剩余 3.2 GB）"),
        ("line 3: HOST is 127.0.0.1: a container reaches only itself by it",
         "第 3 行：HOST 为 127.0.0.1：容器用它只能访问到自己"),
        ("conflicts 1: libsemanage 2.5-14.el7 is newer than 2.5-8.el7, leftovers none",
         "冲突 1：libsemanage 2.5-14.el7 高于 2.5-8.el7，残留 无"),
        ("architecture: not in this record: /proc/cpuinfo, uname -m, …",
         "架构：记录中没有：/proc/cpuinfo, uname -m, …"),
        ("whether there is a user idl-face is not in this record", "记录中没有 是否有用户 idl-face"),
        ("10.0.0.9:5535: refused: nothing listens there", "10.0.0.9:5535：连接被拒绝：没有程序在监听"),
    ],
)  # fmt: skip
def test_sentences(english: str, said: str) -> None:
    assert chinese(english) == said


@pytest.mark.parametrize(
    "words",
    [
        "FATAL: 01-21 10:02:03: [auth.cpp:98] authenticate failed: Couldn't connect to server",
        "driver failed programming external connectivity on endpoint face",
        "Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz",
        "CentOS Linux 7.6.1810 (Core)",
        "x (y", "a: b: c", ", , ,", "; ", ": ", "", "(", " ()",
    ],
)  # fmt: skip
def test_the_machines_own_words_stay(words: str) -> None:
    assert chinese(words) == words


def test_each_phrase_is_found_and_keeps_every_word_of_the_machine() -> None:
    wrong = {}
    for english, said in [pair for book in BOOKS for pair in book.items()]:
        gaps = re.findall(r"\{(\w)\}", english)
        words = {gap: f"«{number}»" for number, gap in enumerate(gaps)}
        found = chinese(english.format(**words))
        if sorted(gaps) != sorted(re.findall(r"\{(\w)\}", said)) or found != said.format(**words):
            wrong[english] = found
    assert wrong == {}


def test_no_phrase_is_written_twice() -> None:
    counted = Counter(english for book in BOOKS for english in book)
    assert [english for english, count in counted.items() if count > 1] == []


@given(st.text(alphabet="ab:;,() \x1f", max_size=60))
def test_whatever_is_said_can_be_read(text: str) -> None:
    assert re.sub("[：；，（）]|[:;,() ]", "", chinese(text)) == re.sub("[:;,() ]", "", text)


@pytest.mark.parametrize("text", ["a (" * 1000 + ")" * 1000, ": " * 2000, "no a: " * 600, "x (up" * 700])
def test_words_without_end_are_read_in_bounds(text: str) -> None:
    assert isinstance(chinese(text), str)
