"""Rule files that the user may not read, on a file system made for it: root may read any real one."""

from __future__ import annotations

import pytest
from pyfakefs.fake_filesystem import FakeFilesystem, set_uid

from envcheck.errors import RequestError
from envcheck.rulebook import Rulebook


@pytest.mark.parametrize(("closed", "said"), [("/rules/m.yaml", "/rules/m.yaml"), ("/rules", "/rules")])
def test_a_rule_file_or_directory_that_may_not_be_read_is_named(
    fs: FakeFilesystem, closed: str, said: str
) -> None:
    fs.create_file("/rules/m.yaml", contents="module: m\n")
    fs.chmod(closed, 0o000)
    set_uid(1000)
    try:
        with pytest.raises(RequestError, match=f"^{said}: Permission denied"):
            Rulebook(["/rules"]).modules()
    finally:
        set_uid(0)
