"""README.md is true: what it prints is printed, what it writes in YAML is sound, its options exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from envcheck import cli, request

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    (kind, text) for kind, text in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
]
HEAD = "title: {en: A, zh: 甲}\ndescription: {en: B, zh: 乙}\n"
ROOT_CHECK = "  - {id: root, title: {en: R, zh: 根}, fact: user.root, require: true}\n"


def block(beginning: str) -> str:
    text: str
    (text,) = (text for _, text in BLOCKS if text.startswith(beginning))
    return text


def lint(folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    cli.main(["lint", str(folder)])
    return capsys.readouterr().out


def test_what_it_shows_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(ROOT)
    (command,) = re.findall(r"`COLUMNS=100 sh scripts/run.sh (.*)`", README)
    assert cli.main([*command.split(), "--lang", "en", "--log-file", str(tmp_path / "log")]) == 1
    printed = capsys.readouterr().out.splitlines()
    shown = block("face-server\n").splitlines()
    assert len(shown) > 30
    assert [line for line in shown if line.strip() != "…" and line not in printed] == []


def test_the_check_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"module: mine\n{HEAD}checks:\n{ROOT_CHECK}{block('  - id: docker')}"
    assert lint(tmp_path, capsys, "mine.yaml", text) == ""


def test_the_overlay_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(tmp_path, capsys, "site.yaml", block("overlay: ")) == ""


def test_the_known_problem_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(tmp_path, capsys, "problems.yaml", block("problems:\n")) == ""


def test_the_parameter_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (params,) = re.findall(r"^  ```yaml\n(.*?)^  ```$", README, re.MULTILINE | re.DOTALL)
    used = "  - {id: p, title: {en: P, zh: 口}, fact: ports.busy, require: {none: {number: $license-port}}}\n"
    text = f"module: mine\n{HEAD}{re.sub('^  ', '', params, flags=re.MULTILINE)}checks:\n{used}"
    assert lint(tmp_path, capsys, "mine.yaml", text) == ""


def test_the_waivers_are_sound(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(block("- check: face-server.memory"), encoding="utf-8")
    monkeypatch.chdir(ROOT)
    words = ["--from", "tests/hosts/centos72-enforcing", "face-server", "--waivers", str(path)]
    assert cli.main([*words, "--log-file", str(tmp_path / "log")]) == 1
    assert capsys.readouterr().err == ""


def test_what_is_expected_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The host is empty, so that nothing is as expected; but it is understood."""
    host = tmp_path / "hosts" / "bare"
    host.mkdir(parents=True)
    (host / "expected.yaml").write_text(block("- module: face-server"), encoding="utf-8")
    assert cli.main(["test", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.err == ""
    assert "docker: wanted fail, got unknown" in said.out


COMMANDS = sorted(
    {
        re.sub(r"\s+#.*", "", line)
        for kind, text in BLOCKS
        if kind == "sh"
        for line in text.splitlines()
        if line.startswith("envcheck")
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_the_options_of_a_command_are_in_its_help(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = line.split()[1:]
    known = [word for word in words[:1] if word in request.COMMANDS]
    inner = words[1:2] if known and known[0] in ("bundle", "machine", "explain") else []
    inner = [word for word in inner if re.fullmatch("show|verify|unpack|redact|record|compare|facts", word)]
    assert cli.main([*known, *inner, "--help"]) == 0
    said = capsys.readouterr().out
    options = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert [option for option in options if not re.search(rf"(?<!\S){option}\b", said)] == []
