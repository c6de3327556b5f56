"""Which docker engine is meant: DOCKER_HOST, else the context in force, as docker's client decides."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any, Optional

from envcheck.host.base import Absent, Failed, Unreadable
from envcheck.record import Record

log = logging.getLogger(__name__)
Read = Callable[[str], str]
"""Text of a file; raises Unreadable."""

PEM_FILES = ("ca.pem", "cert.pem", "key.pem")
DEFAULT_SOCKET = "/var/run/docker.sock"


class Tls(Record):
    """How to speak TLS with an engine: paths of PEM files, and whether to verify it."""

    directory: str
    """Holds the files of `PEM_FILES`, as far as there are any."""
    verify: bool


class Endpoint(Record):
    """Where an engine is. `address` is `unix:///path`, `tcp://host:port[/path]` or `ssh://…`."""

    address: str
    tls: Optional[Tls] = None

    @property
    def socket(self) -> str:
        """Path of the local socket, or "" for an engine that is reached otherwise."""
        return self.address[len("unix://") :] if self.address.startswith("unix://") else ""


def resolve(environ: Mapping[str, str], read: Read) -> Endpoint:
    """The engine that `docker` would talk to; raises Failed where docker would refuse."""
    if environ.get("DOCKER_HOST"):
        return _from_environment(environ)
    name = environ.get("DOCKER_CONTEXT") or _current_context(environ, read)
    if name == "default":
        return _from_environment(environ)
    return _from_context(name, environ, read)


def _from_environment(environ: Mapping[str, str]) -> Endpoint:
    tls = None
    if environ.get("DOCKER_TLS") or environ.get("DOCKER_TLS_VERIFY"):
        directory = environ.get("DOCKER_CERT_PATH") or _config_directory(environ)
        tls = Tls(directory, verify=bool(environ.get("DOCKER_TLS_VERIFY")))
    text = environ.get("DOCKER_HOST", "").strip()
    if not text:
        text = "tcp://" if tls else "unix://"
    return Endpoint(_normal("DOCKER_HOST", text, tls), tls)


def _config_directory(environ: Mapping[str, str]) -> str:
    from envcheck import home  # where an address is given nothing asks for it

    own = home.directory(environ) or "/"
    return os.path.abspath(environ.get("DOCKER_CONFIG") or os.path.join(own, ".docker"))


def _current_context(environ: Mapping[str, str], read: Read) -> str:
    """The context chosen by `docker context use`; a file that can't be read chooses none."""
    import json

    path = os.path.join(_config_directory(environ), "config.json")
    try:
        name = json.loads(read(path))["currentContext"]
    except Absent:
        return "default"
    except (Unreadable, ValueError, LookupError, TypeError) as error:
        log.info("%s chooses no context: %s", path, error)
        return "default"
    return name if name and isinstance(name, str) else "default"


def _from_context(name: str, environ: Mapping[str, str], read: Read) -> Endpoint:
    import hashlib

    contexts = os.path.join(_config_directory(environ), "contexts")
    key = hashlib.sha256(name.encode()).hexdigest()
    engine = _engine_of(name, os.path.join(contexts, "meta", key, "meta.json"), read)
    directory = os.path.join(contexts, "tls", key, "docker")
    unverified = engine.get("SkipTLSVerify") is True
    encrypted = unverified or any(_is_there(os.path.join(directory, name), read) for name in PEM_FILES)
    tls = Tls(directory, not unverified) if encrypted else None
    what = f"docker context {name}"
    return Endpoint(_normal(what, str(engine.get("Host") or "unix://"), tls), tls)


def _engine_of(name: str, path: str, read: Read) -> dict[str, Any]:
    """What a context's meta.json says of the engine."""
    import json

    try:
        engine = json.loads(read(path))["Endpoints"]["docker"]
    except Absent:
        raise Failed(f"there is no docker context {name}") from None
    except (ValueError, LookupError, TypeError) as error:
        raise Failed(f"docker context {name} names no engine: {error!r}") from error
    if not isinstance(engine, dict):
        raise Failed(f"docker context {name} names no engine")
    return engine


def _is_there(path: str, read: Read) -> bool:
    try:
        read(path)
    except Absent:
        return False
    return True


def _normal(source: str, text: str, tls: Tls | None) -> str:
    """The address with the parts that docker lets one leave out; raises Failed for no address."""
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "tcp", text
    if scheme == "unix" and (rest.startswith("/") or not rest):
        return f"unix://{rest or DEFAULT_SOCKET}"
    if scheme in ("tcp", "http", "https"):
        return _normal_tcp(source, text, rest, scheme == "https" or tls is not None)
    if scheme == "ssh" and rest:
        return text
    raise Failed(f"{source}: {text!r} is no address of a docker engine")


def _normal_tcp(source: str, text: str, rest: str, encrypted: bool) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit("//" + rest)
        port = parts.port or (2376 if encrypted else 2375)
    except ValueError as error:
        raise Failed(f"{source}: {text!r} is no address of a docker engine: {error}") from error
    host = parts.hostname or "localhost"
    scheme = "https" if text.startswith("https:") else "tcp"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}"
