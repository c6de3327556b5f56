"""sconf/service.conf: each wrong line is named with what is wrong."""
# ruff: noqa: E501 - one case a line

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import service_conf
from tests.conftest import Tree

PATH = "home/service.conf"
RIGHT = [
    '#各服务关联关系配置,注意配置参数"="两边不能有空格',
    "#data bus数据库",
    "MYSQL_SVC_SERVICE_HOST=10.0.0.5",
    "MYSQL_SVC_SERVICE_PORT=5535",
    "#授权服务",
    "LICENSE_SERVER_HOST=10.0.0.6",
    "LICENSE_SERVER_PORT=8887",
]


def with_line(number: int, line: str) -> str:
    return "\n".join([*RIGHT[: number - 1], line, *RIGHT[number:]]) + "\n"


def lint(tree: Tree, text: str) -> service_conf.Lint:
    found = service_conf.collect(tree({PATH: text.encode()}), service_conf.Settings(f"/{PATH}")).lint
    assert isinstance(found, Known), found
    return found.value


def findings(tree: Tree, text: str) -> list[str]:
    return [f"{each.kind}: {each}" for each in lint(tree, text).findings]


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_manuals_example_with_addresses_is_right(tree: Tree, end: str) -> None:
    found = lint(tree, "\n".join(RIGHT) + end)
    assert (found.present, found.findings) == (True, ())
    assert str(found) == f"/{PATH}: nothing wrong"


@pytest.mark.parametrize(
    ("number", "line", "said"),
    [
        (3, "MYSQL_SVC_SERVICE_HOST = 10.0.0.5", "blanks: line 3: blanks around `=` in MYSQL_SVC_SERVICE_HOST = 10.0.0.5"),
        (3, "MYSQL_SVC_SERVICE_HOST= 10.0.0.5", "blanks: line 3: blanks around `=` in MYSQL_SVC_SERVICE_HOST= 10.0.0.5"),
        (4, "MYSQL_SVC_SERVICE_PORT\t=5535", "blanks: line 4: blanks around `=` in MYSQL_SVC_SERVICE_PORT^I=5535"),
        (4, "MYSQL_SVC_SERVICE_PORT=5535 ", "blanks: line 4: blanks beside the setting in MYSQL_SVC_SERVICE_PORT=5535"),
        (6, "LICENSE_SERVER_HOST=10.0.0.7\b6", "control: line 6: backspace (^H) in LICENSE_SERVER_HOST=10.0.0.7^H6"),
        (6, "LICENSE_SERVER_HOST=10.0.0.7^H6", "control: line 6: control characters written out in LICENSE_SERVER_HOST=10.0.0.7^H6"),
        (6, "LICENSE_SERVER_HOST=10.0.0.6\x1b[D", "control: line 6: escape (an arrow key) in LICENSE_SERVER_HOST=10.0.0.6^[[D"),
        (6, "LICENSE_SERVER_HOST=10.0.0.6\r", "control: line 6: carriage return (Windows line end) in LICENSE_SERVER_HOST=10.0.0.6^M"),
        (6, "LICENSE_SERVER_HOST=127.0.0.1", "loopback: line 6: LICENSE_SERVER_HOST is 127.0.0.1: a container reaches only itself by it"),
        (6, "LICENSE_SERVER_HOST=127.1.2.3", "loopback: line 6: LICENSE_SERVER_HOST is 127.1.2.3: a container reaches only itself by it"),
        (6, "LICENSE_SERVER_HOST=::1", "loopback: line 6: LICENSE_SERVER_HOST is ::1: a container reaches only itself by it"),
        (6, "LICENSE_SERVER_HOST=::ffff:127.0.0.1", "loopback: line 6: LICENSE_SERVER_HOST is ::ffff:127.0.0.1: a container reaches only itself by it"),
        (6, "LICENSE_SERVER_HOST=localhost", "loopback: line 6: LICENSE_SERVER_HOST is localhost: a container reaches only itself by it"),
        (3, "MYSQL_SVC_SERVICE_HOST=127.0.0.1", "loopback: line 3: MYSQL_SVC_SERVICE_HOST is 127.0.0.1: a container reaches only itself by it"),
        (3, "MYSQL_SVC_SERVICE_HOST=（数据库ip地址）", "address: line 3: MYSQL_SVC_SERVICE_HOST is （数据库ip地址）, no IP address"),
        (3, "MYSQL_SVC_SERVICE_HOST=", "address: line 3: MYSQL_SVC_SERVICE_HOST is empty, no IP address"),
        (3, "MYSQL_SVC_SERVICE_HOST=10.0.0.300", "address: line 3: MYSQL_SVC_SERVICE_HOST is 10.0.0.300, no IP address"),
        (3, "MYSQL_SVC_SERVICE_HOST=0.0.0.0", "address: line 3: MYSQL_SVC_SERVICE_HOST is 0.0.0.0, no address of a machine"),
        (3, "MYSQL_SVC_SERVICE_HOST=255.255.255.255", "address: line 3: MYSQL_SVC_SERVICE_HOST is 255.255.255.255, no address of a machine"),
        (3, "MYSQL_SVC_SERVICE_HOST=10.0.0.5//note", "address: line 3: MYSQL_SVC_SERVICE_HOST is 10.0.0.5//note, no IP address"),
        (4, "MYSQL_SVC_SERVICE_PORT=3306", "port: line 4: MYSQL_SVC_SERVICE_PORT is 3306, not 5535"),
        (7, "LICENSE_SERVER_PORT=", "port: line 7: LICENSE_SERVER_PORT is empty, not 8887"),
        (5, "REDIS_HOST=10.0.0.9", "extra: line 5: REDIS_HOST does not belong here: delete the line"),
        (5, "[section]", "extra: line 5: no setting: [section]"),
        (5, "LICENSE_SERVER_PORT=8887", "twice: line 7: LICENSE_SERVER_PORT stands in line 5 too"),
        (7, "", "missing: LICENSE_SERVER_PORT is not set"),
        (7, "#LICENSE_SERVER_PORT=8887", "missing: LICENSE_SERVER_PORT is not set"),
    ],
)  # fmt: skip
def test_a_wrong_line(tree: Tree, number: int, line: str, said: str) -> None:
    assert findings(tree, with_line(number, line)) == [said]


def test_the_pseudonyms_of_a_bundle_are_as_good_as_addresses(tree: Tree) -> None:
    text = "\n".join(RIGHT).replace("10.0.0.5", "241.0.0.5").replace("10.0.0.6", "243.168.1.77")
    assert findings(tree, text) == []


def test_several_wrong_lines_are_all_named(tree: Tree) -> None:
    text = "MYSQL_SVC_SERVICE_HOST = localhost\nMYSQL_SVC_SERVICE_PORT=5535\nA=1\n"
    assert [each.partition(":")[0] for each in findings(tree, text)] == [
        "blanks",
        "loopback",
        "extra",
        "missing",
        "missing",
    ]


def test_windows_lines_do_not_hide_what_is_set(tree: Tree) -> None:
    assert [each.partition(":")[0] for each in findings(tree, "\r\n".join(RIGHT))] == ["control"] * 3


def test_a_file_that_is_not_there(tree: Tree) -> None:
    host = tree({"sos_commands/envcheck/absent": f"/{PATH}\n"})
    found = service_conf.collect(host, service_conf.Settings(f"/{PATH}")).lint
    assert isinstance(found, Known)
    assert (found.value.present, str(found.value)) == (False, f"/{PATH} is not there")


@pytest.mark.parametrize(
    "content", [b"x=1\n" * 20_000, b"\xff\xfe\x00" * 100, bytes(300), "\u202eMYSQL=1\n".encode()]
)
def test_hostile_files(tree: Tree, content: bytes) -> None:
    found = service_conf.collect(tree({PATH: content}), service_conf.Settings(f"/{PATH}")).lint
    assert isinstance(found, Unknown) or found.value.findings


def test_where_the_services_are(tree: Tree) -> None:
    found = service_conf.collect(tree({PATH: "\n".join(RIGHT)}), service_conf.Settings(f"/{PATH}"))
    assert isinstance(found.mysql, Known)
    assert isinstance(found.license_server, Known)
    assert (str(found.mysql.value), str(found.license_server.value)) == ("10.0.0.5:5535", "10.0.0.6:8887")
    odd = service_conf.collect(tree({PATH: "LICENSE_SERVER_PORT=x\n"}), service_conf.Settings(f"/{PATH}"))
    assert isinstance(odd.license_server, Known)
    assert odd.license_server.value == service_conf.Place(None, None)
