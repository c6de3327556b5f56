"""Names of domains that nobody told us of do not travel, and what only looks like one stays."""

from __future__ import annotations

import json
import re

import pytest

from envcheck.bundle.redact import Redactor
from tests.conftest import Tree

MEMBERS = ["", "host/etc/anything", "logs/x.log", "logs/installed-rpms"]
NAMES = [
    "license.acmebank.com.cn", "acmebank.com.cn", "LICENSE.AcmeBank.COM.CN", "db-1.acmebank.net", "git.acmebank.de",
    "a.b.c.acmebank.co.uk", "proxy.acmebank.internal", "node1.acmebank.local", "acmebank.corp", "x_1.acmebank.lan",
]  # fmt: skip
ANYWHERE = [
    "{}", "connect to {} failed", "x {}.", "{}:8887", "[{}]", "<{}>", "({}),", "a={};", "a: {}\n", '{{"a": "{}"}}',
    r'{{"log":"x\n{}\tok"}}', r"\u0020{}", "%2F{}%2F", "\x1b[31m{}\x1b[0m", "[x]\nurl = http://{}/a\n", "- {}\n",
    "http://{}:3128", "tcp://u@{}:1", "lisi@{}", "Zhang <zhang.san@{}>", "image: {}/app:1.2", "HTTPS_PROXY=https://{}",
    "/etc/nginx/conf.d/{}.conf", "/var/log/nginx/{}-access.log", "/{}/", "10.1.2.3 {} x", "//{}/export", "server_name {};",
    "CN={},O=x", "DNS:{}, DNS:y", "lookup {} on 10.0.0.1:53: no such host", "host={}", "_{}_", r"\\{}\share",
]  # fmt: skip
IN_PLACES = [
    "http://{}:3128/x", "lisi@{}", "pull {}/lib/app:1.2", "{}:5000", "lookup {} on 10.0.0.1:53: no such host",
    "registry: {}\n", "proxy={}\n", '"host": "{}"', "10.1.2.3 {}\n", "Could not resolve host: {}", "connect to {} x",
]  # fmt: skip


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("frame", ANYWHERE)
def test_anywhere(frame: str, member: str) -> None:
    for name in NAMES:
        found = Redactor().text(frame.format(name).encode(), member).lower()
        assert b"acmebank" not in found, found
        assert b"license" not in found, found


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("frame", IN_PLACES)
@pytest.mark.parametrize("name", ["acmebank.io", "x.acmebank.cloud", "db.acmebank.ai", "x.acmebank.home"])
def test_where_a_name_must_stand(name: str, frame: str, member: str) -> None:
    found = Redactor().text(frame.format(name).encode(), member)
    assert b"acmebank" not in found, found


@pytest.mark.parametrize("frame", ["http://{}/x", "lisi@{}"])
def test_whatever_an_url_ends_in(frame: str) -> None:
    assert b"acmebank" not in Redactor().text(frame.format("x.acmebank.whatever").encode())


STAYS = [
    # files, versions, settings
    "libfoo.so.1 nginx.conf app.log a.b.py /etc/rc.local /etc/rc.d/rc.local main.rs:12 foo.io log.info: x index.me",
    "3.10.0-327.el7.x86_64 docker-ce-18.09.1-3.el7 v1.2.3 19.03.15 libc.so.6(GLIBC_2.17) el7.centos.2 2.7.5-76.el7",
    "net.ipv4.ip_forward = 1", "spring.datasource.url java.home user.home vm.max_map_count", "./x.sh: line 2", "x.ko.xz",
    # programs
    "com.acme.Foo org.apache.kafka.clients java.lang.NullPointerException javax.net.ssl.SSLException java.net sun.net",
    "at com.acme.net.Server.run(Server.java:12)", "okhttp3.internal.http System.Net ASP.NET jdk.internal",
    "org.freedesktop.NetworkManager", "tensorflow.python.framework self.net os.path.join", "com.baidu.acme.net",
    # units, labels, images
    "docker.service user@1000.service getty@tty1.service user-1000.slice session-3.scope home.mount multi-user.target",
    "app.kubernetes.io/name=x node-role.kubernetes.io/master: kubernetes.io/os=linux nvidia.com/gpu: 1",
    "docker.io/library/nginx:1.2 k8s.gcr.io/pause:3.1 quay.io/coreos/etcd nvcr.io/nvidia/cuda:9.0",
    "https://index.docker.io/v1/ https://nvidia.github.io/nvidia-docker http://mirror.centos.org/centos/7",
    "kubernetes.default.svc.cluster.local localhost.localdomain localhost4.localdomain4 host.docker.internal",
    "foo@sha256:ab12 vue@2.6.11 memcpy@GLIBC_2.14 x@y git@github.com:a/b", "https://host:8080/a/x@y",
    "unix://docker.sock fd://containerd.socket file://nginx.conf unix:///var/run/docker.sock",
]  # fmt: skip


@pytest.mark.parametrize("member", ["", "host/etc/anything", "logs/x.log"])
@pytest.mark.parametrize("text", [each for line in STAYS for each in (line, *line.split())])
def test_what_is_none_stays(text: str, member: str) -> None:
    kept = re.sub(r"\b(?:user|session|git|foo|vue|memcpy)@", "user@", text)
    assert Redactor().text(kept.encode(), member).decode() == kept


def test_the_same_in_every_notation() -> None:
    redactor = Redactor()
    texts = [redactor.text(frame.format("license.acmebank.com.cn").encode()) for frame in ANYWHERE]
    found = {
        each for text in texts for each in re.findall(rb"host-x[0-9a-f]{8}\.domain-x[0-9a-f]{8}\.test", text)
    }
    assert len(found) == 1
    (one,) = found
    assert all(one in text for text in texts)
    assert redactor.name("logs/nginx/license.acmebank.com.cn.log") == f"logs/nginx/{one.decode()}.log"


def test_hosts_of_one_owner_stay_together() -> None:
    text = Redactor().text(b"a1.acmebank.com.cn b2.acmebank.com.cn b2.other.com.cn").decode().split()
    hosts, domains = zip(*(each.split(".", 1) for each in text))
    assert hosts[1] == hosts[2] != hosts[0]
    assert domains[0] == domains[1] != domains[2]


def test_a_private_network_stays_one() -> None:
    found = Redactor().text(b"proxy.lan").decode()
    assert re.fullmatch(r"host-x[0-9a-f]{8}\.lan", found)


def test_once_more_changes_nothing() -> None:
    redactor = Redactor()
    for frame in (*ANYWHERE, *IN_PLACES):
        for name in (*NAMES, "x.acmebank.cloud"):
            once = redactor.text(frame.format(name).encode())
            assert redactor.text(once) == once


def test_an_address_in_a_name_is_that_address() -> None:
    redactor = Redactor({"address": ["10.1.2.3"]})
    plain = redactor.text(b"10.1.2.3").decode()
    assert (
        redactor.text(b"ip-10-1-2-3.acmebank.com")
        .decode()
        .startswith(f"ip-{plain.replace('.', '-')}.domain-x")
    )


def test_mail_gives_away_neither_person_nor_place() -> None:
    found = Redactor().text(b"From: Li Si <lisi@corp-secret.cn>, zhaoliu@qq.com").decode()
    assert re.fullmatch(r"From: Li Si <user-x\w+@domain-x\w+\.test>, user-x\w+@domain-x\w+\.test", found)


def test_what_a_place_in_a_record_proves_holds_everywhere(tree: Tree) -> None:
    """An URL says that it is a domain; elsewhere in the record nothing does."""
    redactor = Redactor()
    config = json.dumps({"registry-mirrors": ["https://hub.acmebank.zone"]})
    host = tree({"etc/docker/daemon.json": config})
    host.read("/etc/docker/daemon.json")
    redactor.learn_from(host.answers)
    assert b"acmebank" not in redactor.text(b"mirror hub.acmebank.zone answered")


def test_public_names_in_hosts_are_nobodys(tree: Tree) -> None:
    redactor = Redactor()
    redactor.learn_from_host(tree({"etc/hosts": "1.2.3.4 registry-1.docker.io raw.githubusercontent.com\n"}))
    line = b"raw registry-1 docker.io/library/x https://registry-1.docker.io/v2/"
    assert redactor.text(line) == line
