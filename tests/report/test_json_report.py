from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from envcheck.report.json import render
from envcheck.results import Report, Text
from tests.report.report_sample import MIXED, WAIVED, report, result


def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        files("envcheck.report").joinpath("report.schema.json").read_text("utf-8")
    )
    return loaded


def validate(document: object) -> None:
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema())
    validator.validate(document)


@pytest.mark.parametrize("of", [MIXED, WAIVED, report()])
def test_every_report_validates(of: Report) -> None:
    validate(json.loads(render(of)))


def test_it_is_the_report() -> None:
    document = json.loads(MIXED.to_json())
    statuses = {each["id"]: each["status"] for each in document["results"]}

    assert document["schema"] == "envcheck.report/1"
    assert document["conclusion"] == "fail"
    assert document["modules"] == ["offline-security-server", "face-server"]
    assert document["host"] == "machine"
    assert document["log"] == "/var/log/envcheck/envcheck.log"
    assert statuses == {
        "os-release": "pass",
        "physical-machine": "fail",
        "docker": "fail",
        "storage-driver": "skipped",
        "nvidia-driver-tested": "unknown",
    }
    assert document["results"][2] == {
        "module": "face-server",
        "id": "docker",
        "level": "required",
        "status": "fail",
        "title": "Docker engine",
        "requirement": "running, >= 17.12",
        "actual": "1.13.1 (unix:///var/run/docker.sock)",
        "reason": None,
        "source": "/version",
        "hints": ["docker-upgrade"],
        "waived": None,
        "duration_s": 0.01,
    }


def test_a_waived_result_keeps_its_status() -> None:
    document = json.loads(render(WAIVED))

    assert document["conclusion"] == "pass"
    assert document["results"][0]["status"] == "fail"
    assert document["results"][0]["waived"] == {
        "reason": "test machine",
        "by": "someone",
        "until": "2026-12-31",
    }


def test_it_is_ascii_and_survives_any_text() -> None:
    hostile = "\x1b[2J\u202e 物理机 \ud800"
    text = render(report(result("docker", actual=Text.same(hostile))))

    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["results"][0]["actual"] == hostile


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "ok"), ("level", "must"), ("reason", None), ("extra", 1), ("waived", {}), ("title", None)],
)
def test_the_schema_refuses_what_is_no_result(field: str, value: object) -> None:
    document = json.loads(render(MIXED))
    document["results"][4][field] = value

    with pytest.raises(jsonschema.ValidationError):
        validate(document)
