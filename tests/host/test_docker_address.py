from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from envcheck.host.base import Failed
from envcheck.host.engine_address import Endpoint, Tls, resolve
from envcheck.host.live import LiveHost


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".docker").mkdir()
    return tmp_path


def address(home: Path, **environ: str) -> str:
    return LiveHost(environ={"HOME": str(home), **environ}).docker_address()


def endpoint(home: Path, **environ: str) -> Endpoint:
    return resolve({"HOME": str(home), **environ}, lambda path: LiveHost().read(path))


def write_context(config: Path, name: str, engine: object, tls: tuple[str, ...] = ()) -> None:
    """A context as `docker context create` stores it, with empty TLS files."""
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / key / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": engine}}))
    for file in tls:
        path = config / "contexts" / "tls" / key / "docker" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def test_default_is_the_local_socket(home: Path) -> None:
    assert address(home) == "unix:///var/run/docker.sock"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("unix:///run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock"),
        ("unix://", "unix:///var/run/docker.sock"),
        ("tcp://far:1234", "tcp://far:1234"),
        ("tcp://far", "tcp://far:2375"),
        ("tcp://", "tcp://localhost:2375"),
        ("far:99", "tcp://far:99"),
        (" tcp://far:98 ", "tcp://far:98"),
        ("tcp://[fd00::1]:2375", "tcp://[fd00::1]:2375"),
        ("tcp://far:2375/prefix/", "tcp://far:2375/prefix"),
        ("https://far", "https://far:2376"),
        ("ssh://me@far", "ssh://me@far"),
    ],
)
def test_docker_host_as_docker_reads_it(home: Path, text: str, meant: str) -> None:
    assert address(home, DOCKER_HOST=text) == meant


@pytest.mark.parametrize(
    "text",
    ["foo://x", "tcp://far:port", "tcp://far:99999", "fd://", "npipe:////./pipe/docker", "unix://here"],
)
def test_docker_host_that_is_no_address_says_so(home: Path, text: str) -> None:
    with pytest.raises(Failed, match=r"DOCKER_HOST: .* is no address of a docker engine"):
        address(home, DOCKER_HOST=text)


def test_current_context_of_the_config(home: Path) -> None:
    write_context(home / ".docker", "rootless", {"Host": "unix:///run/user/1000/docker.sock"})
    (home / ".docker/config.json").write_text('{"currentContext": "rootless"}')
    assert address(home) == "unix:///run/user/1000/docker.sock"


def test_docker_context_goes_before_the_config(home: Path) -> None:
    write_context(home / ".docker", "one", {"Host": "tcp://one:2375"})
    write_context(home / ".docker", "two", {"Host": "tcp://two:2375"})
    (home / ".docker/config.json").write_text('{"currentContext": "one"}')
    assert address(home, DOCKER_CONTEXT="two") == "tcp://two:2375"
    assert address(home, DOCKER_CONTEXT="default") == "unix:///var/run/docker.sock"


def test_docker_host_goes_before_every_context(home: Path) -> None:
    write_context(home / ".docker", "one", {"Host": "tcp://one:2375"})
    (home / ".docker/config.json").write_text('{"currentContext": "one"}')
    assert address(home, DOCKER_HOST="tcp://far:1", DOCKER_CONTEXT="one") == "tcp://far:1"


def test_docker_config_names_another_directory(home: Path) -> None:
    config = home / "elsewhere"
    write_context(config, "one", {"Host": "tcp://one:2375"})
    (config / "config.json").write_text('{"currentContext": "one"}')
    assert address(home, DOCKER_CONFIG=str(config)) == "tcp://one:2375"


@pytest.mark.parametrize("text", ["{broken", "[]", "{}", '{"currentContext": 5}', '{"currentContext": ""}'])
def test_config_that_chooses_no_context_leaves_the_default(home: Path, text: str) -> None:
    (home / ".docker/config.json").write_text(text)
    assert address(home) == "unix:///var/run/docker.sock"


def test_unknown_context_fails(home: Path) -> None:
    with pytest.raises(Failed, match="there is no docker context gone"):
        address(home, DOCKER_CONTEXT="gone")


@pytest.mark.parametrize("engine", [None, "tcp://one", ["x"]])
def test_context_without_an_engine_fails(home: Path, engine: object) -> None:
    write_context(home / ".docker", "k8s", engine)
    with pytest.raises(Failed, match="docker context k8s names no engine"):
        address(home, DOCKER_CONTEXT="k8s")


def test_damaged_context_fails(home: Path) -> None:
    write_context(home / ".docker", "one", {})
    next((home / ".docker").rglob("meta.json")).write_text("{")
    with pytest.raises(Failed, match="docker context one names no engine"):
        address(home, DOCKER_CONTEXT="one")


def test_context_without_tls_files_is_plain(home: Path) -> None:
    write_context(home / ".docker", "one", {"Host": "tcp://one", "SkipTLSVerify": False})
    assert endpoint(home, DOCKER_CONTEXT="one") == Endpoint("tcp://one:2375")


def test_context_with_tls_files_is_verified(home: Path) -> None:
    write_context(home / ".docker", "one", {"Host": "tcp://one", "SkipTLSVerify": False}, ("ca.pem",))
    found = endpoint(home, DOCKER_CONTEXT="one")
    assert found.address == "tcp://one:2376"
    assert found.tls is not None
    assert found.tls.verify
    assert Path(found.tls.directory, "ca.pem").exists()


def test_context_that_skips_verification(home: Path) -> None:
    write_context(home / ".docker", "one", {"Host": "tcp://one:1", "SkipTLSVerify": True}, ("key.pem",))
    tls = endpoint(home, DOCKER_CONTEXT="one").tls
    assert tls is not None
    assert not tls.verify


def test_tls_of_the_environment(home: Path) -> None:
    certificates = {"DOCKER_CERT_PATH": "/certs"}
    verified = endpoint(home, DOCKER_HOST="tcp://far", DOCKER_TLS_VERIFY="1", **certificates)
    assert verified == Endpoint("tcp://far:2376", Tls("/certs", verify=True))
    assert endpoint(home, DOCKER_HOST="tcp://far:1", DOCKER_TLS="1") == Endpoint(
        "tcp://far:1", Tls(str(home / ".docker"), verify=False)
    )
    assert endpoint(home, DOCKER_HOST="tcp://far", **certificates) == Endpoint("tcp://far:2375")
    assert endpoint(home, DOCKER_TLS_VERIFY="1", **certificates).address == "tcp://localhost:2376"


def test_passwords_of_the_config_are_not_remembered(home: Path) -> None:
    (home / ".docker/config.json").write_text('{"auths": {"hub": {"auth": "c2VjcmV0"}}}')
    host = LiveHost(environ={"HOME": str(home)})
    host.docker_address()
    assert "c2VjcmV0" not in repr(host.answers)


def test_a_relative_home_is_not_sought_below_the_current_directory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap: whoever owns the current directory would choose the engine."""
    (home / "own/.docker").mkdir(parents=True)
    (home / "own/.docker/config.json").write_text('{"currentContext": "theirs"}')
    write_context(home / "own/.docker", "theirs", {"Host": "tcp://theirs:2375"})
    monkeypatch.chdir(home)
    monkeypatch.setattr("envcheck.home._listed", str)
    assert LiveHost(environ={"HOME": "own"}).docker_address() == "unix:///var/run/docker.sock"
    assert LiveHost(environ={"HOME": str(home / "own")}).docker_address() == "tcp://theirs:2375"
