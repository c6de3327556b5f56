"""Stand-ins for a docker engine that is wedged."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path


class Silent:
    """A socket that takes connections; `taken` counts them."""

    def __init__(self, path: Path, trickle: bytes) -> None:
        self.address = f"unix://{path}"
        self.taken = 0
        self._trickle = trickle
        self._kept: list[socket.socket] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        path.chmod(0o666)

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                self.taken += 1
                self._kept.append(connection)
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError):
            while self._trickle:
                connection.sendall(self._trickle)
                time.sleep(0.2)

    def close(self) -> None:
        """Let go of everything."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        for connection in (self.listener, *self._kept):
            connection.close()


@contextmanager
def silent_engine(folder: Path, trickle: bytes = b"") -> Iterator[Silent]:
    """An engine that accepts and never answers, or sends `trickle` again and again for ever."""
    with closing(Silent(folder / "silent.sock", trickle)) as silent:
        threading.Thread(target=silent.serve, daemon=True).start()
        yield silent
