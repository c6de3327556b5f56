"""envcheck as a library: from several threads, silent, and never the end of the program."""

from __future__ import annotations

import sys

import pytest

from tests.integration.engines import Engine
from tests.integration.running import Envcheck

pytestmark = pytest.mark.integration

FOUR_THREADS = """
import logging, signal, sys, threading, warnings
import envcheck

signals = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
handlers, showwarning, hook = list(logging.root.handlers), warnings.showwarning, sys.excepthook
found, failed = {}, []

def work(number):
    try:
        report = envcheck.check("offline-security-server", "face-server")
        found[number] = [(r.module, r.id, r.status, str(r.reason), r.hints) for r in report.results]
    except BaseException as error:
        failed.append(repr(error))

threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failed, failed
assert found[0] == found[1] == found[2] == found[3]
assert len(found[0]) > 30
assert logging.root.handlers == handlers == []
names = [name for name in logging.root.manager.loggerDict if name.startswith("envcheck")]
assert names
for name in ["envcheck", *names]:
    logger = logging.getLogger(name)
    assert all(type(handler) is logging.NullHandler for handler in logger.handlers), name
    assert logger.level == logging.NOTSET and logger.propagate, name
assert warnings.showwarning is showwarning and sys.excepthook is hook
assert signals == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
"""

DOCUMENTED = """
import json
import envcheck

report = envcheck.check("offline-security-server", "face-server")
assert report.passed is False and report.conclusion == "fail" and report.log is None
assert report.modules == ("offline-security-server", "face-server")
assert all(isinstance(result, envcheck.Result) for result in report.failures)
assert {result.status for result in report.failures} <= {"fail", "unknown"}
assert json.loads(report.to_json())["conclusion"] == "fail"
try:
    report.results[0].status = "pass"
except AttributeError:
    pass
else:
    raise AssertionError("a result can be changed")
try:
    envcheck.check("face-sever")
except envcheck.RequestError as error:
    assert "face-server" in str(error)
else:
    raise AssertionError("an unknown module is checked")
"""


@pytest.mark.parametrize("program", [FOUR_THREADS, DOCUMENTED], ids=["four threads", "as documented"])
def test_program_that_uses_it(envcheck: Envcheck, plain_engine: Engine, program: str) -> None:
    env = {"DOCKER_HOST": plain_engine.address}
    run = envcheck.run(python=(sys.executable, "-X", "dev", "-c", program), env=env)
    assert run.status == 0, run.stderr
    assert (run.stdout, run.stderr) == ("", "")
    assert list(envcheck.home.rglob("*")) == [], "a library keeps no log"


def test_threads_with_modules_of_their_own(envcheck: Envcheck) -> None:
    """What one asks for does not show in what another gets."""
    program = """
import threading, envcheck
names = ["default", "face-server", "offline-security-server", "default"]
found = {}
def work(number):
    found[number] = envcheck.check(names[number])
threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert [found[number].modules for number in range(4)] == [(name,) for name in names]
assert {r.module for r in found[1].results} == {"face-server"}
"""
    run = envcheck.run(python=(sys.executable, "-c", program))
    assert (run.status, run.stdout, run.stderr) == (0, "", "")
