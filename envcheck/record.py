"""Records: named tuples, made quickly.

`typing.NamedTuple` compiles every annotation and the source of a constructor: 0.2 ms for a
class of five fields, and a run has seventy. A constructor that sorts its arguments itself costs
several times as much at each call, and a run makes thousands. So a class here takes a ready-made
one by renaming its arguments. A `Record` is written, read and checked for its types just as a
NamedTuple is, and leaves its annotations alone.
"""

from __future__ import annotations

__all__ = ["Record"]

TYPE_CHECKING = False  # type checkers know it by its name
if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    from types import FunctionType
    from typing import Any

    try:
        from collections import _tuplegetter
    except ImportError:  # other interpreters than CPython have their own
        from operator import itemgetter

        def _tuplegetter(place: int, doc: str) -> property:
            return property(itemgetter(place), doc=doc)

    _new = tuple.__new__
    _CONSTRUCTORS = (
        lambda _: _new(_, ()),
        lambda _, a: _new(_, (a,)),
        lambda _, a, b: _new(_, (a, b)),
        lambda _, a, b, c: _new(_, (a, b, c)),
        lambda _, a, b, c, d: _new(_, (a, b, c, d)),
        lambda _, a, b, c, d, e: _new(_, (a, b, c, d, e)),
        lambda _, a, b, c, d, e, f: _new(_, (a, b, c, d, e, f)),
        lambda _, a, b, c, d, e, f, g: _new(_, (a, b, c, d, e, f, g)),
        lambda _, a, b, c, d, e, f, g, h: _new(_, (a, b, c, d, e, f, g, h)),
        lambda _, a, b, c, d, e, f, g, h, i: _new(_, (a, b, c, d, e, f, g, h, i)),
        lambda _, a, b, c, d, e, f, g, h, i, j: _new(_, (a, b, c, d, e, f, g, h, i, j)),
        lambda _, a, b, c, d, e, f, g, h, i, j, k: _new(_, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda _, a, b, c, d, e, f, g, h, i, j, k, m: _new(_, (a, b, c, d, e, f, g, h, i, j, k, m)),
    )
    """By the number of fields. A class gets one with the fields' names for the letters: a constructor
    as NamedTuple's, without the compiler."""

    def _constructor(name: str, fields: tuple[str, ...], defaults: dict[str, object]) -> FunctionType:
        code = _CONSTRUCTORS[len(fields)].__code__
        code = code.replace(co_varnames=("_", *fields), co_name=name)
        rest = fields[len(fields) - len(defaults) :]
        if set(rest) != defaults.keys():
            raise TypeError(f"{name}: a field without a default follows one that has one")
        made = FunctionType(code, globals(), name, tuple(defaults[field] for field in rest))
        made.__qualname__ = name  # how Python names it where the arguments do not fit
        return made

    class _Fields(type):
        """Makes the annotated names of a class the fields of a tuple, in their order."""

        def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
            if bases and "__annotations__" not in space:  # says nothing of fields: those of its base
                return super().__new__(cls, name, bases, {"__slots__": (), **space})
            fields = tuple(space.get("__annotations__", ()))
            defaults = {field: space[field] for field in fields if field in space}
            space.update((field, _tuplegetter(place, "")) for place, field in enumerate(fields))
            space.update(_fields=fields, _field_defaults=defaults, __match_args__=fields, __slots__=())
            space["__new__"] = _constructor(name, fields, defaults)
            return super().__new__(cls, name, bases, space)

    class Record(tuple, metaclass=_Fields):
        """Base of records. Needs `from __future__ import annotations` where it is used."""

        __slots__ = ()

        def __repr__(self) -> str:
            named = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self))
            return f"{type(self).__name__}({named})"

        def __getnewargs__(self) -> tuple[object, ...]:
            return tuple(self)

        _make = classmethod(_new)
        """From the values of all fields, in their order: faster than the constructor, and unchecked."""

        def _asdict(self) -> dict[str, object]:
            return dict(zip(self._fields, self))

        def _replace(self, **changes: object) -> Record:
            replaced = _new(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise TypeError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return replaced
