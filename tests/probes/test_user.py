"""As whom the host was asked."""

from __future__ import annotations

import pytest

from envcheck.facts import Known, Unknown
from envcheck.probes import user
from tests.conftest import Tree


@pytest.mark.parametrize(
    ("files", "root"),
    [
        ({"sos_commands/envcheck/id_-u": "0\n"}, True),
        ({"sos_commands/envcheck/id_-u": "1000\n"}, False),
        ({"sos_commands/kernel/uname_-a": "Linux\n"}, True),  # sos runs as root
    ],
)
def test_root(tree: Tree, files: dict[str, str], root: bool) -> None:
    fact = user.collect(tree(files)).root
    assert isinstance(fact, Known)
    assert fact.value is root


def test_a_bare_tree_does_not_tell(tree: Tree) -> None:
    assert isinstance(user.collect(tree({"etc/os-release": "ID=x\n"})).root, Unknown)
