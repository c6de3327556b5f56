"""Known problems in the logs of real containers that have exited, where no path is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.engines import Engine, docker_engine
from tests.integration.running import Envcheck
from tests.integration.test_bundle_containers import START, exited

pytestmark = pytest.mark.integration

INSIDE = "/home/idl-face/sys_start.log"
SCRIPT = (
    f"{START} echo 'write: No space left on device' > {INSIDE}; "
    "echo starting; echo 'machine auth check failure' >&2; exit 3"
)


def diagnosed(envcheck: Envcheck, engine: Engine) -> dict[str, Any]:
    run = envcheck.run("diagnose", "--format", "json", env={"DOCKER_HOST": engine.address})
    assert run.status == 1, run.stderr
    assert "Traceback" not in run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_what_an_exited_container_printed_and_what_it_wrote_inside(envcheck: Envcheck) -> None:
    with docker_engine("--storage-driver", "vfs") as engine, exited(engine, "face_gone", SCRIPT):
        found = diagnosed(envcheck, engine)

    shown = {each["problem"]: each["evidence"] for each in found["findings"]}
    [inside] = [each for each in shown["no-space-left"] if "face_gone" in each["log"]]
    assert (inside["log"], inside["line"]) == (f"containers/face_gone{INSIDE}", 1)
    assert inside["text"] == "write: No space left on device"
    [printed] = [each for each in shown["machine-auth-failure"] if "face_gone" in each["log"]]
    assert printed["log"] == "containers/face_gone/output.log"
    assert printed["text"].endswith(" machine auth check failure")
    assert printed["time"].startswith("20")  # as `docker logs -t` tells it
    assert {each["name"] for each in found["logs"]} >= {inside["log"], printed["log"]}
