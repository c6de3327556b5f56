"""A check changes nothing on the host: what there is before it, is there after it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.engines import Engine, client
from tests.integration.network import holding
from tests.integration.running import Envcheck
from tests.integration.world import World

pytestmark = pytest.mark.integration

SNAPSHOT = r"""
import hashlib, json, os, sys

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16).decode("utf-8", "replace")
    except OSError as error:
        return f"errno {error.errno}"

def below(root, content):
    found = {}
    for folder, folders, names in os.walk(root):
        for name in folders + names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            whole = content and os.path.isfile(path) and not os.path.islink(path)
            found[path] = [
                status.st_mode, status.st_uid, status.st_gid, status.st_size, status.st_mtime_ns,
                status.st_ctime_ns, hashlib.sha256(open(path, "rb").read()).hexdigest() if whole else "",
            ]
    return found

def sysctls():
    return {
        os.path.join(folder, name): read(os.path.join(folder, name))
        for folder, _, names in os.walk("/proc/sys") for name in names
    }

json.dump({
    "modules": [line.split()[0] for line in read("/proc/modules").splitlines()],
    "sys/module": sorted(os.listdir("/sys/module")),
    "sysctls": sysctls(),
    # without those of the engines of tests that run beside this one
    "mounts": [line for line in read("/proc/self/mounts").splitlines() if " /tmp/ec-" not in line],
    "etc": below("/etc", True),
    "dev": sorted(os.listdir("/dev")),
    "links": sorted(os.listdir("/sys/class/net")),
}, sys.stdout)
"""
ALWAYS_CHANGING = re.compile(
    r"/proc/sys/(fs/(dentry-state|file-nr|inode-nr|inode-state|aio-nr)|fs/(quota|mqueue)/.*"
    r"|kernel/(random/.*|ns_last_pid|pty/nr|perf_.*|sched_domain/.*|spl/.*)"
    r"|net/netfilter/nf_conntrack_count|net/.*/neigh/.*|net/ipv4/tcp_(mem|.*_key)|net/ipv6/.*_secret)"
)


@contextmanager
def place(world: World) -> Iterator[list[str]]:
    """One mount namespace for all that is run with this prefix: what others mount meanwhile is not seen."""
    with holding("", *world.prefix) as keeper:
        yield ["nsenter", f"--mount=/proc/{keeper.pid}/ns/mnt", "--"]


def snapshot(prefix: list[str]) -> dict[str, Any]:
    command = [*prefix, sys.executable, "-c", SNAPSHOT]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    sysctls = found["sysctls"]
    found["sysctls"] = {name: sysctls[name] for name in sysctls if not ALWAYS_CHANGING.match(name)}
    return found


def objects(engine: Engine) -> dict[str, dict[str, object]]:
    """What docker keeps, by its identifiers."""
    with client(engine.address) as asked:
        api = asked.api
        return {
            "containers": {found["Id"]: found for found in api.containers(all=True)},
            "images": {found["Id"]: found for found in api.images(all=True)},
            "volumes": {found["Name"]: found for found in api.volumes()["Volumes"] or ()},
            "networks": {found["Id"]: found for found in api.networks()},
        }


@contextmanager
def some_objects(engine: Engine) -> Iterator[None]:
    """An image, a volume and a container that was never started."""
    empty = io.BytesIO()
    tarfile.open(fileobj=empty, mode="w").close()
    with client(engine.address) as asked:
        asked.api.import_image_from_data(empty.getvalue(), repository="kept")
        volume = asked.volumes.create("kept")
        container = asked.containers.create("kept", ["/none"], name="kept")
        try:
            yield
        finally:
            container.remove(force=True)
            volume.remove()
            asked.images.remove("kept")


def test_nothing_is_changed(envcheck: Envcheck, world: World, plain_engine: Engine) -> None:
    modules = ("default", "offline-security-server", "face-server")
    with some_objects(plain_engine), place(world) as prefix:
        docker_before, before = objects(plain_engine), snapshot(prefix)
        run = envcheck.json(*modules, prefix=prefix, env={"DOCKER_HOST": plain_engine.address})
        after, docker_after = snapshot(prefix), objects(plain_engine)
    assert run.report["modules"] == list(modules)
    assert run.results("face-server")["docker"]["status"] == "pass"
    assert len(before["sysctls"]) > 300
    assert len(before["etc"]) > 100
    for name in before:
        if isinstance(before[name], dict):
            changed = {
                key: (before[name].get(key), after[name].get(key))
                for key in before[name].keys() | after[name].keys()
                if before[name].get(key) != after[name].get(key)
            }
            assert changed == {}, name
        else:
            assert after[name] == before[name], name
    assert [len(kept) for kept in docker_before.values()] == [1, 1, 1, len(docker_before["networks"])]
    assert docker_after == docker_before


def test_the_snapshot_sees_what_a_change_would_be(world: World) -> None:
    """A comparison that can't fail would prove nothing."""
    with place(world) as prefix:
        before = snapshot(prefix)
        world.etc({"envcheck-test": "1"})
        subprocess.run([*prefix, "sh", "-euc", world.script], check=True)
        after = snapshot(prefix)
    assert set(after["etc"]) - set(before["etc"]) == {"/etc/envcheck-test"}
    assert after["mounts"] != before["mounts"]


def test_no_file_is_left_beside_the_log(envcheck: Envcheck, tmp_path: Path) -> None:
    cwd = tmp_path / "cwd"
    cwd.mkdir()
    envcheck.json("face-server", cwd=cwd)
    assert list(cwd.iterdir()) == []
    files = [path for path in envcheck.home.rglob("*") if path.is_file()]
    assert files == [envcheck.home / "state/envcheck/envcheck.log"]
