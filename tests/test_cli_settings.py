"""`--set` and `list -v`: what is typed, what is said, the exit status; a bundle keeps what was set."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck import cli
from tests.conftest import write_tree

RULES = """\
module: small
title: {en: Small, zh: 小}
description: {en: For tests, zh: 测试用}
params:
  least-kernel:
    title: {en: Least kernel, zh: 最低内核}
    text: {en: "Older ones lack it", zh: 旧内核没有}
    type: version
    default: 3.10
  ports: {title: {en: Ports, zh: 端口}, type: [port]}
checks:
  - {id: kernel, title: {en: Kernel, zh: 内核}, fact: kernel.version, require: ">= $least-kernel"}
  - {id: ports, title: {en: Ports, zh: 端口}, fact: ports.busy, require: {none: {number: $ports}}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"rules/small.yaml": RULES, "host/proc/sys/kernel/osrelease": "4.4.0\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return tmp_path


def run(*words: str, host: str = "host") -> int:
    return cli.main([*words, "--rules", "rules", "--from", host, "--log-file", "log"])


def test_what_is_set_decides(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("small") == 0
    assert "not set: --set ports=…" in capsys.readouterr().out
    assert run("small", "--set", "least-kernel=4.5") == 1
    assert ">= 4.5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "ports=http"], "--set ports: a list of ports is wanted: 'http' is no port"),
        (["--set", "least-kernle=3"], "no such parameter of small; did you mean 'least-kernel'?"),
        (["--set", "ports"], "--set ports: write it as NAME=VALUE"),
        (["--set", "=1"], "write it as NAME=VALUE"),
        (["--set", "ports="], "--set ports: a list of ports is wanted: there is no value"),
        (["--set", "ports=1", "--set", "ports=2"], "--set ports stands here twice"),
        (["--verbose"], "--verbose is for `envcheck list`"),
    ],
)
def test_a_wrong_setting_is_a_wrong_request(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert run("small", *words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    if "--verbose" not in words:
        assert run("bundle", "small", *words) == 2
        assert said in capsys.readouterr().err


def test_list_shows_what_can_be_set(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "-v", "--rules", "rules"]) == 0
    said = capsys.readouterr().out
    assert "from rules/small.yaml" in said
    assert "--set least-kernel=…" in said
    assert "Least kernel: a version such as 3.10" in said
    assert "Older ones lack it" in said
    assert "default: 3.10" in said
    assert "Ports: a list of ports\n        not set by default" in said
    assert cli.main(["list", "-v", "--rules", "rules", "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "最低内核: 版本，如 3.10" in said
    assert "端口的列表，以逗号分隔\n        默认不设置" in said
    assert cli.main(["list", "--rules", "rules"]) == 0
    assert "--set" not in capsys.readouterr().out


def test_a_bundle_asks_again_with_what_was_set(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bundle", "small", "--set", "least-kernel=4.5", "-o", "b.tar.gz") == 0
    assert run("small", host="b.tar.gz") == 1
    assert ">= 4.5" in capsys.readouterr().out
    assert run("small", "--set", "least-kernel=4.4", host="b.tar.gz") == 0
    assert run("bundle", "small", "-o", "again.tar.gz", host="b.tar.gz") == 0
    assert "is :fail" in capsys.readouterr().out
