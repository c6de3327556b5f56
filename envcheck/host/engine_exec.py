"""Running a command inside a container, by the docker SDK."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from envcheck.host.base import Absent, Failed, Output

if TYPE_CHECKING:
    from envcheck.host.engine_address import Endpoint

OUTPUT_LIMIT = 1 << 20
_NOT_FOUND, _NOT_RUNNING = 404, 409


def execute(container: str, argv: tuple[str, ...], folder: str, endpoint: Endpoint, timeout: float) -> Output:
    """What the command printed and its status; both streams come as one. Raises Absent, Failed, TimedOut."""
    from docker.errors import APIError, DockerException

    from envcheck.host import engine_remote

    try:
        with closing(engine_remote.client(endpoint, timeout, "auto")) as client:
            made = client.exec_create(container, list(argv), workdir=folder)["Id"]
            text = _read(client.exec_start(made, stream=True))
            return Output(text, status=client.exec_inspect(made).get("ExitCode"))
    except APIError as error:
        said = str(error.explanation or error)
        if error.status_code == _NOT_FOUND:
            raise Absent(f"there is no container {container}") from error
        raise Failed(f"container {container}: {said}", error.status_code) from error
    except (DockerException, OSError) as error:
        raise engine_remote.explain(error, endpoint, timeout) from error


def _read(pieces: Any) -> str:  # noqa: ANN401 - the SDK is untyped
    content = b""
    for piece in pieces:
        content += piece
        if len(content) > OUTPUT_LIMIT:
            break
    return content[:OUTPUT_LIMIT].decode("utf-8", "backslashreplace")
