from __future__ import annotations

import logging
import os
import stat
import warnings
from pathlib import Path

import pytest

from envcheck import log as log_module
from envcheck.log import open_log

log = logging.getLogger("envcheck.host.base")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only places where a log may land by default."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(log_module, "SYSTEM_DIRECTORY", tmp_path / "system")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


def default(place: Path) -> Path:
    return place / "state" / "envcheck" / "envcheck.log"


def test_everything_is_kept_with_time_and_thread(place: Path) -> None:
    with open_log() as where:
        log.debug("read %s -> %r", "/proc/meminfo", b"MemTotal")
    text = default(place).read_text("utf-8")

    assert where == str(default(place))
    assert "DEBUG [MainThread] envcheck.host.base: read /proc/meminfo -> b'MemTotal'\n" in text
    assert text.startswith("20")


def test_a_second_run_is_added(place: Path) -> None:
    for run in ("first", "second"):
        with open_log():
            log.info(run)
    text = default(place).read_text("utf-8")

    assert text.index("first") < text.index("second")


def test_nobody_else_may_read_it(place: Path) -> None:
    with open_log():
        pass

    assert stat.S_IMODE(default(place).stat().st_mode) == 0o600
    assert stat.S_IMODE(default(place).parent.stat().st_mode) == 0o700


def test_afterwards_nothing_is_logged_any_more(place: Path) -> None:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger("envcheck").level
    with open_log():
        pass
    log.error("too late")

    assert logging.getLogger().handlers == handlers
    assert logging.getLogger("envcheck").level == level
    assert "too late" not in default(place).read_text("utf-8")


def test_what_libraries_warn_of_is_in_the_log_and_not_on_stderr(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with open_log():
            logging.getLogger("urllib3").warning("retrying")
            warnings.warn("old call", stacklevel=1)

    assert "retrying" in default(place).read_text("utf-8")
    assert "old call" in default(place).read_text("utf-8")
    assert capsys.readouterr().err == ""


def test_hostile_text_cannot_steer_the_terminal_that_shows_the_log(place: Path) -> None:
    with open_log():
        log.info("evil \x1b[2J\u202e \ud800\nnext\tline")

    assert "evil \\x1b[2J\\u202e \\ud800\nnext\tline\n" in default(place).read_text("utf-8")


@pytest.mark.parametrize("planted", ["link", "dangling", "hard", "pipe", "directory-link"])
def test_what_others_planted_at_the_place_is_not_written_to(
    place: Path, planted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    victim = place / "victim"
    victim.write_text("precious")
    path = default(place)
    path.parent.parent.mkdir()
    if planted == "directory-link":
        (place / "elsewhere").mkdir()
        path.parent.symlink_to(place / "elsewhere")
    else:
        path.parent.mkdir()
        if planted == "pipe":
            os.mkfifo(path)
        elif planted == "hard":
            os.link(victim, path)
        else:
            path.symlink_to(victim if planted == "link" else place / "new")

    with open_log() as where:
        log.info("secret")

    assert where is None
    assert capsys.readouterr().err.startswith(f"envcheck: no log can be kept: {path}: ")
    assert victim.read_text() == "precious"
    assert not (place / "new").exists()
    assert not list(place.glob("elsewhere/*"))


def test_without_a_log_warnings_do_not_land_on_stderr(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "state").write_text("no directory")
    with open_log() as where:
        capsys.readouterr()
        logging.getLogger("envcheck").warning("a probe had no answer")

    assert where is None
    assert capsys.readouterr().err == ""


def test_root_has_a_second_place(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (place / "state").write_text("no directory")

    with open_log() as where:
        log.info("asked")
    assert where == str(place / "system" / "envcheck.log")


def test_an_unpacked_kit_keeps_its_log_itself(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("envcheck.kit_root", str(place / "kit"))
    (place / "kit" / "scripts").mkdir(parents=True)
    with open_log() as where:
        pass
    assert where == str(place / "kit" / "scripts" / "envcheck.log")


def test_a_kit_that_cannot_be_written_to_logs_elsewhere(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("envcheck.kit_root", str(place / "kit"))
    (place / "kit").write_text("no directory")
    with open_log() as where:
        pass
    assert where == str(default(place))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("environ", "home"),
    [
        ({"HOME": "relative"}, "listed"),
        ({"HOME": ""}, "listed"),
        ({"HOME": "relative", "XDG_STATE_HOME": "other"}, "listed"),
        ({"HOME": "/PLACE/own", "XDG_STATE_HOME": "relative"}, "own"),
    ],
)
def test_a_relative_place_is_not_taken(
    place: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], home: str
) -> None:
    """Trap: below the current directory of a root who stands in somebody else's."""
    monkeypatch.delenv("XDG_STATE_HOME")
    for name, value in environ.items():
        monkeypatch.setenv(name, value.replace("/PLACE", str(place)))
    monkeypatch.setattr("envcheck.home._listed", lambda: str(place / "listed"))
    monkeypatch.chdir(place)
    with open_log() as where:
        pass
    assert where == str(place / home / ".local/state/envcheck/envcheck.log")
    assert [path.name for path in place.iterdir()] == [home]


def test_without_a_home_nothing_is_written_below_the_current_directory(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "relative")
    monkeypatch.setattr("envcheck.home._listed", str)
    monkeypatch.chdir(place)
    with open_log() as where:
        pass
    assert where is None
    assert list(place.iterdir()) == []
    assert capsys.readouterr().err == "envcheck: no log can be kept: you have no home directory\n"


@pytest.mark.parametrize(
    ("user", "state", "kept"),
    [(0, "", "system"), (0, "state", "state/envcheck"), (1000, "", "home/.local/state/envcheck")],
)
def test_root_logs_where_services_do_unless_told_otherwise(
    place: Path, monkeypatch: pytest.MonkeyPatch, user: int, state: str, kept: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("XDG_STATE_HOME", state and str(place / state))
    monkeypatch.setenv("HOME", str(place / "home"))
    with open_log() as where:
        pass
    assert where == str(place / kept / "envcheck.log")


def test_root_logs_at_home_where_the_systems_place_is_of_no_use(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(place / "home"))
    (place / "system").write_text("in the way")
    with open_log() as where:
        pass
    assert where == str(place / "home/.local/state/envcheck/envcheck.log")


def test_a_file_that_another_user_put_there_is_not_written_to(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    default(place).parent.mkdir(parents=True)
    default(place).write_text("theirs")
    folder = default(place).parent.stat().st_ino
    status = os.fstat

    def owned(descriptor: int) -> os.stat_result:
        found = status(descriptor)
        return found if found.st_ino == folder else os.stat_result((*found[:4], found.st_uid + 1, *found[5:]))

    monkeypatch.setattr(os, "fstat", owned)
    with open_log() as where:
        log.info("secret")
    monkeypatch.undo()
    assert where is None
    assert "it is another user's" in capsys.readouterr().err
    assert default(place).read_text() == "theirs"


def test_a_named_place_is_used_whatever_it_is(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    (place / "link").symlink_to("target")
    with open_log("link") as where:
        log.info("asked")

    assert where == str(place / "link")
    assert "asked" in (place / "target").read_text("utf-8")
    assert not default(place).exists()


def test_a_large_log_is_set_aside(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "ROTATE_BYTES", 100)
    for run in ("first" * 50, "second" * 50, "third" * 50):
        with open_log():
            log.info(run)

    assert "third" in default(place).read_text("utf-8")
    assert "second" not in default(place).read_text("utf-8")
    assert "second" in default(place).with_name("envcheck.log.1").read_text("utf-8")
    assert len(list(default(place).parent.iterdir())) == 2


def test_one_run_writes_only_so_much(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "RUN_BYTES", 1000)
    with open_log():
        log.info("x" * 5000)
        log.info("more")
    text = default(place).read_text("utf-8")

    assert len(text) < 1100
    assert text.endswith("(the log is full: no more of this run is kept)\n")


def test_a_log_that_breaks_is_said_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_log("/dev/full") as where:
        log.info("one")
        log.info("two")

    assert where == "/dev/full"
    errors = capsys.readouterr().err.splitlines()
    assert errors == ["envcheck: the log is incomplete: [Errno 28] No space left on device"]
