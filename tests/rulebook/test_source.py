"""Rule files that are no good YAML: said with file, line and column, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from envcheck.errors import RequestError
from envcheck.rulebook.source import MAX_BYTES, RuleError, nearest, parse_yaml, read_yaml


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: 1\na: 2\n", "2:1", "'a' stands here twice"),
        ("a: &x 1\nb: *x\n", "1:4", "anchors and aliases"),
        ("a: !!python/object:os.system 1\n", "1:4", "tags"),
        ("a: 1\n---\nb: 2\n", "3:1", "only one YAML document"),
        ("[" * 1000, "1:33", "nested deeper than 32"),
        ("? [a]\n: 1\n", "1:3", "a key is a word"),
        ("a: [1\n", "1:4", "not YAML"),
        ("", "1:1", "the file is empty"),
        ("a: \x07\n", "1:4", "control character 0x07"),
    ],
)
def test_bad_yaml_is_said_with_its_place(text: str, place: str, said: str) -> None:
    with pytest.raises(RuleError) as error:
        parse_yaml(text.encode(), "rules/x.yaml")
    assert str(error.value).startswith(f"rules/x.yaml:{place}: ")
    assert said in str(error.value)


def test_a_file_that_is_too_large_is_refused_without_parsing(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(RuleError, match="larger than 2 MiB"):
        read_yaml(str(path))


def test_a_file_that_cannot_be_read_names_itself(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"gone\.yaml: No such file"):
        read_yaml(str(tmp_path / "gone.yaml"))


def test_words_of_yaml_1_1_stay_words_and_numbers_keep_their_text() -> None:
    node = parse_yaml(b"a: no\nb: on\nc: 3.10\nd: '17'\ne: true\nf:\ng: +5\n", "x")
    values = {key.text: (value.value, value.text) for key, value in node.items()}
    assert values == {
        "a": ("no", "no"),
        "b": ("on", "on"),
        "c": (3.1, "3.10"),
        "d": ("17", "17"),
        "e": (True, "true"),
        "f": (None, ""),
        "g": (5, "+5"),
    }


def test_the_nearest_name_is_offered_else_all_if_few() -> None:
    assert nearest("kernle", ["kernel", "cpu"]) == "; did you mean 'kernel'?"
    assert nearest("zzz", ["kernel", "cpu"]) == "; known: cpu, kernel"
