"""What is understood without argparse means what argparse takes it for."""

from __future__ import annotations

import pytest

from envcheck import arguments, request


@pytest.mark.parametrize(
    "argv", [[], ["face-server"], ["face-server", "databus"], ["list"], [""], ["no such"]]
)
def test_a_plain_line_is_the_same_request_as_by_argparse(argv: list[str]) -> None:
    plain = request.plain(argv)
    assert plain is not None
    read = vars(arguments.parse(argv))
    assert {name: list(value) if value == () else value for name, value in vars(plain).items()} == read


@pytest.mark.parametrize(
    "argv",
    [
        *(["--help"], ["face-server", "--brief"], ["-v", "list"], ["list", "x"], ["x", "list"]),
        *(["x", "bundle"], ["-"], ["--"], ["fix"], ["x", "fleet"], ["list", "list"]),
    ],
)
def test_every_other_line_is_for_argparse(argv: list[str]) -> None:
    assert request.plain(argv) is None


def test_no_request_can_change_what_the_next_one_gets() -> None:
    with pytest.raises(TypeError):
        request.DEFAULTS["brief"] = True  # type: ignore[index]
