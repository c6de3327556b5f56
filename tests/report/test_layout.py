from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from envcheck.report.layout import pad, share, shorten, width, wrap


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("内核 3.10") == 9
    assert pad("内核", 6) == "内核  "
    assert width("≥ ✓ … é") == 7


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("short", 10, ["short"]),
        ("", 10, [""]),
        ("two words", 5, ["two", "words"]),
        ("*nvidia-driver-tested", 14, ["*nvidia-", "driver-tested"]),
        ("/home/work/start", 12, ["/home/work/", "start"]),
        ("rpm --nodeps x", 8, ["rpm", "--nodeps", "x"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("物理机，不支持虚拟机", 8, ["物理机，", "不支持虚", "拟机"]),
        ("物理机支持，好", 10, ["物理机支", "持，好"]),
        ("支持（所有）型号", 6, ["支持", "（所", "有）型", "号"]),
        ("内核3.10及以上", 6, ["内核", "3.10及", "以上"]),
    ],
)
def test_wrapping(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("check: offline-security-server", 24, ["check:", "offline-security-server"]),
        ("take /home/work/docker", 18, ["take", "/home/work/docker"]),
        ("take /home/work/docker", 15, ["take /home/", "work/docker"]),
        ("安装到 /home/work/docker", 18, ["安装到", "/home/work/docker"]),
    ],
)
def test_wrapping_keeps_whole_what_is_there_to_be_copied(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns, whole_words=True) == lines


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])), st.integers(2, 30), st.booleans()
)
def test_wrapping_loses_nothing_and_fits(text: str, columns: int, whole_words: bool) -> None:
    lines = wrap(text, columns, whole_words)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wcswidth(line) <= columns for line in lines)


def test_shortening_marks_what_is_left_out() -> None:
    assert shorten("CentOS Linux", 12) == "CentOS Linux"
    assert shorten("CentOS Linux", 8) == "CentOS …"
    assert shorten("物理机不支持", 6, "...") == "物..."
    assert shorten("anything", 0) == "…"


def test_narrow_columns_get_what_they_want_and_wide_ones_share_the_rest() -> None:
    assert share([5, 5], 100) == [5, 5]
    assert share([4, 50, 60], 44) == [4, 20, 20]
    assert sum(share([23, 22, 25, 20, 40], 72)) == 72
