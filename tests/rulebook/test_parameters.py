"""Parameters: what a rule set leaves open, how it is set, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

import envcheck
from envcheck.errors import RequestError
from envcheck.rulebook import Rulebook, RuleErrors
from envcheck.rulebook.model import RuleSet
from envcheck.rulebook.parameters import described
from envcheck.rulebook.settings import TYPES, Given, read_value, written
from envcheck.values import Bytes, Endpoint, Hertz, Version

HEAD = "module: m\ntitle: {en: A, zh: 甲}\ndescription: {en: B, zh: 乙}\n"
TITLE = "title: {en: T, zh: 题}"
CHECK = "checks:\n  - {id: a, title: {en: A, zh: 甲}, "


def source(params: str, check: str) -> str:
    return f"{HEAD}params:\n  x: {{{TITLE}, {params}}}\n{CHECK}{check}}}\n"


def read(tmp_path: Path, params: str, check: str, **given: Given) -> RuleSet:
    (tmp_path / "m.yaml").write_text(source(params, check), encoding="utf-8")
    return Rulebook([str(tmp_path)]).rule_set("m", given=given)


def refused(tmp_path: Path, params: str, check: str, **given: Given) -> str:
    with pytest.raises(RequestError) as caught:
        read(tmp_path, params, check, **given)
    return str(caught.value).replace(f"{tmp_path}/", "")


GOOD = {
    "text": ("a b", "a b"),
    "path": ("/etc/../etc/x", "/etc/x"),
    "address": ("db-1.example", "db-1.example"),
    "endpoint": ("[fe80::1]:80", Endpoint("fe80::1", 80)),
    "port": ("65535", 65535),
    "integer": ("-3", -3),
    "number": ("2.5", 2.5),
    "size": ("1.5 GB", Bytes(1_500_000_000)),
    "frequency": ("2.1GHz", Hertz(2_100_000_000)),
    "version": ("3.10", Version("3.10")),
    "flag": ("true", True),
}
BAD = {
    "path": ["\0", "~/x"],
    "address": ["10.0.0.300", "a b", "-x", "10.0.0.1:80", "ab:cd"],
    "endpoint": ["10.0.0.1", "::1:80", "host:0", "host:65536", "host:", ":80", "10.0.0:80"],
    "port": ["0", "65536", "-1", "٣", "80.0", "http"],
    "integer": ["1.5", "x", "--1", "9" * 30],
    "number": ["x", "nan", "inf"],
    "size": ["32", "3 apples"],
    "frequency": ["3 GB"],
    "version": ["dev", "3.10-rc1"],
    "flag": ["yes", "True", "1"],
    "text": ["\x1b[31m", "a\nb"],
}


@pytest.mark.parametrize("word", sorted(TYPES))
def test_every_type_reads_what_it_is_and_refuses_what_it_is_not(tmp_path: Path, word: str) -> None:
    rules = read(tmp_path, f"type: {word}", "fact: user.root, require: true", x=GOOD[word][0])
    assert rules.settings == {"x": GOOD[word][1]}
    assert type(rules.settings["x"]) is type(GOOD[word][1])
    for text in BAD[word]:
        said = refused(tmp_path, f"type: {word}", "fact: user.root, require: true", x=text)
        assert said.startswith(f"--set x: {TYPES[word].words} is wanted: "), text


@pytest.mark.parametrize("value", [each for _, each in GOOD.values()], ids=list(GOOD))
def test_a_value_out_of_a_program_is_written_and_read_without_loss(tmp_path: Path, value: object) -> None:
    word = next(word for word, (_, each) in GOOD.items() if each is value)
    rules = read(tmp_path, f"type: {word}", "fact: user.root, require: true", x=written(value))
    assert rules.settings["x"] == value


def test_no_value_of_a_parameter_is_refused() -> None:
    with pytest.raises(TypeError, match="no value of a parameter"):
        written({"a": 1})


REQUIREMENTS = [
    ("type: port, default: 8300", "fact: ports.busy, require: {none: {number: $x}}", "none: number 8300"),
    ("type: size, default: 6 GB", "fact: memory.total, require: '>= $x'", ">= 6 GB"),
    ("type: version, default: 3.10", "fact: kernel.version, require: '>= $x, < 9'", ">= 3.10, < 9"),
    ("type: flag, default: false", "fact: user.root, require: $x", "no"),
    ("type: text, default: amd64", "fact: cpu.architecture, require: '!= $x'", "!= amd64"),
    ("type: [text], default: [a, b]", "fact: cpu.architecture, require: $x", "a or b"),
    (
        "type: [port], default: [1, 2]",
        "fact: ports.busy, require: {none: {number: $x}}",
        "none: number 1 or 2",
    ),
    ("type: integer, default: 2", "fact: gpu.cards, require: {count: '>= $x'}", "number >= 2"),
    (
        "type: text, choices: [disabled, permissive], default: disabled",
        "fact: selinux.mode, require: $x",
        "disabled",
    ),
    ("type: text, default: y", "fact: cpu.architecture, require: $$x", "$x"),
]


@pytest.mark.parametrize(("params", "check", "text"), REQUIREMENTS)
def test_a_parameter_stands_where_a_value_stands(tmp_path: Path, params: str, check: str, text: str) -> None:
    (only,) = read(tmp_path, params, check).checks
    assert only.requirement.en == text
    assert only.unset == ()


def test_what_is_set_takes_the_place_of_the_default(tmp_path: Path) -> None:
    rules = read(
        tmp_path, "type: [port], default: [1]", "fact: ports.busy, require: {none: {number: $x}}", x="80, 443"
    )
    assert rules.checks[0].requirement.en == "none: number 80 or 443"
    assert rules.settings == {"x": (80, 443)}
    assert rules.given == {"x": "80, 443"}


def test_texts_name_the_value_as_people_read_it(tmp_path: Path) -> None:
    words = "requirement: {en: '$x free, $$x, $5, $(uname -r)', zh: 空闲 $x}, title: {en: Of $x., zh: 于$x}"
    text = f"{HEAD}params:\n  x: {{{TITLE}, type: [size], default: [1 GB, 2 GB]}}\n"
    text += "notes: [{text: {en: note $x, zh: 注 $x}}]\n"
    text += f"checks:\n  - {{id: a, fact: user.root, require: true, {words}}}\n"
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    rules = Rulebook([str(tmp_path)]).rule_set("m")
    assert rules.checks[0].requirement == ("1 GB, 2 GB free, $x, $5, $(uname -r)", "空闲 1 GB, 2 GB")
    assert rules.checks[0].title == ("Of 1 GB, 2 GB.", "于1 GB, 2 GB")
    assert rules.notes[0].text.en == "note 1 GB, 2 GB"


@pytest.mark.parametrize(
    "check",
    [
        "fact: memory.total, require: '>= $x'",
        "fact: memory.total, require: '>= 1 GB', needs: [x]",
        "fact: memory.total, require: '>= 1 GB', requirement: {en: $x, zh: $x}",
        "fact: memory.total, require: '>= 1 GB', hints: [memory-small: '< $x']",
        "fact: memory.total, require: '>= 1 GB', when: {fact: memory.total, require: '> $x'}",
    ],
)
def test_what_needs_a_parameter_without_a_value_is_known(tmp_path: Path, check: str) -> None:
    assert read(tmp_path, "type: size", check).checks[0].unset == ("x",)
    assert read(tmp_path, "type: size", check, x="1 GB").checks[0].unset == ()


ROOT = "fact: user.root, require: true"
MISTAKES = [
    ("type: port", "fact: ports.busy, require: {none: {number: §$y}}", "unknown parameter 'y'; known: x"),
    ("type: port", "fact: kernel.version, require: §'>= $x'", "the parameter 'x' is a port: this fact is a"),
    ("type: [size]", "fact: memory.total, require: §'>= $x'", "the parameter 'x' is a list: '>=' does"),
    (
        "type: endpoint",
        "fact: cpu.model, require: §$x",
        "the parameter 'x' is HOST:PORT: this fact is a text",
    ),
    ("type: text", "fact: selinux.mode, require: §$x", "the parameter 'x' is a text: this fact is a one of"),
    ("type: flag", "fact: user.root, require: {not: §$z}", "unknown parameter 'z'; known: x"),
    ("type: flag", f"{ROOT}, needs: [§xx]", "unknown parameter 'xx'; did you mean 'x'?"),
    ("type: flag", f"{ROOT}, requirement: §{{en: $y, zh: '1'}}", "unknown parameter 'y'; known: x"),
    ("type: §prot", ROOT, "unknown type 'prot'; did you mean 'port'?"),
    ("type: port, §defualt: 1", ROOT, "unknown key 'defualt'; did you mean 'default'?"),
    ("type: port, default: §0", ROOT, "'0' is no port: 1 to 65535"),
    ("type: [port], default: §1", ROOT, "a list is wanted here, not '1'"),
    ("type: path, default: §here", ROOT, "the path begins with a slash"),
    ("type: port, choices: [§x]", ROOT, "'x' is no port"),
    ("type: text, choices: §[]", ROOT, "without a choice it could not be set"),
    ("type: text, choices: [a, b], default: §c", ROOT, "it is never 'c'"),
    ("type: text, min: §1", ROOT, "a text is never less than another; types with a min: integer,"),
    ("type: size, min: §1", ROOT, "'1' is not a number with one of the units"),
    ("type: integer, min: 3, default: §2", ROOT, "'2' is less than 3"),
    ("type: [size], min: 1 GB, default: §[2 GB, 1 MB]", ROOT, "'1 MB' is less than 1 GB"),
]


@pytest.mark.parametrize(("params", "check", "said"), MISTAKES)
def test_mistakes_are_said_where_they_stand(tmp_path: Path, params: str, check: str, said: str) -> None:
    before, _, _ = source(params, check).partition("§")
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    message = refused(tmp_path, params.replace("§", ""), check.replace("§", ""))
    assert message.startswith(f"m.yaml:{line}:{column}: {said}")
    assert "\n" not in message


def test_a_type_is_wanted(tmp_path: Path) -> None:
    assert refused(tmp_path, "default: 1", ROOT) == "m.yaml:5:3: the key 'type' is missing"


def test_what_is_less_than_the_least_is_refused(tmp_path: Path) -> None:
    text = (
        f"{HEAD}params:\n  x: {{{TITLE}, type: integer, min: 0}}\n{CHECK}fact: user.root, require: true}}\n"
    )
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    rulebook = Rulebook([str(tmp_path)])
    assert rulebook.rule_set("m", given={"x": "0"}).settings == {"x": 0}
    with pytest.raises(
        RequestError, match=r"^--set x: a whole number from 0 up is wanted: '-1' is less than 0$"
    ):
        rulebook.rule_set("m", given={"x": "-1"})


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize("value", ["1_0", "\uff15", "+-5", "- 5", "0x5", "nan"])
def test_only_plain_digits_are_a_number(tmp_path: Path, kind: str, value: str) -> None:
    text = f"{HEAD}params:\n  x: {{{TITLE}, type: {kind}}}\n{CHECK}fact: user.root, require: true}}\n"
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    rulebook = Rulebook([str(tmp_path)])
    assert rulebook.rule_set("m", given={"x": "-5"}).settings == {"x": -5}
    with pytest.raises(RequestError, match=r"is no (whole )?number$"):
        rulebook.rule_set("m", given={"x": value})


def test_nobody_has_fewer_faces_than_none() -> None:
    with pytest.raises(RequestError, match="--set faces: a whole number from 0 up is wanted: '-1' is less"):
        envcheck.check("face-server", settings={"faces": -1}, from_path="/")


def test_all_that_is_set_wrongly_is_said_at_once(tmp_path: Path) -> None:
    text = f"{HEAD}params:\n  x: {{{TITLE}, type: port}}\n  y: {{{TITLE}, type: text, choices: [on, off]}}\n"
    text += f"{CHECK}fact: user.root, require: true}}\n"
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as caught:
        Rulebook([str(tmp_path)]).rule_set("m", given={"x": "0", "y": "of"})
    assert str(caught.value).splitlines() == [
        "--set x: a port is wanted: '0' is no port: 1 to 65535",
        "--set y: one of on, off is wanted: it is never 'of'; did you mean 'off'?",
    ]


def test_what_is_inherited_is_changed_key_by_key(tmp_path: Path) -> None:
    base = HEAD.replace("module: m", "module: base")
    (tmp_path / "base.yaml").write_text(
        f"{base}params:\n  x: {{{TITLE}, type: port, default: 1}}\n{CHECK}fact: ports.busy, "
        "require: {none: {number: $x}}}\n",
        encoding="utf-8",
    )
    (tmp_path / "m.yaml").write_text(
        f"{HEAD}extends: base\nparams: {{x: {{default: 2}}}}\nchecks: [a]\n", "utf-8"
    )
    rulebook = Rulebook([str(tmp_path)])
    assert rulebook.rule_set("base").checks[0].requirement.en == "none: number 1"
    assert rulebook.rule_set("m").checks[0].requirement.en == "none: number 2"
    assert described(rulebook.parameters("m")["x"]) == "a port"


def test_several_mistakes_are_all_said(tmp_path: Path) -> None:
    with pytest.raises(RuleErrors) as caught:
        read(tmp_path, "type: port, default: 0, choices: [0], text: x", "fact: user.root, require: true")
    assert caught.value.errors


def test_a_list_of_one_is_no_single_value(tmp_path: Path) -> None:
    rules = read(tmp_path, "type: port", "fact: user.root, require: true")
    assert rules.settings == {}
    parameter = Rulebook([str(tmp_path)]).parameters("m")["x"]
    with pytest.raises(ValueError, match="one value is wanted, not 2"):
        read_value(parameter, ("1", "2"))
