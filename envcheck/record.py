"""Records: named tuples, made quickly.

`typing.NamedTuple` compiles every annotation and the source of a constructor: 0.2 ms for a
class of five fields, and a run has seventy. Without that a run executes 512 million
instructions instead of 532. A `Record` is written, read and checked for its types just as a
NamedTuple is, and leaves its annotations alone.
"""

from __future__ import annotations

__all__ = ["Record"]

TYPE_CHECKING = False  # type checkers know it by its name
if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    from operator import itemgetter
    from typing import Any

    class _Fields(type):
        """Makes the annotated names of a class the fields of a tuple, in their order."""

        def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
            fields = tuple(space.get("__annotations__", ()))
            space["_field_defaults"] = {field: space[field] for field in fields if field in space}
            space.update((field, property(itemgetter(place))) for place, field in enumerate(fields))
            space.update(_fields=fields, __match_args__=fields, __slots__=())
            return super().__new__(cls, name, bases, space)

    class Record(tuple, metaclass=_Fields):
        """Base of records. Needs `from __future__ import annotations` where it is used."""

        __slots__ = ()

        def __new__(cls, *values: object, **named: object) -> Record:  # noqa: D102, PYI034 - type checkers do not come here
            if named or len(values) != len(cls._fields):
                values = cls._complete(values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _complete(cls, values: tuple[object, ...], named: dict[str, object]) -> tuple[object, ...]:
            rest = cls._fields[len(values) :]
            given = {**cls._field_defaults, **named} if cls._field_defaults else named
            try:
                complete = (*values, *[given[field] for field in rest])
            except KeyError:
                complete = ()
            if len(complete) != len(cls._fields) or not named.keys() <= set(rest):
                raise TypeError(f"{cls.__name__}: wants {', '.join(cls._fields)}; got {values}, {named}")
            return complete

        def __repr__(self) -> str:
            named = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self))
            return f"{type(self).__name__}({named})"

        def __getnewargs__(self) -> tuple[object, ...]:
            return tuple(self)

        def _asdict(self) -> dict[str, object]:
            return dict(zip(self._fields, self))

        def _replace(self, **changes: object) -> Record:
            return type(self)(**{**self._asdict(), **changes})
