"""The cache of built interpreters: nothing is built twice, and nothing doubtful is used."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scripts.kit import compile as recipe
from scripts.kit import interpreter, sources, stdlib
from scripts.kit.steps import BuildError

REPOSITORY = Path(__file__).parents[2]


class Builder:
    """Builds a small stand-in, and counts."""

    def __init__(self, content: str = "interpreter") -> None:
        self.content = content
        self.builds = 0

    def __call__(self, folder: Path) -> None:
        self.builds += 1
        (folder / "python3.11").mkdir()
        (folder / "python3.11/os.py").write_text("library")
        (folder / "python").write_text(self.content)
        (folder / "python").chmod(0o755)


def obtain(cache: Path, build: Builder, rebuild_after: float | None = None) -> interpreter.Built:
    return interpreter.obtain(cache, rebuild_after, build)


def test_an_unchanged_one_is_not_built_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = Builder()
    first = obtain(tmp_path, build)
    assert (first.folder / "python").read_text() == "interpreter"
    assert re.search(r"built from nothing in \d+ s", capsys.readouterr().err)

    assert obtain(tmp_path, build) == first
    assert build.builds == 1
    assert re.search(r"from the cache, built from nothing in \d+ s", capsys.readouterr().err)


def test_another_compiler_recipe_or_source_is_another_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {interpreter.key()}
    for module, name in ((sources, "PINS"), (stdlib, "LIST"), (recipe, "MODULES")):
        changed = tmp_path / name
        changed.write_text(getattr(module, name).read_text("utf-8") + "\n", "utf-8")
        monkeypatch.setattr(module, name, changed)
        keys.add(interpreter.key())
    monkeypatch.setattr(interpreter, "ZIG_VERSION", "0.1")
    keys.add(interpreter.key())
    assert len(keys) == 5


def test_what_was_altered_in_the_cache_is_built_again(tmp_path: Path) -> None:
    build = Builder()
    folder = obtain(tmp_path, build).folder
    for alter in (
        lambda: (folder / "python").write_text("altered"),
        lambda: (folder / "python").chmod(0o644),
        (folder / "python3.11/os.py").unlink,
        lambda: (folder / interpreter.RECORD).write_text("{"),
    ):
        before = build.builds
        alter()
        assert (obtain(tmp_path, build).folder / "python").read_text() == "interpreter"
        assert build.builds == before + 1


def test_an_old_one_is_built_from_nothing_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = Builder()
    folder = obtain(tmp_path, build, rebuild_after=7).folder
    record = json.loads((folder / interpreter.RECORD).read_text())
    record["at"] -= 8 * 24 * 3600
    (folder / interpreter.RECORD).write_text(json.dumps(record))

    assert obtain(tmp_path, build).at == record["at"]
    capsys.readouterr()
    assert obtain(tmp_path, build, rebuild_after=7).at > record["at"]
    assert "the same to the byte as the one before" in capsys.readouterr().err
    assert build.builds == 2
    obtain(tmp_path, build, rebuild_after=7)
    assert build.builds == 2


def test_a_build_that_comes_out_otherwise_is_an_error(tmp_path: Path) -> None:
    kept = obtain(tmp_path, Builder())
    with pytest.raises(BuildError, match="not reproducible"):
        obtain(tmp_path, Builder("another"), rebuild_after=0)
    assert obtain(tmp_path, Builder("another")) == kept


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "python").write_text("half")
        raise BuildError("no compiler")

    with pytest.raises(BuildError, match="no compiler"):
        interpreter.obtain(tmp_path, None, fail)
    assert list(tmp_path.iterdir()) == []


def test_the_compiler_is_the_one_that_the_extra_installs() -> None:
    setup = (REPOSITORY / "setup.py").read_text("utf-8")
    assert f'"ziglang=={interpreter.ZIG_VERSION}"' in setup
