"""Further questions to a host: who its users are, what runs, what libraries and archives hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from envcheck.host.belongings import Account, Contents, Process

T = TypeVar("T")


class SystemQuestions(ABC):
    """The questions; each is put once, as all of a Host's are."""

    @abstractmethod
    def _ask(self, question: tuple[str, ...], fetch: Callable[[], T]) -> T: ...

    def account(self, name: str) -> Account:
        """The user of that name; raises Absent where there is none."""
        return self._ask(("account", name), lambda: self._account(name))

    def user_name(self, uid: int) -> str:
        """The name of the user with that number; raises Absent."""
        return self._ask(("user-name", str(uid)), lambda: self._user_name(uid))

    def group_name(self, gid: int) -> str:
        """The name of the group with that number; raises Absent."""
        return self._ask(("group-name", str(gid)), lambda: self._group_name(gid))

    def processes(self) -> tuple[Process, ...]:
        """All processes that run, those of containers too; not the kernel's own threads."""
        return self._ask(("processes",), self._processes)

    def symbol_versions(self, path: str) -> tuple[str, ...]:
        """The symbol versions that a shared library defines; raises Failed for another file."""
        return self._ask(("symbol-versions", path), lambda: self._symbol_versions(path))

    def obstacle(self, path: str) -> str:
        """What keeps this user from making a file in the folder, found without trying; empty for nothing."""
        return self._ask(("obstacle", path), lambda: self._obstacle(path))

    def contents(self, path: str, *keep: str, timeout: float) -> Contents:
        """What the folder or archive at the path holds, with the text of files that fit `keep`.

        `keep` are shell patterns of paths with a leading slash: `*/refs.txt`. `timeout` is in
        seconds. An archive that is no archive, or damaged, is Contents with its damage.
        """
        return self._ask(("contents", path, *keep), lambda: self._contents(path, keep, timeout))

    def kubeconfig(self) -> tuple[str, ...]:
        """Paths of the kubeconfig in force; raises Absent where there is none."""
        return self._ask(("kubeconfig",), self._kubeconfig)

    # -- how a kind of host answers ---------------------------------------------------

    @abstractmethod
    def _account(self, name: str) -> Account: ...
    @abstractmethod
    def _user_name(self, uid: int) -> str: ...
    @abstractmethod
    def _group_name(self, gid: int) -> str: ...
    @abstractmethod
    def _processes(self) -> tuple[Process, ...]: ...
    @abstractmethod
    def _symbol_versions(self, path: str) -> tuple[str, ...]: ...
    @abstractmethod
    def _obstacle(self, path: str) -> str: ...
    @abstractmethod
    def _contents(self, path: str, keep: tuple[str, ...], timeout: float) -> Contents: ...
    @abstractmethod
    def _kubeconfig(self) -> tuple[str, ...]: ...
