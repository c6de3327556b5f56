"""A corpus of rule files with one mistake each: found where it stands, said once, by lint and by a run.

Each file begins with a comment: the place of its mistake (line:column), the word `lint` where
the loader itself has no objection, and a part of what is to be said.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from envcheck import cli
from envcheck.rulebook.rulebook import RESERVED

BROKEN = Path(__file__).parent / "broken"
LEAST = 60


class Mistake(NamedTuple):
    """What is wrong in a file, where, and whether a run refuses it."""

    path: Path
    place: str
    refused: bool
    said: str


def read(path: Path) -> Mistake:
    place, said = path.read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("# ").split(" ", 1)
    return Mistake(path, place, not said.startswith("lint "), said.removeprefix("lint "))


RULES = [read(path) for path in sorted(BROKEN.glob("*.yaml"))]
PROBLEMS = [read(path) for path in sorted((BROKEN / "problems").glob("*.yaml"))]


def name(mistake: Mistake) -> str:
    return mistake.path.stem


def lint(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of `envcheck lint`, whose exit status says whether there are any."""
    status = cli.main(["lint", str(path)])
    said = capsys.readouterr()
    assert said.err == ""
    assert status == (1 if said.out else 0)
    return said.out.splitlines()


def test_the_corpus_is_as_large_as_was_promised() -> None:
    assert len(RULES) + len(PROBLEMS) >= LEAST


@pytest.mark.parametrize("mistake", RULES, ids=name)
def test_lint_finds_the_mistake_and_nothing_else(
    mistake: Mistake, capsys: pytest.CaptureFixture[str]
) -> None:
    (line,) = lint(mistake.path, capsys)
    assert line.startswith(f"{mistake.path}:{mistake.place}: ")
    assert mistake.said in line


@pytest.mark.parametrize("mistake", RULES, ids=name)
def test_a_run_refuses_the_file_with_the_same_words(
    mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(mistake.path, tmp_path)
    asked = ["list"] if name(mistake) in RESERVED else ["--from", str(tmp_path), name(mistake)]
    status = cli.main([*asked, "--rules", str(tmp_path)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    if mistake.refused:
        assert status == 2
        assert f"{tmp_path / mistake.path.name}:{mistake.place}: " in said.err
        assert mistake.said in said.err
        assert len(said.err.splitlines()) == 1
    else:
        assert status in {0, 1}


@pytest.mark.parametrize("mistake", PROBLEMS, ids=name)
def test_a_mistake_among_the_known_problems_is_found_too(
    mistake: Mistake, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "problems.yaml"
    shutil.copy(mistake.path, path)
    (line,) = lint(path, capsys)
    assert line.startswith(f"{path}:{mistake.place}: ")
    assert mistake.said in line
    assert cli.main(["--rules", str(tmp_path), "--from", str(tmp_path)]) == (2 if mistake.refused else 1)
    assert "Traceback" not in capsys.readouterr().err


def test_the_whole_corpus_at_once_is_sorted_by_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lint", str(BROKEN), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    places = [(found["file"], found["line"], found["column"]) for found in document["findings"]]
    assert document["schema"] == "envcheck.lint/1"
    assert places == sorted(places)
    assert len(places) == len(RULES)
