"""Records are named tuples: what those can, these can."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Optional, get_type_hints

import pytest

from envcheck.record import Record


class Point(Record):
    """Two numbers and a name."""

    x: int
    y: int = 2
    label: Optional[str] = None

    @property
    def sum(self) -> int:
        return self.x + self.y


def test_it_is_the_tuple_of_its_fields() -> None:
    point = Point(1, label="n")
    assert tuple(point) == (1, 2, "n")
    assert point == Point(x=1, y=2, label="n")
    assert (point.x, point.y, point.label, point.sum) == (1, 2, "n", 3)
    assert hash(point) == hash((1, 2, "n"))
    assert repr(point) == "Point(x=1, y=2, label='n')"
    assert point._replace(y=5) == Point(1, 5, "n")
    assert point._asdict() == {"x": 1, "y": 2, "label": "n"}
    assert json.dumps(point) == '[1, 2, "n"]'
    assert get_type_hints(Point) == {"x": int, "y": int, "label": Optional[str]}


def test_it_survives_copying() -> None:
    @dataclasses.dataclass
    class Holder:
        point: Point

    point = Point(1)
    for copied in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):  # noqa: S301
        assert type(copied) is Point
        assert copied == point
    assert dataclasses.asdict(Holder(point)) == {"point": point}


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Point(1).z = 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((), {"y": 1}),
        ((1, 2, "n", 4), {}),
        ((1,), {"x": 1}),
        ((1,), {"z": 1}),
        ((1, 2, "n"), {"y": 1}),
    ],
)
def test_fields_that_do_not_fit_are_refused(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point"):
        Point(*values, **named)  # type: ignore[arg-type]
