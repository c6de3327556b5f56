"""Asking a docker engine elsewhere, over TCP, TLS or SSH, by the docker SDK."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING

from envcheck.host.base import Failed, TimedOut, Unreadable
from envcheck.host.engine_address import PEM_FILES, Endpoint, Tls
from envcheck.host.engine_socket import ANSWER_LIMIT, parse

if TYPE_CHECKING:
    import docker
    import docker.tls
    import requests

_OK = 200
_CHUNK = 1 << 16
_NO_TLS = "the kit speaks no TLS: check on the engine's own host, or with envcheck installed by pip"
_LOOPBACK = ("localhost", "127.", "[::1]")


def get(path: str, endpoint: Endpoint, timeout: float) -> object:
    """GET `path` from the engine, as parsed JSON; raises TimedOut, Failed.

    `timeout` is that of each wait, in seconds: bound the whole call where it matters.
    """
    from docker.errors import DockerException

    try:
        with closing(client(endpoint, timeout)) as asked:
            answer = asked.get(asked.base_url + path, timeout=timeout, stream=True)
            body = _body(answer)
    except (DockerException, OSError) as error:
        raise explain(error, endpoint, timeout) from error
    return parse(path, answer.status_code, body)


def stream(path: str, endpoint: Endpoint, seconds: float) -> Iterator[bytes]:
    """GET `path` and yield the body as it comes; `seconds` is for each wait. Raises as `get` does."""
    from docker.errors import DockerException

    try:
        with closing(client(endpoint, seconds)) as asked:
            answer = asked.get(asked.base_url + path, timeout=seconds, stream=True)
            if answer.status_code != _OK:
                parse(path, answer.status_code, _body(answer))
            yield from answer.iter_content(_CHUNK)
    except (DockerException, OSError) as error:
        raise explain(error, endpoint, seconds) from error


def _body(answer: requests.Response) -> bytes:
    body = b""
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > ANSWER_LIMIT:
            break
    return body


def explain(error: Exception, endpoint: Endpoint, timeout: float) -> Unreadable:
    """What an error of the SDK means."""
    where = f"docker at {endpoint.address}"
    if not isinstance(error, OSError):  # requests' errors are OSErrors too
        return Failed(f"{where}: {error}")
    cause = _root_cause(error)
    if isinstance(cause, (TimeoutError, socket.timeout)):
        return TimedOut(f"{where}: no answer in {timeout:g} s")
    return Failed(f"{where}: {getattr(cause, 'strerror', None) or cause}")


def _root_cause(error: BaseException) -> BaseException:
    """The innermost error: requests wraps "connection refused" in two lines of objects."""
    while error.__context__ is not None:
        error = error.__context__
    return error


def client(endpoint: Endpoint, timeout: float, version: str | None = None) -> docker.APIClient:
    """A client of the engine; `timeout` is that of each wait, in seconds.

    `version` is that of the API, `auto` for the engine's own.
    """
    import docker
    import requests
    from docker.constants import DEFAULT_DOCKER_API_VERSION

    made = docker.APIClient(
        base_url=endpoint.address,
        # Named, though unused, to save the question which version the engine speaks.
        version=version or DEFAULT_DOCKER_API_VERSION,
        timeout=math.ceil(timeout),
        tls=_sdk_tls(endpoint.tls) if endpoint.tls else False,
    )
    # As docker's own client: a proxy of the environment serves, but never for the loopback;
    # and no CA bundle of the environment takes the place of the engine's.
    made.trust_env = False
    if not endpoint.address.partition("://")[2].startswith(_LOOPBACK):
        made.proxies = requests.utils.get_environ_proxies(made.base_url)
    return made


def _sdk_tls(tls: Tls) -> docker.tls.TLSConfig:
    from docker.tls import TLSConfig

    if find_spec("_ssl") is None:
        raise OSError(_NO_TLS)
    authority, certificate, key = (os.path.join(tls.directory, name) for name in PEM_FILES)
    pair = (certificate, key) if os.path.isfile(certificate) and os.path.isfile(key) else None
    if not tls.verify:
        import urllib3

        # The user chose not to verify; the warning would only break into the report.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return TLSConfig(client_cert=pair, ca_cert=authority, verify=tls.verify)
