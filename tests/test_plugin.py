"""A package brings a module, a fact and a known problem; and what one that misbehaves does to the run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from envcheck.engine import outside
from envcheck.entry_points import EntryPoint
from envcheck.probes import BrokenProbe, _outside
from tests.conftest import write_tree

REPOSITORY = Path(__file__).parent.parent
EXAMPLE = Path(__file__).parent / "example_package"
LAMP = "2.0\nE27 2 MB\nE14 4 MB\n"
FRESH = shutil.ignore_patterns("__pycache__")
"""Python tells a changed module by its size and its second: one that was just installed by neither."""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example package, installed by pip."""
    place = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, place / "source")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-build-isolation",
        "--no-deps",
        "--no-index",
    ]
    words = [*pip, "--disable-pip-version-check", "--target", str(place / "site"), str(place / "source")]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 0, ended.stderr
    return place / "site"


def run(folder: Path, packages: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{REPOSITORY}:{packages}",
        "LC_ALL": "C.UTF-8",
        "XDG_STATE_HOME": str(folder / "state"),
        "COLUMNS": "120",
    }
    return subprocess.run(
        [sys.executable, "-m", "envcheck", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def host(tmp_path: Path) -> Path:
    write_tree(tmp_path / "host", {"etc/acme-lamp": LAMP, "etc/two": "2.1\nE27 1 MB\n"})
    return tmp_path


# -- a package that behaves ----------------------------------------------------------------


def test_its_module_fact_and_problem_are_there(host: Path, installed: Path) -> None:
    ended = run(host, installed, "--from", "host", "acme-lamp")
    assert ended.returncode == 1, ended.stderr
    assert "✗ firmware  >= 2.1" in ended.stdout
    assert "E14 with 4 MB" in ended.stdout
    assert "acme-lamp update" in ended.stdout


def test_its_parameter_is_set(host: Path, installed: Path) -> None:
    ended = run(host, installed, "--from", "host", "acme-lamp", "--set", "lamp-file=/etc/two")
    assert ended.returncode == 0, ended.stdout


def test_it_is_listed_with_where_it_is_from(host: Path, installed: Path) -> None:
    said = run(host, installed, "list", "-v").stdout
    assert f"from {installed}/acme_checks/rules/acme-lamp.yaml" in " ".join(said.split())
    assert "acme_checks-1.0 (envcheck.rules: acme = acme_checks.rules)" in " ".join(said.split())


def test_its_fact_is_explained(host: Path, installed: Path) -> None:
    said = run(host, installed, "explain", "facts", "acme_lamp", "--from", "host").stdout
    assert "firmware of the lamp" in said


def test_a_bundle_keeps_what_it_asked(host: Path, installed: Path) -> None:
    assert run(host, installed, "bundle", "--from", "host", "-o", "b.tar.gz", "acme-lamp").returncode == 0
    again = run(host, installed, "--from", "b.tar.gz", "--format", "json", "acme-lamp")
    results = {result["id"]: result for result in json.loads(again.stdout)["results"]}
    assert results["firmware"]["actual"] == "2.0"
    assert results["firmware"]["source"] == "/etc/acme-lamp"


def test_without_the_package_there_is_nothing_of_it(host: Path) -> None:
    ended = run(host, host, "--from", "host", "acme-lamp")
    assert ended.returncode == 2
    assert "unknown module 'acme-lamp'" in ended.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "INTERFACE_VERSION = 2",
            "was written for version 2 of the interface of probes; this envcheck has version 1",
        ),
        ("", "does not say its INTERFACE_VERSION of the interface"),
    ],
)
def test_one_for_another_interface_is_refused(host: Path, installed: Path, line: str, said: str) -> None:
    other = host / "site"
    shutil.copytree(installed, other, ignore=FRESH)
    module = other / "acme_checks/lamp.py"
    module.write_text(
        module.read_text(encoding="utf-8").replace("INTERFACE_VERSION = 1", line), encoding="utf-8"
    )
    ended = run(host, other, "--from", "host", "acme-lamp")
    assert ended.returncode == 2
    assert f"probe acme_lamp of acme_checks-1.0 {said}" in ended.stderr
    assert ended.stdout == ""
    assert run(host, other, "--from", "host", "default").returncode == 1


def test_a_name_that_is_taken_is_refused(host: Path, installed: Path) -> None:
    for name, other in (("kernel", "part of envcheck"), ("acme_lamp", "probe acme_lamp of acme_checks-1.0")):
        second = host / name
        shutil.copytree(installed, second, ignore=FRESH)
        info = second / "zz_checks-2.0.dist-info/entry_points.txt"
        write_tree(second, {str(info.relative_to(second)): f"[envcheck.probes]\n{name} = acme_checks.lamp\n"})
        ended = run(host, second, "--from", "host", "acme-lamp")
        assert ended.returncode == 2
        assert (
            f"probe {name} of zz_checks-2.0: there is a probe of that name already: {other}" in ended.stderr
        )


# -- packages that misbehave ---------------------------------------------------------------

RULES = """\
module: both
title: {en: A, zh: 甲}
description: {en: B, zh: 乙}
checks:
  - {id: kernel, title: {en: K, zh: 核}, fact: kernel.version, require: ">= 3"}
  - {id: odd, title: {en: O, zh: 怪}, fact: odd.value, require: ">= 1"}
"""
PROBE = """\
from __future__ import annotations
import os, sys, time, signal, subprocess
from envcheck.plugin import Annotated, Fact, Host, Known, Record, doc, first
INTERFACE_VERSION = 1
{top}
class Thing(Record):
    name: str
    def __str__(self) -> str:
        raise RuntimeError("no words")
class Odd(Record):
    value: Annotated[Fact[{kind}], doc("odd")]
def collect(host: Host) -> Odd:
    {body}
    return Odd({value})
"""
ONE = "Known(1, 'odd')"
ANY = '">= 1"'
WANTED = {"Thing": "{name: x}", "Bytes": '">= 1 GB"', "Literal['a', 'b']": "a"}


def misbehaving(
    place: Path,
    body: str,
    *,
    value: str = ONE,
    kind: str = "int",
    top: str = "",
    timeout: str = "20",
    hints: str = "[]",
    host: tuple[str, ...] = ("--from", "host"),
) -> tuple[dict[str, Any], float]:
    """What a run says of the fact of this probe, and its seconds; stdout is the report alone."""
    files = {
        "packages/odd-1.dist-info/entry_points.txt": "[envcheck.probes]\nodd = odd_probe\n",
        "packages/odd_probe.py": PROBE.format(body=body, value=value, kind=kind, top=top),
        "rules/both.yaml": RULES.replace(ANY, f"{WANTED.get(kind, ANY)}, hints: {hints}"),
        "host/proc/sys/kernel/osrelease": "3.10.0\n",
    }
    write_tree(place, files)
    words = [*host, "--rules", "rules", "--format", "json", "--timeout", timeout, "both"]
    begin = time.monotonic()
    ended = run(place, place / "packages", *words)
    seconds = time.monotonic() - begin
    assert ended.returncode in (0, 1), ended.stderr
    assert "Traceback" not in ended.stderr
    results = {result["id"]: result for result in json.loads(ended.stdout)["results"]}
    assert results["kernel"]["status"] == "pass"
    return results["odd"], seconds


BAD = [
    ("raise ValueError('broken')", "probe odd failed: ValueError: broken"),
    ("sys.exit(3)", "probe odd failed: SystemExit: 3"),
    ("raise KeyboardInterrupt", "probe odd failed: KeyboardInterrupt:"),
    ("os._exit(4)", "probe odd failed: it ended without an answer (exit status 4)"),
    ("os.kill(os.getpid(), signal.SIGSEGV)", "probe odd failed: it ended without an answer (signal 11)"),
    ("return 5", "probe odd failed: TypeError: it answered a int"),
    ("return Odd(5)", "odd.value is neither Known nor Unknown but a int"),
    (
        "return Odd(Known('many', ''))",
        "odd.value is not what it is said to be: TypeError: a number is wanted, not a str",
    ),
    (
        "return Odd(Known(True, ''))",
        "odd.value is not what it is said to be: TypeError: a number is wanted, not a bool",
    ),
    (
        "return Odd(Known(1.5, ''))",
        "odd.value is not what it is said to be: TypeError: a whole number is wanted, not a float",
    ),
    (
        "return Odd(Known(10**5000, ''))",
        "odd.value is not what it is said to be: ValueError: a number of at most 30 digits is wanted",
    ),
    ("return Odd(Known(1, 'x' * (2 << 20)))", "probe odd failed: ValueError: its facts are more than 1 MiB"),
    ("x = bytearray(8 << 30)", "probe odd failed: MemoryError:"),
]


WRITE = """\
import pickle
class Ran:
    def __reduce__(self):
        return {call}
def answer(made):
    made = pickle.dumps(made)
    for descriptor in range(3, 30):
        try:
            os.write(descriptor, len(made).to_bytes(8, "big") + made)
        except OSError:
            continue
    os._exit(0)
"""


@pytest.mark.parametrize("answer", ["(True, 5)", "(True, (1, 2))", "(True, ())", "(True, (None, {}))", "5"])
def test_an_answer_of_its_own_writing_ends_nothing(tmp_path: Path, answer: str) -> None:
    result, _ = misbehaving(tmp_path, f"answer({answer})", top=WRITE.format(call="''"))
    assert result["status"] == "unknown"
    assert result["reason"].startswith("probe odd failed: its answer")


@pytest.mark.parametrize(
    "call",
    [
        "(os.mkdir, ('ran',))",
        '(eval, (\'__import__("os").mkdir("ran")\',))',
        "(subprocess.Popen, (['mkdir', 'ran'],))",
    ],
)
def test_an_answer_of_its_own_writing_runs_nothing_here(tmp_path: Path, call: str) -> None:
    result, _ = misbehaving(tmp_path, "answer((True, Ran()))", top=WRITE.format(call=call))
    assert result["status"] == "unknown"
    time.sleep(0.2)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("body", "reason"), BAD)
def test_its_fact_is_unknown_and_nothing_else_is_touched(tmp_path: Path, body: str, reason: str) -> None:
    result, _ = misbehaving(tmp_path, body)
    assert result["status"] == "unknown"
    assert result["reason"].startswith(reason)


def test_one_that_hangs_costs_the_deadline_and_is_ended(tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    child = (
        f"p = subprocess.Popen(['sleep', '77']); open({str(mark)!r}, 'w').write(f'{{os.getpid()}} {{p.pid}}')"
    )
    result, seconds = misbehaving(tmp_path, f"{child}; time.sleep(99)", timeout="1")
    assert result["reason"].startswith("probe odd failed: no answer within 1 s")
    assert seconds < 15
    for pid in mark.read_text(encoding="utf-8").split():
        assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text(
            encoding="utf-8"
        )


def test_on_this_machine_too(tmp_path: Path) -> None:
    for body, reason in BAD[:2]:
        result, _ = misbehaving(tmp_path, body, host=())
        assert result["reason"].startswith(reason)
    result, seconds = misbehaving(tmp_path, "time.sleep(99)", timeout="2", host=())
    assert result["reason"].startswith("probe odd failed: no answer within 2 s")
    assert seconds < 15
    value = "first(('kernel', lambda: len(host.read('/proc/sys/kernel/osrelease'))))"
    assert misbehaving(tmp_path, "pass", value=value, host=())[0]["status"] == "pass"


@pytest.mark.parametrize(
    "body",
    [
        "print('hello'); print('there', file=sys.stderr)",
        "os.write(1, b'hello' * 9)",
        "subprocess.run(['echo', 'hello'])",
        "[print('x' * 1000) for _ in range(100_000)]",
        "sys.stdout.close()",
        "os.chdir('/'); os.environ.clear(); signal.alarm(1)",
    ],
)
def test_what_it_prints_goes_nowhere(tmp_path: Path, body: str) -> None:
    result, _ = misbehaving(tmp_path, body)
    assert (result["status"], result["actual"]) == ("pass", "1")


@pytest.mark.parametrize(
    "top",
    [
        "os.write(1, b'hello' * 9)",
        "subprocess.run(['echo', 'hello'])",
        "import atexit; atexit.register(os.write, 1, b'bye')",
        "import threading; threading.Thread(target=lambda: [print(1) for _ in iter(int, 1)]).start()",
        "os.close(1); os.close(2); sys.stdout = None",
        "os.closerange(0, 3)",
        "os.chdir('/'); os.environ.clear(); os.umask(0o777)",
        "signal.signal(signal.SIGALRM, signal.SIG_DFL); signal.alarm(1)",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); sys.path.clear()",
        "import locale; locale.setlocale(locale.LC_ALL, ''); sys.setrecursionlimit(50)",
        "os.fork()",
        "import builtins, json; json.dumps = builtins.sorted = None",
    ],
)
def test_what_it_does_while_it_is_imported_is_done_elsewhere(tmp_path: Path, top: str) -> None:
    result, _ = misbehaving(tmp_path, "pass", top=top)
    assert result["status"] in ("pass", "unknown")


@pytest.mark.parametrize(
    ("top", "reason"),
    [
        ("import ctypes; ctypes.string_at(0)", "it ended without an answer (signal 11)"),
        ("os._exit(7)", "it ended without an answer (exit status 7)"),
        ("x = bytearray(8 << 30)", "MemoryError:"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt:"),
    ],
)
def test_one_that_ends_while_it_is_imported(tmp_path: Path, top: str, reason: str) -> None:
    result, _ = misbehaving(tmp_path, "pass", top=top)
    assert result["status"] == "unknown"
    assert result["reason"].startswith(f"probe odd of odd-1 cannot be imported: {reason}")


def test_one_that_hangs_while_it_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"hangs_while_imported.py": "import time; time.sleep(99)"})
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(_outside, "IMPORT_SECONDS", 0.3)
    point = EntryPoint("envcheck.probes", "odd", "hangs_while_imported", "odd-1", str(tmp_path))
    with pytest.raises(BrokenProbe, match=r"cannot be imported: no answer within 0\.\d+ s"):
        _outside.described(point)


def test_what_else_its_metadata_holds_does_not_import_it_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PROBE.format(top="def positive(): ...", kind="int", body="pass", value=ONE)
    text = text.replace('doc("odd")', '{**doc("odd"), "validator": positive}')
    write_tree(tmp_path, {"holds_a_function.py": text})
    monkeypatch.syspath_prepend(str(tmp_path))
    described = _outside.described(
        EntryPoint("envcheck.probes", "odd", "holds_a_function", "odd-1", str(tmp_path))
    )
    assert described.facts is not None
    assert "holds_a_function" not in sys.modules


def test_one_that_holds_a_function_where_a_text_stands_is_not_imported_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PROBE.format(top="def odd(): ...", kind="int", body="pass", value=ONE)
    write_tree(tmp_path, {"holds_another.py": text.replace('doc("odd")', "doc(odd)")})
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(BrokenProbe, match="probe odd of odd-1 cannot be used: UnpicklingError"):
        _outside.described(EntryPoint("envcheck.probes", "odd", "holds_another", "odd-1", str(tmp_path)))
    assert "holds_another" not in sys.modules


def test_it_is_imported_where_the_working_directory_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PROBE.format(top="", kind="int", body="pass", value=ONE)
    write_tree(tmp_path, {"asked_from_nowhere.py": text, "removed/x": ""})
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path / "removed")
    shutil.rmtree(tmp_path / "removed")
    point = EntryPoint("envcheck.probes", "odd", "asked_from_nowhere", "odd-1", str(tmp_path))
    assert _outside.described(point).facts is not None


def test_one_that_hangs_costs_a_part_of_the_timeout() -> None:
    assert [outside.limit(timeout) for timeout in (1, 5, 10, 60, 200)] == [1, 5, 5, 15, 50]


def test_one_of_some_words_is_one_of_them(tmp_path: Path) -> None:
    top = "from typing import Literal"
    result, _ = misbehaving(tmp_path, "pass", value="Known('c', '')", kind="Literal['a', 'b']", top=top)
    assert result["reason"] == "odd.value is not what it is said to be: ValueError: 'c' is none of a, b"


def test_what_the_user_may_not_see_is_told_as_such(tmp_path: Path) -> None:
    """Who asks as root is not told to become root."""
    body = "from envcheck.plugin import Unknown; return Odd(Unknown('only root', denied=True))"
    (tmp_path / "denied").mkdir()
    result, _ = misbehaving(tmp_path / "denied", body, hints="[{not-root: denied}]")
    assert (result["reason"], result["hints"]) == ("only root", ["not-root"])
    result, _ = misbehaving(tmp_path, body.replace("=True", "=False"), hints="[{not-root: denied}]")
    assert (result["reason"], result["hints"]) == ("only root", [])


def test_words_that_cannot_be_had(tmp_path: Path) -> None:
    result, _ = misbehaving(tmp_path, "pass", value="Known(Thing('x'), '')", kind="Thing")
    assert result["reason"] == "odd.value is not what it is said to be: RuntimeError: no words"


@pytest.mark.parametrize(
    ("kind", "value"), [("float", "Known(float('nan'), '')"), ("Bytes", "Known(Bytes(10**5000), '')")]
)
def test_a_number_that_is_none(tmp_path: Path, kind: str, value: str) -> None:
    top = "from envcheck.plugin import Bytes"
    result, _ = misbehaving(tmp_path, "pass", value=value, kind=kind, top=top)
    assert result["reason"] == (
        "odd.value is not what it is said to be: ValueError: a number of at most 30 digits is wanted"
    )


@pytest.mark.parametrize(
    ("collect", "kind", "reason"),
    [
        ("def collect(host):", "int", "`def collect(…) -> CLASS` is to say what probe odd answers"),
        ("def collect(host: Host) -> Odd:", "complex", "<class 'complex'> is no type of a fact"),
    ],
)
def test_whoever_writes_one_is_told_what_is_wrong_with_its_class(
    tmp_path: Path, collect: str, kind: str, reason: str
) -> None:
    source = PROBE.format(body="pass", value=ONE, kind=kind, top="")
    write_tree(
        tmp_path,
        {
            "packages/odd-1.dist-info/entry_points.txt": "[envcheck.probes]\nodd = odd_probe\n",
            "packages/odd_probe.py": source.replace("def collect(host: Host) -> Odd:", collect),
            "rules/both.yaml": RULES,
            "host/proc/sys/kernel/osrelease": "3.10.0\n",
        },
    )
    words = ["--from", "host", "--rules", "rules", "--format", "json", "both"]
    ended = run(tmp_path, tmp_path / "packages", *words)
    results = {result["id"]: result for result in json.loads(ended.stdout)["results"]}
    assert results["odd"]["reason"] == f"probe odd failed: TypeError: its facts cannot be known: {reason}"
    assert results["kernel"]["status"] == "pass"


def test_no_probe_takes_the_version_from_envcheck_unawares(tmp_path: Path) -> None:
    """It would fit every release, until it breaks."""
    names: dict[str, Any] = {}
    exec("from envcheck.plugin import *", names)  # noqa: S102
    assert "Record" in names
    assert "INTERFACE_VERSION" not in names


IMPORTS = [
    ("raise OSError('no lamp')", "OSError: no lamp"),
    ("import sys; sys.exit(2)", "SystemExit: 2"),
    ("import os; os._exit(2)", "it ended without an answer (exit status 2)"),
    ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    ("this is no python", "SyntaxError: "),
]


@pytest.mark.parametrize(("source", "reason"), IMPORTS)
def test_one_that_cannot_be_imported(tmp_path: Path, source: str, reason: str) -> None:
    write_tree(tmp_path, {"packages/other.py": source})
    files = {"packages/odd-1.dist-info/entry_points.txt": "[envcheck.probes]\nodd = other\n"}
    write_tree(tmp_path, {**files, "rules/both.yaml": RULES, "host/proc/sys/kernel/osrelease": "3.10.0\n"})
    words = ["--from", "host", "--rules", "rules", "--format", "json", "both"]
    ended = run(tmp_path, tmp_path / "packages", *words)
    assert ended.returncode == 1, ended.stderr
    results = {result["id"]: result for result in json.loads(ended.stdout)["results"]}
    assert results["kernel"]["status"] == "pass"
    assert results["odd"]["reason"].startswith(f"probe odd of odd-1 cannot be imported: {reason}")


def test_one_that_is_no_probe(tmp_path: Path) -> None:
    for source in ("INTERFACE_VERSION = 1", "INTERFACE_VERSION = 1\ndef collect(host): return 1"):
        files = {"packages/odd-1.dist-info/entry_points.txt": "[envcheck.probes]\nodd = other\n"}
        write_tree(tmp_path, {**files, "packages/other.py": source, "rules/both.yaml": RULES})
        write_tree(tmp_path, {"host/proc/sys/kernel/osrelease": "3.10.0\n"})
        ended = run(tmp_path, tmp_path / "packages", "--from", "host", "--rules", "rules", "both")
        assert ended.returncode == 1, ended.stderr
        assert "probe odd failed" in ended.stdout
        assert "Traceback" not in ended.stderr


def test_what_is_printed_while_it_is_imported_goes_nowhere(tmp_path: Path) -> None:
    result, _ = misbehaving(
        tmp_path, "return Odd(Known(1, 'odd'))\nprint('hello')\ndef more() -> Odd:\n    pass"
    )
    assert result["status"] == "pass"
