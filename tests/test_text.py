"""Texts in both languages: what is said of the machine is looked up when it is read."""

from __future__ import annotations

import pickle

from envcheck.text import Found, Text


def test_what_is_found_is_english_until_its_chinese_is_asked_for() -> None:
    found = Found.of("no command kubectl")
    assert (found.en, found.say("en"), found.zh, found.say("zh")) == (
        "no command kubectl",
        "no command kubectl",
        "没有命令 kubectl",
        "没有命令 kubectl",
    )
    assert pickle.loads(pickle.dumps(found)).zh == "没有命令 kubectl"  # noqa: S301
    assert isinstance(found, Text)


def test_a_rule_sets_own_words_stand_between() -> None:
    found = Found.of("none", Text("; yes: ", "；yes："), "yes")
    assert (found.en, found.zh) == ("none; yes: yes", "无；yes：是")


def test_the_machine_cannot_pretend_to_be_a_rule_set() -> None:
    assert Found.of("none\x1fnone\x1fnone").zh == "none none none"
    assert Found.of("none\x1fyes", Text("; no ", "；no "), "\x1fyes").zh == "none yes；no  yes"


def test_a_changed_text_is_changed_in_both_languages() -> None:
    def blacken(text: str) -> str:
        return text.replace("kubectl", "XXXX")

    assert Text("kubectl", "命令 kubectl").changed(blacken) == Text("XXXX", "命令 XXXX")
    changed = Found.of("no command kubectl", Text(" of kubectl", "，属 kubectl")).changed(blacken)
    assert (changed.en, changed.zh) == ("no command XXXX of XXXX", "没有命令 XXXX，属 XXXX")
